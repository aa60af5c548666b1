"""The departures of a saturated line, from its service times alone: no simulation, no chance.

The max-plus recursion for blocking after service (Baccelli, Cohen, Olsder and Quadrat,
Synchronization and Linearity, 1992): with D[i,j] the moment part j leaves station i, S its service
time there and B[i+1] the places in front of the next station,

    D[i,j] = max( max(D[i-1,j], D[i,j-1]) + S[i,j], D[i+1, j-B[i+1]-1] ).
"""

from collections.abc import Sequence

from line_sim.units import Nanoseconds


def max_plus_departures(
    service: Sequence[Sequence[Nanoseconds]], buffers_between: Sequence[int], start: Nanoseconds = 0
) -> list[list[Nanoseconds]]:
    """Return when each part leaves each station: a row a station, a column a part, as in `service`.

    `buffers_between[i]` counts the places between station i and the next; the first part starts at
    `start`. Single machines, first come first served; the last station is never blocked.
    """
    stations, parts = len(service), len(service[0]) if service else 0
    departures = [[start] * parts for _ in range(stations)]
    for part in range(parts):
        handed_on = start  # a saturated line: the next part is always there
        for station in range(stations):
            own = departures[station]
            free = own[part - 1] if part else start
            leaves = max(handed_on, free) + service[station][part]
            if station + 1 < stations:
                ahead = part - buffers_between[station] - 1
                if ahead >= 0:
                    leaves = max(leaves, departures[station + 1][ahead])
            own[part] = handed_on = leaves
    return departures
