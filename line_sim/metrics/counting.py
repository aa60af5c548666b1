"""What has happened on a line so far, counted step by step.

Each step costs a few additions and takes no lock. Another thread may read at any moment: it finds
whole numbers, at worst one step of the line apart from each other.
"""

from collections.abc import Iterable

from line_sim.inspection.outcome import OUTCOME_NAMES
from line_sim.layout import REVIEW, Lane
from line_sim.line.floor import LOST, SCRAPPED, SHIPPED
from line_sim.line.records import Call, Item, Outage, Visit
from line_sim.line.routing import Evaluation
from line_sim.metrics.buckets import Buckets, latency_limits, skew_limits
from line_sim.scenario.model import Inspection, Review, Scenario, Station
from line_sim.units import Nanoseconds

BUSY, INFERENCE_WAIT, BLOCKED, STARVED, DOWN = "busy", "inference_wait", "blocked", "starved", "down"
STATES = (BUSY, INFERENCE_WAIT, BLOCKED, STARVED, DOWN)
DISPOSITIONS = (SHIPPED, SCRAPPED, LOST)
EVALUATIONS = tuple(str(evaluation) for evaluation in Evaluation)
LANES = (str(Lane.SHIP), str(Lane.REVIEW))


class PlaceCounts:
    """A station: its waiting parts, its machines (unit 1 is at index 0) and its calls.

    `calls`, `latencies` and `skews` are None where there are none to count: a plain station makes no
    calls, and a virtual clock knows no skew.
    """

    def __init__(
        self, name: str, spec: Station | Inspection | Review, skew_budget: Nanoseconds | None
    ) -> None:
        self.name = name
        self.places = spec.buffer
        self.waiting = 0
        self.states = [STARVED] * spec.units
        self.before_down = [STARVED] * spec.units
        self.breakdowns = 0
        self.deadline: Nanoseconds | None = None
        self.calls: dict[str, int] | None = None
        self.latencies: Buckets | None = None
        self.skews: Buckets | None = None
        if isinstance(spec, Inspection):
            self.deadline = spec.deadline
            self.calls = dict.fromkeys(OUTCOME_NAMES, 0)
            self.latencies = Buckets(latency_limits(spec.deadline))
            self.skews = None if skew_budget is None else Buckets(skew_limits(skew_budget))

    def count(self, call: Call) -> None:
        """Count a call; only an answer has a latency, and a call given up only a least one."""
        if self.calls is None or self.latencies is None:
            return
        self.calls[call.outcome] += 1
        if call.outcome == "answered":
            self.latencies.add(call.latency)
        elif call.outcome == "timed_out":
            self.latencies.add_beyond(call.latency)
        if self.skews is not None:
            self.skews.add(call.skew)


class RunCounts:
    """The counts of a run; an observer of it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.at: Nanoseconds = 0
        self.arrived = 0
        self.left = dict.fromkeys(DISPOSITIONS, 0)
        self.lanes = dict.fromkeys(LANES, 0)
        self.evaluations = dict.fromkeys(EVALUATIONS, 0)
        self._places = {place.name: place for place in _places(scenario)}

    @property
    def places(self) -> tuple[PlaceCounts, ...]:
        """The stations in the order of the line, the review bench last."""
        return tuple(self._places.values())

    @property
    def on_line(self) -> int:
        """How many parts have come and not left."""
        left = sum(self.left.values())  # first: a part that leaves has come before
        return max(0, self.arrived - left)

    def on_arrival(self, at: Nanoseconds, item_id: int) -> None:
        """Count a part."""
        self.at = at
        self.arrived += 1

    def on_queued(self, at: Nanoseconds, station: str, item_id: int) -> None:
        """Put a part into a place."""
        self.at = at
        self._places[station].waiting += 1

    def on_started(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """Take a part from a place onto a machine."""
        self.at = at
        place = self._places[station]
        place.waiting -= 1
        place.states[unit - 1] = BUSY

    def on_asked(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """Let a camera wait."""
        self.at = at
        self._places[station].states[unit - 1] = INFERENCE_WAIT

    def on_call(self, call: Call) -> None:
        """Count a call and let its camera go on."""
        self.at = call.issued_at + call.latency
        place = self._places[call.station]
        place.states[call.unit - 1] = BUSY
        place.count(call)

    def on_finished(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """Block a machine until its part has left."""
        self.at = at
        self._places[station].states[unit - 1] = BLOCKED

    def on_visit(self, visit: Visit) -> None:
        """Free a machine; what is on one at the end stays there."""
        if visit.left_at is not None and visit.unit is not None:
            self.at = visit.left_at
            self._places[visit.station].states[visit.unit - 1] = STARVED

    def on_down(self, at: Nanoseconds, station: str, unit: int) -> None:
        """Let a machine be down."""
        self.at = at
        place = self._places[station]
        place.before_down[unit - 1], place.states[unit - 1] = place.states[unit - 1], DOWN

    def on_item(self, item: Item) -> None:
        """Count a part that has left, and what the inspection said of it, also if it has not."""
        if item.left_at is not None:
            self.at = item.left_at
            self.left[item.disposition] += 1
        if item.lane in self.lanes:
            self.lanes[item.lane] += 1
        if item.evaluation in self.evaluations:
            self.evaluations[item.evaluation] += 1

    def on_outage(self, outage: Outage) -> None:
        """Count a breakdown, also one that nobody noticed, and let a machine that was down go on."""
        place, unit = self._places[outage.station], outage.unit - 1
        place.breakdowns += 1
        if outage.repaired_at is not None and place.states[unit] == DOWN:
            self.at = outage.repaired_at
            place.states[unit] = place.before_down[unit]


def _places(scenario: Scenario) -> Iterable[PlaceCounts]:
    budget = None if scenario.clock == "virtual" else scenario.run.skew_budget
    for spec in scenario.line:
        yield PlaceCounts(spec.name, spec, budget)
    if scenario.review is not None:
        yield PlaceCounts(REVIEW, scenario.review, budget)
