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


@st.composite
def written_crew_scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """Return a whole scenario: lines that stop and keep hours, and need people for it.

    A machine of several ways to fail by the calendar may never be up where one person repairs them: such a
    line is run for a while, and not for so many parts.
    """
    written: dict[str, Any] = draw(written_stopping_scenarios())
    written["crews"] = {"team": draw(_CREWS), "others": draw(_CREWS)}
    for entry in written["line"]:
        if "station" in entry and draw(st.integers(0, 3)):
            entry["crew"] = draw(_NEEDS)
            if any(way["counts"] == "calendar" for way in entry.get("breakdowns", ())):
                written["run"] = {"duration": draw(st.integers(5, 90))}  # its fitter may never be done
    return written


def crew_scenarios() -> st.SearchStrategy[Scenario]:
    """Return loaded scenarios."""
    return written_crew_scenarios().map(Scenario.model_validate)
