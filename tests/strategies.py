"""Random scenarios for hypothesis: short lines whose times often coincide, so that ties really happen.

All durations are written as a user writes them; `scenarios()` gives loaded ones, `written_scenarios()`
the plain mappings.
"""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from line_sim.scenario import Scenario

Written = dict[str, Any]

ticks = st.integers(min_value=0, max_value=5)
"""A constant in whole seconds: few values, so that events fall into the same moment."""

positive_ticks = st.integers(min_value=1, max_value=5)
"""The same, but never no time at all."""

few_seconds = st.integers(min_value=0, max_value=3)
some_seconds = st.integers(min_value=1, max_value=3)
few_places = st.integers(min_value=0, max_value=2)

means = st.sampled_from([0.5, 1, 2, 3])
cvs = st.sampled_from([0.5, 1.0, 2.0])
shapes = st.sampled_from([0.7, 3])
slowest = st.sampled_from([2, 9])

distributions = st.one_of(
    st.builds(lambda mean: {"exponential": {"mean": mean}}, means),
    st.builds(lambda low, width: {"uniform": {"low": low, "high": low + width}}, ticks, positive_ticks),
    st.builds(lambda low: {"triangular": {"low": low, "mode": low + 1, "high": low + 3}}, ticks),
    st.builds(lambda mean, cv: {"lognormal": {"mean": mean, "cv": cv}}, means, cvs),
    st.builds(lambda mean, sd: {"normal": {"mean": mean, "sd": sd}}, st.just(0) | means, means),
    st.builds(lambda p50, times: {"quantiles": {"p50": p50, "p99": times * p50}}, means, slowest),
    st.builds(lambda mean, shape: {"weibull": {"mean": mean, "shape": shape}}, means, shapes),
    st.builds(lambda mean, cv: {"gamma": {"mean": mean, "cv": cv}}, means, cvs),
)
"""A random time."""

times = st.one_of(ticks, ticks, distributions)
"""A constant (more often) or a random time, 0 included."""

positive_times = st.one_of(positive_ticks, positive_ticks, distributions)
"""A time that is not always 0."""

rates = st.sampled_from([0.0, 0.0, 0.3, 1.0])
buffers = st.integers(min_value=0, max_value=3)
units = st.sampled_from([1, 1, 1, 2, 3])

breakdowns = st.fixed_dictionaries(
    {
        "up": positive_times,
        "repair": positive_times,
        "counts": st.sampled_from(["operating", "calendar"]),
    }
)


@st.composite
def station_entries(draw: st.DrawFn, name: str, cycles: st.SearchStrategy[object] = times) -> Written:
    """Return a plain station, with breakdowns in half of the cases."""
    entry: Written = {"station": name, "cycle": draw(cycles), "buffer": draw(buffers), "units": draw(units)}
    if draw(st.booleans()):
        entry["breakdowns"] = draw(breakdowns)
    return entry


@st.composite
def inspection_entries(draw: st.DrawFn, name: str) -> Written:
    """Return an inspection with a modelled gateway."""
    modelled = {
        "service": draw(times),
        "servers": draw(units),
        "after_deadline": draw(st.sampled_from(["stops", "keeps_computing"])),
        "overhead": draw(st.sampled_from([0, 0, 1])),
        "miss_rate": draw(rates),
        "false_alarm_rate": draw(rates),
    }
    return {
        "inspection": name,
        "buffer": draw(buffers),
        "units": draw(units),
        "acquisition": draw(times),
        "deadline": draw(positive_ticks),
        "on_no_result": draw(st.sampled_from(["review", "review", "ship", "scrap", "stop"])),
        "gateway": {"modelled": modelled},
    }


reviews = st.fixed_dictionaries(
    {"time": times, "buffer": buffers, "units": units, "miss_rate": rates, "false_alarm_rate": rates}
)


@st.composite
def after_review(draw: st.DrawFn, line: Sequence[Written]) -> Written:
    """Return the keys of a review that say where its parts go: on behind the camera, off the line, back.

    What is repaired is not where what is cleared rejoins: there, records do not tell which of both it is.
    """
    names = [
        entry.get("station") or entry["inspection"]
        for before, entry in zip([{}, *line], line, strict=False)
        if "inspection" not in before
    ]
    rework = {
        "share": draw(st.sampled_from([0.5, 1.0])),
        "to": draw(st.sampled_from(names)),
        "at_most": draw(st.integers(1, 3)),
        "buffer": draw(few_places),
        "defect_rate": draw(st.sampled_from([None, 0.0, 0.5])),
    }
    return {
        "cleared": draw(st.sampled_from(["rejoins", "ships"])),
        "rework": draw(st.sampled_from([None, None, rework])),
    }


@st.composite
def arrival_rules(draw: st.DrawFn) -> Written:
    """Return saturated, waiting or lossy arrivals."""
    if draw(st.booleans()):
        return {"saturated": True}
    return {"every": draw(positive_times), "on_full": draw(st.sampled_from(["wait", "lose"]))}


runs = st.one_of(
    st.builds(lambda items: {"items": items}, st.integers(1, 30)),
    st.builds(lambda duration: {"duration": duration}, st.integers(1, 40)),
)


@st.composite
def written_scenarios(draw: st.DrawFn) -> Written:
    """Return a whole scenario as a user writes it; its first station always takes some time."""
    others = [
        draw(st.one_of(station_entries(f"s{index}"), inspection_entries(f"s{index}")))
        for index in range(draw(st.integers(0, 3)))
    ]
    line = [draw(station_entries("first", positive_times)), *others]
    return {
        "version": 1,
        "name": "random",
        "seed": draw(st.integers(0, 2**64 - 1)),
        "run": draw(runs),
        "arrivals": draw(arrival_rules()),
        "product": {"defect_rate": draw(rates)},
        "line": line,
        "review": {**draw(reviews), **draw(after_review(line))},
    }


def scenarios() -> st.SearchStrategy[Scenario]:
    """Return loaded scenarios."""
    return written_scenarios().map(Scenario.model_validate)


@st.composite
def tied_stations(draw: st.DrawFn, name: str, cycles: st.SearchStrategy[int] = few_seconds) -> Written:
    """Return a station of whole seconds, which often fails after whole seconds."""
    entry: Written = {
        "station": name,
        "cycle": draw(cycles),
        "buffer": draw(few_places),
        "units": draw(st.sampled_from([1, 1, 2, 3])),
    }
    counts = draw(st.sampled_from(["never", "operating", "calendar"]))
    if counts != "never":
        up = draw(st.integers(min_value=1, max_value=5))
        entry["breakdowns"] = {"up": up, "repair": draw(some_seconds), "counts": counts}
    return entry


@st.composite
def tied_inspections(draw: st.DrawFn, name: str) -> Written:
    """Return an inspection whose answers take whole seconds, now and then exactly the deadline."""
    deadline = draw(some_seconds)
    modelled = {
        "service": draw(st.one_of(few_seconds, st.just(deadline))),
        "servers": draw(st.sampled_from([1, 1, 2])),
        "after_deadline": draw(st.sampled_from(["stops", "keeps_computing"])),
        "overhead": draw(st.sampled_from([0, 0, 1])),
        "false_alarm_rate": draw(st.sampled_from([0.0, 0.3, 0.5])),
    }
    return {
        "inspection": name,
        "buffer": draw(few_places),
        "units": draw(st.sampled_from([1, 1, 2, 3])),
        "acquisition": draw(few_seconds),
        "deadline": deadline,
        "on_no_result": draw(st.sampled_from(["review", "review", "ship", "scrap"])),
        "gateway": {"modelled": modelled},
    }


@st.composite
def written_tied_scenarios(draw: st.DrawFn) -> Written:
    """Return a scenario in which many things happen at once: everything takes whole seconds, and few."""
    others = [
        draw(st.one_of(tied_stations(f"s{index}"), tied_inspections(f"s{index}")))
        for index in range(draw(st.integers(1, 4)))
    ]
    line = [draw(tied_stations("first", some_seconds)), *others]
    arrivals: Written = {"every": draw(some_seconds), "on_full": draw(st.sampled_from(["wait", "lose"]))}
    review = {
        "time": draw(few_seconds),
        "buffer": draw(few_places),
        "units": draw(st.sampled_from([1, 2])),
        "false_alarm_rate": draw(st.sampled_from([0.0, 0.3])),
    }
    return {
        "version": 1,
        "name": "tied",
        "seed": draw(st.integers(0, 999)),
        "run": draw(
            st.one_of(
                st.builds(lambda items: {"items": items}, st.integers(4, 25)),
                st.builds(lambda duration: {"duration": duration}, st.integers(5, 40)),
            )
        ),
        "arrivals": draw(st.one_of(st.just({"saturated": True}), st.just(arrivals), st.just(arrivals))),
        "product": {"defect_rate": draw(st.sampled_from([0.0, 0.3]))},
        "line": line,
        "review": {**review, **draw(after_review(line))},
    }


def tied_scenarios() -> st.SearchStrategy[Scenario]:
    """Return loaded scenarios of whole seconds, in which simultaneous events abound."""
    return written_tied_scenarios().map(Scenario.model_validate)


def any_scenarios() -> st.SearchStrategy[Scenario]:
    """Return loaded scenarios of both sorts."""
    return st.one_of(scenarios(), tied_scenarios())
