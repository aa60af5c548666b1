"""Shifts: a calendar laid along line time, and how working time and line time are turned into each other.

On is [start, end): at the moment of its end a shift is over. What is due after so much working time is due at
the earliest moment at which so much has passed: where that is a shift's whole rest, at its end, and not when
the next one begins. So what happens at the very end of a shift still happens in it.

Its compiled twin is `line_sim.compiled.kernel.hours`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from line_sim.scenario.stops.calendars import Calendar
from line_sim.scenario.stops.week import DAY, WEEK, in_week
from line_sim.units import Nanoseconds


@dataclass(frozen=True)
class Shifts:
    """When somebody works, by line time: the pattern of a week, which begins anew every week.

    `on` are its stretches from line time 0 on, in ns, in order and apart, but for one that goes on over the
    end of the pattern: it is cut there.
    """

    name: str
    on: tuple[tuple[Nanoseconds, Nanoseconds], ...]
    _starts: tuple[Nanoseconds, ...] = field(init=False, repr=False, compare=False)
    _ends: tuple[Nanoseconds, ...] = field(init=False, repr=False, compare=False)
    _before: tuple[Nanoseconds, ...] = field(init=False, repr=False, compare=False)
    _week: Nanoseconds = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Add the shifts up."""
        lengths = [end - start for start, end in self.on]
        for name, value in {
            "_starts": tuple(start for start, _ in self.on),
            "_ends": tuple(end for _, end in self.on),
            "_before": tuple(accumulate(lengths, initial=0)),
            "_week": sum(lengths),
        }.items():
            object.__setattr__(self, name, value)

    @property
    def share(self) -> float:
        """The share of all time in which it is on."""
        return self._week / WEEK

    @property
    def period(self) -> Nanoseconds:
        """After how long the pattern comes again: a day, or a week."""
        halves = {(moment, on) for moment, on in self.changes()}
        moved = {((moment + DAY) % WEEK, on) for moment, on in halves}
        return DAY if halves == moved else WEEK

    def changes(self) -> Iterator[tuple[Nanoseconds, bool]]:
        """Yield the moments of the pattern at which it goes on (True) or off; none where it is always on."""
        starts, ends = set(self._starts), set(self._ends)
        if 0 in starts and WEEK in ends:
            starts.discard(0)
            ends.discard(WEEK)
        yield from sorted([(start % WEEK, True) for start in starts] + [(end % WEEK, False) for end in ends])

    def is_on(self, moment: Nanoseconds) -> bool:
        """Whether it is on at a moment and just after it."""
        place = bisect_right(self._starts, moment % WEEK) - 1
        return place >= 0 and moment % WEEK < self._ends[place]

    def next_change(self, moment: Nanoseconds) -> Nanoseconds | None:
        """Return the next moment at which it goes on or off; None where it never does."""
        weeks, within = divmod(moment, WEEK)
        changes = [at for at, _ in self.changes()]
        if not changes:
            return None
        later = bisect_right(changes, within)
        return weeks * WEEK + (changes[later] if later < len(changes) else changes[0] + WEEK)

    def worked(self, moment: Nanoseconds) -> Nanoseconds:
        """Return for how long it was on from line time 0 to a moment."""
        weeks, within = divmod(moment, WEEK)
        place = bisect_right(self._starts, within) - 1
        passed = (
            0 if place < 0 else self._before[place] + min(within, self._ends[place]) - self._starts[place]
        )
        return weeks * self._week + passed

    def between(self, first: Nanoseconds, last: Nanoseconds) -> Nanoseconds:
        """Return for how long it was on between two moments."""
        return self.worked(last) - self.worked(first)

    def after(self, moment: Nanoseconds, duration: Nanoseconds) -> Nanoseconds:
        """Return the earliest moment at which it has been on for so long since another.

        No time at all has passed at that moment itself where it is on or a shift has just ended, else when
        the next one begins.
        """
        if not duration:
            return self.resumes(moment)
        weeks, rest = divmod(self.worked(moment) + duration, self._week)
        if not rest:
            weeks, rest = weeks - 1, self._week
        place = bisect_left(self._before, rest) - 1
        return weeks * WEEK + self._starts[place] + rest - self._before[place]

    def resumes(self, moment: Nanoseconds) -> Nanoseconds:
        """Return when something that is due at a moment happens: then, unless that is amidst its off time."""
        if self.is_on(moment) or (moment > 0 and self.is_on(moment - 1)):
            return moment
        following = self.next_change(moment)
        assert following is not None  # noqa: S101 - for the type checker: it is off, so that it goes on
        return following


def shifts_of(name: str | None, calendar: Calendar | None, starts_at: Nanoseconds | None) -> Shifts | None:
    """Lay a calendar along line time whose 0 is at so many ns of the week; None of no calendar."""
    if name is None or calendar is None:
        return None
    moved = ((begin - (starts_at or 0)) % WEEK for begin, _ in calendar.on)
    lengths = (end - begin for begin, end in calendar.on)
    return Shifts(
        name, in_week((start, start + length) for start, length in zip(moved, lengths, strict=True))
    )
