"""A scenario that is written out reads back as the very same scenario."""

from math import exp, log, pi
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from line_sim.scenario import Constant, Scenario, Time, dump, loads
from line_sim.scenario.fields import Duration
from line_sim.units import LONGEST, duration_text

nanoseconds = st.integers(min_value=1, max_value=LONGEST)
durations = nanoseconds.map(duration_text)
rates = st.floats(min_value=0, max_value=1)
spreads = st.floats(min_value=1e-3, max_value=100)
limits = st.lists(nanoseconds, min_size=3, max_size=3, unique=True).map(sorted)
counts = st.integers(min_value=0, max_value=10**6)
units = st.integers(min_value=1, max_value=50)
letters = st.characters(categories=["Lu", "Ll", "Nd"])
names = st.text(letters, min_size=1, max_size=12) | st.sampled_from(
    ["on", "no", "1e3", "012", "08", "null", "~", "1:30"]
)
plain_names = names.filter(lambda name: name not in ("review", "~"))


def mapping(kind: str, **values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Make a mapping under one key."""
    return st.fixed_dictionaries({kind: st.fixed_dictionaries(values)})


times = st.one_of(
    durations,
    mapping("exponential", mean=durations),
    mapping("lognormal", mean=durations, cv=spreads),
    mapping("normal", mean=durations | st.just("0 s"), sd=durations),
    mapping("weibull", mean=durations, shape=st.floats(min_value=0.13, max_value=1e6)),
    st.tuples(nanoseconds.filter(lambda p50: p50 <= LONGEST // 1000), st.integers(2, 1000)).map(
        lambda p: {"quantiles": {"p50": duration_text(p[0]), "p99": duration_text(p[0] * p[1])}}
    ),
    mapping("gamma", mean=durations, cv=spreads),
    limits.map(lambda ends: {"uniform": {"low": duration_text(ends[0]), "high": duration_text(ends[2])}}),
    limits.map(
        lambda ends: {"triangular": dict(zip(("low", "mode", "high"), map(duration_text, ends), strict=True))}
    ),
)
belts = st.fixed_dictionaries(
    {"places": st.integers(1, 9), "travel": st.integers(9, LONGEST).map(duration_text)},
    optional={"accumulates": st.booleans()},
)
stations = st.fixed_dictionaries(
    {"cycle": times},
    optional={
        "buffer": st.one_of(counts, belts),
        "units": units,
        "breakdowns": st.fixed_dictionaries(
            {"up": times, "repair": times}, optional={"counts": st.sampled_from(["operating", "calendar"])}
        ),
    },
)
modelled = mapping(
    "modelled", service=times, servers=units, after_deadline=st.sampled_from(["stops", "keeps_computing"])
)
inspections = st.fixed_dictionaries(
    {"gateway": modelled},
    optional={
        "acquisition": times,
        "deadline": durations,
        "on_no_result": st.sampled_from(["review", "ship", "scrap", "stop"]),
        "ship_when": st.fixed_dictionaries({"labels": st.lists(names, min_size=1), "score_at_least": rates}),
    },
)


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """Make a scenario as a user may write it."""
    line = []
    for name in draw(st.lists(plain_names, min_size=1, max_size=5, unique=True)):
        kind = draw(st.sampled_from(["station", "inspection"]))
        line.append({kind: name, **draw(stations if kind == "station" else inspections)})
    return {
        "version": 1,
        "name": draw(names),
        "seed": draw(st.integers(min_value=0, max_value=2**64 - 1)),
        "run": draw(
            st.sampled_from([{"items": 5}, {"duration": "3 h", "warm_up": "auto"}, {"duration": 7.5}])
        ),
        "arrivals": draw(st.fixed_dictionaries({"every": times}) | st.just({"saturated": True})),
        "product": {"defect_rate": draw(rates)},
        "line": line,
        "review": {"time": draw(times), "miss_rate": draw(rates)},
    }


@settings(deadline=None)
@given(scenarios())
def test_a_written_scenario_loads_to_an_equal_one(written: dict[str, Any]) -> None:
    """Whatever a user may write survives being written to a results folder, word for word and bit for bit."""
    scenario = Scenario.model_validate(written)
    text = dump(scenario)
    assert loads(text) == scenario
    assert dump(loads(text)) == text


@given(nanoseconds)
def test_a_duration_is_written_exactly(value: int) -> None:
    """No nanosecond is lost on the way through the text."""
    adapter = TypeAdapter[int](Duration)
    assert adapter.validate_python(adapter.dump_python(value)) == value


@given(times)
def test_a_time_is_written_as_it_may_be_read(written: object) -> None:
    """Constants stay durations and distributions one-key mappings, and the mean is above 0."""
    adapter = TypeAdapter[Time](Time)
    time = adapter.validate_python(written)
    assert adapter.validate_python(adapter.dump_python(time)) == time
    assert time.mean_ns > 0
    assert isinstance(adapter.dump_python(time), str) == isinstance(time, Constant)


@pytest.mark.parametrize(
    ("written", "mean"),
    [
        ("250 ms", 250e6),
        ({"uniform": {"low": "1 s", "high": "2 s"}}, 1.5e9),
        ({"triangular": {"low": "1 s", "mode": "2 s", "high": "6 s"}}, 3e9),
        ({"gamma": {"mean": "4 s", "cv": 0.5}}, 4e9),
        ({"weibull": {"mean": "4 s", "shape": 0.5}}, 4e9),
        ({"normal": {"mean": "4 s", "sd": "100 ms"}}, 4e9),
        ({"normal": {"mean": 0, "sd": 1}}, pytest.approx(1e9 * (2 / pi) ** 0.5)),
        ({"normal": {"mean": 1, "sd": 1}}, pytest.approx(1.2875999709e9)),
        (
            {"quantiles": {"p50": 1, "p99": 3}},
            pytest.approx(1e9 * exp((log(3) / 2.326347874) ** 2 / 2)),
        ),
    ],
)
def test_the_mean_of_a_time(written: object, mean: float) -> None:
    """The mean is the textbook's."""
    assert TypeAdapter[Time](Time).validate_python(written).mean_ns == mean


def test_a_constant_can_be_made_from_nanoseconds() -> None:
    """A bare number is seconds to a constructor as to a file; nanoseconds have a door of their own."""
    assert Constant.of_nanoseconds(250_000_000) == Constant(value="250 ms") == Constant(value=0.25)


def test_a_scenario_is_frozen() -> None:
    """Nobody changes a scenario behind another's back."""
    scenario = loads(
        "{version: 1, name: x, run: {items: 1}, arrivals: {saturated: true}, line: [{station: a, cycle: 0}]}"
    )
    with pytest.raises(ValidationError, match="frozen"):
        scenario.seed = 3  # type: ignore[misc]
    assert hash(scenario) == hash(loads(dump(scenario)))
