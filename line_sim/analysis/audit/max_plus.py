"""The departures of a saturated line, from its service times alone: no simulation, no chance.

The max-plus recursion for blocking after service (Baccelli, Cohen, Olsder and Quadrat,
Synchronization and Linearity, 1992): with D[i,j] the moment part j leaves station i, S its service
time there and B[i+1] the places in front of the next station,

    D[i,j] = max( max(D[i-1,j], D[i,j-1]) + S[i,j], D[i+1, j-B[i+1]-1] ).
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from line_sim.recording.run_columns import NONE, IntArray
from line_sim.units import Nanoseconds

_BLOCK = 4096  # parts that are numbers of Python's at a time


def max_plus_departures(
    service: Sequence[Sequence[Nanoseconds]], buffers_between: Sequence[int], start: Nanoseconds = 0
) -> list[list[Nanoseconds]]:
    """Return when each part leaves each station: a row a station, a column a part, as in `service`.

    `buffers_between[i]` counts the places between station i and the next; the first part starts at
    `start`. Single machines, first come first served; the last station is never blocked.
    """
    columns = [np.array(times, dtype=np.int64) for times in service]
    return [times.tolist() for times in departures(columns, buffers_between, start)]


def departures(
    service: Sequence[IntArray], buffers_between: Sequence[int], start: Nanoseconds = 0
) -> list[IntArray]:
    """Do the same with columns, part by part, in the memory of the columns."""
    leaves = [np.empty_like(times) for times in service]
    steps = _Recursion(len(service), buffers_between, start)
    parts = len(service[0]) if service else 0
    for begin in range(0, parts, _BLOCK):
        block = [times[begin : begin + _BLOCK].tolist() for times in service]
        for moments, column in zip(leaves, zip(*steps.follow(block), strict=True), strict=True):
            moments[begin : begin + _BLOCK] = column
    return leaves


def is_followed(
    leaves: Sequence[IntArray],
    service: Sequence[IntArray],
    buffers_between: Sequence[int],
    start: Nanoseconds,
) -> bool:
    """Return whether recorded departures (NONE: it has not left) are those of the recursion.

    Nothing is walked through: the departures are put into its right-hand side, whole columns at a time, and
    must be what comes out. That proves it: each departure hangs on those of earlier parts and stations alone,
    so that from part to part and station to station all that was put in has been the recursion's so far.
    Columns become shorter along the line where parts are still on it.
    """
    if any(len(behind) < len(ahead) for behind, ahead in pairwise(leaves)):
        return False
    upstream = np.full(max(map(len, leaves), default=0), start, dtype=np.int64)  # saturated: always a part
    for station, (moments, times) in enumerate(zip(leaves, service, strict=True)):
        holds = [upstream[: len(moments)], _later(moments, 1, len(moments), start)]
        due = np.maximum(*holds) + times
        if station < len(buffers_between):
            room = buffers_between[station] + 1
            holds.append(_later(leaves[station + 1], room, len(moments), start))
            due = np.maximum(due, holds[-1])
        too_early = np.minimum.reduce(holds) == NONE
        if np.any((moments != NONE) & ((moments != due) | too_early)):
            return False
        upstream = moments
    return True


def _later(moments: IntArray, parts: int, rows: int, start: Nanoseconds) -> IntArray:
    """Return the departure of the part that came so many parts before, for each row; before all, `start`."""
    moved = np.full(rows, NONE, dtype=np.int64)
    moved[:parts] = start
    moved[parts : parts + len(moments)] = moments[: max(0, rows - parts)]
    return moved


class _Recursion:
    """The recursion at a part: of each station only the last departures that can still hold one up."""

    def __init__(self, stations: int, buffers_between: Sequence[int], start: Nanoseconds) -> None:
        self._start = start
        self._room = [places + 1 for places in buffers_between]
        self._own = [start] * stations
        self._ahead = [[start] * room for room in self._room]  # of the station behind each buffer, in a ring
        self._part = 0

    def follow(self, block: Sequence[Sequence[Nanoseconds]]) -> Iterator[list[Nanoseconds]]:
        """Yield the departures of part after part."""
        own, ahead, room = self._own, self._ahead, self._room
        last = len(own) - 1
        for times in zip(*block, strict=True):
            handed_on = self._start  # a saturated line: the next part is always there
            for station, service in enumerate(times):
                leaves = max(handed_on, own[station]) + service
                if station < last:
                    leaves = max(leaves, ahead[station][self._part % room[station]])
                own[station] = handed_on = leaves
                if station:
                    ahead[station - 1][self._part % room[station - 1]] = leaves
            self._part += 1
            yield own.copy()
