"""Where a run settles, how sure its rate is, and which stretch the figures speak of."""

import math

import numpy as np
import pytest
from recorded import PRESS_ONLY, item, ns, run, visit

from line_sim.figures.flow import hourly_rate
from line_sim.figures.statistics.batch_means import batch_means
from line_sim.figures.statistics.rates import Rate, wilson
from line_sim.figures.statistics.warmup import WarmUp, mser5
from line_sim.figures.window import Window, window_of
from line_sim.layout import Layout, RunPlan
from line_sim.recording.run_columns import columns_of
from line_sim.units import SECOND


def test_a_decaying_start_is_cut():
    """N(10, 1) + 15 exp(-i/60): the start has faded into the noise between 150 and 280.

    The rule looks at noise too: of 1,000 series 98 % were cut there, none before 150 or after 330.
    """
    start = 15 * np.exp(-np.arange(1000) / 60)
    found = [mser5(np.random.default_rng(seed).normal(10, 1, 1000) + start) for seed in range(100)]
    assert {warm_up.verdict for warm_up in found} == {"found"}
    assert sum(150 <= warm_up.cut <= 280 for warm_up in found) >= 93


def test_a_constant_series_is_not_cut():
    """Also where its value is no round number for a float."""
    assert mser5([0.1 + 0.2] * 1000) == WarmUp(0, "found")


def test_too_few_observations_are_said_to_be_too_few():
    """40 points tell nothing of a warm-up."""
    assert mser5(range(40)) == WarmUp(0, "insufficient")


def test_a_series_that_never_settles_asks_for_more():
    """A steady climb: the search stops at half and says so."""
    assert mser5(range(1000)) == WarmUp(500, "run longer")


def test_batch_means_by_hand():
    """0 and 2 by turns: mean 1, standard error sqrt(20/19)/sqrt(20), Student's t of 19 degrees 2.0930."""
    found = batch_means([0.0, 2.0] * 10)
    assert found.mean == 1.0
    assert found.half_width == pytest.approx(2.093024 / math.sqrt(19), abs=1e-6)
    assert found.autocorrelation == pytest.approx(-0.95)


def test_batches_that_resemble_each_other_are_worth_fewer():
    """Five of 0, five of 2, again: r is 13/20, 0.83 with what 20 batches make it too small by; worth 1.86."""
    found = batch_means(([0.0] * 5 + [2.0] * 5) * 2)
    assert found.autocorrelation == pytest.approx(0.65)
    assert found.effective == pytest.approx(20 * 0.17 / 1.83)
    assert found.lack.reason == "alike"


def test_batches_that_resemble_their_neighbours_are_noticed():
    """A slow wave is, a saw is not; where all are equal there is nothing to resemble."""
    assert batch_means([math.sin(i / 4) for i in range(20)]).resembling
    assert not batch_means([i % 2 for i in range(20)]).resembling
    assert batch_means([5.0] * 20).autocorrelation is None


def test_a_steady_line_has_a_sure_rate():
    """A part every second for 100 s: 3600 an hour, give or take nothing."""
    found = hourly_rate([np.arange(1, 101) * SECOND], Window(0, 100 * SECOND, 100 * SECOND))
    assert (found.mean, found.low, found.high) == (3600.0, 3600.0, 3600.0)


def test_few_parts_give_no_interval():
    """39 departures are one too few."""
    window = Window(0, 100 * SECOND, 100 * SECOND)
    assert hourly_rate([np.arange(1, 40) * SECOND], window) is None
    assert hourly_rate([np.arange(1, 41) * SECOND], window) is not None


def test_a_rate_is_never_below_zero():
    """All 90 parts in the last of 20 stretches: alone, Student's t would begin below 0."""
    found = hourly_rate([np.full(90, 99 * SECOND)], Window(0, 100 * SECOND, 100 * SECOND))
    assert found.low == 0.0
    assert found.mean == pytest.approx(3240)


def test_intervals_of_independent_counts_hold_the_truth():
    """400 runs of a Poisson stream of 1 a second: about 95 % of the intervals hold 3600 an hour."""
    dice = np.random.default_rng(3)
    window = Window(0, 1000 * SECOND, 1000 * SECOND)
    held = 0
    for _ in range(400):
        moments = np.cumsum(dice.exponential(SECOND, 1300)).astype(np.int64)
        found = hourly_rate([moments[moments <= window.end]], window)
        held += found.low <= 3600 <= found.high
    assert 0.91 < held / 400 < 0.985


def test_wilson_by_the_book():
    """Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(20, 20)[1] == 1.0


def test_a_rate_of_nothing_is_unknown():
    """Neither 0 nor not-a-number."""
    assert Rate(0, 0).value is None
    assert Rate(0, 0).ci is None


def departures(*seconds):
    """Return a run whose parts pass the press one after the other, a part a moment."""
    visits = [visit(n, "press", t - 1, t - 1, t, t) for n, t in enumerate(seconds, start=1)]
    return run([item(n, t - 1, t) for n, t in enumerate(seconds, start=1)], visits)


def window_for(records, end=None, **plan):
    """Return the window of a run of the press alone."""
    line = Layout(PRESS_ONLY.line, run=RunPlan(**plan))
    return window_of(columns_of(records, line, ns(end)), line)


def test_a_run_of_so_many_parts_counts_until_the_last_has_come_in():
    """The third part comes in at 3 s and leaves at 4 s: the last second is the run-out."""
    assert window_for(departures(2, 3, 4), items=3) == Window(0, ns(3), ns(4))


def test_a_departure_at_the_last_entry_counts():
    """The first part leaves at 2 s, when the second comes in: there is something to count."""
    assert window_for(departures(2, 3), items=2) == Window(0, ns(2), ns(3))


def test_a_run_cut_short_counts_to_its_end():
    """Only three of five parts came: nothing was running out."""
    assert window_for(departures(2, 3, 4), items=5) == Window(0, ns(4), ns(4))


def test_a_run_of_a_duration_counts_to_its_end():
    """The end is told, the last part left before it."""
    assert window_for(departures(2, 3, 4), end=10) == Window(0, ns(10), ns(10))


def test_a_window_without_departures_takes_the_run_out_in():
    """The only part came in at 1 s and left at 2 s."""
    assert window_for(departures(2), items=1) == Window(0, ns(2), ns(2))


def test_a_lost_part_counts_as_come_in():
    """The last of three parts is lost at 8 s: until then parts came."""
    lost = item(3, 8, 8, evaluation="", outcome="", lane="", disposition="lost")
    two = departures(2, 3)
    records = run([*two.items, lost], two.visits)
    assert window_for(records, items=3) == Window(0, ns(8), ns(8))


def test_the_stated_warm_up_is_cut():
    """And one longer than the run is not, and said."""
    assert window_for(departures(2, 3, 4), warm_up=ns(2)) == Window(ns(2), ns(4), ns(4))
    window = window_for(departures(2, 3, 4), warm_up=ns(5))
    assert (window.start, window.end) == (0, ns(4))
    assert "ended at 4 s, before the warm-up of 5 s was over: nothing was cut; run longer" in window.notes[0]


def test_the_warm_up_is_found_in_the_flow_times():
    """Twenty slow parts, then two hundred quick ones: the cut is where the last slow one left."""
    slow = [item(n, 0, 10 * n) for n in range(1, 21)]
    quick = [item(n, 180 + n, 181 + n) for n in range(21, 221)]
    window = window_for(run([*slow, *quick]), warm_up="auto")
    assert window.start == ns(200)
    assert window.notes == ()


def test_a_warm_up_that_cannot_be_found_is_said():
    """Three parts tell nothing."""
    window = window_for(departures(2, 3, 4), warm_up="auto")
    assert window.start == 0
    assert window.notes == (
        "3 parts, too few to find the warm-up: nothing was cut; run longer, or state warm_up",
    )
