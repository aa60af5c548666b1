"""How late calls were sent, in numbers, and what a reader is told of it."""

from dataclasses import replace

import pytest
from recorded import PRESS_AND_CAMERA, call, run

from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.summarise import summarise
from line_sim.figures.skew import Skew, skew
from line_sim.layout import RunPlan
from line_sim.recording.run_columns import columns_of
from line_sim.units import MILLISECOND

COUPLED = replace(PRESS_AND_CAMERA, run=RunPlan(clock="coupled", skew_budget=2 * MILLISECOND))


def late(*skews: float):
    """Return records of calls that left so many milliseconds late."""
    calls = [
        call(item, item, 0.1)._replace(skew=round(ms * MILLISECOND)) for item, ms in enumerate(skews, start=1)
    ]
    return run(calls=calls)


def test_quantiles_are_order_statistics():
    """Of a hundred calls the 99th is p99: one may be as late as it likes."""
    records = late(*[0.5] * 98, 1.5, 70)
    expected = Skew(100, 500_000, 1_500_000, 70_000_000, 2_000_000)
    assert skew(columns_of(records, COUPLED), COUPLED) == expected
    assert expected.within


@pytest.mark.parametrize(("latest", "said"), [(2, False), (2.1, True)])
def test_a_run_beyond_its_budget_says_so(latest, said):
    """Two of a hundred calls are late; exactly at the budget is within it."""
    summary = summarise(late(*[0] * 98, latest, latest), COUPLED, ended="completed")
    told = summary_json(summary)
    assert told["skew"]["within_budget"] is not said
    assert told["skew"]["p99_s"] == pytest.approx(latest / 1000)
    warnings = [warning for warning in told["warnings"] if "run.skew_budget" in warning]
    assert len(warnings) == said
    assert all("1 of 100 calls left at least 2.1 ms late (budget 2 ms)" in each for each in warnings)


def test_a_virtual_clock_has_no_skew_and_a_run_without_calls_none_to_tell():
    """Null for the one, nulls for the other."""
    virtual = replace(COUPLED, run=RunPlan(clock="virtual"))
    assert summary_json(summarise(late(1), virtual, ended="completed"))["skew"] is None
    none = summary_json(summarise(late(), COUPLED, ended="completed"))["skew"]
    assert none == {
        "n": 0,
        "p50_s": None,
        "p99_s": None,
        "max_s": None,
        "budget_s": 0.002,
        "within_budget": True,
    }
