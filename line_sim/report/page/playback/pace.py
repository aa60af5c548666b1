"""How fast the line is played at first: so that a part's wait can be watched."""

import numpy as np

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
    places = range(len(layout.places))
    for times in (
        np.concatenate([run.calls(place).latency for place in places]),
        np.concatenate([_work(run, place) for place in places]),
    ):
        if len(times := times[times > 0]):
            return float(np.median(times))
    return float(SECOND)


def _work(run: RunColumns, place: int) -> IntArray:
    visits = run.visits(place)
    visits = visits.where(visits.finished != NONE)
    return visits.finished - visits.started
