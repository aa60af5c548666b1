"""Figures of a line with a way back: a part that comes to a place twice is counted as what it is."""

from recorded import call, item, ns, run, visit

from line_sim.figures.bottleneck import bottleneck
from line_sim.figures.flow import station_times
from line_sim.figures.latency import observations
from line_sim.figures.window import Window, last_entry, window_of
from line_sim.layout import Exit, Kind, Lane, Layout, Place, RunPlan, Way
from line_sim.recording.run_columns import columns_of

LAYOUT = Layout(
    (Place("camera", kind=Kind.INSPECTION), Place("press")),
    run=RunPlan(items=2),
    joined=(Way(1, Lane.SHIP, 0), Way(0, Lane.SHIP, Exit.SHIPPED), Way(0, Lane.REVIEW, 1)),
)
"""A camera that sends what it takes for bad to a press behind it, and sees it again from there."""

RUN = columns_of(
    run(
        [item(2, 3, 6), item(1, 0, 11)],
        [
            *(visit(1, "camera", 0, 0, 3, 3), visit(2, "camera", 3, 3, 6, 6), visit(1, "press", 3, 3, 8, 8)),
            visit(1, "camera", 8, 8.5, 11, 11),
        ],
        [call(1, 1, 2), call(2, 4, 2), call(1, 9, 2)],
    ),
    LAYOUT,
)
WINDOW = Window(0, ns(11), ns(11))


def test_a_part_is_due_again_after_all_that_was_done_to_it_so_far():
    """Part 1 arrived at 0; seen for 3 s and pressed for 5 it was due at 8, and the call was made at 9."""
    seen = observations(RUN, LAYOUT, 0, WINDOW)
    assert seen.slip.tolist() == [ns(1), ns(1), ns(1)]
    assert seen.response.tolist() == [ns(3), ns(3), ns(3)]


def test_a_part_comes_in_once():
    """The last part came in at 3; that the first one was at the first station again at 8 is no entry."""
    assert last_entry(RUN, LAYOUT) == ns(3)
    assert window_of(RUN, LAYOUT).end == ns(11)  # nothing had left by then: all of it counts


def test_the_line_is_in_the_order_of_its_ways_whatever_that_of_its_places():
    """Parts come in at the camera, and those that are good leave there: the press is beside the line."""
    found = bottleneck(RUN, LAYOUT, WINDOW, tuple(station_times(RUN, LAYOUT, WINDOW)))
    assert list(found.tendency) == ["camera"]
    assert found.station == "camera"
