"""Belts, as the audit sees them: when a part could step on and was at the end, from the rows around it.

Said again from docs/line.md, and without the line's own belt: a part is on the belt for the travel time at
least, comes to the end no sooner than a cell's time behind the part that was taken before it, and steps on
when the part before it has left the first cell and the belt is not full. A belt that does not accumulate
stands still while a part waits at its end: all times there are those for which it has run. A part at a gate
is still on the belt: it is taken when it has passed.
"""

from bisect import bisect_left, bisect_right
from typing import NamedTuple

import numpy as np

from line_sim.analysis.audit.check import Fault, Run, faults
from line_sim.analysis.audit.route import Walk
from line_sim.recording.run_columns import NONE, IntArray, Visits, or_end
from line_sim.scenario.fields import Belt
from line_sim.units import Nanoseconds

_LONG_AGO = -(2**60)


class Ride(NamedTuple):
    """The visits behind a belt as parts stepped on, and when each could step on and was at the end."""

    visits: Visits
    could_step_on: IntArray
    at_end: IntArray


def rides(run: Run, walk: Walk) -> dict[int, Ride]:
    """Return how parts rode on the belts, by the place behind each; what came to be repaired did not.

    One is left out where a run was killed and parts may not be told of that were taken before others.
    """
    return {
        place: _ride(
            run.columns.visits(place).where(~walk.repaired[place]),
            station.belt,
            run.columns.end,
            to_gate=station.is_gate,
        )
        for place, station in enumerate(run.layout.places)
        if station.belt is not None and (run.ended is not None or station.units == 1)
    }


def _ride(visits: Visits, belt: Belt, end: Nanoseconds, *, to_gate: bool) -> Ride:
    visits = visits.sorted_by(visits.queued)
    queued, taken = visits.queued, or_end(visits.left if to_gate else visits.started, end + 1)
    first, cell = belt.travel - (belt.places - 1) * (belt.travel // belt.places), belt.travel // belt.places
    if belt.accumulates:
        clear = _of_earlier(queued, 1) + first
        at_end = np.maximum(queued + belt.travel, _of_earlier(taken, 1) + cell)
    else:
        clear, at_end = _with_stops(queued, taken, first, belt.travel)
    return Ride(visits, np.maximum(clear, _of_earlier(taken, belt.places)), at_end)


def cells_of(belt: Belt) -> list[Nanoseconds]:
    """Return what a part needs for each place of a belt, if nothing holds it up."""
    cell = belt.travel // belt.places
    return [belt.travel - (belt.places - 1) * cell, *[cell] * (belt.places - 1)]


def _of_earlier(moments: IntArray, parts: int) -> IntArray:
    """Return for each part the moment of the one that came so many parts before it."""
    none = np.full(min(parts, len(moments)), _LONG_AGO)
    return np.concatenate((none, moments))[: len(moments)]


class _Stops:
    """When a belt stood still: by the clock, by how long it had run, and for how long up to each."""

    def __init__(self) -> None:
        self._begun: list[Nanoseconds] = []
        self._ran: list[Nanoseconds] = []
        self.stood: list[Nanoseconds] = [0]

    def add(self, ran: Nanoseconds, begun: Nanoseconds, ended: Nanoseconds) -> None:
        self._begun.append(begun)
        self._ran.append(ran)
        self.stood.append(self.stood[-1] + ended - begun)

    def running_time(self, moment: Nanoseconds) -> Nanoseconds:
        """Return for how long it had run at a moment."""
        stops = bisect_right(self._begun, moment)
        since = moment - self.stood[stops]
        return max(since, self._ran[stops - 1]) if stops else since

    def moment(self, ran: Nanoseconds) -> Nanoseconds:
        """Return when it had run for so long, the earliest moment if it stood still then."""
        return ran + self.stood[bisect_left(self._ran, ran)]


def _with_stops(queued: IntArray, taken: IntArray, first: int, travel: int) -> tuple[IntArray, IntArray]:
    """Return when the part before each had left the first cell, and when each was at the end."""
    stops = _Stops()
    clear, at_end = [_LONG_AGO], []
    for stepped_on, gone in zip(queued.tolist(), taken.tolist(), strict=True):
        ran = stops.running_time(stepped_on)
        clear.append(stops.moment(ran + first))
        at_end.append(ran + travel + stops.stood[-1])  # every part ahead of it is taken before
        if gone > at_end[-1]:
            stops.add(ran + travel, at_end[-1], gone)
    return np.array(clear[:-1], dtype=np.int64), np.array(at_end, dtype=np.int64)


def too_early(ride: Ride, name: str) -> list[Fault]:
    """Find parts that stepped on the belt in front of a station, or were taken from it, too early."""
    visits = ride.visits
    crowded = visits.queued < ride.could_step_on
    hurried = (visits.started != NONE) & (visits.started < ride.at_end)
    return [
        *faults(visits, "visits.csv", crowded, f"stepped on the belt to {name} before there was room"),
        *faults(visits, "visits.csv", hurried, f"taken by {name} before the belt had brought it"),
    ]
