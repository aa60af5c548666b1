"""The tables of a line: a row of each by its number, and single numbers."""

from line_sim.compiled.jit import compiled
from line_sim.compiled.kernel.pointers import Line, Row, number_at, record_at, set_number_at
from line_sim.compiled.kernel.state import (
    AT_ONCE,
    BUFFER,
    CELL,
    HOURS,
    LATER,
    MACHINE,
    PART,
    PLACE,
    SERVER,
    STRETCH,
    VERDICT,
    WAY,
)

_later = record_at(LATER)
_at_once = record_at(AT_ONCE)
_place = record_at(PLACE)
_buffer = record_at(BUFFER)
_machine = record_at(MACHINE)
_part = record_at(PART)
_cell = record_at(CELL)
_way = record_at(WAY)
_hours = record_at(HOURS)
_stretch = record_at(STRETCH)
_server = record_at(SERVER)
_verdict = record_at(VERDICT)


@compiled
def event_at(line: Line, number: int) -> Row:
    """Return an event to come."""
    return _later(line.later, number)


@compiled
def cue_at(line: Line, number: int) -> Row:
    """Return an event of this moment."""
    return _at_once(line.at_once, number)


@compiled
def place_at(line: Line, place: int) -> Row:
    """Return a place."""
    return _place(line.places, place)


@compiled
def buffer_at(line: Line, place: int) -> Row:
    """Return the buffer in front of a place."""
    return _buffer(line.buffers, place)


@compiled
def machine_at(line: Line, whose: int) -> Row:
    """Return a machine."""
    return _machine(line.machines, whose)


@compiled
def part_at(line: Line, slot: int) -> Row:
    """Return the part in a slot."""
    return _part(line.parts, slot)


@compiled
def cell_at(line: Line, number: int) -> Row:
    """Return a belt's cell."""
    return _cell(line.cells, number)


@compiled
def way_at(line: Line, which: int) -> Row:
    """Return one way in which a machine stops."""
    return _way(line.ways, which)


@compiled
def hours_at(line: Line, which: int) -> Row:
    """Return a calendar."""
    return _hours(line.calendars, which)


@compiled
def stretch_at(line: Line, number: int) -> Row:
    """Return a stretch of a calendar."""
    return _stretch(line.stretches, number)


@compiled
def server_at(line: Line, which: int) -> Row:
    """Return a modelled server."""
    return _server(line.servers, which)


@compiled
def verdict_at(line: Line, which: int) -> Row:
    """Return what an answer makes of a part."""
    return _verdict(line.verdicts, which)


@compiled
def drawn(line: Line, slot: int, column: int) -> int:
    """Return what the part in a slot has drawn."""
    return number_at(line.drawn, slot * line.kinds_of_numbers + column)


@compiled
def to_draw(line: Line, item: int, column: int) -> int:
    """Return what a part to come draws."""
    return number_at(line.columns, column * line.parts_at_hand + item - line.drawn_from)


@compiled
def draw(line: Line, slot: int, item: int) -> None:
    """Let the part in a slot draw all that it ever will."""
    first = slot * line.kinds_of_numbers
    for column in range(line.kinds_of_numbers):
        set_number_at(line.drawn, first + column, to_draw(line, item, column))
