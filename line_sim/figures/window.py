"""The stretch of line time that the figures speak of."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from line_sim.figures.statistics.warmup import WarmUp, mser5
from line_sim.layout import Layout, Shifts
from line_sim.recording.rows import are_in_order
from line_sim.recording.run_columns import NONE, BoolArray, FloatArray, IntArray, RunColumns, Visits
from line_sim.units import MILLISECOND, Nanoseconds, counted, duration_text


@dataclass(frozen=True, slots=True)
class Window:
    """From the end of the warm-up to the end of what counts, in ns; `notes` say what was done and why.

    Rates per hour and shares of time are those between `start` and `end`. Figures about single parts
    and calls go on to `last`, the end of the run: to leave out the run-out there would leave out the
    parts that waited longest.

    `shifts` are those in which all of the line works, where it does not always: its stretches are then equal
    in working time. `uneven`: some work while others do not, so that no stretch is like the next.
    """

    start: Nanoseconds
    end: Nanoseconds
    last: Nanoseconds
    notes: tuple[str, ...] = ()
    shifts: Shifts | None = None
    uneven: bool = False

    @property
    def length(self) -> Nanoseconds:
        """How long it is, in ns."""
        return self.end - self.start

    @property
    def hours(self) -> float:
        """How much of it is worked, beside how much of all time is: 1 of a line that always works."""
        if self.shifts is None or self.length <= 0:
            return 1.0
        return self.shifts.between(self.start, self.end) / self.length / self.shifts.share

    def stretches(self, number: int) -> list[Nanoseconds] | None:
        """Return the edges of so many equal stretches of it; None where it is too short for them."""
        if self.length < number:
            return None
        if self.shifts is None:
            return [self.start + self.length * one // number for one in range(number + 1)]
        works = self.shifts.between(self.start, self.end)
        if works < number:
            return None
        inner = [self.shifts.after(self.start, works * one // number) for one in range(1, number)]
        return [self.start, *inner, self.end]

    def lengths(self, edges: Sequence[Nanoseconds]) -> FloatArray:
        """Return how long the stretches between edges are, in ns: of working time, stretched to all time."""
        if self.shifts is None:
            return np.asarray(np.diff(edges), dtype=np.float64)
        worked = np.diff([self.shifts.worked(edge) for edge in edges])
        return np.asarray(worked * (self.length / worked.sum()), dtype=np.float64)

    def left_within(self, moments: IntArray) -> BoolArray:
        """Return which departures count for a rate per hour: after `start`, not after `end`."""
        return (moments > self.start) & (moments <= self.end)

    def cut(self, moments: IntArray) -> IntArray:
        """Return moments cut at `start` and `end`; to see that all lie in between takes less than to cut."""
        if len(moments) and self.start <= moments.min() and moments.max() <= self.end:
            return moments
        return np.clip(moments, self.start, self.end)

    def settled(self, moments: IntArray) -> BoolArray:
        """Return which moments count for a figure about single parts: from `start` to `last`."""
        return (moments >= self.start) & (moments <= self.last)


def window_of(run: RunColumns, layout: Layout) -> Window:
    """Choose the window: after the warm-up, and before the run-out when the line only empties.

    A run of so many parts is over, for a rate per hour, when the last part has come in; where that
    leaves nothing to count, the run-out counts too.
    """
    to = last_entry(run, layout)
    start, notes = _warm_up(run, layout, run.end if to is None else to)
    found = window_between(start, to, run.end, lambda first, last: _departures(run, first, last), notes)
    if not layout.calendars:
        return found
    return replace(found, shifts=layout.one_calendar, uneven=layout.one_calendar is None)


def window_between(
    start: Nanoseconds,
    to: Nanoseconds | None,
    end: Nanoseconds,
    departures: Callable[[Nanoseconds, Nanoseconds], bool],
    notes: tuple[str, ...] = (),
) -> Window:
    """Return the window of a run that ended at `end`, or is there now, and whose warm-up is over at `start`.

    `to` is when the last part came in, None while some are to come; `departures` says whether any part
    left after one moment and not after another.
    """
    if to is None or not departures(start, to):
        to = end
    if start and start >= to:
        ended, settled = duration_text(to // MILLISECOND * MILLISECOND), duration_text(start)
        note = (
            f"the run ended at {ended}, before the warm-up of {settled} was over: nothing was cut; run longer"
        )
        return Window(0, to, end, (*notes, note))
    return Window(start, to, end, notes)


def last_entry(run: RunColumns, layout: Layout) -> Nanoseconds | None:
    """Return when the last of `items` parts came in (or was lost); None while some are to come."""
    wanted = layout.run.items
    if wanted is None:
        return None
    came, latest = 0, NONE
    for first in _first_visits(run.visits(layout.entry)):
        came += len(first)
        latest = max(latest, int(first.queued[first.item <= wanted].max(initial=NONE)))
    for items in run.items.pieces():
        lost = items.where(items.lost)
        came += len(lost)
        latest = max(latest, int(lost.arrived[lost.item <= wanted].max(initial=NONE)))
    return latest if came >= wanted else None


def _first_visits(visits: Visits) -> Iterator[Visits]:
    """Yield the first visit of each part: a way may lead back to the first station."""
    if not all(are_in_order(piece.item, piece.queued) for piece in visits.pieces(again=1)):
        visits = visits.sorted_by(visits.item, visits.queued)
    last = None
    for piece in visits.pieces():
        item = piece.item
        new = np.append(True, item[1:] != item[:-1])[: len(item)]
        new[:1] &= not len(item) or item[0] != last
        last = item[-1] if len(item) else last
        yield piece.where(new)


def _departures(run: RunColumns, start: Nanoseconds, to: Nanoseconds) -> bool:
    return any(
        np.any((items.shipped | items.scrapped) & (items.left > start) & (items.left <= to))
        for items in run.items.pieces()
    )


def _warm_up(run: RunColumns, layout: Layout, to: Nanoseconds) -> tuple[Nanoseconds, tuple[str, ...]]:
    if layout.run.warm_up != "auto":
        return layout.run.warm_up, ()
    items = run.items
    gone = items.where((items.shipped | items.scrapped) & (items.left <= to))
    gone = gone.sorted_by(gone.left)
    found = mser5(gone.left - gone.arrived)
    start = int(gone.left[found.cut - 1]) if found.cut else 0
    return start, _advice(found, len(gone))


def _advice(found: WarmUp, parts: int) -> tuple[str, ...]:
    if found.verdict == "found":
        return ()
    if found.verdict == "insufficient":
        reason = f"{counted(parts, 'parts')}, too few to find the warm-up"
        return (f"{reason}: nothing was cut; run longer, or state warm_up",)
    return ("the line may not have settled: the warm-up fills the first half of the run; run longer",)
