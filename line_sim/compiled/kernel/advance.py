"""The loop: what happens next, until the line is over or somebody else has to do something for it."""

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel import events
from line_sim.compiled.kernel.belts import come_to_end, let_in
from line_sim.compiled.kernel.codes import (
    DONE,
    EVENTS_SHORT,
    NUMBERS_SHORT,
    OUTAGES_SHORT,
    ROWS_FULL,
    SLOTS_SHORT,
    SPARE,
)
from line_sim.compiled.kernel.events import drop_first
from line_sim.compiled.kernel.lockup import look
from line_sim.compiled.kernel.machines import accept, finish, leave, seek, start
from line_sim.compiled.kernel.sources import come, open_gate, supplied, supply
from line_sim.compiled.kernel.stops import fail, is_repaired, turn
from line_sim.compiled.kernel.tables.lookup import cue_at, event_at, machine_at, part_at, place_at, way_at
from line_sim.compiled.kernel.tables.numbers import NONE
from line_sim.compiled.kernel.tables.pointers import Line, line_at
from line_sim.compiled.kernel.tables.rows import MOST_OF_AN_EVENT
from line_sim.compiled.kernel.tasks import answered, picture, told


@compiled
def advance(address: int) -> int:
    """Let things happen until the line is over, or needs something: `LineEnvironment.run_line`."""
    line = line_at(address)
    if not line.begun:
        _begin(line)
    while True:
        why = _stands_in_the_way(line)
        if why != DONE:
            return why
        if line.supplying:
            supply(line)
            continue
        if line.follow:
            whose = _follow(line)
        elif line.to_come and not line.over and event_at(line, 0).moment <= line.until:
            whose = _happen(line)
        else:
            return DONE
        if whose != NONE:
            finish(line, whose)


@compiled
def _begin(line: Line) -> None:
    """Set every machine to work, the last station's first, and open the gate: `Line.run`."""
    line.begun = True
    for place in range(line.places_count - 1, -1, -1):
        first = place_at(line, place).first_machine
        for whose in range(first, first + place_at(line, place).units):
            start(line, whose)
    open_gate(line)


@compiled
def _stands_in_the_way(line: Line) -> int:
    """Return what has to be done before anything more can happen."""
    if (
        line.visits_told + MOST_OF_AN_EVENT > line.room_visits
        or line.items_told + MOST_OF_AN_EVENT > line.room_items
        or line.calls_told + MOST_OF_AN_EVENT > line.room_calls
        or line.outages_told + MOST_OF_AN_EVENT > line.room_outages
    ):
        return ROWS_FULL
    if line.arrived + SPARE - line.drawn_from >= line.parts_at_hand:
        return NUMBERS_SHORT
    if line.outages_short:
        return OUTAGES_SHORT
    if line.slots_free < SPARE:
        return SLOTS_SHORT
    if line.to_come + line.places_count + line.ways_count + SPARE > line.room_later:
        return EVENTS_SHORT
    return DONE


@compiled
def _follow(line: Line) -> int:
    """Let the next thing happen that follows in this moment; return the machine done by it, or NONE."""
    cue = cue_at(line, line.first_at_once)
    line.first_at_once = (line.first_at_once + 1) & (line.ring - 1)
    line.follow -= 1
    whom = cue.whom
    if cue.kind == events.OFFERED:
        return whom if accept(line, whom, cue.brings) else NONE
    if cue.kind == events.MOVED:
        leave(line, whom, part_at(line, machine_at(line, whom).part).item)
    else:
        supplied(line)
    return NONE


@compiled
def _happen(line: Line) -> int:
    """Let the next thing happen that has its moment; return the machine done by it, or NONE."""
    first = event_at(line, 0)
    line.now = first.moment
    kind, whom = first.kind, first.whom
    drop_first(line)
    if kind <= events.TOLD:
        return _done_with(line, kind, whom)
    if kind == events.ARRIVES:
        come(line)
    elif kind == events.CLEARS:
        let_in(line, whom)
    elif kind == events.AT_END:
        if come_to_end(line, whom) and line.leads_back:
            look(line)
    else:
        whose = _works_again(line, kind, whom)
        if whose != NONE:
            seek(line, whose)
    return NONE


@compiled
def _done_with(line: Line, kind: int, whom: int) -> int:
    """Return the machine that is done with its part now that work, picture or answer is there, NONE: none."""
    if kind == events.WORKED:
        return whom
    if kind == events.PICTURED:
        return whom if picture(line, whom) else NONE
    if kind == events.ANSWERED:
        return whom if answered(line, whom) else NONE
    return part_at(line, whom).gate if told(line, whom) else NONE


@compiled
def _works_again(line: Line, kind: int, whom: int) -> int:
    """Return the machine that looks for a part now that a stop or a shift begins or ends, NONE: none."""
    if kind == events.REPAIRED:
        return way_at(line, whom).machine if is_repaired(line, whom) else NONE
    if kind == events.TURNS:
        return whom if turn(line, whom) else NONE
    fail(line, whom)
    return NONE
