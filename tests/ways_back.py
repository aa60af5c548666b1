"""Lines with a way back: what reviewers find defective is repaired, again and again."""

from typing import Any

from hypothesis import strategies as st
from strategies import Written, few_seconds, some_seconds, tied_inspections, tied_stations

from line_sim.scenario import Scenario


def rework(to: str = "press", **keys: Any) -> Written:
    """Return the key of a review that has everything repaired, however often, with room for it."""
    return {"rework": {"to": to, "at_most": 1000, "buffer": 50, **keys}}


@st.composite
def written_rework(draw: st.DrawFn) -> Written:
    """Return a line of whole seconds whose parts may come again, and in the end never do.

    There is room for those that are sent back: a full circle of places would lock the line up.
    """
    stations = [draw(tied_stations("first", some_seconds)), draw(tied_inspections("front"))]
    if draw(st.booleans()):
        stations.append(draw(tied_inspections("back")))
    stations.append(draw(tied_stations("last")))
    for station in stations[: draw(st.integers(1, 2))]:
        station["buffer"] = 30
    review = {"time": draw(few_seconds), "buffer": 30, "units": draw(st.sampled_from([1, 2]))}
    return {
        "version": 1,
        "name": "rework",
        "seed": draw(st.integers(0, 999)),
        "run": {"items": draw(st.integers(4, 25)), "warm_up": draw(st.sampled_from([0, 0, 7]))},
        "arrivals": {"every": draw(some_seconds), "on_full": draw(st.sampled_from(["wait", "lose"]))},
        "product": {"defect_rate": draw(st.sampled_from([0.0, 0.3]))},
        "line": stations,
        "review": {
            **review,
            "miss_rate": 0.5,
            "false_alarm_rate": 0.4,
            "cleared": draw(st.sampled_from(["rejoins", "ships"])),
            **rework(
                draw(st.sampled_from(["first", "front", "last"])), buffer=30, defect_rate=draw(repaired)
            ),
        },
    }


repaired = st.sampled_from([None, 0.0, 0.5])


def reworking() -> st.SearchStrategy[Scenario]:
    """Return loaded scenarios of such lines."""
    return written_rework().map(Scenario.model_validate)
