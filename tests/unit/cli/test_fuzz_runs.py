"""What check accepts, run can write: any line's run ends documented, and its files are whole."""

import copy
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from carried_through import Impatient, carried_through, drawn
from extremes import extreme_scenarios
from fuzzing import examples
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from strategies import written_scenarios

from line_sim.errors import ScenarioError
from line_sim.scenario import loads

fuzz = settings(deadline=None, max_examples=examples(60), suppress_health_check=list(HealthCheck))


@fuzz
@given(extreme_scenarios() | written_scenarios())
def test_every_line_that_is_accepted_can_be_run_and_told(written):
    """It is checked, drawn, run, read again, audited and shown."""
    try:
        scenario = loads(yaml.safe_dump(written), "t.yaml")
    except ScenarioError:  # such as a warm-up longer than the run
        return
    drawn(scenario)
    with tempfile.TemporaryDirectory() as made:
        carried_through(scenario, Path(made) / "run")


NUMBERS = [
    0,
    1,
    2,
    7,
    300,
    10_000,
    10**6,
    10**9,
    2**63,
    -1,
    0.0,
    0.5,
    1e-300,
    1e300,
    float("nan"),
    float("inf"),
]
DURATIONS = [
    "0 s",
    "1 ns",
    "3 ns",
    "1 us",
    "250 ms",
    "1 h",
    "876000 h",
    "1e9 h",
    "-1 s",
    "5",
    "1e-9 s",
    "x s",
]
WORDS = [
    "",
    "good",
    "a b",
    "=1+1",
    "review",
    "first",
    "auto",
    "wait",
    "lose",
    "stop",
    "scrap",
    "\0",
    "é" * 300,
]
TIMES = [
    {"exponential": {"mean": "1 ns"}},
    {"gamma": {"mean": "1 h", "cv": 100}},
    {"lognormal": {"mean": "876000 h", "cv": 1e-6}},
    {"uniform": {"low": 0, "high": "1 ns"}},
    {"normal": {"mean": 0, "sd": "876000 h"}},
    {"weibull": {"mean": "1 ns", "shape": 0.13}},
    {"quantiles": {"p50": "1 ns", "p99": "1 h"}},
    {"empirical": {"file": "/dev/zero", "column": "a"}},
    {"by_variant": {"A": 1}},
]
THINGS = [None, True, False, [], {}, ["good"], [1, 2], {"saturated": True}, {"items": 5}, {"duration": 9}]
slips = (
    st.sampled_from([*NUMBERS, *DURATIONS, *WORDS])
    | st.sampled_from([*TIMES, *THINGS])
    | st.integers(-(2**70), 2**70)
    | st.floats()
)
KEYS = [
    "cycle",
    "every",
    "saturated",
    "units",
    "buffer",
    "deadline",
    "items",
    "duration",
    "pace",
    "clock",
    "x",
]


def places(value: object, key: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield every key path of a scenario as it is written."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in parts:
        yield (*key, part)
        yield from places(inner, (*key, part))


RANDOM_TIMES = [
    {kind: {"mean": mean, "cv": cv}}
    for kind in ("gamma", "lognormal")
    for mean in ("1 ns", "1 h", "876000 h")
    for cv in (1e-6, 1, 100)
]


def like(value: object) -> st.SearchStrategy[Any]:
    """Return what may well stand in its place, at the ends of what is allowed."""
    match value:
        case bool():
            return st.booleans()
        case int() | float():
            counts = st.sampled_from([0, 1, 3, 60, 300, 1_000, 10_000, 10**6, 10**9, 0.5, 1e-6, 1e-9])
            return counts | st.sampled_from([*DURATIONS[:7], *RANDOM_TIMES])
        case str():
            return st.sampled_from([*DURATIONS[:7], *WORDS])
        case _:
            return st.sampled_from([*RANDOM_TIMES, *DURATIONS[:7], *THINGS])


@st.composite
def nearly_right(draw: st.DrawFn) -> dict[str, Any]:
    """Return a scenario in which one thing is another: changed, left out, added or said twice."""
    written = copy.deepcopy(draw(written_scenarios() | extreme_scenarios()))
    path = draw(st.sampled_from(sorted(places(written), key=repr)))
    holder: Any = written
    for part in path[:-1]:
        holder = holder[part]
    match draw(st.sampled_from(["change", "change", "change", "leave out", "add", "twice"])):
        case "change":
            holder[path[-1]] = draw(like(holder[path[-1]]) | slips)
        case "leave out":
            del holder[path[-1]]
        case "add" if isinstance(holder, dict):
            holder[draw(st.sampled_from(KEYS))] = draw(slips)
        case _ if isinstance(holder, list):
            holder.append(copy.deepcopy(holder[path[-1]]))
    return written


@fuzz
@given(nearly_right(), st.integers(1, 400))
def test_a_scenario_with_one_slip_is_told_or_run(written, most):
    """A mistake at its place in the file, or a run that ends when it is wished to, and whole files."""
    try:
        scenario = loads(yaml.safe_dump(written, sort_keys=False), "t.yaml")
    except ScenarioError as error:
        event("refused")
        told = str(error)
        assert all(line.startswith("t.yaml:") for line in told.splitlines())
        assert len(told) < 20_000
        return
    event("accepted")
    drawn(scenario)
    with tempfile.TemporaryDirectory() as made:
        carried_through(scenario, Path(made) / "run", Impatient(most))
