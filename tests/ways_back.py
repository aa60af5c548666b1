"""Lines with a way back, though no scenario can say one: the ways of every layout are given another end."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from unittest.mock import patch

from hypothesis import strategies as st
from strategies import Written, few_seconds, some_seconds, tied_inspections, tied_stations

from line_sim.layout import Exit, Lane, Layout, Way
from line_sim.scenario import Scenario

STRAIGHT = Layout.ways.func


@contextmanager
def rework(to: int = 0, cleared: int | Exit = Exit.SHIPPED) -> Iterator[None]:
    """Send what reviewers find defective back to a place; what they clear goes where `cleared` says."""
    ends = {Lane.SCRAP: to, Lane.SHIP: cleared}

    def ways(layout: Layout) -> tuple[Way, ...]:
        return tuple(
            way._replace(to=ends[way.lane]) if way.start == layout.bench else way for way in STRAIGHT(layout)
        )

    patched = cached_property(ways)
    patched.__set_name__(Layout, "ways")
    with patch.object(Layout, "ways", patched):
        yield


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
        "review": {**review, "miss_rate": 0.5, "false_alarm_rate": 0.4},
    }


def reworking() -> st.SearchStrategy[Scenario]:
    """Return loaded scenarios of lines for `rework`."""
    return written_rework().map(Scenario.model_validate)
