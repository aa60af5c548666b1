"""Random lines whose stations share people, in whole seconds, so that ties abound."""

from typing import Any

from hypothesis import strategies as st
from stopping_lines import written_stopping_scenarios

from line_sim.scenario import Scenario

_TASKS = st.sampled_from([["work"], ["repair"], ["work", "repair"]])
_NEEDS = st.one_of(
    st.builds(lambda name, tasks: {name: tasks}, st.sampled_from(["team", "others"]), _TASKS),
    st.just({"team": ["work"], "others": ["repair"]}),
    st.just({"team": ["repair"], "others": ["work"]}),
)
_PEOPLE = st.integers(1, 2)
_CREWS = st.one_of(
    _PEOPLE,
    st.builds(
        lambda people, calendar: {"people": people, "calendar": calendar},
        _PEOPLE,
        st.sampled_from([None, "one", "two"]),
    ),
)


def put_crews(draw: st.DrawFn, written: dict[str, Any], of_three: int) -> None:
    """Let so many of three stations need people of two crews, which keep hours where the line has calendars.

    A machine of several ways to fail by the calendar may never be up where one person repairs them (`check`
    says so): such a line is run for a while, and not for so many parts.
    """
    people = _CREWS if "calendars" in written else _PEOPLE
    written["crews"] = {"team": draw(people), "others": draw(people)}
    for entry in written["line"]:
        if "station" in entry and draw(st.integers(0, 2)) < of_three:
            entry["crew"] = draw(_NEEDS)
            if any(way["counts"] == "calendar" for way in ways_of(entry)):
                run = {"duration": draw(st.integers(5, 90))}  # its fitter may never be done
                written["run"] = {**written["run"], "items": None, **run}


def ways_of(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the ways in which a station stops, written as one or as several."""
    ways = entry.get("breakdowns") or []
    return [ways] if isinstance(ways, dict) else ways


@st.composite
def written_crew_scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """Return a whole scenario: lines that stop and keep hours, and need people for it."""
    written: dict[str, Any] = draw(written_stopping_scenarios())
    put_crews(draw, written, 2)
    return written


def crew_scenarios() -> st.SearchStrategy[Scenario]:
    """Return loaded scenarios."""
    return written_crew_scenarios().map(Scenario.model_validate)
