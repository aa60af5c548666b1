"""Student's t, against closed forms and against scipy's incomplete beta function."""

from math import atan, inf, isnan, pi, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from line_sim.special import normal, students_t

FREEDOMS = [1, 1.5, 2, 3.7, 19, 19.5, 99, 1e3, 1e5, 1e7]
freedoms = st.one_of(st.floats(1, 200), st.floats(0, 7).map(lambda power: 10.0**power))


def tail(freedom, t):
    """Return the share above t, by scipy; of the two ways the one whose x is not nearly 1."""
    square = t * t / freedom
    if square < 1:
        return special.betaincc(0.5, freedom / 2, square / (1 + square)) / 2
    return special.betainc(freedom / 2, 0.5, 1 / (1 + square)) / 2


def test_of_one_degree_of_freedom_it_is_cauchys():
    """Whose share is 1/2 + atan(t) / pi."""
    for t in (-30.0, -2.0, -1e-8, 0.0, 0.3, 5.0):
        assert students_t.share_below(1, t) == pytest.approx(0.5 + atan(t) / pi, rel=1e-13)


def test_of_two_it_is_algebraic():
    """Its share is 1/2 + t / (2 sqrt(2 + t^2))."""
    for t in (-3.0, -0.5, 0.0, 1.0, 40.0):
        assert students_t.share_below(2, t) == pytest.approx(0.5 + t / (2 * sqrt(2 + t * t)), rel=1e-13)


@pytest.mark.parametrize("freedom", FREEDOMS)
def test_its_tail_is_scipys(freedom):
    """Near the middle and far out."""
    for t in (1e-6, 0.1, 1.0, 2.0, 3.3, 8.0, 20.0):
        assert students_t.share_below(freedom, -t) == pytest.approx(tail(freedom, t), rel=1e-12)


@pytest.mark.parametrize("freedom", FREEDOMS)
@pytest.mark.parametrize("share", [0.5001, 0.7, 0.76, 0.975, 1 - 0.05 / 300, 1 - 1e-9, 1 - 2.0**-53])
def test_its_quantile_is_scipys(freedom, share):
    """For the shares of intervals, of many intervals at once, and the last float below 1."""
    assert students_t.quantile(freedom, share) == pytest.approx(special.stdtrit(freedom, share), rel=1e-12)


@given(freedoms, st.floats(1e-100, 0.4999))
def test_the_quantile_leaves_the_share_below(freedom, share):
    """And that of the rest lies as far on the other side."""
    t = students_t.quantile(freedom, share)
    assert tail(freedom, t) == pytest.approx(share, rel=1e-12)
    rest = 1 - share
    assert students_t.quantile(freedom, rest) == -students_t.quantile(freedom, 1 - rest)


@given(freedoms, st.floats(1e-9, 0.9999), st.floats(1e-12, 0.1))
def test_more_lies_below_a_larger_t(freedom, share, more):
    """The quantile grows with the share."""
    higher = min(share * (1 + more), 0.99995)
    assert students_t.quantile(freedom, higher) >= students_t.quantile(freedom, share)


@given(st.floats(0.6, 0.999999))
def test_of_more_degrees_of_freedom_it_is_nearer_to_a_normal(share):
    """Until it is one."""
    found = [students_t.quantile(freedom, share) for freedom in (1, 5, 50, 1e4, 1e8, 1e12, 1e16, inf)]
    assert found == sorted(found, reverse=True)
    assert found[-1] == found[-2] == normal.quantile(share)
    assert found[-3] == pytest.approx(found[-1], rel=1e-10)


def test_the_middle_and_the_ends():
    """Half lies below 0, nothing below minus infinity."""
    assert [students_t.quantile(19, share) for share in (0.0, 0.5, 1.0)] == [-inf, 0.0, inf]
    assert [students_t.share_below(19, t) for t in (-inf, 0.0, inf)] == [0.0, 0.5, 1.0]
    assert students_t.share_below(1, -1e200) == pytest.approx(1e-200 / pi, rel=1e-12)


def test_without_a_degree_of_freedom_nothing_is_known():
    """As of a single value."""
    assert isnan(students_t.quantile(0, 0.975))
