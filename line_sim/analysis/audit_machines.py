"""Audits that watch the machines: their time adds up, their room suffices, their order holds."""

import numpy as np

from line_sim.analysis.check import Check, Fault, Run, behind_first, faults, verdict
from line_sim.analysis.columns import NONE, BoolArray, IntArray, Visits, or_end
from line_sim.analysis.flow import DownTime, StationTime, station_times
from line_sim.analysis.max_plus import max_plus_departures
from line_sim.analysis.window import Window


def time_adds_up(run: Run, window: Window) -> Check:
    """Busy + blocked + starved + down is the window, with the starved time measured on its own."""
    wrong = []
    for place, time in enumerate(station_times(run.columns, run.facts, window)):
        idle = sum(_idle(run, place, unit, window) for unit in range(1, time.units + 1))
        if idle != time.starved or time.total != time.units * window.length or _negative(time):
            wrong.append(Fault(f"the times of {time.station} do not add up to the window", ()))
    return verdict(wrong, f"{len(run.facts.stations)} stations, to the nanosecond")


def _negative(time: StationTime) -> bool:
    return min(time.busy, time.blocked, time.starved, time.down) < 0


def _idle(run: Run, place: int, unit: int, window: Window) -> int:
    """Return for how long of the window a machine neither held a part nor was down."""
    columns = run.columns
    held = columns.visits.where((columns.visits.station == place) & (columns.visits.unit == unit))
    down = columns.outages.where((columns.outages.station == place) & (columns.outages.unit == unit))
    starts = np.concatenate((held.started, down.failed))
    ends = or_end(np.concatenate((held.left, down.repaired)), columns.end)
    edges = np.array([window.start, window.end], dtype=np.int64)
    return window.length - int(DownTime(starts, ends).between(edges[:1], edges[1:])[0])


def capacity(run: Run) -> Check:
    """At no moment are there more parts on a station's machines, or in front of it, than have room."""
    found = []
    end = run.columns.end
    for place, station in enumerate(run.facts.stations):
        visits = run.columns.visits.where(run.columns.visits.station == place)
        on_machines = visits.where(visits.started != NONE)
        over = _beyond(on_machines.started, _open_end(on_machines.left, end), station.units)
        what = f"more than {station.units} on the machines of {station.name}"
        found += faults(on_machines, "visits.csv", over, what)
        over = _beyond(visits.queued, _open_end(visits.started, end), station.buffer)
        found += faults(visits, "visits.csv", over, f"more than {station.buffer} in front of {station.name}")
    return verdict(found, "never more parts than machines and waiting places")


def _open_end(times: IntArray, end: int) -> IntArray:
    """Let what has not ended outlast the run, so that it counts at the run's last moment too."""
    return or_end(times, end + 1)


def _beyond(first: IntArray, last: IntArray, room: int) -> BoolArray:
    """Return the intervals that begin when there is no room: at one moment, ends come before beginnings."""
    over = np.zeros(len(first), dtype=np.bool_)
    lasting = np.flatnonzero(last > first)
    moments = np.concatenate((last[lasting], first[lasting]))
    change = np.repeat(np.array([-1, 1], dtype=np.int64), len(lasting))
    order = np.lexsort((change, moments))
    inside = np.cumsum(change[order])
    too_many = order[inside > room]
    over[lasting[too_many[too_many >= len(lasting)] - len(lasting)]] = True
    return over


def one_part_a_unit(run: Run) -> Check:
    """A machine takes no part before the one on it has left: blocking after service."""
    visits = run.columns.visits.where(run.columns.visits.started != NONE)
    visits = visits.sorted_by(
        visits.station, visits.unit, visits.started, or_end(visits.left, run.columns.end)
    )
    same = (visits.station[1:] == visits.station[:-1]) & (visits.unit[1:] == visits.unit[:-1])
    left = _open_end(visits.left[:-1], run.columns.end)
    wrong = behind_first(same & (left > visits.started[1:]), visits)
    found = faults(visits, "visits.csv", wrong, "started while another part was on the machine")
    return verdict(found, f"{len(visits)} starts, each on a free machine")


def order(run: Run) -> Check:
    """Where there is one machine, parts are started in the order in which they came."""
    found = []
    for place, station in enumerate(run.facts.stations):
        if station.units == 1:
            visits = run.columns.visits.where(run.columns.visits.station == place)
            ranked = visits.sorted_by(visits.queued, _open_end(visits.started, run.columns.end))
            started = _open_end(ranked.started, run.columns.end)
            late = behind_first(started[1:] < np.maximum.accumulate(started)[:-1], ranked)
            found += faults(ranked, "visits.csv", late, f"a part overtook another in front of {station.name}")
    return verdict(found, "first come, first served at every single machine")


def promptness(run: Run) -> Check:
    """Nothing waits without a reason: a part is taken when it can be, and leaves when there is room.

    A single machine that never fails takes a part the moment that it is there and the machine is free.
    A finished part leaves at once, or when the next station's machine becomes free.
    """
    visits = run.columns.visits
    found = []
    for place, station in enumerate(run.facts.stations):
        mine = visits.where((visits.station == place) & (visits.started != NONE))
        if station.units == 1 and not station.fails:
            found += faults(
                mine, "visits.csv", _taken_late(mine), f"a part waited for {station.name} in vain"
            )
    if run.ended is not None:  # a killed run may not have told of the part that made room
        found += faults(
            visits, "visits.csv", _held_late(run), "a finished part stayed although there was room"
        )
    return verdict(found, f"{len(visits)} visits, none waits or stays without a reason")


def _taken_late(visits: Visits) -> BoolArray:
    """Return the starts at a single machine that are not at once when part and machine are ready."""
    order = np.lexsort((_open_end(visits.left, int(visits.started.max(initial=0))), visits.started))
    freed = np.append(NONE, visits.left[order])[: len(visits)]
    late = np.zeros(len(visits), dtype=np.bool_)
    late[order] = visits.started[order] > np.maximum(visits.queued[order], freed)
    return late


def _held_late(run: Run) -> BoolArray:
    """Return the visits that ended after they were finished, but not when the next machine became free."""
    visits, outages = run.columns.visits, run.columns.outages
    order = np.lexsort((visits.station, visits.item))
    item, station = visits.item[order], visits.station[order]
    after = np.append(np.where(item[1:] == item[:-1], station[1:], NONE), NONE)[: len(visits)]
    held = (visits.left > visits.finished)[order]
    late = np.zeros(len(visits), dtype=np.bool_)
    late[order] = held & (after == NONE)
    for place in range(len(run.facts.stations)):
        freed = np.append(visits.left[visits.station == place], outages.repaired[outages.station == place])
        mine = order[held & (after == place)]
        late[mine] = ~np.isin(visits.left[mine], freed)
    return late


def sample_path(run: Run) -> Check:
    """On a saturated line of single reliable machines every departure is that of the max-plus recursion."""
    facts = run.facts
    plain = all(station.units == 1 and not station.inspects and not station.fails for station in facts.line)
    if not (facts.saturated and plain):
        return Check(True, "does not apply: it needs a saturated line of single machines that never fail")
    columns = run.columns
    tables = [_in_order(columns.visits.where(columns.visits.station == i)) for i in range(len(facts.line))]
    parts = len(tables[0])
    if not parts:
        return Check(True, "no part has started")
    service = [_padded(np.where(t.finished == NONE, 0, t.finished - t.started), parts) for t in tables]
    buffers = [station.buffer for station in facts.line[1:]]
    departures = max_plus_departures(service, buffers, int(tables[0].started[0]))
    found = []
    for table, row in zip(tables, departures, strict=True):
        expected = np.array(row, dtype=np.int64)[: len(table)]
        wrong = (table.left != NONE) & (table.left != expected)
        found += faults(table, "visits.csv", wrong, "left at another moment than the recursion says")
    return verdict(found, f"{parts} parts leave every station at the moment the max-plus recursion says")


def _in_order(visits: Visits) -> Visits:
    started = visits.where(visits.started != NONE)
    return started.sorted_by(started.started, started.item)


def _padded(times: IntArray, length: int) -> list[int]:
    """Fill up with zeros for the parts that have not come so far; nothing that happened hangs on them."""
    return [*times.tolist(), *([0] * (length - len(times)))]
