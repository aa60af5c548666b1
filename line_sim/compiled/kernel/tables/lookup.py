"""The tables of a line: a row of each by its number, single numbers, and sums that cannot run over."""

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel.tables.events import AT_ONCE, LATER
from line_sim.compiled.kernel.tables.machines import HOURS, MACHINE, STRETCH, WAY
from line_sim.compiled.kernel.tables.numbers import FAR
from line_sim.compiled.kernel.tables.parts import PART
from line_sim.compiled.kernel.tables.places import BUFFER, CELL, PLACE, SERVER, VERDICT
from line_sim.compiled.kernel.tables.pointers import Line, number_at, rows_of, set_number_at

event_at = rows_of("later", LATER)
cue_at = rows_of("at_once", AT_ONCE)
place_at = rows_of("places", PLACE)
buffer_at = rows_of("buffers", BUFFER)  # in front of a place
machine_at = rows_of("machines", MACHINE)
part_at = rows_of("parts", PART)
cell_at = rows_of("cells", CELL)
way_at = rows_of("ways", WAY)
hours_at = rows_of("calendars", HOURS)
stretch_at = rows_of("stretches", STRETCH)
server_at = rows_of("servers", SERVER)
verdict_at = rows_of("verdicts", VERDICT)


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


@compiled
def later(moment: int, delay: int) -> int:
    """Return the moment so long after another, FAR where no number holds it."""
    if delay > FAR - moment:
        return FAR
    return moment + delay
