"""What machines do to a part: plain work, inspection that waits for an answer or has a gate wait, review.

Its compiled twin is `line_sim.compiled.kernel.tasks`.
"""

from collections.abc import Callable, Mapping
from typing import cast

from line_sim.chance import needs
from line_sim.chance.chance import Chance
from line_sim.inspection.gateway import FIRST_ATTEMPT, Gateway, Inquiry, Reply
from line_sim.inspection.outcome import Answered
from line_sim.inspection.routing import choose_lane, evaluate
from line_sim.layout import Lane
from line_sim.line.buffer import Destination
from line_sim.line.clocks.virtual import Cue, LineEnvironment
from line_sim.line.machines import Machine
from line_sim.line.parts import Finding, Part, PartMaker
from line_sim.line.records import Call
from line_sim.line.steps import Steps
from line_sim.scenario.defects.repairs import Rework
from line_sim.scenario.model import Inspection, Review, Station

Lanes = Mapping[Lane, Destination]
"""Where each lane from a place leads."""


class Work:
    """The task of a plain machine: one cycle time, then downstream."""

    def __init__(self, machine: Machine, chance: Chance, spec: Station, lanes: Lanes) -> None:
        self._machine = machine
        self._cycle = needs.cycle(spec).of(chance)
        self._downstream = lanes[Lane.SHIP]

    def begin(self, part: Part) -> None:
        """Work on the part for one cycle time."""
        self._machine.work(self._cycle.of(part.item_id, part.visit))

    def destination(self, part: Part) -> Destination:  # noqa: ARG002 - they all go the same way
        """Send the part downstream."""
        return self._downstream


class Repairs:
    """What becomes of the parts that reviewers find defective: which are repaired, and what they are then."""

    def __init__(self, maker: PartMaker, chance: Chance, spec: Rework) -> None:
        self._maker = maker
        self._at_most = spec.at_most
        self._is_repaired = needs.repaired(spec).of(chance)

    def take(self, part: Part) -> bool:
        """Say whether a part is repaired; if so it is another part from now on."""
        if part.rounds == self._at_most or not self._is_repaired.of(part.item_id, part.visit):
            return False
        part.rounds += 1
        part.lane = ""
        self._maker.make_again(part)
        return True


class Inspect:
    """The task of a camera: take the picture, wait for the answer, route the part by it."""

    def __init__(
        self,
        machine: Machine,
        chance: Chance,
        steps: Steps,
        spec: Inspection,
        gateway: Gateway,
        lanes: Lanes,
    ) -> None:
        self._machine = machine
        self._steps = steps
        self._spec = spec
        self._gateway = gateway
        self._lanes = lanes
        self._acquisition = needs.acquisition(spec).of(chance)
        self._picture_takes = machine.lasts(Cue(machine.env, self._ask, machine.rank))
        self._lane = Lane.SHIP
        self._has_answer = Cue(machine.env, machine.on_shift(self._judge), machine.rank)

    def begin(self, part: Part) -> None:
        """Take the picture, as long as that takes."""
        self._picture_takes(self._acquisition.of(part.item_id, part.visit))

    def _ask(self, _: Cue) -> None:
        """Put the question; line time passes now exactly as long as the answer takes."""
        machine, part = self._machine, self._machine.part
        assert part is not None  # noqa: S101 - for the type checker: the part whose picture it is
        now = machine.env.now
        self._inquiry = Inquiry(
            part.item_id,
            FIRST_ATTEMPT,
            part.true_state,
            part.defect,
            now,
            self._spec.deadline,
            part.visit,
        )
        if self._steps.asked is not None:
            self._steps.asked(now, machine.station, machine.unit, part.item_id)
        machine.env.ask(self._gateway, self._inquiry, self._has_answer)

    def _judge(self, answer: Cue) -> None:
        """Write on the part what the answer says of it, and tell of the call."""
        part, reply = self._machine.part, answer.brings
        assert part is not None  # noqa: S101 - as above
        self._lane = _judged(part, reply, self._spec)
        if self._steps.call is not None:
            self._steps.call(Call.of(self._spec.name, self._machine.unit, self._inquiry, reply))
        self._machine.finish()

    def destination(self, part: Part) -> Destination:  # noqa: ARG002 - it is the one that was judged
        """Return the lane that the answer has earned the part."""
        return self._lanes[self._lane]


def _judged(part: Part, reply: Reply, spec: Inspection) -> Lane:
    """Write on a part what an answer says of it, and return the lane that this earns it."""
    outcome = reply.outcome
    label, score = (outcome.label, outcome.score) if isinstance(outcome, Answered) else ("", None)
    evaluation = evaluate(outcome, spec.ship_when)
    part.found = Finding(evaluation, label, score, outcome.name, reply.latency)
    lane = choose_lane(evaluation, spec.on_no_result)
    if lane is Lane.REVIEW:
        part.lane, part.sent_by = lane.value, spec.name
    return lane


class TakePicture:
    """The task of a camera that holds no part: take the picture, have the gate ask, send the part there."""

    def __init__(
        self, machine: Machine, chance: Chance, spec: Inspection, gate: "SendOn", lanes: Lanes
    ) -> None:
        self._machine = machine
        self._gate = gate
        self._belt = lanes[Lane.SHIP]
        self._acquisition = needs.acquisition(spec).of(chance)
        self._picture_takes = machine.lasts(Cue(machine.env, self._ask, machine.rank))

    def begin(self, part: Part) -> None:
        """Take the picture, as long as that takes."""
        self._picture_takes(self._acquisition.of(part.item_id, part.visit))

    def _ask(self, _: Cue) -> None:
        part = self._machine.part
        assert part is not None  # noqa: S101 - for the type checker: the part whose picture it is
        self._gate.ask(part, self._machine.unit)
        self._machine.finish()

    def destination(self, part: Part) -> Destination:  # noqa: ARG002 - they all go the same way
        """Send the part to the gate."""
        return self._belt


class OpenCall(Cue):
    """A call about a part that rides to the gate; its cue brings the answer. `lane` is None until then."""

    __slots__ = ("inquiry", "lane", "part", "unit")

    def __init__(
        self,
        env: LineEnvironment,
        answered: Callable[["OpenCall"], None],
        rank: int,
        part: Part,
        unit: int,
        inquiry: Inquiry,
    ) -> None:
        super().__init__(env, cast("Callable[[Cue], None]", answered), rank)
        self.part = part
        self.unit = unit
        self.inquiry = inquiry
        self.lane: Lane | None = None


class SendOn:
    """The task of a gate: keep the calls of the parts on their way there, send each part on by its answer.

    A part that comes before its answer waits for it. Of a call that is given up the gateway brings word in
    the moment of its deadline, as it does to a camera that waits.
    """

    def __init__(
        self, machine: Machine, steps: Steps, spec: Inspection, gateway: Gateway, lanes: Lanes
    ) -> None:
        self._machine = machine
        self._steps = steps
        self._spec = spec
        self._gateway = gateway
        self._lanes = lanes
        self._calls: dict[int, OpenCall] = {}  # by part: it is on its way to the gate once

    def ask(self, part: Part, unit: int) -> None:
        """Put the question about a part whose picture a camera has taken."""
        env, deadline = self._machine.env, self._spec.deadline
        state, defect = part.true_state, part.defect
        inquiry = Inquiry(part.item_id, FIRST_ATTEMPT, state, defect, env.now, deadline, part.visit)
        call = OpenCall(env, self._judge, self._machine.rank, part, unit, inquiry)
        if self._steps.asked is not None:
            self._steps.asked(env.now, self._spec.name, unit, part.item_id)
        env.ask(self._gateway, inquiry, call)
        self._calls[part.item_id] = call

    def _judge(self, call: OpenCall) -> None:
        """Write on the part what the answer says of it, and tell of the call; it may be waited for."""
        part, reply = call.part, call.brings
        call.lane = _judged(part, reply, self._spec)
        if self._steps.call is not None:
            self._steps.call(Call.of(self._spec.name, call.unit, call.inquiry, reply))
        if self._machine.part is part:
            self._machine.finish()

    def begin(self, part: Part) -> None:
        """Send the part on if its answer is there, or wait for it."""
        if self._calls[part.item_id].lane is not None:
            self._machine.finish()

    def destination(self, part: Part) -> Destination:
        """Return the lane that the answer has earned the part."""
        lane = self._calls.pop(part.item_id).lane
        assert lane is not None  # noqa: S101 - for the type checker: there is an answer
        return self._lanes[lane]


class Decide:
    """The task of a reviewer: look at the part, then clear it, scrap it or have it repaired; errors too.

    `lanes` are those of the parts that each inspection sends there, by its name.
    """

    def __init__(
        self,
        machine: Machine,
        chance: Chance,
        spec: Review,
        lanes: Mapping[str, Lanes],
        repairs: Repairs | None = None,
    ) -> None:
        self._machine = machine
        self._repairs = repairs
        self._time = needs.review_time(spec).of(chance)
        self._misses = needs.reviewer_misses(spec).of(chance)
        self._alarms = needs.reviewer_false_alarms(spec).of(chance)
        self._lanes = lanes

    def begin(self, part: Part) -> None:
        """Look at the part for as long as it takes."""
        self._machine.work(self._time.of(part.item_id, part.visit))

    def destination(self, part: Part) -> Destination:
        """Return the bin that the part goes to."""
        if part.defective:
            says_good = self._misses.of(part.item_id, part.visit)
        else:
            says_good = not self._alarms.of(part.item_id, part.visit)
        return self._lanes[part.sent_by][self._lane(part, says_good)]

    def _lane(self, part: Part, says_good: bool) -> Lane:
        if says_good:
            return Lane.SHIP
        return Lane.REWORK if self._repairs is not None and self._repairs.take(part) else Lane.SCRAP
