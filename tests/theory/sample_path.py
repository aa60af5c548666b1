"""Sample-path oracles: short recursions that say, event for event, what a line must do."""

from heapq import heapreplace

from line_sim.units import Nanoseconds

Table = list[list[Nanoseconds]]
"""Service times: a row for each station, a column for each part."""


def departures(service: Table, places: list[int], arrivals: list[Nanoseconds] | None = None) -> Table:
    """Return when each part leaves each station of a line with blocking after service.

    The max-plus recursion D[i,j] = max(max(D[i-1,j], D[i,j-1]) + S[i,j], D[i+1, j - B[i+1] - 1]);
    `places` holds a buffer for each station, the first one's counting only where parts are at hand
    at once (arrivals None: saturated), since who waits outside waits all the same.
    """
    stations, parts = len(service), len(service[0])
    left = [[0] * parts for _ in service]
    for part in range(parts):
        came = arrivals[part] if arrivals else 0
        for station in range(stations):
            free = left[station][part - 1] if part else 0
            left[station][part] = max(came, free) + service[station][part]
            ahead = part - places[station + 1] - 1 if station + 1 < stations else -1
            if ahead >= 0:
                left[station][part] = max(left[station][part], left[station + 1][ahead])
            came = left[station][part]
    return left


def queue_waits(
    arrivals: list[Nanoseconds], service: list[Nanoseconds], servers: int = 1
) -> list[Nanoseconds]:
    """Return each part's wait in a queue with unlimited room (Lindley; Kiefer and Wolfowitz)."""
    free_at = [0] * servers
    waits = []
    for came, work in zip(arrivals, service, strict=True):
        begins = max(came, free_at[0])
        heapreplace(free_at, begins + work)
        waits.append(begins - came)
    return waits


def lossy_departures(
    arrivals: list[Nanoseconds], service: list[Nanoseconds], room: int
) -> list[Nanoseconds | None]:
    """Return when each part leaves a single machine, None where all `room` places are taken on arrival."""
    inside: list[Nanoseconds] = []
    left: list[Nanoseconds | None] = []
    for came, work in zip(arrivals, service, strict=True):
        inside = [leaves for leaves in inside if leaves > came]
        if len(inside) == room:
            left.append(None)
            continue
        leaves = max(came, inside[-1] if inside else came) + work
        inside.append(leaves)
        left.append(leaves)
    return left


def failing_departures(
    service: list[Nanoseconds], ups: list[Nanoseconds], repairs: list[Nanoseconds]
) -> list[Nanoseconds]:
    """Return when each part leaves a saturated machine that fails by its working time.

    Outage n comes when the machine has worked ups[0] + ... + ups[n]; at a tie the part is finished first.
    """
    worked, now, left = 0, 0, []
    failures = iter(zip(ups, repairs, strict=True))
    fails_at, repair = next(failures)
    for work in service:
        now, worked = now + work, worked + work
        while fails_at < worked:
            now += repair
            up, repair = next(failures)
            fails_at += up
        left.append(now)
    return left


def calendar_departures(
    service: list[Nanoseconds], ups: list[Nanoseconds], repairs: list[Nanoseconds]
) -> list[Nanoseconds]:
    """Return when each part leaves a saturated machine that fails by the clock, whatever it does."""
    now, up_until, left = 0, ups[0], []
    outages = iter(zip(repairs, ups[1:], strict=False))

    def past_outage() -> None:
        nonlocal now, up_until
        repair, up = next(outages)
        now = up_until + repair
        up_until = now + up

    for work in service:
        if now == up_until:
            past_outage()
        rest = work
        while now + rest > up_until:
            rest -= up_until - now
            past_outage()
        now += rest
        left.append(now)
    return left
