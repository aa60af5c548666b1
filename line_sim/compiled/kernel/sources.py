"""Where parts come from: twin of `line_sim.line.arrivals`."""

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel.belts import belt_has_room
from line_sim.compiled.kernel.buffers import has_room
from line_sim.compiled.kernel.codes import LOST, PLAIN, STANDS_STILL
from line_sim.compiled.kernel.events import ARRIVES, after
from line_sim.compiled.kernel.hours import worked_after
from line_sim.compiled.kernel.machines import put
from line_sim.compiled.kernel.parts import NOBODY, SOURCE, arrive, leave_line, make
from line_sim.compiled.kernel.tables.lookup import buffer_at, to_draw
from line_sim.compiled.kernel.tables.numbers import NONE
from line_sim.compiled.kernel.tables.pointers import Line


@compiled
def open_gate(line: Line) -> None:
    """Begin to let parts in: `Source.start`."""
    if line.saturated:
        line.supplying = True
    else:
        _next_comes(line)


@compiled
def supply(line: Line) -> None:
    """Fill every place that there is, as far as slots and numbers go: `Supply.start`."""
    while line.more_to_come:
        if not line.slots_free or line.arrived + 1 - line.drawn_from >= line.parts_at_hand:
            return
        slot = make(line)
        if not put(line, line.entry, slot, SOURCE):
            line.outside = slot
            break
        _let_in(line, slot)
    line.supplying = False


@compiled
def supplied(line: Line) -> None:
    """Let the part be in that waited to come in, and others behind it: `Supply._go_on`."""
    slot, line.outside = line.outside, NONE
    _let_in(line, slot)
    line.supplying = True


@compiled
def _let_in(line: Line, slot: int) -> None:
    """Let a part arrive, and stop a line in which time stands still: `Supply._arrive`."""
    if line.moment != line.now:
        line.moment = line.now
        line.before = line.arrived
    arrive(line, slot)
    if line.arrived - line.before > line.most_at_once and line.wanted == NONE:
        line.stopped = STANDS_STILL
        line.over = True


@compiled
def _next_comes(line: Line) -> None:
    """Let the next part come in its time: `Takt.start`."""
    if line.more_to_come:
        interval = to_draw(line, line.arrived + 1, line.arrival)
        at = worked_after(line, line.comes_in, line.now, interval)
        after(line, at - line.now, line.arrival_rank, ARRIVES, 0)


@compiled
def come(line: Line) -> None:
    """Let a part come to the line; one that finds no room waits outside, or is lost: `Takt._come`."""
    slot = make(line)
    arrive(line, slot)
    entry = buffer_at(line, line.entry)
    room = has_room(entry) if entry.kind == PLAIN else belt_has_room(line, entry)
    if line.loses and not room:
        leave_line(line, slot, LOST)
    else:
        put(line, line.entry, slot, NOBODY)
    _next_comes(line)
