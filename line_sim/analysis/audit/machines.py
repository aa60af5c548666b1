"""Audits that watch the machines: their time adds up, their room suffices, their order holds."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from line_sim.analysis.audit.belts import Ride, cells_of, rides, too_early
from line_sim.analysis.audit.check import Check, Fault, Lines, Run, behind_first, faults, verdict
from line_sim.analysis.audit.crews import waited_with_a_part
from line_sim.analysis.audit.hours import WorkedVisits, next_shift, off_by_the_calendar, worked_visits
from line_sim.analysis.audit.max_plus import departures, is_followed
from line_sim.analysis.audit.route import NOWHERE, Walk
from line_sim.figures.flow import StationTime, station_times
from line_sim.figures.stops.standing import DownTime
from line_sim.figures.window import Window
from line_sim.layout import Layout
from line_sim.recording.run_columns import NONE, BoolArray, IntArray, Visits, distinct, find, or_end
from line_sim.units import counted

_MOST_CELLS = 2_000_000
"""Places of belts times parts that the recursion goes through: a second."""


def time_adds_up(run: Run, window: Window) -> Check:
    """All states together are the window, with the starved time, and the time off, measured on their own."""
    wrong = []
    for place, time in enumerate(station_times(run.columns, run.layout, window)):
        units = range(1, time.units + 1)
        idle = sum(_idle(run, place, unit, window) for unit in units)
        idle += sum(waited_with_a_part(run, place, unit, window) for unit in units)
        off = _off(run, place, window) * time.units
        if (
            idle != time.starved
            or off != (time.off or 0)
            or time.total != time.units * window.length
            or _negative(time)
        ):
            wrong.append(Fault(f"the times of {time.station} do not add up to the window"))
    return verdict(wrong, f"{counted(len(run.layout.places), 'stations')}, to the nanosecond")


def _negative(time: StationTime) -> bool:
    return min(time.busy, time.blocked, time.starved, time.down, time.off or 0) < 0


def _off(run: Run, place: int, window: Window) -> int:
    """Return for how long of the window a place is off."""
    starts, ends = (np.clip(at, window.start, window.end) for at in off_by_the_calendar(run, place))
    return int((ends - starts).sum())


def _idle(run: Run, place: int, unit: int, window: Window) -> int:
    """Return for how long of the window a machine neither held a part nor was down nor off."""
    columns = run.columns
    held, down = columns.visits(place), columns.outages(place)
    held, down = held.where(held.unit == unit), down.where(down.unit == unit)
    off_from, off_to = off_by_the_calendar(run, place)
    starts = np.concatenate((held.started, down.failed, off_from))
    ends = np.concatenate((or_end(np.concatenate((held.left, down.repaired)), columns.end), off_to))
    edges = np.array([window.start, window.end], dtype=np.int64)
    return window.length - int(DownTime(starts, ends).between(edges[:1], edges[1:])[0])


def capacity(run: Run, walk: Walk) -> Check:
    """At no moment are there more parts on a station's machines, or in front of it, than have room."""
    found = []
    end = run.columns.end
    for place, station in enumerate(run.layout.places):
        visits = run.columns.visits(place)
        on_machines = visits.where(visits.started != NONE)
        over = _beyond(on_machines.started, _open_end(on_machines.left, end), station.units)
        what = f"more than {station.units} on the machines of {station.name}"
        found += faults(on_machines, "visits.csv", over, what)
        for inlet, room, what in _inlets(run, walk, place):
            gone = inlet.left if station.is_gate else inlet.started  # at a gate it is still on the belt
            over = _beyond(inlet.queued, _open_end(gone, end), room)
            found += faults(inlet, "visits.csv", over, f"more than {room} {what} {station.name}")
    return verdict(found, "never more parts than machines and waiting places")


def _inlets(run: Run, walk: Walk, place: int) -> list[tuple[Visits, int, str]]:
    """Return a place's visits by the waiting places that they came to: how many, and what they are called."""
    visits, station, rework = run.columns.visits(place), run.layout.places[place], run.layout.rework
    repaired = walk.repaired[place]
    if rework is None or rework.to != place:
        return [(visits, station.buffer, "in front of")]
    return [
        (visits.where(~repaired), station.buffer, "in front of"),
        (visits.where(repaired), rework.places, "to be repaired at"),
    ]


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
    found, starts = [], 0
    for place in run.columns.places:
        visits = run.columns.visits(place)
        visits = visits.where(visits.started != NONE)
        visits = visits.sorted_by(visits.unit, visits.started, or_end(visits.left, run.columns.end))
        starts += len(visits)
        units, started = visits.unit, visits.started
        left = _open_end(visits.left[:-1], run.columns.end)
        wrong = behind_first((units[1:] == units[:-1]) & (left > started[1:]), visits)
        found += faults(visits, "visits.csv", wrong, "started while another part was on the machine")
    return verdict(found, f"{counted(starts, 'starts')}, each on a free machine")


def order(run: Run, walk: Walk) -> Check:
    """Where there is one machine, or a belt, parts are started in the order in which they came.

    What is to be repaired has an order of its own.
    """
    found = []
    for place, station in enumerate(run.layout.places):
        if station.units == 1 or (station.belt is not None and run.ended is not None):
            for visits, _, _ in _inlets(run, walk, place):
                ranked = visits.sorted_by(visits.queued, _open_end(visits.started, run.columns.end))
                started = _open_end(ranked.started, run.columns.end)
                late = behind_first(started[1:] < np.maximum.accumulate(started)[:-1], ranked)
                what = f"a part overtook another in front of {station.name}"
                found += faults(ranked, "visits.csv", late, what)
    return verdict(found, "first come, first served at every single machine")


def promptness(run: Run, walk: Walk) -> Check:
    """Nothing waits without a reason: a part is taken when it can be, and leaves when there is room.

    A single machine that never fails takes a part the moment that it is there and the machine is free.
    A finished part leaves at once, or when a machine of the station that it goes to becomes free or its shift
    begins. A belt
    brings a part when it is at its end, and lets one step on when its first place is free: no sooner, either.
    """
    columns, ridden = run.columns, rides(run, walk)
    names = [station.name for station in run.layout.places]
    found = [fault for place, ride in ridden.items() for fault in too_early(ride, names[place])]
    for place, station in enumerate(run.layout.places):
        if station.units == 1 and not station.fails:
            what = f"a part waited for {station.name} in vain"
            found += faults(*_taken_late(run, place, _ready(run, walk, place, ridden)), what)
    if run.ended is not None:  # a killed run may not have told of the part that made room
        found += _held_late(run, walk, ridden)
    seen = sum(len(columns.visits(place)) for place in columns.places)
    return verdict(found, f"{counted(seen, 'visits')}, none waits or stays without a reason")


class _Ready(NamedTuple):
    """Some visits, and when each part could be taken: it was there, or at the end of a belt."""

    tables: list[Visits]
    ready: list[IntArray]

    def all(self, column: Callable[[Visits], IntArray]) -> IntArray:
        """Return a column of all of them."""
        return np.concatenate([column(table) for table in self.tables])


def _ready(run: Run, walk: Walk, place: int, ridden: Mapping[int, Ride]) -> _Ready:
    """Return a place's visits, and when each part could be taken."""
    visits = run.columns.visits(place)
    if (ride := ridden.get(place)) is None:
        return _Ready([visits], [visits.queued])
    repairs = visits.where(walk.repaired[place])
    return _Ready([ride.visits, repairs], [ride.at_end, repairs.queued])


def _taken_late(run: Run, place: int, visits: _Ready) -> tuple[Lines, str, BoolArray]:
    """Find starts at a single machine that are not at once when part and machine are ready.

    Where it is off by then that is when its next shift begins.
    """
    started, left = visits.all(lambda table: table.started), visits.all(lambda table: table.left)
    order = np.lexsort((_open_end(left, int(started.max(initial=0))), started))
    order = order[started[order] != NONE]
    freed = np.append(NONE, left[order])[: len(order)]
    late = np.zeros(len(started), dtype=np.bool_)
    ready = np.maximum(np.concatenate(visits.ready)[order], freed)
    late[order] = started[order] > next_shift(run, place, ready)
    return Lines(visits.all(lambda table: table.row)), "visits.csv", late


def _held_late(run: Run, walk: Walk, ridden: Mapping[int, Ride]) -> list[Fault]:
    """Find visits that ended after they were finished, but not when the next machine became free."""
    found: list[Fault] = []
    for place in run.columns.places:
        visits, after = run.columns.visits(place), walk.after[place]
        held, left = visits.left > visits.finished, visits.left
        late = held.copy()
        for following in distinct(after[held]).tolist():
            if following not in {NONE, NOWHERE}:
                mine, repairs = held & (after == following), walk.sent_back[place]
                on, back = mine & ~repairs, mine & repairs
                late[on] = ~find(_freed(run, following, ridden), left[on])[1]
                late[back] = ~find(_freed(run, following, {}), left[back])[1]  # beside any belt
        found += faults(visits, "visits.csv", late, "a finished part stayed although there was room")
    return found


def _freed(run: Run, place: int, ridden: Mapping[int, Ride]) -> IntArray:
    """Return the moments, in order, at which a machine of a station became free, or the belt before it."""
    if (ride := ridden.get(place)) is not None:
        return distinct(ride.could_step_on)
    visits, outages = run.columns.visits(place), run.columns.outages(place)
    _, shifts_begin = off_by_the_calendar(run, place)
    return distinct(np.concatenate((visits.left, outages.repaired, shifts_begin)))


def sample_path(run: Run) -> Check:
    """On a saturated line of single reliable machines every departure is that of the max-plus recursion.

    An accumulating belt is so many stations more, without buffers. Where all keep the same hours it holds of
    their working time.
    """
    layout = run.layout
    plain = all(station.units == 1 and not station.inspects and not station.fails for station in layout.line)
    if not (layout.saturated and plain):
        return Check(True, "does not apply: it needs a saturated line of single machines that never fail")
    belts = [station.belt for station in layout.line if station.belt is not None]
    if any(not belt.accumulates for belt in belts):
        return Check(True, "does not apply: it needs belts that accumulate")
    if layout.calendars and (belts or len({station.shifts for station in layout.line}) > 1):
        return Check(True, "does not apply: it needs stations that all work at the same hours, without belts")
    tables = [worked_visits(run, place, _in_order(run.columns.visits(place))) for place in _line(layout)]
    parts = max(map(len, tables))
    if not len(tables[0]):
        return Check(True, "no part has started")
    if parts * sum(belt.places for belt in belts) > _MOST_CELLS:
        return Check(True, "does not apply: too many places of belts for so many parts")
    buffers, start = [station.buffer for station in layout.line[1:]], int(tables[0].started[0])
    service = [_service(table) for table in tables]
    found: list[Fault] = []
    if belts or not is_followed([table.left for table in tables], service, buffers, start):
        for table, moments in zip(tables, _expected(layout, tables, parts), strict=True):
            left = table.left
            wrong = (left != NONE) & (left != moments[: len(table)])
            found += faults(table, "visits.csv", wrong, "left at another moment than the recursion says")
    told = counted(parts, "parts")
    return verdict(found, f"{told}, out of every station at the moment the max-plus recursion says")


def _line(layout: Layout) -> range:
    return range(len(layout.line))


def _expected(layout: Layout, tables: list[WorkedVisits], parts: int) -> list[IntArray]:
    """Return when each part leaves each station: by the recursion of a line whose belts are stations."""
    service: list[IntArray] = []
    room: list[int] = []
    stations = []
    for station, table in zip(layout.line, tables, strict=True):
        cells = [] if station.belt is None else cells_of(station.belt)
        service += [np.full(parts, cell, dtype=np.int64) for cell in cells]
        room += [0] * (len(cells) + 1) if cells else [station.buffer]
        stations.append(len(service))
        service.append(_padded(_service(table), parts))
    first = tables[0].started if layout.line[0].belt is None else tables[0].queued
    found = departures(service, room[1:], int(first[0]))
    return [found[station] for station in stations]


def _service(visits: WorkedVisits) -> IntArray:
    finished = visits.finished
    return np.where(finished == NONE, 0, finished - visits.started)


def _in_order(visits: Visits) -> Visits:
    started = visits.where(visits.started != NONE)
    return started.sorted_by(started.started, started.item)


def _padded(times: IntArray, length: int) -> IntArray:
    """Fill up with zeros for the parts that have not come so far; nothing that happened hangs on them."""
    return np.append(times[:length], np.zeros(max(0, length - len(times)), dtype=np.int64))
