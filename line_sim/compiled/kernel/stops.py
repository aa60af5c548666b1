"""Machines that stop, in several ways or by shifts: twin of `line_sim.line.stops.machine` and `.clocks`.

A machine with one way only, which counts time, is none apart here: `line_sim.line.breakdowns` says of it what
this says of several. All that stops a piece of work is known when it begins.
"""

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel.buffers import withdraw
from line_sim.compiled.kernel.codes import CALENDAR, OPERATING, PARTS
from line_sim.compiled.kernel.events import FAILS, REPAIRED, TURNS, WORKED, after
from line_sim.compiled.kernel.hours import is_on, next_change, worked_after, worked_between
from line_sim.compiled.kernel.rows import tell_outage
from line_sim.compiled.kernel.tables.lookup import later, machine_at, way_at
from line_sim.compiled.kernel.tables.numbers import NONE
from line_sim.compiled.kernel.tables.pointers import Line, number_at


@compiled
def _next_up(line: Line, which: int) -> int:
    """Return how long, or how many parts, a machine is good for: `OutageDraws.next_up`, `.next_parts`."""
    way = way_at(line, which)
    up = number_at(line.ups, which * line.outages_at_hand + way.ups)
    way.ups += 1
    if way.ups + 1 >= line.outages_at_hand:
        line.outages_short = True
    return up


@compiled
def _next_repair(line: Line, which: int) -> int:
    """Return how long this repair takes: `OutageDraws.next_repair`."""
    way = way_at(line, which)
    repair = number_at(line.repairs, which * line.outages_at_hand + way.repairs)
    way.repairs += 1
    if way.repairs + 1 >= line.outages_at_hand:
        line.outages_short = True
    return repair


@compiled
def begin_way(line: Line, which: int) -> None:
    """Be good for a while from now on: `WayClock.begin`."""
    way = way_at(line, which)
    up = _next_up(line, which)
    if way.counts == CALENDAR:
        way.fails_at = later(line.now, up)
        after(line, up, line.outage_rank, FAILS, which)
    else:
        way.left = up


@compiled
def _stops_at(line: Line, which: int, hours: int, duration: int) -> int:
    """Return when a way stops a machine that now begins to work for so long: `stops_at` of each clock."""
    way = way_at(line, which)
    if way.counts == CALENDAR:
        return way.fails_at
    if way.counts == OPERATING:
        now = line.now
        way.due = worked_after(line, hours, now, way.left) if way.left < duration else NONE
        return way.due
    return NONE


@compiled
def work(line: Line, whose: int, duration: int) -> None:
    """Work for so long, and then finish the part: `Machine.work`; or be stopped: `StoppingMachine.work`."""
    machine = machine_at(line, whose)
    if not machine.stops:
        after(line, duration, machine.rank, WORKED, whose)
        return
    now, hours = line.now, machine.hours
    done_at = worked_after(line, hours, now, duration)
    first = NONE
    ways = range(machine.first_way, machine.first_way + machine.ways)
    for which in ways:
        stop = _stops_at(line, which, hours, duration)
        if stop != NONE and (first == NONE or stop < first):
            first = stop
    stopped = first != NONE and first < done_at
    worked = worked_between(line, hours, now, first) if stopped else duration
    for which in ways:
        way = way_at(line, which)
        if way.counts == OPERATING:
            way.left -= worked
            if stopped and way.due == first:
                after(line, first - now, line.outage_rank, FAILS, which)
    if stopped:
        machine.left_to_do = duration - worked
    else:
        machine.left_to_do = NONE
        after(line, done_at - now, machine.rank, WORKED, whose)


@compiled
def counts_part(line: Line, whose: int) -> None:
    """Count a part that is finished; stop where it was the last for now: `StoppingMachine.finish`."""
    machine = machine_at(line, whose)
    for which in range(machine.first_way, machine.first_way + machine.ways):
        way = way_at(line, which)
        if way.counts == PARTS:
            way.left -= 1
            if way.left == 0:
                fail(line, which)


@compiled
def fail(line: Line, which: int) -> None:
    """Go down, whatever the machine does: `StoppingMachine._fail`."""
    way = way_at(line, which)
    machine = machine_at(line, way.machine)
    way.failed_at = line.now
    if not machine.under_repair:
        machine.down_since = line.now
    machine.under_repair += 1
    if machine.part == NONE:
        withdraw(line, machine.place, way.machine)
    after(line, _next_repair(line, which), line.outage_rank, REPAIRED, which)


@compiled
def is_repaired(line: Line, which: int) -> bool:
    """Let one way be repaired; return whether the machine looks for a part now: `StoppingMachine._go_on`."""
    way = way_at(line, which)
    machine = machine_at(line, way.machine)
    tell_outage(line, which)
    way.failed_at = NONE
    begin_way(line, which)
    machine.under_repair -= 1
    if machine.under_repair:
        return False
    if machine.left_to_do != NONE:
        machine.down += worked_between(line, machine.shifts, machine.down_since, line.now)
        work(line, way.machine, machine.left_to_do)
        return False
    return machine.part == NONE


@compiled
def turn(line: Line, whose: int) -> bool:
    """Let a shift begin or end; return whether the machine looks for a part now: `StoppingMachine._turn`."""
    machine = machine_at(line, whose)
    machine.off = not machine.off
    await_turn(line, whose)
    if machine.part != NONE:
        return False
    if machine.off:
        withdraw(line, machine.place, whose)
        return False
    return True


@compiled
def await_turn(line: Line, whose: int) -> None:
    """Let the next turn come: `StoppingMachine._await_turn`."""
    machine = machine_at(line, whose)
    if machine.shifts != NONE:
        change = next_change(line, machine.shifts, line.now)
        if change != NONE:
            after(line, change - line.now, line.shift_rank, TURNS, whose)


@compiled
def begin_to_stop(line: Line, whose: int) -> None:
    """Be good for a while, and know whether the shift is on: the first half of `StoppingMachine.start`."""
    machine = machine_at(line, whose)
    for which in range(machine.first_way, machine.first_way + machine.ways):
        begin_way(line, which)
    machine.off = machine.shifts != NONE and not is_on(line, machine.shifts, line.now)
    await_turn(line, whose)
