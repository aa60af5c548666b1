"""Parts on the line: twin of `line_sim.line.parts` and of the records that `line_sim.line.floor` tells."""

import numpy as np

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel.rows import tell_item
from line_sim.compiled.kernel.tables.lookup import draw, drawn, part_at
from line_sim.compiled.kernel.tables.numbers import NONE
from line_sim.compiled.kernel.tables.pointers import Line

SOURCE, NOBODY = -2, -3
"""Who else than a machine is told that a part has found room: what supplies a saturated line; nobody."""


@compiled
def make(line: Line) -> int:
    """Return the slot of the next part, with all that it draws: `PartMaker.make`, `VariantMaker.make`."""
    slot = line.free
    part = part_at(line, slot)
    line.free = part.next_waiting
    line.slots_free -= 1
    part.item = line.arrived + 1
    draw(line, slot, part.item)
    part.is_defective = line.true_state != NONE and drawn(line, slot, line.true_state)
    part.defect = drawn(line, slot, line.defect) if part.is_defective else line.no_word
    part.variant = NONE if line.variant == NONE else drawn(line, slot, line.variant)
    part.alive = False
    part.made_at = line.no_word
    part.visit = 1
    part.reviews = 0
    part.evaluation = line.no_word
    part.label = line.no_word
    part.score = np.nan
    part.outcome = line.no_word
    part.inference = NONE
    part.reviewed = False
    part.sent_by = NONE
    part.blocked_at = NONE
    part.lane = NONE
    return slot


@compiled
def arrive(line: Line, slot: int) -> None:
    """Let a part come to the line: `Source._arrive` and `Floor.enter`."""
    part = part_at(line, slot)
    part.arrived_at = line.now
    part.alive = True
    line.arrived += 1
    line.on_line += 1
    line.more_to_come = line.arrived != line.wanted


@compiled
def leave_line(line: Line, slot: int, disposition: int) -> None:
    """Let a part leave the line, tell its story, and end the run after the last one: `Floor.leave`."""
    part = part_at(line, slot)
    tell_item(line, slot, line.now, disposition)
    part.alive = False
    part.next_waiting = line.free
    line.free = slot
    line.slots_free += 1
    line.on_line -= 1
    line.left += 1
    if line.on_line == 0 and not line.more_to_come:
        line.over = True


@compiled
def comes_to(line: Line, slot: int, place: int) -> None:
    """Count a visit: `Part.comes_to`; without rework a part comes twice to no place but the review bench."""
    part = part_at(line, slot)
    if place == line.bench:
        part.reviews += 1
        part.visit = part.reviews
    else:
        part.visit = 1
