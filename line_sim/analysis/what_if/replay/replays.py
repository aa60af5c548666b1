"""The same line with other answers: replays that tell what the waiting costs, and why.

The same parts arrive by the same chance; what the inference brought is changed in one respect, and it is
worked out, or else the line is run once more, when parts leave. Nothing but departures is counted.
"""

from collections.abc import Mapping

import numpy as np

from line_sim.analysis.what_if.replay.compiled import answers_of, foreknown, run_compiled
from line_sim.analysis.what_if.replay.departures import Departures
from line_sim.analysis.what_if.replay.recursion import Recursion, knows
from line_sim.analysis.what_if.replay.works import MOST_OUTAGES, TooMuchError
from line_sim.chance.chance import Chance
from line_sim.engine.asking import can_replay
from line_sim.inspection.gateway import Gateway
from line_sim.layout import layout_of, specs_of
from line_sim.line.arrivals import STANDS_STILL
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import Line
from line_sim.line.records import LOST, SCRAPPED, SHIPPED, Item, Outage, Visit
from line_sim.scenario.fields import belt_of
from line_sim.scenario.model import Scenario, Station
from line_sim.scenario.times import Constant
from line_sim.units import Nanoseconds

MOST_MORE = 1_000_000
"""Parts that a replay may have beyond those of the run: what they cost to tell is some 0.2 KB each."""


def never_ends(scenario: Scenario) -> bool:
    """Whether a line without waiting would make parts for ever: always a part, and no other work."""
    works = (spec.cycle if isinstance(spec, Station) else spec.acquisition for spec in scenario.line)
    endless = scenario.arrivals.saturated and scenario.run.items is None
    waits_nowhere = all(isinstance(time, Constant) and time.value == 0 for time in works)
    return endless and waits_nowhere and not any(belt_of(spec.buffer) for spec in specs_of(scenario))


class _Counter:
    """An observer that keeps nothing but the moments of departures."""

    def __init__(self, scenario: Scenario, most: int) -> None:
        layout = layout_of(scenario)
        self._most = most
        self._outages = 0
        self._entry = layout.places[layout.entry].name
        self.newest = 0
        self._inspections = {place.name for place in layout.places if place.decides}
        self.shipped: list[Nanoseconds] = []
        self.gone: list[Nanoseconds] = []
        self.last_entry: Nanoseconds = 0
        self.held = False

    def on_item(self, item: Item) -> None:
        """Count a part that has left the line."""
        if item.disposition == SHIPPED and item.left_at is not None:
            self.shipped.append(item.left_at)
        if item.disposition in {SHIPPED, SCRAPPED} and item.left_at is not None:
            self.gone.append(item.left_at)
            if len(self.gone) > self._most:
                raise TooMuchError(item.left_at)
        elif item.disposition == LOST:
            self.newest = max(self.newest, item.item_id)
            self.last_entry = max(self.last_entry, item.arrived_at)

    def on_outage(self, outage: Outage) -> None:
        """Count the outages, only to end where nobody would wait for all of them."""
        self._outages += 1
        if self._outages > MOST_OUTAGES:
            raise TooMuchError(outage.failed_at)

    def on_visit(self, visit: Visit) -> None:
        """Note when a part came in, and whether one was held up at an inspection."""
        if visit.station == self._entry and visit.item_id > self.newest:  # else an older part is back
            self.newest = visit.item_id
            self.last_entry = max(self.last_entry, visit.queued_at)
        if visit.station in self._inspections and visit.left_at != visit.finished_at:
            self.held = True


def replay(
    scenario: Scenario,
    gateways: Mapping[str, Gateway],
    interrupt: Interrupt,
    chance: Chance | None = None,
    most: int = MOST_MORE,
    *,
    quickly: bool = False,
) -> Departures | None:
    """Count the departures of the line with these gateways; None where the user would not wait for it.

    `chance` is that of the scenario's seed, which replays may share; `quickly`: on the compiled line where it
    knows this one, which tells the same. Raises TooMuchError soon after `most` parts: without its waiting a
    line may make any number of them, also for ever in one moment. Too many outages end it as well.
    """
    chance, answers = chance or Chance(scenario.seed), answers_of(gateways) if quickly else None
    if answers is not None and can_replay(scenario, foreknown(answers)):
        told = run_compiled(scenario, answers, interrupt, chance, most)
        if told is not None or interrupt.wished:
            return told
    how = work_out if knows(scenario, gateways) else run_again
    return how(scenario, gateways, interrupt, chance, most)


def work_out(
    scenario: Scenario,
    gateways: Mapping[str, Gateway],
    interrupt: Interrupt,
    chance: Chance,
    most: int = MOST_MORE,
) -> Departures | None:
    """Work the departures out, without running the line."""
    line = Recursion(scenario, gateways, chance)
    if not line.run(interrupt, most) or interrupt.wished:
        return None
    until = line.end
    told = ([at for at in moments if at <= until] for moments in (line.shipped, line.gone))
    shipped, gone = (np.sort(np.array(moments, dtype=np.int64)) for moments in told)
    return Departures(shipped, gone, line.last_entry, until, line.held)


def run_again(
    scenario: Scenario,
    gateways: Mapping[str, Gateway],
    interrupt: Interrupt,
    chance: Chance,
    most: int = MOST_MORE,
) -> Departures | None:
    """Run the line and count."""
    counter = _Counter(scenario, most)
    ending = Line(scenario, gateways, counter, interrupt=interrupt, chance=chance).run()
    if interrupt.wished:
        return None
    if ending.reason == STANDS_STILL:
        raise TooMuchError(ending.at)
    shipped, gone = (np.array(moments, dtype=np.int64) for moments in (counter.shipped, counter.gone))
    to_come = scenario.run.items is not None and counter.newest < scenario.run.items
    return Departures(shipped, gone, ending.at if to_come else counter.last_entry, ending.at, counter.held)
