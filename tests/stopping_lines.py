"""Random lines whose machines stop in several ways and keep hours, in whole seconds, so that ties abound."""

from typing import Any

from hypothesis import strategies as st
from strategies import few_places, few_seconds, some_seconds, tied_inspections

from line_sim.scenario import Scenario

Written = dict[str, Any]
SOON = "Mon"


@st.composite
def hours(draw: st.DrawFn) -> Written:
    """Return a calendar that goes on and off every few seconds of Monday's first minute, then stays on."""
    at, shifts = draw(st.integers(0, 4)), []
    for _ in range(draw(st.integers(1, 5))):
        begin = at
        at += draw(st.integers(1, 9))
        shifts.append(f"00:00:{begin:02d}-00:00:{at:02d}")
        at += draw(st.integers(0, 4))
    shifts.append(f"00:01:{draw(st.integers(10, 20)):02d}-23:00")
    return {"Mon": shifts}


@st.composite
def ways(draw: st.DrawFn) -> list[Written]:
    """Return one to three ways in which a machine stops."""
    found = []
    for number in range(draw(st.integers(1, 3))):
        counts = draw(st.sampled_from(["operating", "calendar", "parts"]))
        varied = {"uniform": {"low": 1, "high": draw(st.integers(2, 6))}}
        up = draw(st.one_of(st.integers(1, 6), st.just(varied)))
        way = {"up": up, "repair": draw(some_seconds), "counts": counts}
        found.append(way | ({"name": f"way {number}"} if draw(st.booleans()) else {}))
    return found


@st.composite
def stopping_stations(draw: st.DrawFn, name: str, cycles: st.SearchStrategy[int] = few_seconds) -> Written:
    """Return a station that may stop in several ways and may keep hours."""
    station: Written = {
        "station": name,
        "cycle": draw(cycles),
        "buffer": draw(few_places),
        "units": draw(st.sampled_from([1, 1, 2])),
    }
    if draw(st.booleans()):
        station["breakdowns"] = draw(ways())
    return station | draw(_calendar)


_calendar = st.sampled_from([{}, {"calendar": "one"}, {"calendar": "two"}])


@st.composite
def written_stopping_scenarios(draw: st.DrawFn) -> Written:
    """Return a whole scenario."""
    others = [
        draw(stopping_stations(f"s{index}") | tied_inspections(f"s{index}").flatmap(_keeping_hours))
        for index in range(draw(st.integers(0, 3)))
    ]
    paced = {"every": draw(some_seconds), "on_full": draw(st.sampled_from(["wait", "lose"]))}
    review = {"time": draw(few_seconds), "buffer": draw(few_places), "units": 1, "false_alarm_rate": 0.3}
    run = draw(
        st.one_of(
            st.builds(lambda items: {"items": items}, st.integers(4, 20)),
            st.builds(lambda duration: {"duration": duration}, st.integers(5, 90)),
        )
    )
    return {
        "version": 1,
        "name": "stopping",
        "seed": draw(st.integers(0, 999)),
        "run": run,
        "calendars": {"one": draw(hours()), "two": draw(hours())},
        "arrivals": draw(st.one_of(st.just({"saturated": True}), _calendar.map(lambda it: paced | it))),
        "product": {"defect_rate": draw(st.sampled_from([0.0, 0.3]))},
        "line": [draw(stopping_stations("first", some_seconds)), *others],
        "review": review | draw(_calendar),
    }


def _keeping_hours(entry: Written) -> st.SearchStrategy[Written]:
    return _calendar.map(lambda calendar: entry | calendar)


def stopping_scenarios() -> st.SearchStrategy[Scenario]:
    """Return loaded scenarios."""
    return written_stopping_scenarios().map(Scenario.model_validate)
