"""How fast the line is played at first: so that a part's wait can be watched."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from line_sim.figures.statistics.ranks import at_ranks, number_and_most
from line_sim.layout import Layout
from line_sim.recording.run_columns import NONE, IntArray, RunColumns
from line_sim.units import SECOND

SPEEDS = (*(float(f"{factor}e{power}") for power in range(-3, 3) for factor in (1, 2, 5)), 1000.0)
"""Line time per second of watching, from slow motion to a thousand times as fast."""

_WATCHED_FOR = 1.2  # seconds that what is typical takes on the screen


def pace(run: RunColumns, layout: Layout) -> float:
    """Return the speed at which a typical call (where there are none: a part's work) takes about a second."""
    lasting = _typical(run, layout) / SECOND
    return next((speed for speed in reversed(SPEEDS) if lasting / speed >= _WATCHED_FOR), SPEEDS[0])


def _typical(run: RunColumns, layout: Layout) -> float:
    """Return the median latency in ns, or that of the work; of what took no time nothing is learnt."""
    for times in (_latencies, _works):
        pieces = partial(times, run, layout)
        n, most = number_and_most(pieces)
        if n:
            middle = at_ranks(pieces, [(n - 1) // 2, n // 2], most)
            return float(np.mean(middle))
    return float(SECOND)


def _latencies(run: RunColumns, layout: Layout) -> Iterator[IntArray]:
    """Yield the latencies that are above 0, piece by piece."""
    for place in range(len(layout.places)):
        for calls in run.calls(place).pieces():
            latency = calls.latency
            yield latency[latency > 0]


def _works(run: RunColumns, layout: Layout) -> Iterator[IntArray]:
    """Yield for how long parts were worked on, where that is above 0, piece by piece."""
    for place in range(len(layout.places)):
        for visits in run.visits(place).pieces():
            finished = visits.finished
            lasted = finished - visits.started
            yield lasted[(finished != NONE) & (lasted > 0)]
