"""Audits that watch the machines: their time adds up, their room suffices, their order holds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple

import numpy as np

from line_sim.analysis.audit.belts import Ride, rides, too_early
from line_sim.analysis.audit.check import Check, Fault, Lines, Run, behind_first, faults, verdict
from line_sim.analysis.audit.crews import waited_with_a_part
from line_sim.analysis.audit.hours import next_shift, off_by_the_calendar
from line_sim.analysis.audit.quick.room import beyond
from line_sim.analysis.audit.route import NOWHERE, Walk
from line_sim.figures.flow import StationTime
from line_sim.figures.stops.standing import DownTime, union_of
from line_sim.figures.window import Window
from line_sim.recording.rows import are_in_order
from line_sim.recording.run_columns import NONE, BoolArray, IntArray, Known, Visits, distinct, or_end
from line_sim.units import counted


def time_adds_up(run: Run, window: Window, times: Sequence[StationTime]) -> Check:
    """All states together are the window, with the starved time, and the time off, measured on their own."""
    wrong = []
    for place, time in enumerate(times):
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
    columns, down, known = run.columns, run.columns.outages(place), run.known(place)
    if known.in_turn and not len(down) and run.layout.places[place].shifts is None:
        return window.length - known.held
    down = down.where(down.unit == unit)
    held = (piece.where(piece.unit == unit) for piece in columns.visits(place).pieces())
    taken = ((mine.started, or_end(mine.left, columns.end)) for mine in held)
    other = (down.failed, or_end(down.repaired, columns.end)), off_by_the_calendar(run, place)
    edges = np.array([window.start, window.end], dtype=np.int64)
    return window.length - int(DownTime(*union_of(chain(taken, other))).between(edges[:1], edges[1:])[0])


def capacity(run: Run, walk: Walk) -> Check:
    """At no moment are there more parts on a station's machines, or in front of it, than have room."""
    found = []
    end = run.columns.end
    for place, station in enumerate(run.layout.places):
        visits, known = run.columns.visits(place), run.known(place)
        if not known.in_turn:
            on_machines = visits.where(visits.started != NONE)
            over = beyond(on_machines, partial(_standing, end=end), station.units)
            what = f"more than {station.units} on the machines of {station.name}"
            found += faults(on_machines, "visits.csv", over, what)
        for inlet, room, what in () if known.with_room else _inlets(run, walk, place):
            over = beyond(inlet, partial(_waiting, end=end, at_gate=station.is_gate), room)
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


def _standing(visits: Visits, end: int) -> tuple[IntArray, IntArray]:
    """Return from when to when parts were on the machines."""
    return visits.started, _open_end(visits.left, end)


def _waiting(visits: Visits, end: int, *, at_gate: bool) -> tuple[IntArray, IntArray]:
    """Return from when to when parts waited; at a gate a part is on the belt until it has passed."""
    return visits.queued, _open_end(visits.left if at_gate else visits.started, end)


def one_part_a_unit(run: Run) -> Check:
    """A machine takes no part before the one on it has left: blocking after service."""
    found, starts = [], 0
    for place in run.columns.places:
        if (known := run.known(place)).in_turn:
            starts += known.starts
            continue
        visits = run.columns.visits(place)
        visits = visits.where(visits.started != NONE)
        starts += len(visits)
        for piece in _in_order(visits, partial(_by_start, end=run.columns.end)):
            units, started = piece.unit, piece.started
            left = _open_end(piece.left[:-1], run.columns.end)
            wrong = behind_first((units[1:] == units[:-1]) & (left > started[1:]), piece)
            found += faults(piece, "visits.csv", wrong, "started while another part was on the machine")
    return verdict(found, f"{counted(starts, 'starts')}, each on a free machine")


def _by_start(visits: Visits, end: int) -> tuple[IntArray, ...]:
    return visits.unit, visits.started, or_end(visits.left, end)


def _in_order(visits: Visits, keys: Callable[[Visits], tuple[IntArray, ...]]) -> Iterator[Visits]:
    """Yield the visits in the order of their keys: piece by piece, each from the last row before it on.

    Those that stand in no order come in one piece.
    """
    if all(are_in_order(*keys(piece)) for piece in visits.pieces(again=1)):
        yield from visits.pieces(again=1)
    else:
        yield visits.sorted_by(*keys(visits))


def order(run: Run, walk: Walk) -> Check:
    """Where there is one machine, or a belt, parts are started in the order in which they came.

    What is to be repaired has an order of its own.
    """
    found = []
    for place, station in enumerate(run.layout.places):
        if run.known(place).in_turn:
            continue
        if station.units == 1 or (station.belt is not None and run.ended is not None):
            for visits, _, _ in _inlets(run, walk, place):
                latest = np.zeros(1, dtype=np.int64)
                for piece in _in_order(visits, partial(_by_coming, end=run.columns.end)):
                    started = _open_end(piece.started, run.columns.end)
                    latest = np.maximum.accumulate(np.append(latest[-1:], started))
                    late = behind_first((started < latest[:-1])[1:], piece)
                    what = f"a part overtook another in front of {station.name}"
                    found += faults(piece, "visits.csv", late, what)
    return verdict(found, "first come, first served at every single machine")


def _by_coming(visits: Visits, end: int) -> tuple[IntArray, ...]:
    return visits.queued, _open_end(visits.started, end)


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
        if station.units == 1 and not station.fails and not run.known(place).prompt:
            what = f"a part waited for {station.name} in vain"
            for table in _ready(run, walk, place, ridden):
                found += faults(*_taken_late(run, place, table), what)
    if run.ended is not None:  # a killed run may not have told of the part that made room
        found += _held_late(run, walk, ridden)
    seen = sum(len(columns.visits(place)) for place in columns.places)
    return verdict(found, f"{counted(seen, 'visits')}, none waits or stays without a reason")


class _Ready(NamedTuple):
    """Some visits, and when each part could be taken: it was there, or at the end of a belt.

    The first `again` of them are there for the others' sake.
    """

    tables: list[Visits]
    ready: list[IntArray]
    again: int = 0

    def all(self, column: Callable[[Visits], IntArray]) -> IntArray:
        """Return a column of all of them."""
        return np.concatenate([column(table) for table in self.tables])


def _ready(run: Run, walk: Walk, place: int, ridden: Mapping[int, Ride]) -> Iterator[_Ready]:
    """Yield a place's visits, and when each part could be taken."""
    visits = run.columns.visits(place)
    if (ride := ridden.get(place)) is None:
        started = visits.where(visits.started != NONE)
        for number, piece in enumerate(_in_order(started, partial(_by_taking, end=run.columns.end))):
            yield _Ready([piece], [piece.queued], min(number, 1))
        return
    repairs = visits.where(walk.repaired[place])
    yield _Ready([ride.visits, repairs], [ride.at_end, repairs.queued])


def _by_taking(visits: Visits, end: int) -> tuple[IntArray, ...]:
    return visits.started, _open_end(visits.left, end)


def _taken_late(run: Run, place: int, visits: _Ready) -> tuple[Lines, str, BoolArray]:
    """Find starts at a single machine that are not at once when part and machine are ready.

    Where it is off by then that is when its next shift begins.
    """
    started, left = visits.all(lambda table: table.started), visits.all(lambda table: table.left)
    keys = started, _open_end(left, int(started.max(initial=0)))
    order = np.arange(len(started)) if are_in_order(*keys) else np.lexsort(keys[::-1])
    order = order[started[order] != NONE]
    freed = np.append(NONE, left[order])[: len(order)]
    late = np.zeros(len(started), dtype=np.bool_)
    ready = np.maximum(np.concatenate(visits.ready)[order], freed)
    late[order] = started[order] > next_shift(run, place, ready)
    late[order[: visits.again]] = False
    return Lines(visits.all(lambda table: table.row)), "visits.csv", late


def _held_late(run: Run, walk: Walk, ridden: Mapping[int, Ride]) -> list[Fault]:
    """Find visits that ended after they were finished, but not when the next machine became free."""
    found: list[Fault] = []
    for place in run.columns.places:
        if run.known(place).is_let_go(walk.after[place], place + 1):
            continue
        freed: dict[tuple[int, bool], Known] = {}
        begin = 0
        for visits in run.columns.visits(place).pieces():
            here = slice(begin, begin + len(visits))
            after, sent_back = walk.after[place][here], walk.sent_back[place][here]
            begin += len(visits)
            held, left = visits.left > visits.finished, visits.left
            late = held.copy()
            for following in distinct(after[held]).tolist():
                if following not in {NONE, NOWHERE}:
                    for back in (False, True):  # what goes back is beside any belt
                        mine = held & (after == following) & (sent_back == back)
                        if mine.any():
                            key = following, back
                            if key not in freed:
                                freed[key] = Known(_freed(run, following, {} if back else ridden))
                            late[mine] = ~freed[key].find(left[mine])[1]
            found += faults(visits, "visits.csv", late, "a finished part stayed although there was room")
    return found


def _freed(run: Run, place: int, ridden: Mapping[int, Ride]) -> IntArray:
    """Return the moments, in order, at which a machine of a station became free, or the belt before it."""
    if (ride := ridden.get(place)) is not None:
        return distinct(ride.could_step_on)
    visits, outages = run.columns.visits(place), run.columns.outages(place)
    _, shifts_begin = off_by_the_calendar(run, place)
    others = np.append(outages.repaired, shifts_begin)
    return distinct(np.append(visits.left, others) if len(others) else visits.left)
