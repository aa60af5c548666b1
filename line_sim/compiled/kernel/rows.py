"""What the line tells, row by row: the fields are those of `line_sim.line.records`, words are codes."""

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel.tables.lookup import machine_at, part_at, place_at, verdict_at, way_at
from line_sim.compiled.kernel.tables.numbers import NONE
from line_sim.compiled.kernel.tables.pointers import Line, rows_of
from line_sim.compiled.kernel.tables.rows import CALL, ITEM, OUTAGE, VISIT

_item_at = rows_of("item_rows", ITEM)
_visit_at = rows_of("visit_rows", VISIT)
_call_at = rows_of("call_rows", CALL)
_outage_at = rows_of("outage_rows", OUTAGE)


@compiled
def tell_item(line: Line, slot: int, left_at: int, disposition: int) -> None:
    """Tell a part's story: `Part.story`."""
    part = part_at(line, slot)
    row = _item_at(line, line.items_told)
    line.items_told += 1
    row.item_id = part.item
    row.true_state = line.word_defective if part.is_defective else line.word_good
    row.defect = part.defect
    row.arrived_at = part.arrived_at
    row.left_at = left_at
    row.evaluation = part.evaluation
    row.label = part.label
    row.score = part.score
    row.inference_outcome = part.outcome
    row.inference = part.inference
    if part.reviewed:
        row.lane = line.review
    elif disposition == 0:  # shipped: `ShipLane.put`
        row.lane = line.ship
    else:
        row.lane = line.no_word
    row.disposition = line.dispositions + disposition
    row.reworked = 0
    row.made_at = part.made_at
    row.variant = line.no_word if part.variant == NONE else line.variants + part.variant


@compiled
def tell_visit(line: Line, whose: int, item: int) -> None:
    """Tell of the visit of the part that has just left a machine: `Machine._leave`."""
    machine = machine_at(line, whose)
    row = _visit_at(line, line.visits_told)
    line.visits_told += 1
    row.item_id = item
    row.station = place_at(line, machine.place).name
    row.unit = machine.unit
    row.queued_at = machine.queued_at
    row.started_at = machine.started_at
    row.finished_at = machine.finished_at
    row.left_at = line.now
    row.down = machine.down
    row.visit = machine.visit
    row.reworked = 0
    row.changeover = machine.changeover


@compiled
def tell_call(
    line: Line, slot: int, camera: int, unit: int, issued_at: int, latency: int, verdict: int
) -> None:
    """Tell of a call that is over: `Call.of`."""
    part = part_at(line, slot)
    row, said = _call_at(line, line.calls_told), verdict_at(line, verdict)
    line.calls_told += 1
    line.unanswered += said.unanswered
    row.item_id = part.item
    row.station = place_at(line, camera).name
    row.unit = unit
    row.attempt = 1
    row.issued_at = issued_at
    row.latency = latency
    row.outcome = said.outcome
    row.status = said.status
    row.label = said.label
    row.score = said.score
    row.skew = 0
    row.request_bytes = 0
    row.visit = 1
    row.true_state = line.word_defective if part.is_defective else line.word_good


@compiled
def tell_outage(line: Line, which: int) -> None:
    """Tell of a repair that is done: `StoppingMachine._go_on`."""
    way = way_at(line, which)
    machine = machine_at(line, way.machine)
    row = _outage_at(line, line.outages_told)
    line.outages_told += 1
    row.station = place_at(line, machine.place).name
    row.unit = machine.unit
    row.failed_at = way.failed_at
    row.repaired_at = line.now
    row.name = way.name
