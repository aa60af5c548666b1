"""What must hold to the last digit: max-plus on random lines, the worked examples, fewest observations."""

import random
from collections.abc import Iterator

from pydantic import TypeAdapter

from line_sim.analysis.audit.max_plus import max_plus_departures
from line_sim.chance.durations import durations
from line_sim.chance.purposes import Purpose
from line_sim.figures.statistics.quantiles import QUANTILES, fewest_for_interval
from line_sim.scenario import Time
from line_sim.study.theory.cases import Entry, ExactCase, station
from line_sim.study.theory.gauge import erlang, exponential, gauged
from line_sim.study.theory.reference import reference
from line_sim.units import SECOND

RANDOM_LINES = 12
PARTS = 400
MAX_PLUS = "Baccelli et al., Synchronization and Linearity (1992)"
_TIME: TypeAdapter[Time] = TypeAdapter(Time)


def exact_cases() -> Iterator[ExactCase]:
    """Yield every case of this kind."""
    yield ExactCase(f"max-plus: {RANDOM_LINES} random lines, every departure", MAX_PLUS, random_lines)
    yield ExactCase("max-plus: the worked example", MAX_PLUS, worked_example)
    yield ExactCase("packaging line, to the nanosecond", "bottleneck of 8 s", packaging_line)
    yield ExactCase("fewest observations for an interval", "order statistics, binomial", fewest_observations)


def random_lines(seed: int) -> tuple[int, int]:
    """Compare every departure of random saturated lines with the recursion on the draws, not on the log."""
    dice = random.Random(seed)  # noqa: S311 - which lines are tried is no secret
    tried = failed = 0
    for _ in range(RANDOM_LINES):
        kinds = [_random_time(dice) for _ in range(dice.randint(2, 8))]
        places = [0, *(dice.randint(0, 4) for _ in kinds[1:])]
        line = [station(f"s{n}", kind, buffer=places[n]) for n, kind in enumerate(kinds)]
        number = dice.getrandbits(63)
        draws = [
            durations(number, Purpose.CYCLE, f"s{n}", _TIME.validate_python(kind))
            for n, kind in enumerate(kinds)
        ]
        service = [[draw.of(item) for item in range(1, PARTS + 1)] for draw in draws]
        wrong = _wrong(line, max_plus_departures(service, places[1:]), PARTS, number)
        tried, failed = tried + PARTS * len(line), failed + wrong
    return tried, failed


def _random_time(dice: random.Random) -> object:
    mean = dice.choice([0.5, 1.0, 1.5])
    kinds = (
        mean,
        exponential(mean),
        erlang(dice.randint(2, 5), mean),
        {"uniform": {"low": 0, "high": 2 * mean}},
        {"triangular": {"low": 0, "mode": mean, "high": 2 * mean}},
        {"lognormal": {"mean": mean, "cv": 0.8}},
    )
    return dice.choice(kinds)


def _wrong(line: list[Entry], truth: list[list[int]], parts: int, seed: int = 0) -> int:
    """Return how many departures of a line are not those."""
    gauge = gauged(*line, items=parts, seed=seed, warm_up=0)
    found = [gauge.departures(entry["station"]) for entry in line]
    return sum(
        one != other
        for row, true in zip(found, truth, strict=True)
        for one, other in zip(row, true, strict=True)
    )


def worked_example(seed: int) -> tuple[int, int]:  # noqa: ARG001 - nothing is drawn
    """Run three constant stations whose recursion is checked against the reference's own table."""
    truths = reference()["sample_path_oracle"]["example"]
    service = [[work * SECOND for work in row] for row in truths["service"]]
    found = max_plus_departures(service, truths["buffers_between"])
    wanted = [[moment * SECOND for moment in row] for row in truths["departures"]]
    cells = [pair for rows in zip(found, wanted, strict=True) for pair in zip(*rows, strict=True)]
    return len(cells), sum(one != other for one, other in cells)


def packaging_line(seed: int) -> tuple[int, int]:  # noqa: ARG001 - nothing is drawn
    """Five constant stations: once the buffers are full every 8 s are divided as the table says."""
    truths = reference()["deterministic_packaging_line"]
    line = [station(f"s{n}", work, buffer=5 if n else 0) for n, work in enumerate(truths["service"])]
    gauge = gauged(*line, items=400, warm_up=200)
    failed = 0
    for index in range(len(line)):
        column = gauge.station(f"s{index}")
        period = column.gap[:100].sum()
        found = [100 / period, column.work[:100].sum() / period, column.blocked[:100].sum() / period]
        failed += found != [truths["throughput"], truths["busy"][index], truths["blocked"][index]]
    return len(line), failed


def fewest_observations(seed: int) -> tuple[int, int]:  # noqa: ARG001 - nothing is drawn
    """The fewest observations for which a quantile has an interval at all."""
    truths = reference()["percentiles"]["two-sided 95% interval"]
    return len(truths), sum(fewest_for_interval(QUANTILES[name]) != fewest for name, fewest in truths.items())
