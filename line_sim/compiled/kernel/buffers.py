"""The hand-over between places: twin of `line_sim.line.buffer.Buffer`.

First come, first served on both sides: parts that wait, parts that wait for room, and machines that wait for
a part stand in lists; each knows who is behind it.
"""

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel.events import MOVED, OFFERED, SUPPLIED, follow
from line_sim.compiled.kernel.parts import NOBODY, SOURCE, comes_to
from line_sim.compiled.kernel.tables.lookup import buffer_at, machine_at, part_at
from line_sim.compiled.kernel.tables.numbers import NONE
from line_sim.compiled.kernel.tables.pointers import Line, Row


@compiled
def admit_at_once(line: Line, place: int, slot: int) -> None:
    """Let a part come in at this moment: to a machine that waits for one, or into a free place."""
    buffer, part = buffer_at(line, place), part_at(line, slot)
    part.queued_at = line.now
    comes_to(line, slot, place)
    if buffer.takers:
        follow(line, OFFERED, first_taker(line, place), slot)
    else:
        append_waiting(line, place, slot)


@compiled
def has_room(buffer: Row) -> bool:
    """Whether a part put now would move at once: `Buffer.has_room`."""
    return buffer.takers > 0 or buffer.waiting < buffer.places


@compiled
def take(line: Line, place: int) -> int:
    """Take the next part, NONE where there is none: `Buffer.take`."""
    buffer = buffer_at(line, place)
    if buffer.waiting:
        slot = buffer.first_waiting
        buffer.first_waiting = part_at(line, slot).next_waiting
        buffer.waiting -= 1
        if buffer.blocked:
            append_waiting(line, place, _admit(line, place))
        return slot
    return _admit(line, place) if buffer.blocked else NONE


@compiled
def _admit(line: Line, place: int) -> int:
    """Let the part that has been blocked longest move in: `Buffer._admit`."""
    slot = first_blocked(line, place)
    part_at(line, slot).queued_at = line.now
    comes_to(line, slot, place)
    tell_mover(line, slot)
    return slot


@compiled
def tell_mover(line: Line, slot: int) -> None:
    """Tell whoever had the part that it has moved in."""
    mover = part_at(line, slot).mover
    if mover == SOURCE:
        follow(line, SUPPLIED, 0, slot)
    elif mover != NOBODY:
        follow(line, MOVED, mover, slot)


@compiled
def append_waiting(line: Line, place: int, slot: int) -> None:
    """Put a part behind those that wait."""
    buffer = buffer_at(line, place)
    part_at(line, slot).next_waiting = NONE
    if buffer.waiting:
        part_at(line, buffer.last_waiting).next_waiting = slot
    else:
        buffer.first_waiting = slot
    buffer.last_waiting = slot
    buffer.waiting += 1


@compiled
def append_blocked(line: Line, place: int, slot: int, mover: int) -> None:
    """Put a part behind those that wait for room."""
    buffer, part = buffer_at(line, place), part_at(line, slot)
    part.next_blocked = NONE
    part.blocked_at = place
    part.mover = mover
    if buffer.blocked:
        part_at(line, buffer.last_blocked).next_blocked = slot
    else:
        buffer.first_blocked = slot
    buffer.last_blocked = slot
    buffer.blocked += 1


@compiled
def first_blocked(line: Line, place: int) -> int:
    """Take the part that has waited longest for room."""
    buffer = buffer_at(line, place)
    slot = buffer.first_blocked
    part = part_at(line, slot)
    buffer.first_blocked = part.next_blocked
    buffer.blocked -= 1
    part.blocked_at = NONE
    return slot


@compiled
def wait(line: Line, place: int, whose: int) -> None:
    """Let a machine wait for a part: `Buffer.wait`."""
    buffer, machine = buffer_at(line, place), machine_at(line, whose)
    machine.waits = True
    machine.next_taker = NONE
    if buffer.takers:
        machine_at(line, buffer.last_taker).next_taker = whose
    else:
        buffer.first_taker = whose
    buffer.last_taker = whose
    buffer.takers += 1


@compiled
def first_taker(line: Line, place: int) -> int:
    """Take the machine that has waited longest."""
    buffer = buffer_at(line, place)
    whose = buffer.first_taker
    machine = machine_at(line, whose)
    buffer.first_taker = machine.next_taker
    buffer.takers -= 1
    machine.waits = False
    return whose


@compiled
def withdraw(line: Line, place: int, whose: int) -> None:
    """Let a machine wait no longer: `Buffer.withdraw`."""
    buffer, machine = buffer_at(line, place), machine_at(line, whose)
    if not machine.waits:
        return
    before, at = NONE, buffer.first_taker
    while at != whose:
        before, at = at, machine_at(line, at).next_taker
    if before == NONE:
        buffer.first_taker = machine.next_taker
    else:
        machine_at(line, before).next_taker = machine.next_taker
    if buffer.last_taker == whose:
        buffer.last_taker = before
    buffer.takers -= 1
    machine.waits = False
