"""The test of what was seen to rise is honest: noise passes for growth no more often than it says."""

import numpy as np
import pytest
from recorded import PRESS_ONLY, item, outage, run, visit
from stories import happens, press

from line_sim.analysis.growth.rising import FALSE_ALARMS, rising
from line_sim.figures.window import Window, window_of
from line_sim.layout import Layout, Place
from line_sim.recording.run_columns import columns_of
from line_sim.units import SECOND


def queues(arrived, began, outages=(), layout=PRESS_ONLY):
    """Return what rose on a press that took in each part when it began on it."""
    items = [item(number, moment, None) for number, moment in enumerate(arrived, 1)]
    visits = [visit(number, "press", moment, moment) for number, moment in enumerate(began, 1)]
    records = run(items, visits, (), outages)
    end = round(max(arrived) * SECOND)
    return {
        queue.place: queue.parts for queue in rising(columns_of(records, layout), layout, Window(0, end, end))
    }


def test_a_steady_overload_is_seen_where_nothing_varies():
    """300 parts a second apart, taken in every 1.05 s: fifteen more wait outside, evenly."""
    arrived = range(1, 301)
    assert queues(arrived, [1.05 * moment for moment in arrived if 1.05 * moment <= 300]) == {"outside": 15}
    assert queues(arrived, arrived) == {}


def test_a_single_outage_does_not_make_a_trend():
    """Nothing is taken in for the last fifth of the run: 60 parts wait, and the press is being repaired."""
    arrived = range(1, 301)
    began = [moment for moment in arrived if moment <= 240]
    assert queues(arrived, began, [outage("press", 240, None)]) == {}


def test_a_stretch_without_entries_that_nobody_explains_does_not_either():
    """One leap is no growth: the mean of the changes is as large as its error."""
    arrived = range(1, 301)
    assert queues(arrived, [moment for moment in arrived if moment <= 285]) == {}


def test_a_run_too_short_for_stretches_shows_nothing():
    """Nor does an empty one."""
    assert queues([0.0, 0.0], [0.0]) == {}
    empty = columns_of(run(), PRESS_ONLY)
    assert rising(empty, PRESS_ONLY, window_of(empty, PRESS_ONLY)) == ()


def walks(seeds, steps, drift):
    """Return the share of reflected walks (a queue: comings and goings by Poisson) that are said to rise."""
    random = np.random.default_rng(seeds)
    layout = Layout((Place("press"),))
    said = 0
    for _ in range(seeds):
        came = np.cumsum(random.exponential(1.0, steps))
        took = np.cumsum(random.exponential(1.0 + drift, 3 * steps))
        began, free = [], 0.0
        for moment in came:  # the next moment of service that finds the part there
            free = took[np.searchsorted(took, max(moment, free), side="right")]
            began.append(free)
        end = came[-1]
        said += bool(queues(came.tolist(), [moment for moment in began if moment <= end], layout=layout))
    return said / seeds


def test_a_queue_at_its_edge_is_seldom_said_to_rise():
    """At load 1, which has no steady state, about FALSE_ALARMS of the runs."""
    assert walks(300, 300, 0.0) <= FALSE_ALARMS + 3 * (FALSE_ALARMS * (1 - FALSE_ALARMS) / 300) ** 0.5


def test_a_queue_that_grows_fast_is_nearly_always_said_to():
    """Half as much again as the press makes."""
    assert walks(60, 300, 0.5) > 0.8


@pytest.mark.parametrize("items", [300, 3000])
def test_stations_that_hold_each_other_up_are_seen_to(items):
    """Three exponential stations without buffers make 0.56 an hour of their rate, and are sent 0.8."""
    line = (press({"exponential": {"mean": 1}}, name=name) for name in "abc")
    layout = Layout(tuple(Place(name) for name in "abc"), takt=1.25 * SECOND)
    happened = happens(*line, every=1.25, items=items, seed=3)
    told = columns_of(happened.records, layout, happened.ending.at)
    assert "outside" in {queue.place for queue in rising(told, layout, window_of(told, layout))}
