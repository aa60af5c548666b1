"""When a demand is judged, by sums that are worked out by hand."""

import numpy as np
import pytest

from line_sim.study.plan.procedure.demands import Requirement, Sample, Term
from line_sim.study.plan.procedure.feasibility import broken, judge, judge_all

AT_LEAST_10 = Requirement("uph", ">=", 10, 1)


def test_a_clear_case_is_judged_after_the_first_runs() -> None:
    """12, 14, 12, 14 beside 10: the sum 12 is beyond 6 x 4/3 / 2 - 4 / 2 = 2."""
    found = judge(AT_LEAST_10, [Term(value) for value in (12, 14, 12, 14)], h2=6, first=4)
    assert (found.met, found.at, found.sum) == (True, 4, 12)
    assert found.boundary == pytest.approx(6 * (4 / 3) / 2 - 4 / 2)
    assert found.budget == 8


def test_a_sum_inside_the_triangle_needs_more() -> None:
    """9, 11, 9, 11 sum up to 0 beside 10, and half the triangle is 4 - r / 2: after 8 it is closed."""
    values = [9, 11, 9, 11, 9, 11, 9.9]
    found = judge(AT_LEAST_10, [Term(value) for value in values], h2=6, first=4)
    assert (found.met, found.at, found.budget) == (None, 7, 8)
    closed = judge(AT_LEAST_10, [Term(value) for value in [*values, 10.5]], h2=6, first=4)
    assert (closed.met, closed.at, closed.within) == (True, 8, True)


def test_what_comes_after_the_verdict_changes_nothing() -> None:
    """The variance is that of the first runs, and the first moment outside decides."""
    clear = [Term(value) for value in (12, 14, 12, 14)]
    later = judge(AT_LEAST_10, [*clear, *[Term(-1000)] * 50], h2=6, first=4)
    assert later == judge(AT_LEAST_10, clear, h2=6, first=4)


def test_at_most_is_at_least_turned_round() -> None:
    """What is far above its ceiling fails, what is below it does."""
    ceiling = Requirement("busy", "<=", 0.85, 0.01)
    assert judge(ceiling, [Term(0.9)] * 4, h2=6, first=4).met is False
    assert judge(ceiling, [Term(0.8)] * 4, h2=6, first=4).met is True


@pytest.mark.parametrize(("value", "met"), [(10.0, True), (10.0 - 1e-9, False), (10.5, True), (3, False)])
def test_a_constant_is_judged_by_its_sign(value: float, met: bool) -> None:
    """An output without chance needs no more than the first runs, however near it is."""
    found = judge(AT_LEAST_10, [Term(value)] * 20, h2=16)
    assert (found.met, found.at) == (met, 20)


def test_a_ratio_is_that_of_the_sums() -> None:
    """Nine runs with 0 of 10 and one with 20 of 1000 are 20 of 1090, 1.8 %, not a mean of 0.2 %."""
    escapes = Requirement("escape_rate", "<=", 0.01, 0.001, ratio=True)
    runs = ([Term(0, 10)] * 9 + [Term(20, 1000)]) * 2
    found = judge(escapes, runs, h2=0.001, first=20)
    assert found.met is False
    assert found.sum == pytest.approx(0.01 * 2180 - 40)
    assert found.zone == pytest.approx(0.001 * 109)


def test_of_nothing_no_ratio_is_met() -> None:
    """Runs that ship nothing do not keep their escapes low: they have none to speak of."""
    escapes = Requirement("escape_rate", "<=", 0.01, 0.001, ratio=True)
    assert judge(escapes, [Term(0, 0)] * 20, h2=6).met is False


def test_a_run_that_cannot_tell_a_figure_leaves_it_open() -> None:
    """Which run it was is said."""
    runs = [Sample(1, "completed", {"uph": Term(12) if run != 2 else None}) for run in range(20)]
    (found,) = judge_all([AT_LEAST_10], runs, h2=6)
    assert (found.met, found.unknown) == (None, 3)


def test_the_first_run_that_locked_up_is_told() -> None:
    """A line that may lock up is none."""
    endings = ["completed", "deadlocked", "completed"]
    assert broken([Sample(1, ended, {}) for ended in endings]) == (2, "locked up")
    assert broken([Sample(1, "completed", {})]) is None


def test_it_errs_no_more_often_than_promised() -> None:
    """A mean just one tolerance off is judged wrongly in at most 5 % of 4,000 tries, both ways.

    Three standard errors of 5 % of 4,000 are one percent.
    """
    from line_sim.study.plan.procedure.boundaries import h2_of

    rng, tries, wrong = np.random.default_rng(7), 2000, 0
    for tried in range(2 * tries):
        sign = 1 if tried % 2 else -1
        values = rng.normal(10 + sign, 4.0, size=400)
        found = judge(AT_LEAST_10, [Term(float(value)) for value in values], h2_of(0.05))
        assert found.met is not None
        wrong += found.met is not (sign == 1)
    assert wrong / (2 * tries) < 0.06
