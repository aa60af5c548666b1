"""The same line with other answers: replays that tell what the waiting costs, and why.

The same parts arrive by the same chance; what the inference brought is changed in one respect and the line
is run once more. Only departures are counted, so a replay takes less than the run did.

How long an answer would have taken at another moment is not known of a real server: a replay holds every
call's latency as it was measured, and says so.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np

from line_sim.inspection.gateway import Gateway, Inquiry, Reply
from line_sim.inspection.offline.scripted import ScriptedGateway
from line_sim.inspection.outcome import Answered, Unavailable
from line_sim.line.floor import LOST, SCRAPPED, SHIPPED
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import Line
from line_sim.line.records import Item, Visit
from line_sim.recording.run_columns import IntArray, RunColumns
from line_sim.scenario.model import Inspection, Scenario, Station
from line_sim.scenario.times import Constant
from line_sim.units import Nanoseconds

GOOD = "good"
NOT_SHIPPED = (
    "\x00not shipped"  # a label that no scenario ships, as a scenario's texts hold no such character
)

Change: TypeAlias = Callable[[Inspection, Inquiry, Reply], Reply]
"""What is made of a recorded reply."""

Recorded: TypeAlias = Mapping[str, Mapping[int, Reply]]
"""What each inspection's calls brought: by its name, by part."""


def never_ends(scenario: Scenario) -> bool:
    """Whether a line without waiting would make parts for ever: always a part, and no other work."""
    works = (spec.cycle if isinstance(spec, Station) else spec.acquisition for spec in scenario.line)
    endless = scenario.arrivals.saturated and scenario.run.items is None
    return endless and all(isinstance(time, Constant) and time.value == 0 for time in works)


def recorded_replies(run: RunColumns, place: int, most: int) -> dict[int, Reply]:
    """Return what the calls of an inspection about parts 1 to `most` brought.

    Of a part that was asked about several times it is the last answer, after the whole time that they took.
    """
    calls = run.calls(place)
    calls = calls.where(calls.item <= most)
    calls = calls.sorted_by(calls.item, calls.issued, calls.attempt)
    numbers = calls.item
    changes = numbers[1:] != numbers[:-1]
    last = calls.where(np.append(changes, True)[: len(calls)])
    begun = calls.issued[np.append(True, changes)[: len(calls)]]
    usable = last.answered & ~np.isnan(last.score)
    rows = zip(last.item, usable, last.label, last.score, last.returned - begun, strict=True)
    return {
        int(item): Reply(Answered(run.words[label], float(score)) if told else Unavailable(), int(wait), "OK")
        for item, told, label, score, wait in rows
    }


def as_recorded(spec: Inspection, inquiry: Inquiry, reply: Reply) -> Reply:  # noqa: ARG001 - a Change
    """Leave a reply as it was."""
    return reply


def never_missing(spec: Inspection, inquiry: Inquiry, reply: Reply) -> Reply:
    """Let a call without a usable answer bring the right one at the moment when it was given up."""
    if isinstance(reply.outcome, Answered):
        return reply
    return reply._replace(outcome=rightly_judged(spec, inquiry))


def cut_at(limits: Mapping[str, Nanoseconds]) -> Change:
    """Return the change by which no answer takes longer than its station's limit, and none is missing."""

    def change(spec: Inspection, inquiry: Inquiry, reply: Reply) -> Reply:
        limited = reply._replace(latency=min(reply.latency, limits[spec.name]))
        return never_missing(spec, inquiry, limited)

    return change


def at_once(spec: Inspection, inquiry: Inquiry, reply: Reply) -> Reply:
    """Let every answer come at once, and none be missing."""
    return never_missing(spec, inquiry, reply._replace(latency=0))


def rightly_judged(spec: Inspection, inquiry: Inquiry) -> Answered:
    """Return the answer that is true; what the network would have said is not known."""
    return Answered(spec.ship_when.labels[0] if inquiry.true_state == GOOD else NOT_SHIPPED, 1.0)


def changed_gateway(spec: Inspection, recorded: Mapping[int, Reply], change: Change) -> Gateway:
    """Return a gateway that answers as recorded, changed.

    A part that the run never asked about waits as long as one that it did, taken in turn, and is judged
    rightly.
    """
    known = [recorded[item] for item in sorted(recorded)]

    def answer(inquiry: Inquiry) -> Reply:
        reply = recorded.get(inquiry.item_id)
        if reply is None:
            reply = known[(inquiry.item_id - 1) % len(known)] if known else Reply(Unavailable(), 0, "OK")
            if isinstance(reply.outcome, Answered) or not known:
                reply = reply._replace(outcome=rightly_judged(spec, inquiry))
        return change(spec, inquiry, reply)

    return ScriptedGateway(answer)


class Departures(NamedTuple):
    """When parts were shipped in a replay, when any part last left and came in, when it ended, in ns.

    `held`: a part that was inspected had to wait for room.
    """

    shipped: IntArray
    gone: IntArray
    last_entry: Nanoseconds
    end: Nanoseconds
    held: bool


class _Counter:
    """An observer that keeps nothing but the moments of departures."""

    def __init__(self, scenario: Scenario) -> None:
        self._first = scenario.line[0].name
        self._inspections = {spec.name for spec in scenario.inspections}
        self.shipped: list[int] = []
        self.gone: list[int] = []
        self.last_entry = 0
        self.held = False

    def on_item(self, item: Item) -> None:
        """Count a part that has left the line."""
        if item.disposition == SHIPPED and item.left_at is not None:
            self.shipped.append(item.left_at)
        if item.disposition in {SHIPPED, SCRAPPED} and item.left_at is not None:
            self.gone.append(item.left_at)
        elif item.disposition == LOST:
            self.last_entry = max(self.last_entry, item.arrived_at)

    def on_visit(self, visit: Visit) -> None:
        """Note when a part came in, and whether one was held up at an inspection."""
        if visit.station == self._first:
            self.last_entry = max(self.last_entry, visit.queued_at)
        if visit.station in self._inspections and visit.left_at != visit.finished_at:
            self.held = True


def replay(scenario: Scenario, gateways: Mapping[str, Gateway], interrupt: Interrupt) -> Departures | None:
    """Run the line with these gateways and count; None where the user would not wait for it."""
    counter = _Counter(scenario)
    ending = Line(scenario, gateways, counter, interrupt=interrupt).run()
    if interrupt.wished:
        return None
    shipped, gone = (np.array(moments, dtype=np.int64) for moments in (counter.shipped, counter.gone))
    return Departures(shipped, gone, counter.last_entry, ending.at, counter.held)
