"""Shares of a count: Wilson's interval, of as many as they are worth, and none of too few."""

import pytest

from line_sim.figures.statistics.rates import Rate, wilson


def test_independent_ones_have_wilsons_interval_however_few():
    """None of three says little, and says it."""
    assert Rate(0, 3).ci == pytest.approx((0, 0.5615), abs=1e-4)
    assert (Rate(0, 3).note, Rate(0, 3).lack, Rate(0, 0).ci) == ("", None, None)


def test_neighbours_that_resemble_each_other_are_worth_fewer():
    """Eight hundred of which a hundred say as much as one are eight."""
    found = Rate(80, 800, alike=100)
    assert found.ci == wilson(0.8, 8)
    assert found.note == "neighbours resemble each other: 800 are worth 8 independent ones"


def test_what_is_worth_next_to_nothing_has_no_interval():
    """It would say that none in 800 is anything up to all of them."""
    found = Rate(0, 800, alike=500)
    assert (found.value, found.ci) == (0.0, None)
    assert found.lack.short == "worth 1 of 4"
    assert "800 observations are worth 1 independent ones" in found.note
