"""The stop rule: what can be typed, and when it says enough."""

import pytest

from line_sim.errors import ScenarioError
from line_sim.layout import Failures, Layout, Place
from line_sim.study.replications.outages import few_in_all
from line_sim.study.replications.precision import FEWEST, Goal, enough, estimate, read_goal, standing

UPH = Goal("uph", 0.01)


@pytest.mark.parametrize(
    ("text", "goal"),
    [("uph=1%", UPH), (" uph = 1 % ", UPH), ("camera.service.p95=.5%", Goal("camera.service.p95", 0.005))],
)
def test_a_goal_is_a_figure_and_a_percentage(text, goal):
    """As it is typed, and back."""
    assert read_goal(text) == goal
    assert read_goal(goal.text) == goal


@pytest.mark.parametrize(
    "text", ["uph", "uph=1", "uph=0%", "uph=-1%", "=1%", "uph=1%%", "uph=x%", "uph=\uff11%"]
)
def test_anything_else_is_refused_with_what_is_allowed(text):
    """At the option, with an example."""
    with pytest.raises(ScenarioError, match=r"--until .*such as uph=1%"):
        read_goal(text)


def test_no_rule_stops_before_the_fewest_runs():
    """However well they agree: ten equal runs may be luck, nine more so."""
    runs = [{"uph": 100.0}] * FEWEST
    assert not enough([UPH], runs[:-1])
    assert enough([UPH], runs)


def test_every_goal_must_be_reached():
    """The slowest figure decides; without goals there is no end but the last run."""
    runs = [{"uph": 100.0, "wip": float(wip)} for wip in range(FEWEST)]
    assert enough([UPH], runs)
    assert not enough([UPH, Goal("wip", 0.1)], runs)
    assert not enough([], runs)


def test_a_figure_that_a_run_cannot_tell_is_not_known():
    """The mean of the others would be one of a chosen few."""
    runs = [{"uph": 100.0}] * 9 + [{"uph": None}]
    assert estimate(runs, "uph") is None
    assert not enough([UPH], runs)
    assert standing(UPH, runs) == "uph without an interval (asked 1 %)"


def test_one_run_unlike_all_others_is_not_enough():
    """Nine of 100 and one of 101: what is so rare may be worse next time, narrow though the interval is."""
    runs = [{"uph": 100 + 0.01 * n} for n in range(9)] + [{"uph": 101.0}]
    assert not enough([UPH], runs)
    assert "one run makes 40 % of the scatter or more" in standing(UPH, runs)
    assert enough([UPH], [{"uph": 100 + 0.1 * n} for n in range(10)])


def test_a_share_that_was_the_same_every_time_is_not_known():
    """Nothing escaped in ten runs: something may in the eleventh. A rate to the nanosecond is known."""
    runs = [{"escape_rate": 0.0, "uph": 3600.0}] * 10
    assert estimate(runs, "escape_rate").interval is None
    assert "same in all 10 runs" in estimate(runs, "escape_rate").lack.text
    assert not enough([Goal("escape_rate", 0.5)], runs)
    assert estimate(runs, "uph").interval == (3600.0, 3600.0)


def test_no_interval_of_a_share_leaves_it():
    """Below 0 nothing escapes, above 1 no machine is busy; a loss may be a gain."""
    runs = [{"escape_rate": rate, "loss": rate, "press.busy": 1 - rate} for rate in (0.0, 0.0, 0.03)]
    assert estimate(runs, "escape_rate").interval[0] == 0.0
    assert estimate(runs, "press.busy").interval[1] == 1.0
    assert estimate(runs, "loss").interval[0] < 0


FAILING = Place("press", failures=(Failures(90.0, 10.0),), fails=True)


def test_too_few_outages_in_all_runs_stop_no_study():
    """Ten alike runs without an outage: one down for a tenth of the time may come; UPH leaves room for it."""
    runs = [
        {"uph": 3600 + n, "flow_time": 1 + 0.001 * n, "press.busy": 1.0, "press.down": 0.0} for n in range(10)
    ]
    few = few_in_all(Layout((FAILING,)), [{"press": 0}] * 10, runs)
    assert (few[0].seen, few[0].excess) == (0, pytest.approx(-1 / 9))
    low, high = estimate(runs, "uph", few).interval
    assert low == pytest.approx(3602 - 400, abs=3)
    assert high < 3610
    assert estimate(runs, "flow_time", few).lack.reason == "rare"
    assert enough([UPH], runs)
    assert not enough([UPH], runs, few)
    assert "0 outages of press" in standing(Goal("flow_time", 0.01), runs, few)


def test_twenty_outages_in_all_runs_are_enough():
    """Two a run; and a figure that outages do not change never asks for them."""
    runs = [{"uph": 3600.0 + n} for n in range(10)]
    assert few_in_all(Layout((FAILING,)), [{"press": 2}] * 10, runs) == ()
    few = few_in_all(Layout((FAILING,)), [{"press": 1}] * 10, runs)
    assert few[0].excess is None
    assert estimate(runs, "uph", few).lack.reason == "rare"
    assert estimate([{"timeout_rate": 0.1 * n} for n in range(5)], "timeout_rate", few).lack is None


def test_no_mean_of_runs_ends_above_what_the_takt_lets_pass():
    """Ten runs at a takt of 104 an hour, which would reach to 104.4; other figures know no takt."""
    runs = [{"uph": 100.0 + n % 2 * 5, "wip": 100.0 + n % 2 * 5} for n in range(10)]
    free = estimate(runs, "uph")
    cut = estimate(runs, "uph", ceiling=104.0)
    assert free.interval[1] > 104
    assert cut.interval == (free.interval[0], 104.0)
    assert cut.note.endswith("no more than 104 an hour pass in the long run: the interval ends there")
    assert estimate(runs, "uph", ceiling=1000.0) == free
    assert estimate(runs, "wip", ceiling=104.0) == estimate(runs, "wip")
    assert estimate(runs, "uph", ceiling=101.0).interval[1] == cut.mean
