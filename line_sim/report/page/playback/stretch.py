"""The stretch of a run that a page holds: all of it, or the most telling one where there is too much."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from line_sim.figures.statistics.ranks import at_ranks, number_and_most
from line_sim.layout import Layout
from line_sim.recording.rows import are_in_order
from line_sim.recording.run_columns import NONE, IntArray, RunColumns, or_end
from line_sim.units import Nanoseconds

MOST_VISITS = 200_000
"""More would make the page too heavy."""

_CANDIDATES = 4  # stretches that are looked at begin so many times within the length of one


class Stretch(NamedTuple):
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
    started = partial(_started, run, places)
    visits, latest = number_and_most(started)
    if visits <= most:
        return Stretch(0, run.end, visits)
    firsts = [*range(0, visits - most, max(most // _CANDIDATES, 1)), visits - most]
    lasts = [first + most for first in firsts if first + most < visits]
    moments = at_ranks(started, [*firsts[1:], *lasts], visits, latest)
    begins = np.array([0, *moments[: len(firsts) - 1]], dtype=np.int64)
    ends = np.array([*moments[len(firsts) - 1 :], run.end], dtype=np.int64)
    lost = _lost_up_to(np.append(begins, ends), run, places)
    chosen = int(np.argmax(lost[len(begins) :] - lost[: len(begins)]))
    return Stretch(int(begins[chosen]), int(ends[chosen]), visits)


def _started(run: RunColumns, places: range) -> Iterator[IntArray]:
    for place in places:
        for visits in run.visits(place).pieces():
            yield visits.where(visits.started != NONE).started


def _lost_up_to(moments: IntArray, run: RunColumns, places: range) -> IntArray:
    """Return how much time was lost by what began before each moment."""
    summed = np.zeros(len(moments), dtype=np.int64)
    for begun, lost in (pair for place in places for pair in _losses(run, place)):
        order = slice(None) if are_in_order(begun) else np.argsort(begun, kind="stable")
        lost_so_far = np.append(0, np.cumsum(lost[order]))
        summed += lost_so_far[np.searchsorted(begun[order], moments)]
    return summed


def _losses(run: RunColumns, place: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield when time began to be lost at a place, and how much, piece by piece."""
    for visits in run.visits(place).pieces():
        finished = visits.where(visits.finished != NONE)
        yield finished.finished, or_end(finished.left, run.end) - finished.finished
    for calls in run.calls(place).pieces():
        useless = calls.where(~calls.answered)
        yield useless.issued, useless.latency
    outages = run.outages(place)
    yield outages.failed, or_end(outages.repaired, run.end) - outages.failed
