"""When a belt stood still that does not accumulate: the script that draws it asks how long it has run."""

import numpy as np

from line_sim.recording.run_columns import IntArray, Visits, or_end
from line_sim.scenario.fields import Belt
from line_sim.units import Nanoseconds


def stops(visits: Visits, belt: Belt, end: Nanoseconds) -> tuple[IntArray, IntArray]:
    """Return when a belt came to stand and when it ran again, in ns, from the visits behind it.

    It stands from when a part comes to its end until that part is taken (docs/line.md): the part comes there
    when the belt has run for the travel time since it stepped on. A belt that accumulates never stands.
    """
    begun: list[Nanoseconds] = []
    ended: list[Nanoseconds] = []
    if not belt.accumulates:
        visits = visits.sorted_by(visits.queued)
        stood = 0
        taken_at = or_end(visits.started, end).tolist()
        for stepped_on, taken in zip(visits.queued.tolist(), taken_at, strict=True):
            at_end = _ran(stepped_on, begun, ended, stood) + belt.travel + stood
            if taken > at_end:
                begun.append(at_end)
                ended.append(taken)
                stood += taken - at_end
    return np.array(begun, dtype=np.int64), np.array(ended, dtype=np.int64)


def _ran(moment: Nanoseconds, begun: list[Nanoseconds], ended: list[Nanoseconds], stood: Nanoseconds) -> int:
    """Return for how long the belt had run at a moment, given all its stops so far and how long it stood."""
    for start, stop in zip(reversed(begun), reversed(ended), strict=True):
        if stop <= moment:
            break
        stood -= stop - max(start, moment)
    return moment - stood
