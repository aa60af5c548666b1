"""Calendars and counted stops, as the audit sees them: from the pattern of the week and the rows alone.

Said again from docs/line.md, and without the line's own shifts: whoever is off starts and finishes nothing
amidst that time; what is due then happens when the next shift begins. The very end of a shift is still in it.
"""

from dataclasses import dataclass

import numpy as np

from line_sim.analysis.audit.check import Check, Fault, Run, faults, verdict
from line_sim.layout import Shifts
from line_sim.recording.run_columns import NONE, BoolArray, IntArray, Visits
from line_sim.units import HOUR, counted

_WEEK = 7 * 24 * HOUR


def off_by_the_calendar(run: Run, place: int) -> tuple[IntArray, IntArray]:
    """Return from when to when a place is off, stretch by stretch, up to the run's end."""
    return stretches(run.layout.places[place].shifts, run.columns.end)


def stretches(shifts: Shifts | None, end: int) -> tuple[IntArray, IntArray]:
    """Return from when to when somebody is off, stretch by stretch, up to the run's end."""
    if shifts is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    from_, to = [], []
    at = week = 0
    while week <= end:
        for begin, over in shifts.on:
            if week + begin > at:
                from_.append(at)
                to.append(week + begin)
            at = week + over
        week += _WEEK
    starts, ends = np.array([*from_, at], dtype=np.int64), np.array([*to, at + _WEEK], dtype=np.int64)
    there = starts < end
    return starts[there], np.minimum(ends[there], end)


def is_on(run: Run, place: int, moments: IntArray) -> BoolArray:
    """Return which moments are not amidst a place's time off."""
    shifts = run.layout.places[place].shifts
    return ~amidst(shifts, run.columns.end, moments)


def amidst(shifts: Shifts | None, end: int, moments: IntArray) -> BoolArray:
    """Return which moments are amidst somebody's time off."""
    starts, ends = stretches(shifts, end)
    begun = np.searchsorted(starts, moments, side="left") - 1  # the last one that began before the moment
    inside = (begun >= 0) & (moments < np.append(ends, 0)[begun])
    first = (moments == 0) & (len(starts) > 0) & (np.append(starts, 1)[0] == 0)  # nothing has ended there
    return np.asarray(inside | first, dtype=np.bool_)


def next_shift(run: Run, place: int, moments: IntArray) -> IntArray:
    """Return when the shift begins before which something due at each moment can hardly happen.

    Those at the very end of a shift may come before or behind it.
    """
    starts, ends = off_by_the_calendar(run, place)
    if not len(starts):
        return moments
    begun = np.searchsorted(starts, moments, side="right") - 1
    ends = np.append(ends, 0)[begun]
    return np.where((begun >= 0) & (moments < ends), ends, moments)


def calendars(run: Run) -> Check:
    """Nobody starts or finishes anything amidst time off; no work makes them fail then, no part comes."""
    found: list[Fault] = []
    seen = 0
    for place, station in enumerate(run.layout.places):
        if station.shifts is None:
            continue
        seen += 1
        visits = run.columns.visits(place)
        for moments, what in ((visits.started, "started"), (visits.finished, "finished")):
            wrong = (moments != NONE) & ~is_on(run, place, moments)
            found += faults(visits, "visits.csv", wrong, f"{what} while {station.name} was off")
        found += _failures(run, place)
    found += _arrivals(run)
    hours = counted(seen, "places")
    return verdict(found, f"{hours} that keep hours: nothing is started or finished while they are off")


def _failures(run: Run, place: int) -> list[Fault]:
    """A way to stop that counts work or parts never comes amidst time off."""
    station, outages = run.layout.places[place], run.columns.outages(place)
    ways = [way.name for way in station.failures if not way.by_calendar]
    mine = outages if len(station.failures) == 1 and ways else outages.where(outages.says("name", *ways))
    wrong = ~is_on(run, place, mine.failed)
    return faults(mine, "breakdowns.csv", wrong, f"{station.name} failed while it was off")


def _arrivals(run: Run) -> list[Fault]:
    shifts, items = run.layout.comes, run.columns.items
    if shifts is None:
        return []
    starts, ends = stretches(shifts, run.columns.end)
    begun = np.searchsorted(starts, items.arrived, side="left") - 1
    wrong = (begun >= 0) & (items.arrived < np.append(ends, 0)[begun])
    return faults(items, "items.csv", wrong, "arrived while no parts come")


def parts_between_stops(run: Run) -> Check:
    """A way to stop after so many parts comes exactly with every so many that the machine has finished."""
    found: list[Fault] = []
    seen = 0
    for place, station in enumerate(run.layout.places):
        for way in station.failures:
            if not way.by_parts or not way.even_parts or run.ended is None:
                continue
            outages, visits = run.columns.outages(place), run.columns.visits(place)
            if len(station.failures) > 1:
                outages = outages.where(outages.says("name", way.name))
            seen += len(outages)
            for unit in range(1, station.units + 1):
                mine = outages.where(outages.unit == unit)
                mine = mine.sorted_by(mine.failed)
                made = np.sort(visits.finished[(visits.unit == unit) & (visits.finished != NONE)])
                due = made[int(way.up or 1) - 1 :: int(way.up or 1)]
                if len(due) != len(mine):
                    found.append(Fault(f"{way.of(station.name)} stopped {len(mine)} times, not {len(due)}"))
                    continue
                wrong = mine.failed != due
                found += faults(mine, "breakdowns.csv", wrong, "not stopped behind its last part")
    return verdict(found, f"{counted(seen, 'stops')}, each behind the part that was the last for then")


@dataclass(frozen=True, slots=True)
class WorkedVisits:
    """Visits with their moments in working time, and the lines of the file where they stand."""

    row: IntArray
    queued: IntArray
    started: IntArray
    finished: IntArray
    left: IntArray

    def __len__(self) -> int:
        return len(self.row)


def worked_visits(run: Run, place: int, visits: Visits) -> WorkedVisits:
    """Return visits to a place by its working time: all time but that in which it is off."""
    starts, ends = off_by_the_calendar(run, place)
    before = np.append(0, np.cumsum(ends - starts))

    def worked(moments: IntArray) -> IntArray:
        if not len(starts):
            return moments
        begun = np.searchsorted(starts, moments, side="right")
        off = before[begun] - np.maximum(np.append(0, ends)[begun] - moments, 0) * (begun > 0)
        return np.where(moments == NONE, NONE, moments - off)

    columns = (visits.queued, visits.started, visits.finished, visits.left)
    return WorkedVisits(visits.row, *map(worked, columns))
