"""Calendars along line time: twin of `line_sim.layout.shifts.Shifts`.

A calendar's stretches stand one behind the other in `stretches`; NONE in place of a calendar means always.
"""

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel.tables.lookup import hours_at, later, stretch_at
from line_sim.compiled.kernel.tables.numbers import FAR, NONE
from line_sim.compiled.kernel.tables.pointers import Line, Row, number_at
from line_sim.scenario.stops.week import WEEK

FARTHEST = FAR // WEEK - 1
"""Weeks of nanoseconds that a whole number holds."""


@compiled
def _stretch_at(line: Line, calendar: Row, within: int) -> int:
    """Return the last stretch that has begun by a moment of the week, NONE where none has."""
    low, high = calendar.first, calendar.first + calendar.count
    while low < high:
        middle = (low + high) // 2
        if stretch_at(line, middle).start <= within:
            low = middle + 1
        else:
            high = middle
    return low - 1 if low > calendar.first else NONE


@compiled
def is_on(line: Line, which: int, moment: int) -> bool:
    """Whether it is on at a moment and just after it: `Shifts.is_on`."""
    within = moment % WEEK
    at = _stretch_at(line, hours_at(line, which), within)
    return at != NONE and within < stretch_at(line, at).end


@compiled
def next_change(line: Line, which: int, moment: int) -> int:
    """Return the next moment at which it goes on or off, NONE where it never does: `Shifts.next_change`."""
    calendar = hours_at(line, which)
    if not calendar.changes:
        return NONE
    weeks, within = moment // WEEK, moment % WEEK
    for at in range(calendar.first_change, calendar.first_change + calendar.changes):
        if number_at(line.changes, at) > within:
            return weeks * WEEK + number_at(line.changes, at)
    return weeks * WEEK + number_at(line.changes, calendar.first_change) + WEEK


@compiled
def _worked(line: Line, which: int, moment: int) -> int:
    """Return for how long it was on from line time 0 to a moment: `Shifts.worked`."""
    calendar = hours_at(line, which)
    weeks, within = moment // WEEK, moment % WEEK
    at = _stretch_at(line, calendar, within)
    if at == NONE:
        return weeks * calendar.week
    stretch = stretch_at(line, at)
    return weeks * calendar.week + stretch.before + min(within, stretch.end) - stretch.start


@compiled
def worked_between(line: Line, which: int, first: int, last: int) -> int:
    """Return for how long it was on between two moments: `Shifts.between`."""
    if which == NONE:
        return last - first
    return _worked(line, which, last) - _worked(line, which, first)


@compiled
def worked_after(line: Line, which: int, moment: int, duration: int) -> int:
    """Return the earliest moment at which it has been on for so long since another: `Shifts.after`."""
    if which == NONE:
        return later(moment, duration)
    if not duration:
        return resumes(line, which, moment)
    calendar = hours_at(line, which)
    total = later(_worked(line, which, moment), duration)
    weeks, rest = total // calendar.week, total % calendar.week
    if not rest:
        weeks, rest = weeks - 1, calendar.week
    if weeks > FARTHEST:
        return FAR
    at = calendar.first + calendar.count - 1
    while stretch_at(line, at).before >= rest:
        at -= 1
    stretch = stretch_at(line, at)
    return weeks * WEEK + stretch.start + rest - stretch.before


@compiled
def resumes(line: Line, which: int, moment: int) -> int:
    """Return when something that is due at a moment happens: `Shifts.resumes`."""
    if is_on(line, which, moment) or (moment > 0 and is_on(line, which, moment - 1)):
        return moment
    return next_change(line, which, moment)
