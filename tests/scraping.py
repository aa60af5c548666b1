"""A line whose metrics are looked at, and a look at them as Prometheus takes it."""

import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from line_sim.scenario import Scenario

WRITTEN = {
    "version": 1,
    "name": 'The "new" line',
    "seed": 5,
    "run": {"items": 200},
    "arrivals": {"every": {"exponential": {"mean": "400 ms"}}, "on_full": "lose"},
    "product": {"defect_rate": 0.2},
    "line": [
        {
            "station": "press",
            "buffer": 2,
            "cycle": "180 ms",
            "breakdowns": {"up": {"exponential": {"mean": "10 s"}}, "repair": "1 s", "counts": "calendar"},
        },
        {
            "inspection": "camera",
            "buffer": 2,
            "deadline": "200 ms",
            "gateway": {"modelled": {"service": {"exponential": {"mean": "120 ms"}}}},
        },
    ],
    "review": {"buffer": 1, "time": "500 ms"},
}
SCENARIO = Scenario.model_validate(WRITTEN)

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples_of(text: str) -> Samples:
    """Read a page with Prometheus' own parser: {(name, labels): value}."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape(port: int) -> Samples:
    """Ask for the page over loopback."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as page:
        return samples_of(page.read().decode())


def value(samples: Samples, name: str, **labels: str) -> float:
    """Return one sample; it must be there."""
    return samples[f"line_sim_{name}", frozenset(labels.items())]


def total(samples: Samples, name: str) -> float:
    """Return the sum over all labels."""
    return sum(value for (named, _), value in samples.items() if named == f"line_sim_{name}")
