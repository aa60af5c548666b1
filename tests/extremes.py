"""Scenarios at the ends of what is allowed: shortest and longest times, widest spreads, largest counts."""

from typing import Any

from hypothesis import strategies as st
from strategies import Written, rates, units

from line_sim.scenario.distributions.by_mean import LEAST_SHAPE, LEAST_SPREAD, MOST_SHAPE
from line_sim.units import HOUR, LONGEST

LONG = LONGEST // HOUR
durations = st.sampled_from(
    ["1 ns", "2 ns", "1 us", "1 ms", 1, "1 h", "8760 h", f"{LONG // 2} h", f"{LONG} h"]
)
"""A duration above 0."""

spread_kinds = st.sampled_from(["lognormal", "gamma"])
shapes = st.sampled_from([LEAST_SHAPE, 0.5, 1, 10, MOST_SHAPE])
cvs = st.sampled_from([LEAST_SPREAD, 1e-3, 0.5, 1, 10, 100])


def _between(pair: tuple[int, int]) -> Written:
    low, high = sorted(pair)
    return {"uniform": {"low": f"{low} ns", "high": f"{high + 1} ns"}}


def _through(quantiles: tuple[str, str]) -> Written:
    return {"quantiles": dict(zip(("p50", "p99"), quantiles, strict=True))}


times = st.one_of(
    durations,
    durations,
    st.builds(lambda mean: {"exponential": {"mean": mean}}, durations),
    st.tuples(st.integers(0, LONGEST - 1), st.integers(0, LONGEST - 1)).map(_between),
    st.builds(lambda mean, sd: {"normal": {"mean": mean, "sd": sd}}, st.just(0) | durations, durations),
    st.builds(lambda mean, shape: {"weibull": {"mean": mean, "shape": shape}}, durations, shapes),
    st.sampled_from([("1 ns", "2 ns"), ("1 ms", "1 s"), (f"{LONG - 1} h", f"{LONG} h")]).map(_through),
    st.builds(lambda kind, mean, cv: {kind: {"mean": mean, "cv": cv}}, spread_kinds, durations, cvs),
)
"""A time that is not always 0."""

long = st.sampled_from(["8760 h", f"{LONG // 2} h", f"{LONG} h"])
ages = long | st.builds(lambda mean: {"exponential": {"mean": mean}}, long)
"""The time to a failure: of a century, so that no test waits for a million of them."""

places = st.sampled_from([0, 1, 1_000])


@st.composite
def stations(draw: st.DrawFn, name: str) -> Written:
    """Return a station that may break down."""
    entry: Written = {
        "station": name,
        "cycle": draw(st.just(0) | times),
        "buffer": draw(places),
        "units": draw(units),
    }
    if draw(st.booleans()):
        counts = draw(st.sampled_from(["operating", "calendar"]))
        entry["breakdowns"] = {"up": draw(ages), "repair": draw(times), "counts": counts}
    return entry


@st.composite
def inspections(draw: st.DrawFn, name: str) -> Written:
    """Return an inspection by a modelled server."""
    modelled: dict[str, Any] = {
        "service": draw(st.just(0) | times),
        "servers": draw(units),
        "after_deadline": draw(st.sampled_from(["stops", "keeps_computing"])),
        "miss_rate": draw(rates),
    }
    return {
        "inspection": name,
        "buffer": draw(places),
        "units": draw(units),
        "acquisition": draw(st.just(0) | times),
        "deadline": draw(st.none() | durations),
        "on_no_result": draw(st.sampled_from(["review", "ship", "scrap", "stop"])),
        "gateway": {"modelled": modelled},
    }


@st.composite
def extreme_scenarios(draw: st.DrawFn) -> Written:
    """Return a whole scenario as a user writes it."""
    others = [
        draw(stations(f"s{index}") | inspections(f"s{index}")) for index in range(draw(st.integers(0, 2)))
    ]
    arrivals: Written = {"saturated": True}
    if draw(st.booleans()):
        arrivals = {"every": draw(times), "on_full": draw(st.sampled_from(["wait", "lose"]))}
    run: Written = {"items": draw(st.sampled_from([1, 3, 60]))}
    if draw(st.booleans()):
        run = {"duration": (length := draw(durations))}
        every = draw(st.sampled_from([length, {"exponential": {"mean": length}}]))
        arrivals = {"every": every, "on_full": "lose"}  # few parts: others would come by the billion
    run["warm_up"] = draw(st.sampled_from([0, "auto", "1 ns"]))
    return {
        "version": 1,
        "name": "extreme",
        "seed": draw(st.sampled_from([0, 2**63, 2**64 - 1])),
        "run": run,
        "arrivals": arrivals,
        "product": {"defect_rate": draw(rates)},
        "line": [draw(stations("first")), *others],
        "review": {"time": draw(st.just(0) | times), "buffer": draw(places), "miss_rate": draw(rates)},
    }
