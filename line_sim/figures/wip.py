"""Work in process: when each part was on the line, and how many were there at a moment."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from line_sim.figures.conditions import Condition
from line_sim.figures.populations import LOST, those
from line_sim.figures.statistics.quantiles import exact_sum
from line_sim.recording.rows import PIECE
from line_sim.recording.run_columns import NONE, BoolArray, IntArray, RunColumns, Visits, or_end

ON_THE_LINE = ~LOST
"""The parts that came to the line: lost ones never did."""


def stays(run: RunColumns, of: Condition = ON_THE_LINE) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield when parts came and went, piece by piece: the end of the run for those that are still there.

    A part that waits outside for room has come. A killed run has parts without a story: they came when
    they first queued anywhere.
    """
    for items in run.items.pieces():
        counted = items.where(of.of(items))
        yield counted.arrived, or_end(counted.left, run.end)
    without_story = _first_seen(run)
    yield without_story, np.full(len(without_story), run.end, dtype=np.int64)


def stayed_until(came: IntArray, went: IntArray, moment: int) -> int:
    """Return how long all parts together had been on the line up to a moment, in ns."""
    return exact_sum(np.minimum(went, moment) - np.minimum(came, moment))


def all_stayed_until(stays: Iterable[tuple[IntArray, IntArray]], moments: Sequence[int]) -> list[int]:
    """Return the same up to each of some moments, of parts that come in pieces.

    Few pieces are on the line at a moment: of those that came later it needs nothing, of those that were gone
    all their time.
    """
    stayed = [0] * len(moments)
    for came, went in stays:
        if not len(came):
            continue
        first, last = min(int(came.min()), int(went.min())), max(int(came.max()), int(went.max()))
        everything = exact_sum(went - came)
        for number, moment in enumerate(moments):
            if moment >= last:
                stayed[number] += everything
            elif moment > first:
                stayed[number] += stayed_until(came, went, moment)
    return stayed


def parts_on_line_at(run: RunColumns, moments: Sequence[int]) -> list[int]:
    """Return how many parts were on the line at each of some moments, with all that happened in it done."""
    number = np.zeros(len(moments), dtype=np.int64)
    for came, went in _comings_and_goings(run):
        for moment, at in enumerate(moments):
            number[moment] += np.count_nonzero(came <= at) - np.count_nonzero(went <= at)
    return number.tolist()


def parts_on_line(run: RunColumns) -> tuple[IntArray, IntArray]:
    """Return moments, in order, and the parts on the line from each of them on, the first at 0."""
    moments, counts = (np.concatenate(columns) for columns in zip(*OnLine(run).pieces(), strict=True))
    return moments, counts


class OnLine:
    """Moments in order, and how many parts were on the line from each of them on, piece by piece."""

    def __init__(self, run: RunColumns) -> None:
        self._events = _events(run)
        self._begins_empty = not len(self._events) or bool(self._events[0] > 1)
        self.moments = self._begins_empty + sum(int(last.sum()) for _, last in self._looks())
        """How many there are."""

    def pieces(self) -> Iterator[tuple[IntArray, IntArray]]:
        """Yield moments and numbers of parts."""
        here = np.zeros(1, dtype=np.int64)
        if self._begins_empty:
            yield here, here
        for events, last in self._looks():
            counts = here[-1] + np.cumsum(1 - 2 * (events & np.uint64(1)).view(np.int64))
            yield (events >> np.uint64(1)).view(np.int64)[last], counts[last]
            here = counts[-1:]

    def _looks(self) -> Iterator[tuple[npt.NDArray[np.uint64], BoolArray]]:
        """Yield events, and which of them are the last of their moment."""
        for begin in range(0, len(self._events), 2 * PIECE):
            events = self._events[begin : begin + 2 * PIECE + 1]  # and the one behind
            last = np.append((events[1:] ^ events[:-1]) > 1, True)
            yield events[: 2 * PIECE], last[: 2 * PIECE]


def _events(run: RunColumns) -> npt.NDArray[np.uint64]:
    """Return the moments in order, doubled: even when a part came, odd when one went.

    Parts come and go nearly in the order of their rows: what is sorted are runs that hardly overlap.
    """
    events, end = np.empty(2 * len(run.items) + len(run.parts), dtype=np.uint64), 0  # room for all
    for came, went in _comings_and_goings(run):
        for doubled in (_twice(came), _twice(went) + np.uint64(1)):
            events[end : end + len(doubled)] = doubled
            end += len(doubled)
    events = events[:end]
    events.sort(kind="stable")
    return events


def _twice(moments: IntArray) -> npt.NDArray[np.uint64]:
    """Return moments doubled, of which the latest would be no int64."""
    return moments.astype(np.uint64) * np.uint64(2)


def _comings_and_goings(run: RunColumns) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield when parts came to the line and when some left it, piece by piece."""
    for items in run.items.pieces():
        counted = items.where(ON_THE_LINE.of(items))
        left = counted.left
        yield counted.arrived, those(left, left != NONE)
    yield _first_seen(run), np.zeros(0, dtype=np.int64)


def _first_seen(run: RunColumns) -> IntArray:
    """Return when the parts without a story first queued anywhere."""
    if run.parts.all_told:
        return np.zeros(0, dtype=np.int64)
    seen = [_without_story(run.visits(place), run) for place in run.places]
    numbers, moments = (np.concatenate(columns) for columns in zip(*seen, strict=True))
    order = np.lexsort([moments, numbers])
    numbers, moments = numbers[order], moments[order]
    return np.asarray(moments[np.append(True, numbers[1:] != numbers[:-1])[: len(numbers)]], dtype=np.int64)


def _without_story(visits: Visits, run: RunColumns) -> tuple[IntArray, IntArray]:
    """Return part and queueing of the visits of parts without a story."""
    without_story = visits.where(~run.parts.told[run.parts.place(visits.item)])
    return without_story.item, without_story.queued
