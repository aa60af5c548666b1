"""The triangle that a sum has to leave, by numbers worked out by hand."""

import pytest

from line_sim.study.plan.procedure.boundaries import budget_of, eta_of, h2_of, half_of, variance_of


def test_eta_of_three_observations_by_hand() -> None:
    """With n0 = 3 the exponent is -1: of an error of 1/8, 2 x 1/8 = 1/4, so eta = (4 - 1) / 2."""
    assert eta_of(0.125, first=3) == pytest.approx(1.5)
    assert h2_of(0.125, first=3) == pytest.approx(2 * 1.5 * 2)


def test_eta_solves_the_equation_of_the_papers() -> None:
    """(1 + 2 eta)^(-(n0 - 1) / 2) / 2 is the error: Andradottir & Kim 2010, with c = 1."""
    for error in (0.05, 0.0025, 1e-6):
        assert (1 + 2 * eta_of(error)) ** (-19 / 2) / 2 == pytest.approx(error)


def test_eta_of_the_best_of_four() -> None:
    """With k = 4, alpha = .05, n0 = 10 it is 2 alpha / (k - 1) = 1/30, and 30^(2/9) = 2.129."""
    assert eta_of(0.05 / 3, first=10) == pytest.approx((30 ** (2 / 9) - 1) / 2)
    assert eta_of(0.05 / 3, first=10) == pytest.approx(0.5646, abs=1e-4)


def test_the_triangle_closes_at_its_budget() -> None:
    """h2 = 6, S2 = 4, delta = 2: half(r) = 6 - r, so after 6 observations, and never below 0."""
    assert half_of(6, 4, 2, 1) == pytest.approx(5)
    assert half_of(6, 4, 2, 4) == pytest.approx(2)
    assert half_of(6, 4, 2, 9) == 0
    assert budget_of(6, 4, 2) == 6


def test_the_variance_of_what_never_varies_is_exactly_0() -> None:
    """Rounding must not make a constant look random: 0.1 summed up is not ten times 0.1."""
    assert variance_of([0.1] * 20) == 0
    assert variance_of([1, 2, 3]) == pytest.approx(1)
