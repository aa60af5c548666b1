"""The same line with an inference that takes no time: what the waiting is measured against.

The same parts arrive by the same chance and get the same answers, at once. A call that got no usable
answer is taken as judged rightly, since what the network would have said is not known.
"""

from collections.abc import Iterable

from line_sim.inspection.gateway import Gateway, Inquiry, Reply
from line_sim.inspection.outcome import Answered
from line_sim.inspection.scripted import ScriptedGateway
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import Line
from line_sim.line.records import Call
from line_sim.recording.memory import Memory
from line_sim.recording.reader import RunRecords
from line_sim.scenario.model import Inspection, Scenario, Station
from line_sim.scenario.times import Constant
from line_sim.units import Nanoseconds

GOOD = "good"
NOT_SHIPPED = (
    "\x00not shipped"  # a label that no scenario ships, as a scenario's texts hold no such character
)


def never_ends(scenario: Scenario) -> bool:
    """Whether the twin would make parts for ever: always a part, and no work but the inference."""
    works = (spec.cycle if isinstance(spec, Station) else spec.acquisition for spec in scenario.line)
    endless = scenario.arrivals.saturated and scenario.run.items is None
    return endless and all(isinstance(time, Constant) and time.value == 0 for time in works)


def run_without_inference(
    scenario: Scenario, calls: Iterable[Call], interrupt: Interrupt | None = None
) -> tuple[RunRecords, Nanoseconds]:
    """Run the twin of a line whose calls are known; return its records and when it ended, in ns.

    `interrupt` stops it half-way.
    """
    answers = {
        (call.station, call.item_id): Answered(call.label, call.score)
        for call in calls
        if call.outcome == Answered.name and call.score is not None
    }
    gateways = {spec.name: _at_once(spec, answers) for spec in scenario.inspections}
    memory = Memory()
    ending = Line(scenario, gateways, memory, interrupt=interrupt).run()
    return memory.records, ending.at


def _at_once(spec: Inspection, answers: dict[tuple[str, int], Answered]) -> Gateway:
    def answer(inquiry: Inquiry) -> Reply:
        known = answers.get((spec.name, inquiry.item_id))
        return Reply(known or _rightly_judged(spec, inquiry), 0, "OK")

    return ScriptedGateway(answer)


def _rightly_judged(spec: Inspection, inquiry: Inquiry) -> Answered:
    return Answered(spec.ship_when.labels[0] if inquiry.true_state == GOOD else NOT_SHIPPED, 1.0)
