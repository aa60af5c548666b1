"""What another shift is expected to lose to its inference, or why that cannot be told."""

from dataclasses import replace
from itertools import chain

from line_sim.analysis.summary.summary import Estimate
from line_sim.analysis.what_if.replay.recursion import UNLIMITED
from line_sim.analysis.what_if.replay.works import TooMuchError
from line_sim.analysis.what_if.shifts.estimate import estimate
from line_sim.analysis.what_if.shifts.shifts import Shifts
from line_sim.analysis.what_if.subject import Subject
from line_sim.analysis.what_if.trials import Trial, at_once, with_review
from line_sim.scenario.fields import Belt
from line_sim.scenario.model import Scenario

SHIFTS = 12
"""Shifts, or groups of them, from which it is told what another one loses."""

_SETS = 4
"""Lines that are tried in each, mostly: as it is, without waiting, and both with half the room in review."""

_CLOSE = (
    "its review is close to full, and a shift in which it fills loses much more than those that were tried"
)


def lost_in_a_shift(subject: Subject) -> Estimate | None:
    """Return what another shift is expected to lose to its inference, in UPH; None where nobody knows.

    Without an interval where the review is close to full: it holds few of the shifts up, and with half its
    room they would lose more than the interval says. One in which it fills is then too rare among a dozen to
    be seen in their scatter.
    """
    shifts = subject.shifts(_SETS * SHIFTS)
    if shifts is None:
        return None
    try:
        return _told(shifts, subject)
    except TooMuchError:
        return None


def _told(shifts: Shifts, subject: Subject) -> Estimate:
    made = _made(shifts, subject.scenario)
    told = _lost(shifts, subject.scenario, made)
    small = _half_the_room(subject.scenario)
    if small is None or told.ci is None:
        return told
    made_there = _made(shifts, small)
    harmless = made_there == made or _lost(shifts, small, made_there).uph <= told.ci[1]
    if harmless or _often_full(shifts, subject.scenario, made):
        return told
    return replace(told, ci=None, why=_CLOSE)


def _often_full(shifts: Shifts, scenario: Scenario, made: list[list[float]]) -> bool:
    """Whether more room in review would change half of the shifts, so that these tell of what it costs."""
    roomy = _made(shifts, with_review(scenario, buffer=UNLIMITED))
    changed = [one != other for one, other in zip(chain(*made), chain(*roomy), strict=True)]
    return 2 * sum(changed) >= len(changed)


def _made(shifts: Shifts, scenario: Scenario) -> list[list[float]]:
    """Return what a line makes in each shift, in UPH."""
    return [[shifts.try_out(Trial(scenario), one).uph for one in group] for group in shifts.groups(SHIFTS)]


def _lost(shifts: Shifts, scenario: Scenario, made: list[list[float]]) -> Estimate:
    """Compare what was made with what is made where answers take no time."""
    quick = at_once(scenario)
    losses = [
        [shifts.try_out(quick, one).uph - uph for one, uph in zip(group, rates, strict=True)]
        for group, rates in zip(shifts.groups(SHIFTS), made, strict=True)
    ]
    return estimate(losses, shifts.parts, drawn=shifts.drawn)


def _half_the_room(scenario: Scenario) -> Scenario | None:
    """Return the line with half the room in its review; None where there is none to halve."""
    review = scenario.review
    if review is None or isinstance(review.buffer, Belt) or not review.buffer:
        return None
    return with_review(scenario, buffer=review.buffer // 2)
