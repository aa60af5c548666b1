"""Short lines whose parts come in variants, for short stories and for hypothesis."""

from typing import Any

from hypothesis import strategies as st
from stories import Happened, seconds
from strategies import Written, few_places, few_seconds, some_seconds, tied_inspections

from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory

TWO = {"A": {"share": 0.5}, "B": {"share": 0.5}}


def product(batch: int | None = 1, **variants: Written) -> Written:
    """Return a product of variants (two halves if none is given) in batches, or mixed."""
    return {
        "variants": variants or TWO,
        "sequence": "mixed" if batch is None else {"batches": batch},
    }


def scenario_of(
    *line: Written, made: Written, items: int | None = 4, every: object = None, **keys: Any
) -> Scenario:
    """Return a loaded line of such parts; saturated where `every` is not given."""
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "variants",
            "run": {"items": items},
            "arrivals": {"saturated": True} if every is None else {"every": every},
            "product": made,
            "line": list(line),
            **keys,
        }
    )


def makes(*line: Written, made: Written, **keys: Any) -> Happened:
    """Run such a line."""
    return Happened(*run_in_memory(scenario_of(*line, made=made, **keys)))


def set_ups(run: Happened) -> list[tuple[int, float | None]]:
    """Return which visits a machine was set up for, and for how long, in seconds."""
    return [(v.item_id, seconds(v.changeover)) for v in run.records.visits if v.changeover]


def kinds(run: Happened) -> str:
    """Return the variants of the parts, in the order of their numbers."""
    return "".join(item.variant for item in sorted(run.records.items))


by_variant = st.builds(lambda a, b, c: {"by_variant": {"A": a, "B": b, "C": c}}, *[few_seconds] * 3)


some_shares = st.sampled_from([(0.5, 0.3, 0.2), (0.8, 0.1, 0.1), (0.25, 0.5, 0.25)])
some_rates = st.sampled_from([None, 0.0, 0.3, 0.9])
some_sequences = st.sampled_from([None, "mixed", {"batches": 1}, {"batches": 4}])


def three(draw: st.DrawFn) -> Written:
    """Return three variants."""
    shares = zip("ABC", draw(some_shares), strict=True)
    return {name: {"share": share, "defect_rate": draw(some_rates)} for name, share in shares}


def put_variants(draw: st.DrawFn, written: Written) -> None:
    """Let the parts of a line come in variants, its machines be set up for them, its times hang on them.

    The first station goes on taking some time of every one.
    """
    written["product"] |= {"variants": three(draw), "sequence": draw(some_sequences)}
    takes_time = st.builds(lambda a, b, c: {"by_variant": {"A": a, "B": b, "C": c}}, *[some_seconds] * 3)
    for number, entry in enumerate(written["line"]):
        key, own = "cycle" if "station" in entry else "acquisition", by_variant if number else takes_time
        if draw(st.booleans()):
            entry[key] = draw(own)
        if "station" in entry and draw(st.booleans()):
            entry["changeover"] = draw(some_seconds | st.just({"exponential": {"mean": 2}}))
    if draw(st.booleans()):
        written["review"]["time"] = draw(by_variant)


@st.composite
def written_variants(draw: st.DrawFn) -> Written:
    """Return a line of whole seconds, full of ties, with three variants, set-ups and a review bench."""
    stations = [
        {
            "station": name,
            "cycle": draw(by_variant | some_seconds),
            "units": draw(st.sampled_from([1, 1, 2])),
            "buffer": draw(few_places),
            "changeover": draw(st.none() | few_seconds),
            "breakdowns": draw(st.none() | st.just({"up": 4, "repair": 2})),
        }
        for name in ("first", "last")
    ]
    camera = draw(tied_inspections("camera"))
    camera["acquisition"] = draw(by_variant)
    rework = st.none() | st.just({"share": 0.8, "to": "first", "at_most": 2, "buffer": 40})
    return {
        "version": 1,
        "name": "variants",
        "seed": draw(st.integers(0, 999)),
        "run": {"items": draw(st.integers(1, 30)), "warm_up": draw(st.sampled_from([0, 0, 7]))},
        "arrivals": {"every": draw(some_seconds), "on_full": draw(st.sampled_from(["wait", "lose"]))},
        "product": {
            "defect_rate": 0.1,
            "variants": three(draw),
            "sequence": draw(some_sequences),
        },
        "line": [stations[0], camera, stations[1]],
        "review": {
            "time": draw(by_variant),
            "buffer": 40,
            "miss_rate": 0.3,
            "false_alarm_rate": 0.3,
            "cleared": draw(st.sampled_from(["rejoins", "ships"])),
            "rework": draw(rework),
        },
    }
