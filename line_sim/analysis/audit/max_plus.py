"""The departures of a saturated line, from its service times alone: no simulation, no chance.

The max-plus recursion for blocking after service (Baccelli, Cohen, Olsder and Quadrat,
Synchronization and Linearity, 1992): with D[i,j] the moment part j leaves station i, S its service
time there and B[i+1] the places in front of the next station,

    D[i,j] = max( max(D[i-1,j], D[i,j-1]) + S[i,j], D[i+1, j-B[i+1]-1] ).
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

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
    service: Sequence[npt.NDArray[np.int64]], buffers_between: Sequence[int], start: Nanoseconds = 0
) -> list[npt.NDArray[np.int64]]:
    """Do the same with columns, part by part, in the memory of the columns."""
    leaves = [np.empty_like(times) for times in service]
    steps = _Recursion(len(service), buffers_between, start)
    parts = len(service[0]) if service else 0
    for begin in range(0, parts, _BLOCK):
        block = [times[begin : begin + _BLOCK].tolist() for times in service]
        for moments, column in zip(leaves, zip(*steps.follow(block), strict=True), strict=True):
            moments[begin : begin + _BLOCK] = column
    return leaves


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
