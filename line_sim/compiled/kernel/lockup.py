"""A line that locks up: twin of `line_sim.line.stops.lockup`."""

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel.belts import stands
from line_sim.compiled.kernel.buffers import has_room
from line_sim.compiled.kernel.codes import PLAIN
from line_sim.compiled.kernel.tables.lookup import buffer_at, machine_at, part_at, place_at
from line_sim.compiled.kernel.tables.numbers import NONE
from line_sim.compiled.kernel.tables.pointers import Line, Row, number_at, set_number_at


@compiled
def look(line: Line) -> None:
    """Stop the line if it has locked up, and note the circle: `LockUp.look`.

    A place is locked whose every machine has a part that waits for room at a locked place.
    """
    places = line.places_count
    for place in range(places):
        set_number_at(line.locked, place, _all_wait(line, place))
    changed = True
    while changed:
        changed = False
        for place in range(places):
            if number_at(line.locked, place) and not _waits_for_locked(line, place):
                set_number_at(line.locked, place, False)
                changed = True
    first = 0
    while first < places and not number_at(line.locked, first):
        first += 1
    if first < places:
        if not line.circle_length:
            _note_circle(line, first)
        line.over = True


@compiled
def _goal(line: Line, whose: int) -> int:
    """Return the place where a machine's part waits for room that does not come of itself, NONE: nowhere."""
    slot = machine_at(line, whose).part
    if slot == NONE:
        return NONE
    place = part_at(line, slot).blocked_at
    return place if place != NONE and _is_stuck(buffer_at(line, place)) else NONE


@compiled
def _is_stuck(buffer: Row) -> bool:
    """Whether nothing comes in before a machine takes a part: `Buffer.is_stuck`, `BeltBuffer.is_stuck`."""
    if buffer.kind == PLAIN:
        return not has_room(buffer)
    return stands(buffer) or buffer.waiting >= buffer.places


@compiled
def _all_wait(line: Line, place: int) -> int:
    """Whether there is a part on each of a place's machines, and all of them wait for room."""
    whose = place_at(line, place).first_machine
    last = whose + place_at(line, place).units - 1
    while whose < last and _goal(line, whose) != NONE:
        whose += 1
    return _goal(line, whose) != NONE


@compiled
def _waits_for_locked(line: Line, place: int) -> bool:
    """Whether every part on a place's machines waits for a locked place."""
    first = place_at(line, place).first_machine
    for whose in range(first, first + place_at(line, place).units):
        if not number_at(line.locked, _goal(line, whose)):
            return False
    return True


@compiled
def _first_goal(line: Line, place: int) -> int:
    """Return what the first of a place's machines waits for."""
    return _goal(line, place_at(line, place).first_machine)


@compiled
def _note_circle(line: Line, first: int) -> None:
    """Note places of which each waits for the next, the last for the first, upmost one: `_circle`."""
    way, length, then = line.circle, 1, _first_goal(line, first)
    set_number_at(way, 0, first)
    at = _index(way, length, then)
    while at == NONE:
        set_number_at(way, length, then)
        length += 1
        then = _first_goal(line, then)
        at = _index(way, length, then)
    upmost = at
    for place in range(at, length):
        if number_at(way, place) < number_at(way, upmost):
            upmost = place
    then = number_at(way, upmost)
    line.circle_length = length - at
    for place in range(length - at):
        set_number_at(way, place, then)
        then = _first_goal(line, then)


@compiled
def _index(way: int, length: int, place: int) -> int:
    """Return where a place stands on a way, NONE: nowhere."""
    for at in range(length):
        if number_at(way, at) == place:
            return at
    return NONE
