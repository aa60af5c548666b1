"""How fast the line is played at first: so that a part's wait can be watched."""

import math
from collections.abc import Iterator
from functools import partial

import numpy as np

from line_sim.figures.statistics.ranks import Pieces, at_ranks, number_and_most
from line_sim.layout import Layout
from line_sim.recording.run_columns import IntArray, RunColumns
from line_sim.units import LATEST, SECOND

SPEEDS = (*(float(f"{factor}e{power}") for power in range(-3, 3) for factor in (1, 2, 5)), 1000.0)
"""Line time per second of watching, from slow motion to a thousand times as fast."""

_WATCHED_FOR = 1.2  # seconds that what is typical takes on the screen


def pace(run: RunColumns, layout: Layout) -> float:
    """Return the speed at which a typical call (where there are none: a part's work) takes about a second.

    The typical one is the median; of what took no time nothing is learnt.
    """
    for times in (_latencies, _works):
        speed = pace_of(partial(times, run, layout))
        if speed is not None:
            return speed
    return _speed_for(SECOND)


def pace_of(pieces: Pieces) -> float | None:
    """Return the speed at which the median of some times takes about a second; None where there are none."""
    some = next((piece for piece in pieces() if len(piece)), None)
    if some is None:
        return None
    likely = _speed_for(float(np.median(some)))
    return likely if _is_for_the_median(likely, pieces) else _speed_for(_median(pieces))


def _speed_for(lasting: float) -> float:
    """Return the speed at which something is watched that lasts so many ns."""
    return next((speed for speed in reversed(SPEEDS) if lasting / SECOND / speed >= _WATCHED_FOR), SPEEDS[0])


def _is_for_the_median(speed: float, pieces: Pieces) -> bool:
    """Whether times clearly shorter and clearly longer than those for a speed are too few to have the median.

    This takes one look at them, and the median itself three.
    """
    number = SPEEDS.index(speed)
    least = math.ceil(_WATCHED_FOR * speed * SECOND) + 1 if number else 0
    most = math.floor(_WATCHED_FOR * SPEEDS[number + 1] * SECOND) - 1 if speed != SPEEDS[-1] else LATEST
    n = shorter = longer = 0
    for piece in pieces():
        n += len(piece)
        shorter += int(np.count_nonzero(piece < least))
        longer += int(np.count_nonzero(piece > most))
    return shorter <= (n - 1) // 2 and longer <= (n - 1) // 2


def _median(pieces: Pieces) -> float:
    n, most = number_and_most(pieces)
    return float(np.mean(at_ranks(pieces, [(n - 1) // 2, n // 2], n, most)))


def _latencies(run: RunColumns, layout: Layout) -> Iterator[IntArray]:
    """Yield the latencies that are above 0, piece by piece."""
    for place in range(len(layout.places)):
        for calls in run.calls(place).pieces():
            yield calls.where(calls.latency > 0).latency


def _works(run: RunColumns, layout: Layout) -> Iterator[IntArray]:
    """Yield for how long parts were worked on, where that is above 0, piece by piece."""
    for place in range(len(layout.places)):
        for visits in run.visits(place).pieces():
            worked = visits.where(visits.finished > visits.started)  # not where there is none yet
            yield worked.finished - worked.started
