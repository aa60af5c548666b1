"""How a compiled line ended is told in the words of SimPy's."""

from typing import NamedTuple

import pytest
from stories import camera, happens, modelled, press

from line_sim.engine.ending import ending_of
from line_sim.line.arrivals import STANDS_STILL
from line_sim.line.line import TOO_LATE, Ending
from line_sim.units import SECOND


class Ended(NamedTuple):
    """What the compiled line says."""

    at: int
    stopped: int = -1
    stopped_by: int = -1
    circle: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("ended", "until", "told"),
    [
        (Ended(7), None, Ending("completed", 7)),
        (Ended(7), 7, Ending("duration over", 7)),
        (Ended(7, 1), 9, Ending("stopped", 7, STANDS_STILL)),
        (Ended(7, 2), None, Ending("stopped", 7, TOO_LATE)),
    ],
)
def test_an_end_has_its_words(ended, until, told):
    """Whatever it was; a wish to stop comes before all of them."""
    assert ending_of(ended, until=until, wished=False) == told
    assert ending_of(ended, until=until, wished=True) == Ending("interrupted", 7)


def test_a_part_that_stops_the_line_is_named_as_by_simpys_line():
    """Both say the same of part 1, whose answer came too late."""
    late = camera(gateway=modelled(2), deadline=1, on_no_result="stop")
    assert ending_of(Ended(SECOND, 0, 1), until=None, wished=False) == happens(late, items=1).ending


def test_a_circle_is_told_as_by_simpys_line():
    """Both say who waits for whom: everything is to be repaired, and there is no room."""
    review = {"time": 3, "rework": {"to": "press", "at_most": 9, "defect_rate": 1.0}}
    ending = happens(press(1), camera(), items=9, review=review, defect_rate=1.0).ending
    assert ending.how == "deadlocked"
    circle = ("press", "camera", "review")
    assert ending_of(Ended(ending.at, circle=circle), until=None, wished=False) == ending
