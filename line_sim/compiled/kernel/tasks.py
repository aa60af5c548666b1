"""What machines do to a part: twin of `line_sim.line.tasks`, with `.mix.changeover` and `.defects.making`."""

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel.codes import (
    GATE,
    INSPECT,
    PICTURE,
    REVIEW,
    REVIEW_LANE,
    SCRAP_LANE,
    SET_UP,
    SHIP_LANE,
    TO_HALT,
    TO_SCRAP,
)
from line_sim.compiled.kernel.events import ANSWERED, PICTURED, TOLD, after
from line_sim.compiled.kernel.hours import resumes, worked_after
from line_sim.compiled.kernel.rows import tell_call
from line_sim.compiled.kernel.servers import ask
from line_sim.compiled.kernel.stops import work
from line_sim.compiled.kernel.tables.lookup import drawn, later, machine_at, part_at, place_at, verdict_at
from line_sim.compiled.kernel.tables.numbers import NONE
from line_sim.compiled.kernel.tables.pointers import Line, Row


@compiled
def begin(line: Line, whose: int, slot: int) -> None:
    """Begin on a part: `Work.begin` and its like. A gate that has the answer already is finished at once."""
    machine = machine_at(line, whose)
    place = place_at(line, machine.place)
    if place.task == SET_UP:
        _set_up(line, whose, slot)
    elif place.task in (INSPECT, PICTURE):
        _lasts(line, whose, drawn(line, slot, place.time), PICTURED)
    elif place.task == REVIEW:
        work(line, whose, drawn(line, slot, place.time + part_at(line, slot).visit - 1))
    elif place.task != GATE:
        work(line, whose, drawn(line, slot, place.time))


@compiled
def _set_up(line: Line, whose: int, slot: int) -> None:
    """Set up for the part where that is needed, and work: `SetUpWork.begin`."""
    machine, variant = machine_at(line, whose), part_at(line, slot).variant
    place = place_at(line, machine.place)
    machine.changeover = 0
    if variant != machine.set_up_for:
        if machine.set_up_for != NONE:
            machine.changeover = drawn(line, slot, place.changeover)
        machine.set_up_for = variant
    work(line, whose, later(machine.changeover, drawn(line, slot, place.time)))


@compiled
def _lasts(line: Line, whose: int, duration: int, kind: int) -> None:
    """Let a step of a machine's work take its time: `Machine.lasts`, and of one with shifts."""
    now, machine = line.now, machine_at(line, whose)
    after(line, worked_after(line, machine.hours, now, duration) - now, machine.rank, kind, whose)


@compiled
def picture(line: Line, whose: int) -> bool:
    """Put the question; return whether the camera is done: `Inspect._ask`, `TakePicture._ask`."""
    machine = machine_at(line, whose)
    place, slot = place_at(line, machine.place), machine.part
    latency, verdict = ask(line, machine.place, slot)
    if place.task == INSPECT:
        machine.asked_at = line.now
        machine.latency = latency
        machine.verdict = verdict
        after(line, latency, machine.rank, ANSWERED, whose)
        return False
    part = part_at(line, slot)
    part.asked_at = line.now
    part.gate = place_at(line, place.gate).first_machine
    part.asked_by = machine.unit
    part.latency = latency
    part.verdict = verdict
    part.lane = NONE
    after(line, latency, place_at(line, place.gate).rank, TOLD, slot)
    return True


@compiled
def answered(line: Line, whose: int) -> bool:
    """Let the answer be there; return whether the camera is done with the part: `Inspect._judge`.

    One that comes amidst the machine's off time waits for the next shift: `StoppingMachine.on_shift`.
    """
    now, machine = line.now, machine_at(line, whose)
    if machine.shifts != NONE:
        pause = resumes(line, machine.shifts, now) - now
        if pause:
            after(line, pause, machine.rank, ANSWERED, whose)
            return False
    slot, camera = machine.part, machine.place
    machine.lane = _judge(line, slot, camera, machine.verdict, machine.latency)
    tell_call(line, slot, camera, machine.unit, machine.asked_at, machine.latency, machine.verdict)
    return True


@compiled
def told(line: Line, slot: int) -> bool:
    """Let the answer about a part on its way be there; return whether the gate has it: `SendOn._judge`."""
    part = part_at(line, slot)
    gate = machine_at(line, part.gate)
    camera = place_at(line, gate.place).camera
    part.lane = _judge(line, slot, camera, part.verdict, part.latency)
    tell_call(line, slot, camera, part.asked_by, part.asked_at, part.latency, part.verdict)
    return gate.part == slot


@compiled
def _judge(line: Line, slot: int, camera: int, verdict: int, latency: int) -> int:
    """Write on a part what an answer says of it, and return the lane that this earns it: `_judged`."""
    part, said = part_at(line, slot), verdict_at(line, verdict)
    part.evaluation = said.evaluation
    part.label = said.label
    part.score = said.score
    part.outcome = said.outcome
    part.inference = latency
    if said.lane == REVIEW_LANE:
        part.reviewed = True
        part.sent_by = camera
    return said.lane


@compiled
def destination(line: Line, whose: int, slot: int) -> int:
    """Return where a part goes now that the task is done, spoilt by it or not: `Task.destination`."""
    machine, part = machine_at(line, whose), part_at(line, slot)
    place = place_at(line, machine.place)
    if place.task == INSPECT:
        return _by_lane(place, machine.lane)
    if place.task == GATE:
        return _by_lane(place, part.lane)
    if place.task == REVIEW:
        return _decide(line, place, slot)
    if place.spoilt != NONE and not part.is_defective and drawn(line, slot, place.spoilt):
        part.is_defective = True
        part.defect = drawn(line, slot, place.spoilt_how)
        part.made_at = place.name
    return place.ship_to


@compiled
def _by_lane(place: Row, lane: int) -> int:
    """Return where a lane leads from an inspection, or its gate."""
    if lane == SHIP_LANE:
        return place.ship_to
    if lane == REVIEW_LANE:
        return place.review_to
    return TO_SCRAP if lane == SCRAP_LANE else TO_HALT


@compiled
def _decide(line: Line, place: Row, slot: int) -> int:
    """Clear a part or scrap it; reviewers err: `Decide.destination`."""
    part = part_at(line, slot)
    again = part.visit - 1
    if part.is_defective:
        says_good = drawn(line, slot, place.misses + again)
    else:
        says_good = not drawn(line, slot, place.alarms + again)
    return place_at(line, part.sent_by).cleared_to if says_good else TO_SCRAP
