"""What happens next: twin of `line_sim.line.clocks.virtual` and `line_sim.line.clocks.cue`.

`later` is a heap of what has its moment, `at_once` a ring of what follows in this moment, in the order in
which it was asked for. Of things of one moment the rank decides, then who was entered first. A cue is a kind
of event and the number of whom it concerns.
"""

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel.tables.lookup import cue_at, event_at, later
from line_sim.compiled.kernel.tables.pointers import Line, Row

NUMBER_BITS = 44
"""Events of a run: 17 million million, so that ranks up to half a million fit beside them."""

OFFERED = 0  # a part to a machine that waits
MOVED = 1  # a machine's part has found room
SUPPLIED = 2  # the part that waited to come in has found room
WORKED = 3  # a machine's work is done
PICTURED = 4  # a camera has its picture
ANSWERED = 5  # a camera's answer is there
TOLD = 6  # the answer about a part on its way to a gate is there; no machine is done by a later kind
ARRIVES = 7  # a part comes to the line
AT_END = 8  # the first part of a belt comes to its end
CLEARS = 9  # a belt's first place is free
FAILS = 10  # a machine stops in one of its ways
REPAIRED = 11  # a machine's repair is done
TURNS = 12  # a machine's shift begins or ends


@compiled
def after(line: Line, delay: int, rank: int, kind: int, whom: int) -> None:
    """Let something happen after a delay: `Cue.after`."""
    moment, order = later(line.now, delay), rank << NUMBER_BITS | line.number
    line.number += 1
    place = line.to_come
    line.to_come += 1
    while place > 0:
        above = event_at(line, (place - 1) >> 1)
        if _comes_before(above, moment, order):
            break
        _write(event_at(line, place), above.moment, above.order, above.kind, above.whom)
        place = (place - 1) >> 1
    _write(event_at(line, place), moment, order, kind, whom)


@compiled
def follow(line: Line, kind: int, whom: int, brings: int) -> None:
    """Let something happen at this moment, after all else that follows at once already: `Cue.follow`."""
    cue = cue_at(line, (line.first_at_once + line.follow) & (line.ring - 1))
    cue.kind = kind
    cue.whom = whom
    cue.brings = brings
    line.follow += 1


@compiled
def drop_first(line: Line) -> None:
    """Take away what comes next of what has its moment."""
    line.to_come -= 1
    end = line.to_come
    last = event_at(line, end)
    moment, order, kind, whom = last.moment, last.order, last.kind, last.whom
    place, below = 0, 1
    while below < end:
        first = event_at(line, below)
        if below + 1 < end:
            other = event_at(line, below + 1)
            if _comes_before(other, first.moment, first.order):
                below += 1
                first = other
        if not _comes_before(first, moment, order):
            break
        _write(event_at(line, place), first.moment, first.order, first.kind, first.whom)
        place, below = below, 2 * below + 1
    _write(event_at(line, place), moment, order, kind, whom)


@compiled
def _comes_before(event: Row, moment: int, order: int) -> bool:
    return event.moment < moment or (event.moment == moment and event.order < order)


@compiled
def _write(event: Row, moment: int, order: int, kind: int, whom: int) -> None:
    event.moment = moment
    event.order = order
    event.kind = kind
    event.whom = whom
