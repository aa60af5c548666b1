"""The stop rule: what can be typed, and when it says enough."""

import pytest

from line_sim.errors import ScenarioError
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


@pytest.mark.parametrize("text", ["uph", "uph=1", "uph=0%", "uph=-1%", "=1%", "uph=1%%", "uph=x%", "a b=1%"])
def test_anything_else_is_refused_with_what_is_allowed(text):
    """At the option, with an example."""
    with pytest.raises(ScenarioError, match=r"--until .*such as uph=1%"):
        read_goal(text)


def test_no_rule_stops_before_the_fewest_runs():
    """However well they agree: five equal runs may be luck, four more so."""
    runs = [{"uph": 100.0}] * FEWEST
    assert not enough([UPH], runs[:-1])
    assert enough([UPH], runs)


def test_every_goal_must_be_reached():
    """The slowest figure decides; without goals there is no end but the last run."""
    runs = [{"uph": 100.0, "wip": wip} for wip in (1.0, 2.0, 3.0, 4.0, 5.0)]
    assert enough([UPH], runs)
    assert not enough([UPH, Goal("wip", 0.1)], runs)
    assert not enough([], runs)


def test_a_figure_that_a_run_cannot_tell_is_not_known():
    """The mean of the others would be one of a chosen few."""
    runs = [{"uph": 100.0}] * 9 + [{"uph": None}]
    assert estimate(runs, "uph") is None
    assert not enough([UPH], runs)
    assert standing(UPH, runs) == "uph without an interval (asked 1 %)"
