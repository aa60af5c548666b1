"""Belts, also those to a gate: twin of `line_sim.line.buffer.BeltBuffer` and `GateBuffer`.

A belt's parts stand in a ring of its cells, each with the moment (of the belt's own time) at which it stepped
on.
"""

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel.buffers import append_blocked, first_blocked, first_taker, tell_mover
from line_sim.compiled.kernel.codes import GATE_BELT
from line_sim.compiled.kernel.events import AT_END, CLEARS, OFFERED, after, follow
from line_sim.compiled.kernel.parts import comes_to
from line_sim.compiled.kernel.tables.lookup import buffer_at, cell_at, cue_at, later, part_at
from line_sim.compiled.kernel.tables.numbers import NONE
from line_sim.compiled.kernel.tables.pointers import Line, Row


@compiled
def stands(buffer: Row) -> bool:
    """Whether the belt stands still, with all that is on it: `BeltBuffer._stands`."""
    return buffer.waits_since != NONE and not buffer.accumulates


@compiled
def _own_time(line: Line, buffer: Row) -> int:
    """Return how long the belt has run so far: `BeltBuffer._own_time`."""
    now = buffer.waits_since if stands(buffer) else line.now
    return now - buffer.stood


@compiled
def _is_free(line: Line, buffer: Row) -> bool:
    """Whether its first place is: `BeltBuffer._is_free`."""
    return buffer.waiting < buffer.places and _own_time(line, buffer) >= buffer.free_from


@compiled
def belt_has_room(line: Line, buffer: Row) -> bool:
    """Whether a part put now would step on at once: `BeltBuffer.has_room`."""
    return buffer.blocked == 0 and _is_free(line, buffer)


@compiled
def put_on_belt(line: Line, place: int, slot: int, mover: int) -> bool:
    """Hand a part over; return whether it has stepped on at once: `BeltBuffer.put`."""
    buffer = buffer_at(line, place)
    if not belt_has_room(line, buffer):
        append_blocked(line, place, slot, mover)
        _look_again(line, place)
        return False
    _step_on(line, place, slot)
    return True


@compiled
def take_from_belt(line: Line, place: int) -> int:
    """Take the part at the end, NONE where there is none: `BeltBuffer.take`, and `GateBuffer.take`."""
    buffer = buffer_at(line, place)
    if buffer.waits_since == NONE:
        return NONE
    if stands(buffer):
        buffer.stood += line.now - buffer.waits_since
    buffer.waits_since = NONE
    slot = _go(line, place)
    return NONE if buffer.kind == GATE_BELT else slot


@compiled
def _cell(buffer: Row, number: int) -> int:
    """Return where the part of a number, the first is 0, stands among all belts' cells."""
    return buffer.cells + (buffer.head + number) % buffer.places


@compiled
def _step_on(line: Line, place: int, slot: int) -> None:
    """`BeltBuffer._step_on`."""
    buffer = buffer_at(line, place)
    on = _own_time(line, buffer)
    part_at(line, slot).queued_at = line.now
    comes_to(line, slot, place)
    buffer.free_from = later(on, buffer.first_cell)
    cell = cell_at(line, _cell(buffer, buffer.waiting))
    cell.part = slot
    cell.on = on
    buffer.waiting += 1
    if buffer.waiting == 1:
        _carry(line, place)


@compiled
def _carry(line: Line, place: int) -> None:
    """Let the first part come to the end in its time: `BeltBuffer._carry`."""
    buffer = buffer_at(line, place)
    carried = later(cell_at(line, _cell(buffer, 0)).on + buffer.stood, buffer.travel)
    closed_up = later(buffer.taken_at, buffer.cell)
    after(line, max(carried, closed_up) - line.now, buffer.rank, AT_END, place)


@compiled
def come_to_end(line: Line, place: int) -> bool:
    """Let the first part be at the end; return whether the belt stands now: `BeltBuffer._come_to_end`."""
    buffer = buffer_at(line, place)
    if buffer.kind == GATE_BELT:
        buffer.waits_since = line.now
        follow(line, OFFERED, first_taker(line, place), cell_at(line, _cell(buffer, 0)).part)
        return False
    if buffer.takers:
        whose = first_taker(line, place)
        cue = line.follow
        follow(line, OFFERED, whose, NONE)
        slot = _go(line, place)
        cue_at(line, (line.first_at_once + cue) & (line.ring - 1)).brings = slot
        return False
    buffer.waits_since = line.now
    return not buffer.accumulates


@compiled
def _go(line: Line, place: int) -> int:
    """Let the first part leave the belt: `BeltBuffer._go`."""
    buffer = buffer_at(line, place)
    slot = cell_at(line, _cell(buffer, 0)).part
    buffer.head = (buffer.head + 1) % buffer.places
    buffer.waiting -= 1
    buffer.taken_at = line.now
    if buffer.waiting:
        _carry(line, place)
    let_in(line, place)
    return slot


@compiled
def let_in(line: Line, place: int) -> None:
    """Let the part step on that has waited longest, if the first place is free: `BeltBuffer._let_in`."""
    buffer = buffer_at(line, place)
    if buffer.blocked and _is_free(line, buffer):
        slot = first_blocked(line, place)
        _step_on(line, place, slot)
        tell_mover(line, slot)
    _look_again(line, place)


@compiled
def _look_again(line: Line, place: int) -> None:
    """Look again when the first place is free: `BeltBuffer._look_again`."""
    buffer = buffer_at(line, place)
    if not buffer.blocked or stands(buffer) or buffer.waiting >= buffer.places:
        return
    clears_at = later(buffer.free_from, buffer.stood)
    if clears_at != buffer.clears_at:
        buffer.clears_at = clears_at
        after(line, clears_at - line.now, buffer.rank, CLEARS, place)
