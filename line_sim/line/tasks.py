"""The tasks of the line's stations: plain work, inspection that waits for an answer, human review."""

from collections.abc import Iterable

import simpy
from simpy.events import ProcessGenerator

from line_sim.chance.purposes import Purpose
from line_sim.inspection.gateway import Gateway, Inquiry, Reply
from line_sim.inspection.outcome import Answered
from line_sim.layout import REVIEW
from line_sim.line.buffer import Destination
from line_sim.line.floor import Floor
from line_sim.line.machines import Machine
from line_sim.line.parts import Part
from line_sim.line.records import Call
from line_sim.line.routing import Evaluation, Lane, choose_lane, evaluate
from line_sim.scenario.model import Inspection, Review, Station

FIRST_ATTEMPT = 1


class Work:
    """The task of a plain station: one cycle time, then downstream."""

    def __init__(self, floor: Floor, spec: Station, downstream: Destination) -> None:
        self._cycle = floor.chance.durations(Purpose.CYCLE, spec.name, spec.cycle)
        self._downstream = downstream

    def perform(self, part: Part, machine: Machine) -> Iterable[simpy.Event]:
        """Work on the part for one cycle time."""
        return machine.work(self._cycle.of(part.item_id, part.visit))

    def destination(self, part: Part) -> Destination:  # noqa: ARG002 - they all go the same way
        """Send the part downstream."""
        return self._downstream


class Inspect:
    """The task of an inspection: take the picture, wait for the answer, route the part by it."""

    def __init__(
        self,
        floor: Floor,
        spec: Inspection,
        gateway: Gateway,
        lanes: dict[Lane, Destination],
    ) -> None:
        self._floor = floor
        self._spec = spec
        self._gateway = gateway
        self._lanes = lanes
        self._acquisition = floor.chance.durations(Purpose.ACQUISITION, spec.name, spec.acquisition)

    def perform(self, part: Part, machine: Machine) -> ProcessGenerator:
        """Hold the part for the picture and for as long as the answer takes."""
        yield self._floor.env.after(self._acquisition.of(part.item_id, part.visit), machine.rank)
        reply: Reply = yield from self._ask(part, machine)
        part.evaluation = evaluate(reply.outcome, self._spec.ship_when)

    def destination(self, part: Part) -> Destination:
        """Return the lane that the answer has earned the part."""
        lane = choose_lane(Evaluation(part.evaluation), self._spec.on_no_result)
        if lane is Lane.REVIEW:
            part.lane = lane
        return self._lanes[lane]

    def _ask(self, part: Part, machine: Machine) -> ProcessGenerator:
        """Put the question; line time passes here exactly as long as the answer took."""
        issued_at = self._floor.env.now
        inquiry = Inquiry(
            part.item_id,
            FIRST_ATTEMPT,
            part.true_state,
            part.defect,
            issued_at,
            self._spec.deadline,
            part.visit,
        )
        asked = self._floor.steps.asked
        if asked is not None:
            asked(issued_at, self._spec.name, machine.unit, part.item_id)
        reply: Reply = yield self._floor.env.ask(self._gateway, inquiry, machine.rank)
        self._note(part, machine, inquiry, reply)
        return reply

    def _note(self, part: Part, machine: Machine, inquiry: Inquiry, reply: Reply) -> None:
        """Write the answer on the part and tell of the call."""
        answered = reply.outcome if isinstance(reply.outcome, Answered) else None
        part.label = answered.label if answered else ""
        part.score = answered.score if answered else None
        part.inference_outcome = reply.outcome.name
        part.inference = reply.latency
        if self._floor.steps.call is not None:
            self._floor.steps.call(self._call(part, machine, inquiry, reply))

    def _call(self, part: Part, machine: Machine, inquiry: Inquiry, reply: Reply) -> Call:
        return Call(
            part.item_id,
            self._spec.name,
            machine.unit,
            inquiry.attempt,
            inquiry.issued_at,
            reply.latency,
            part.inference_outcome,
            reply.status,
            part.label,
            part.score,
            reply.skew,
            reply.request_bytes,
        )


class Decide:
    """The task of a reviewer: look at the part, then ship or scrap it - and sometimes err."""

    def __init__(self, floor: Floor, spec: Review, ship: Destination, scrap: Destination) -> None:
        chance = floor.chance
        self._time = chance.durations(Purpose.REVIEW_TIME, REVIEW, spec.time)
        self._misses = chance.events(Purpose.REVIEWER_MISSES, REVIEW, spec.miss_rate)
        self._alarms = chance.events(Purpose.REVIEWER_FALSE_ALARM, REVIEW, spec.false_alarm_rate)
        self._ship = ship
        self._scrap = scrap

    def perform(self, part: Part, machine: Machine) -> Iterable[simpy.Event]:
        """Look at the part for as long as it takes."""
        return machine.work(self._time.of(part.item_id, part.visit))

    def destination(self, part: Part) -> Destination:
        """Return the bin that the part goes to."""
        if part.defective:
            says_good = self._misses.of(part.item_id, part.visit)
        else:
            says_good = not self._alarms.of(part.item_id, part.visit)
        return self._ship if says_good else self._scrap
