"""Flow time, parts on the line and the wait for an answer, by hand; and when their intervals are told."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import PRESS, PRESS_AND_CAMERA, call, item, ns, run, visit

from line_sim.figures.catalogue import FLOW_TIME, INFERENCE_TIME, WIP
from line_sim.figures.populations import Settled
from line_sim.figures.statistics.batch_means import interval_of_mean, means_of_batches
from line_sim.figures.window import Window
from line_sim.recording.run_columns import columns_of

STORIES = (
    item(1, 0, 2),
    item(2, 3, 7),
    item(3, 5, 5, disposition="lost"),
    item(4, 9, None, disposition="on_line"),
)


def settled(start, end, last, **records):
    """Return a run after its warm-up: when the window starts and ends, when the run does (s)."""
    columns = columns_of(run(**records), PRESS_AND_CAMERA, ns(last))
    return Settled(columns, PRESS_AND_CAMERA, Window(*map(ns, (start, end, last))))


def test_flow_time_and_parts_on_the_line():
    """Two parts through in 2 s and 4 s, one lost, one still there: 3 s, and (2 + 4 + 1) / 10 parts."""
    whole = settled(0, 10, 10, items=STORIES)
    assert (FLOW_TIME.fold.measure(whole).value, FLOW_TIME.fold.measure(whole).n) == (3.0, 2)
    assert WIP.fold.measure(whole).value == pytest.approx(0.7)


def test_what_was_before_the_window_is_left_out():
    """The first 3 s cut: 4 s, and (4 + 1) / 7 parts."""
    later = settled(3, 10, 10, items=STORIES)
    assert FLOW_TIME.fold.measure(later).value == 4.0
    assert WIP.fold.measure(later).value == pytest.approx(5 / 7)


def test_flow_time_goes_on_to_the_end_of_the_run_and_parts_on_the_line_to_that_of_the_window():
    """A window that ends at 6 s: part 2 left after it, and was there for 3 s of it."""
    short = settled(0, 6, 10, items=STORIES)
    assert FLOW_TIME.fold.measure(short).value == 3.0
    assert WIP.fold.measure(short).value == pytest.approx((2 + 3) / 6)


def test_a_part_without_a_story_came_when_it_first_queued():
    """A killed run: its visits tell of a part that items.csv does not; it is on the line to the end."""
    killed = settled(0, 10, 10, visits=[visit(7, "press", 4), visit(7, "camera", 6)])
    assert WIP.fold.measure(killed).value == pytest.approx(0.6)
    assert FLOW_TIME.fold.measure(killed).value is None


def test_no_time_and_no_parts_are_no_figures():
    """Nothing is made up."""
    nothing = settled(0, 0, 0)
    assert WIP.fold.measure(nothing).value is None
    assert FLOW_TIME.fold.measure(nothing).value is None
    assert INFERENCE_TIME.fold.measure(nothing).value is None


def test_the_wait_for_an_answer_is_over_calls():
    """The one that timed out as long as was waited, one that met no server not at all, none before 1 s."""
    calls = [call(1, 0, 9.0), call(2, 1, 0.1), call(3, 2, 0.2, "timed_out"), call(4, 3, 5.0, "unavailable")]
    told = INFERENCE_TIME.fold.measure(settled(1, 9, 9, calls=calls))
    assert (told.value, told.n) == (pytest.approx(0.15), 2)


def test_batches_of_neighbours_are_as_equal_as_they_can_be():
    """45 observations: five batches of three, fifteen of two; 39 are too few."""
    batches = means_of_batches(np.arange(45, dtype=np.int64))
    assert len(batches) == 20
    assert batches[0] == 0.5
    assert batches[-1] == 43.0
    assert means_of_batches(np.arange(39, dtype=np.int64)) is None


@given(st.lists(st.booleans(), min_size=40, max_size=99))
def test_what_holds_is_counted_as_ones_would_be_added(holds):
    """Bit by bit the same mean."""
    told = np.array(holds)
    assert means_of_batches(told).tolist() == means_of_batches(told.astype(np.int64)).tolist()


def test_what_outages_change_is_not_sure_where_too_few_were_seen():
    """Through a press that may fail and did not: how long parts take is not known, how long answers is."""
    stories = [item(n, n, n + 2) for n in range(60)]
    calls = [call(n, n + 1, 0.1 + 0.01 * (n % 2)) for n in range(60)]
    layout = replace(PRESS_AND_CAMERA, line=(replace(PRESS, fails=True), *PRESS_AND_CAMERA.line[1:]))
    columns = columns_of(run(stories, calls=calls), layout, ns(62))
    found = Settled(columns, layout, Window(0, ns(60), ns(62)))
    for figure in (FLOW_TIME, WIP):
        told = figure.fold.measure(found)
        assert (told.ci, told.note) == (None, "0 outages of press seen, and about 20 are needed")
    assert INFERENCE_TIME.fold.measure(found).ci is not None


def sure(mean, batches, n=400):
    """Return the interval of a mean of `n` calls from its batches."""
    return interval_of_mean(mean, batches, n, "calls")


def test_an_interval_that_says_nothing_is_not_told_but_why():
    """Twenty batches that rise are worth one; few calls have no batches; both are said in words."""
    rising, few = sure(9.5, np.arange(20, dtype=np.float64)), sure(1.0, None, 39)
    assert (rising.reason, few.reason) == ("alike", "few")
    assert few.text == "39 calls, and 40 are needed"
    low, high = sure(0.5, np.array([0.4, 0.6] * 10))
    assert low < 0.5 < high
    assert sure(0.0, np.zeros(20)) == (0.0, 0.0)


def test_the_upper_end_is_farther_away():
    """The scatter of a wait grows with its mean: the upper end is the mean m with m - h m / mean = mean."""
    low, high = sure(1.0, np.array([0.5, 1.5] * 10))
    half = 1.0 - low
    assert high * (1 - half) == pytest.approx(1.0)
    assert sure(0.1, np.array([0.0, 0.9] * 10)).reason == "scatter"


def test_an_interval_holds_the_mean_as_often_as_it_says():
    """Of 400 runs of independent times about 95 %: between 91 % and 98.5 %, told or not."""
    chance = np.random.default_rng(9)
    runs = [chance.exponential(10**9, 400).astype(np.int64) for _ in range(400)]
    told = [sure(times.mean(), means_of_batches(times)) for times in runs]
    known = [ci for ci in told if isinstance(ci, tuple)]
    assert len(known) > 390
    assert 0.91 < np.mean([low <= 10**9 <= high for low, high in known]) < 0.985


def test_what_fades_slowly_is_seen_by_ten_batches():
    """Twenty batches in pairs alike: by ten of them the interval of dependent ones is wider."""
    pairs = np.repeat([0.8, 1.2, 0.9, 1.3, 0.7, 1.1, 0.9, 1.2, 0.8, 1.1], 2) + np.tile([0.05, -0.05], 10)
    alone = sure(1.0, pairs)
    together = interval_of_mean(1.0, pairs, 400, "calls", dependent=True)
    assert together[0] < alone[0] < alone[1] < together[1]
