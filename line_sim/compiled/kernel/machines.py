"""Machines: twin of `line_sim.line.machines`. Each function is what happens in one moment."""

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel.belts import put_on_belt, take_from_belt
from line_sim.compiled.kernel.buffers import admit_at_once, append_blocked, has_room, take, wait
from line_sim.compiled.kernel.codes import (
    BY_PART,
    GATE,
    PLAIN,
    SCRAPPED,
    SHIPPED,
    TO_HALT,
    TO_SCRAP,
    TO_SHIPPING,
)
from line_sim.compiled.kernel.lockup import look
from line_sim.compiled.kernel.parts import leave_line
from line_sim.compiled.kernel.rows import tell_visit
from line_sim.compiled.kernel.stops import begin_to_stop, counts_part
from line_sim.compiled.kernel.tables.lookup import buffer_at, machine_at, part_at, place_at
from line_sim.compiled.kernel.tables.numbers import NONE
from line_sim.compiled.kernel.tables.pointers import Line
from line_sim.compiled.kernel.tasks import begin, destination


@compiled
def start(line: Line, whose: int) -> None:
    """Wait for the first part, as there is none yet: `Machine.start`; unless off: `StoppingMachine.start`."""
    machine = machine_at(line, whose)
    if machine.stops:
        begin_to_stop(line, whose)
    if not machine.off:
        wait(line, machine.place, whose)


@compiled
def seek(line: Line, whose: int) -> None:
    """Take the next part, or wait for one: `Machine.seek`; down or off, neither: `StoppingMachine.seek`."""
    machine = machine_at(line, whose)
    if machine.stops and (machine.under_repair or machine.off):
        return
    plain = buffer_at(line, machine.place).kind == PLAIN
    slot = take(line, machine.place) if plain else take_from_belt(line, machine.place)
    if slot == NONE:
        wait(line, machine.place, whose)
    else:
        _begin(line, whose, slot)


@compiled
def accept(line: Line, whose: int, slot: int) -> bool:
    """Take a part that is brought: `Machine._accept`; return whether it is done at once: `SendOn.begin`."""
    _begin(line, whose, slot)
    at_gate = place_at(line, machine_at(line, whose).place).task == GATE
    return at_gate and part_at(line, slot).lane != NONE


@compiled
def _begin(line: Line, whose: int, slot: int) -> None:
    """Begin on a part: `Machine._begin`."""
    machine, part = machine_at(line, whose), part_at(line, slot)
    machine.part = slot
    machine.queued_at = part.queued_at
    machine.visit = part.visit
    machine.started_at = line.now
    machine.finished_at = NONE
    machine.down = 0
    begin(line, whose, slot)


@compiled
def finish(line: Line, whose: int) -> None:
    """Be done with the part: hand it on, or be blocked until there is room: `Machine.finish`."""
    machine = machine_at(line, whose)
    slot = machine.part
    item = part_at(line, slot).item
    if machine.stops:
        counts_part(line, whose)
    machine.finished_at = line.now
    to = destination(line, whose, slot)
    if _put(line, to, slot, whose):
        leave(line, whose, item)
    elif line.leads_back:
        look(line)


@compiled
def _put(line: Line, to: int, slot: int, whose: int) -> bool:
    """Hand a part over; return whether it has moved at once: `Destination.put`."""
    if to >= 0:
        return put(line, to, slot, whose)
    if to == TO_SHIPPING:
        leave_line(line, slot, SHIPPED)
    elif to == TO_SCRAP:
        leave_line(line, slot, SCRAPPED)
    elif to == TO_HALT:
        line.stopped = BY_PART
        line.stopped_by = part_at(line, slot).item
        line.over = True
        return False
    return True


@compiled
def put(line: Line, place: int, slot: int, mover: int) -> bool:
    """Hand a part over to a place; return whether it has moved at once: `Buffer.put`, `BeltBuffer.put`."""
    buffer = buffer_at(line, place)
    if buffer.kind != PLAIN:
        return put_on_belt(line, place, slot, mover)
    if not has_room(buffer):
        append_blocked(line, place, slot, mover)
        return False
    admit_at_once(line, place, slot)
    return True


@compiled
def leave(line: Line, whose: int, item: int) -> None:
    """Tell of the visit of the part that has just left, and take the next one: `Machine._leave`."""
    tell_visit(line, whose, item)
    machine_at(line, whose).part = NONE
    seek(line, whose)
