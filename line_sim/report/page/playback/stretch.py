"""The stretch of a run that a page holds: all of it, or the most telling one where there is too much."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from line_sim.layout import Layout
from line_sim.recording.run_columns import NONE, IntArray, RunColumns, or_end
from line_sim.units import Nanoseconds

MOST_VISITS = 200_000
"""More would make the page too heavy."""

_CANDIDATES = 4  # stretches that are looked at begin so many times within the length of one


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` to `end` in ns, both within; `visits` are those of the whole run."""

    start: Nanoseconds
    end: Nanoseconds
    visits: int


def stretch_of(run: RunColumns, layout: Layout, most: int = MOST_VISITS) -> Stretch:
    """Return the whole run, or of a longer one the stretch of about `most` visits that tells most.

    That is the one in which the machines lost most of their time: blocked, down, or waiting for an answer
    that was of no use. Of equal ones it is the first.
    """
    places = range(len(layout.places))
    started = np.sort(np.concatenate([_started(run, place) for place in places]))
    if len(started) <= most:
        return Stretch(0, run.end, len(started))
    firsts = [*range(0, len(started) - most, max(most // _CANDIDATES, 1)), len(started) - most]
    begins = np.array([0 if first == 0 else started[first] for first in firsts], dtype=np.int64)
    ends = np.array([_end(started, first + most, run.end) for first in firsts], dtype=np.int64)
    chosen = int(np.argmax(_lost_up_to(ends, run, places) - _lost_up_to(begins, run, places)))
    return Stretch(int(begins[chosen]), int(ends[chosen]), len(started))


def _started(run: RunColumns, place: int) -> IntArray:
    started = run.visits(place).started
    return np.asarray(started[started != NONE])


def _end(started: IntArray, last: int, end: Nanoseconds) -> Nanoseconds:
    return int(started[last]) if last < len(started) else end


def _lost_up_to(moments: IntArray, run: RunColumns, places: range) -> IntArray:
    """Return how much time was lost by what began before each moment."""
    pairs = [pair for place in places for pair in _losses(run, place)]
    begun, lost = (np.concatenate(column) for column in zip(*pairs, strict=True))
    order = np.argsort(begun, kind="stable")
    summed = np.append(np.zeros(1, dtype=np.int64), np.cumsum(lost[order]))
    return np.asarray(summed[np.searchsorted(begun[order], moments)])


def _losses(run: RunColumns, place: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield when time began to be lost at a place, and how much."""
    visits, calls, outages = run.visits(place), run.calls(place), run.outages(place)
    finished = visits.where(visits.finished != NONE)
    yield finished.finished, or_end(finished.left, run.end) - finished.finished
    useless = calls.where(~calls.answered)
    yield useless.issued, useless.latency
    yield outages.failed, or_end(outages.repaired, run.end) - outages.failed
