"""When a machine was down or off, as one set of moments that can be measured between any two."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from line_sim.layout import Place, Shifts
from line_sim.recording.rows import are_in_order
from line_sim.recording.run_columns import IntArray, RunColumns, or_end
from line_sim.scenario.stops.week import WEEK
from line_sim.units import Nanoseconds


class DownTime:
    """A machine's outages as one set of moments, ready to be measured between any two moments."""

    def __init__(self, failed: IntArray, repaired: IntArray) -> None:
        self._starts, self._ends = union(failed, repaired)
        self._before = np.concatenate(([0], np.cumsum(self._ends - self._starts)))

    @property
    def never(self) -> bool:
        """Whether it never is down, so that nobody need ask for how long."""
        return not len(self._starts)

    def until(self, moments: IntArray) -> IntArray:
        """Return the down time before each moment, in ns."""
        if self.never:
            return np.zeros(len(moments), dtype=np.int64)
        begun = np.searchsorted(self._starts, moments, side="right")
        ends = np.concatenate(([0], self._ends))[begun]
        return np.asarray(self._before[begun] - np.maximum(ends - moments, 0) * (begun > 0), dtype=np.int64)

    def between(self, first: IntArray, last: IntArray) -> IntArray:
        """Return the down time between pairs of moments, in ns."""
        return self.until(last) - self.until(first)

    def up_between(self, first: IntArray, last: IntArray) -> IntArray:
        """Return the time between pairs of moments that is no down time, in ns."""
        return last - first if self.never else last - first - self.between(first, last)

    def up_until(self, moments: IntArray) -> IntArray:
        """Return the time before each moment that is no down time: a clock that stands still meanwhile."""
        return moments if self.never else moments - self.until(moments)

    def and_also(self, starts: IntArray, ends: IntArray) -> "DownTime":
        """Return it with further stretches, which may overlap."""
        return DownTime(np.append(self._starts, starts), np.append(self._ends, ends))


def union(starts: IntArray, ends: IntArray) -> tuple[IntArray, IntArray]:
    """Merge intervals that overlap or touch."""
    if not len(starts):
        return starts, ends
    if not are_in_order(starts):
        order = np.argsort(starts, kind="stable")
        starts, ends = starts[order], ends[order]
    reach = ends if are_in_order(ends) else np.maximum.accumulate(ends)
    last = np.flatnonzero(starts[1:] > reach[:-1])  # in its stretch; places are quicker than a mask
    if len(last) == len(starts) - 1:
        return starts, reach
    return starts.take(np.append(0, last + 1)), reach.take(np.append(last, len(starts) - 1))


def union_of(pieces: Iterable[tuple[IntArray, IntArray]]) -> tuple[IntArray, IntArray]:
    """Merge the intervals of pieces, which are many, piece by piece first."""
    starts, ends = zip(*(union(*piece) for piece in pieces), strict=True)
    return union(np.concatenate(starts), np.concatenate(ends))


def down_time(run: RunColumns, station: int, unit: int) -> DownTime:
    """Return the outages of one machine; one that was not over lasted to the end of the run."""
    return DownTime(*_outages(run, station, unit))


def _outages(run: RunColumns, station: int, unit: int) -> tuple[IntArray, IntArray]:
    outages = run.outages(station)
    outages = outages.where(outages.unit == unit)
    return outages.failed, or_end(outages.repaired, run.end)


def off_periods(shifts: Shifts | None, end: Nanoseconds) -> tuple[IntArray, IntArray]:
    """Return when the stretches begin and end, up to the end of a run, in which somebody is off."""
    nothing = np.zeros(0, dtype=np.int64)
    if shifts is None or end <= 0:
        return nothing, nothing
    on = np.array(shifts.on, dtype=np.int64).reshape(-1, 2)
    starts, ends = np.append(0, on[:, 1]), np.append(on[:, 0], WEEK)
    weeks = np.arange(-(-end // WEEK), dtype=np.int64)[:, None] * WEEK
    starts, ends = ((weeks + moments).ravel() for moments in (starts, ends))
    return union(*(moments[(ends > starts) & (starts < end)] for moments in (starts, np.minimum(ends, end))))


def off_time(station: Place, end: Nanoseconds) -> DownTime:
    """Return when a station is off, up to the end of a run."""
    return DownTime(*off_periods(station.shifts, end))


class Standing(NamedTuple):
    """When a machine stood still: because it was off, and for that or another reason."""

    off: DownTime
    still: DownTime


def standing(run: RunColumns, station: Place, place: int, unit: int) -> Standing:
    """Return when one machine stood still: down, or off, which wins over the others."""
    starts, ends = off_periods(station.shifts, run.end)
    failed, repaired = _outages(run, place, unit)
    still = DownTime(np.append(failed, starts), np.append(repaired, ends))
    return Standing(DownTime(starts, ends), still)
