"""Work in process: when each part was on the line, and how many were there at a moment."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from line_sim.figures.conditions import Condition
from line_sim.figures.populations import LOST, those
from line_sim.figures.statistics.quantiles import exact_sum
from line_sim.recording.rows import PIECE, are_in_order
from line_sim.recording.run_columns import NONE, IntArray, RunColumns, Visits, or_end

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
        came = np.concatenate([came for came, _ in _comings_and_goings(run)])
        went = np.concatenate([went for _, went in _comings_and_goings(run)])
        self._came, self._went = (
            moments if are_in_order(moments) else np.sort(moments) for moments in (came, went)
        )

    def pieces(self) -> Iterator[tuple[IntArray, IntArray]]:
        """Yield moments and numbers of parts."""
        if not len(self._came) or self._came[0] > 0:
            yield np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
        here, gone = 0, 0
        for end in (*self._came[PIECE - 1 :: PIECE].tolist(), None):
            came, went = _up_to(self._came, here, end), _up_to(self._went, gone, end)
            both = np.sort(
                np.concatenate((_twice(came), _twice(went) + np.uint64(1)))
            )  # not by moments: it is quicker
            moments = (both >> np.uint64(1)).astype(np.int64)
            counts = here - gone + np.cumsum(1 - 2 * (both & np.uint64(1)).astype(np.int64))
            last = np.append(moments[1:] != moments[:-1], True)[: len(moments)]
            yield moments[last], counts[last]
            here, gone = here + len(came), gone + len(went)


def _twice(moments: IntArray) -> npt.NDArray[np.uint64]:
    """Return moments doubled, of which the latest would be no int64."""
    return moments.astype(np.uint64) * np.uint64(2)


def _up_to(moments: IntArray, begin: int, end: int | None) -> IntArray:
    last = len(moments) if end is None else int(np.searchsorted(moments, end, side="right"))
    return moments[begin:last]


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
