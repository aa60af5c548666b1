"""How a plan goes: the cheapest first, no dearer ones than needed, and the same after a break."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from line_sim.study.plan.procedure.course import BATCH, Course, Rules, Wanted
from line_sim.study.plan.procedure.demands import Best, Design, Requirement, Sample, Term

DEMAND = Requirement("uph", ">=", 10, 0.5)
BEST = Best("uph", more=True, zone=0.5)


def rules(costs: Sequence[float], *, most: int | None = None, confidence: float = 0.9) -> Rules:
    """Return the rules of designs that cost so much."""
    designs = tuple(Design(number, {}, cost) for number, cost in enumerate(costs, 1))
    return Rules(designs, (DEMAND,), BEST, confidence, most)


def outputs(means: Sequence[float], seed: int, scatter: float = 1.0) -> Mapping[int, Sequence[float]]:
    """Return what runs of each design make; a part of the chance is common to all."""
    rng = np.random.default_rng(seed)
    common = rng.normal(0, scatter, size=3000)
    return {n: list(mean + common + rng.normal(0, scatter, size=3000)) for n, mean in enumerate(means, 1)}


def play(course: Course, made: Mapping[int, Sequence[float]], rounds: int = 10_000) -> list[list[Wanted]]:
    """Give a course what it wants, for so many rounds; return what it wanted."""
    asked = []
    while len(asked) < rounds and (wanted := course.wanted()):
        asked.append(wanted)
        for each in wanted:
            values = made[each.design][each.first - 1 : each.last]
            course.take(each.design, [Sample(0, "completed", {"uph": Term(value)}) for value in values])
    return asked


def test_nothing_dearer_than_the_answer_is_run() -> None:
    """Costs 3, 1, 2: the second is too slow, the third does, the first is never asked for."""
    course = Course(rules([3, 1, 2]))
    asked = play(course, outputs([20, 5, 15], seed=1, scatter=0.5))
    assert [[each.design for each in wanted] for wanted in asked] == [[2], [3]]
    assert course.answer == [Design(3, {}, 2)]


def test_the_best_of_equals_is_chosen() -> None:
    """All cost the same and do: the one that makes most is left."""
    course = Course(rules([1, 1, 1]))
    play(course, outputs([12, 14, 13], seed=2))
    assert course.answer is not None
    assert course.contest(course.answer).winner == 2


def test_only_equals_take_a_part_of_the_error() -> None:
    """Where no two designs cost the same, all of it is for feasibility."""
    assert rules([1, 2, 3], confidence=0.95).errors == pytest.approx((0.05, 0))
    assert rules([1, 2, 2], confidence=0.95).errors == pytest.approx((0.025, 0.025))


def test_the_cap_leaves_it_open() -> None:
    """A mean at the limit takes all its budget; with 40 runs at most it stays undecided, and is named."""
    course = Course(rules([1], most=40))
    play(course, {1: [6.0, 14.0] * 200})
    assert len(course.runs[1]) == 40
    assert course.answer is None
    assert course.doubtful == [1]


def test_a_design_that_locks_up_is_none() -> None:
    """Whatever it makes until then."""
    course = Course(rules([1, 2]))
    runs = [Sample(0, "completed" if n else "deadlocked", {"uph": Term(50.0)}) for n in range(20)]
    course.take(1, runs)
    assert course.standing(1).broken == (1, "locked up")
    assert course.wanted() == [Wanted(2, 1, 20)]


@pytest.mark.parametrize("broken_off", [3, 17, 20, 27, 35])
def test_a_plan_that_was_broken_off_goes_on_as_if_nothing_had_been(broken_off: int) -> None:
    """Also in the middle of a batch: in the end the same runs are there."""
    made = outputs([9.8, 10.4, 11], seed=5)
    whole = Course(rules([1, 1, 2]))
    play(whole, made)
    begun = {number: runs[:broken_off] for number, runs in whole.runs.items()}
    again = Course(whole.rules, {number: list(runs) for number, runs in begun.items()})
    play(again, made)
    assert again.runs == whole.runs
    assert len(whole.runs[1]) % BATCH == 0


def test_it_is_right_as_often_as_it_says() -> None:
    """Nine designs in three prices, all a tolerance off or more: the answer is right in 90 % of 400 plans."""
    means = [9.5, 9.5, 9.5, 9.5, 10.5, 11.0, 12, 12, 12]
    right = 0
    for seed in range(400):
        course = Course(rules([1, 1, 1, 2, 2, 2, 3, 3, 3]))
        play(course, outputs(means, seed))
        right += course.answer is not None and course.contest(course.answer).winner == 6
    assert right >= 360
