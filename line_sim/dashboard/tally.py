"""Keeps what a frame tells, step by step, as a line runs.

Each step costs a few additions. `frame` may be called from another thread: it reads lists of fixed
length and whole numbers, so that at worst a frame is a step behind in one of them.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence

from line_sim.dashboard.frame import (
    BLOCKED,
    BUSY,
    DOWN,
    STARVED,
    WAITING,
    Counts,
    Frame,
    Latencies,
    StationFrame,
)
from line_sim.dashboard.histogram import LatencyCounts
from line_sim.layout import REVIEW
from line_sim.line.records import Call, Item, Outage, Visit
from line_sim.scenario.model import Inspection, Review, Scenario, Station
from line_sim.units import HOUR, SECOND, Nanoseconds

RECENT = 200


class _Place:
    """A station's waiting parts and machines; unit 1 is at index 0."""

    def __init__(self, name: str, spec: Station | Inspection | Review) -> None:
        self.name = name
        self.places = spec.buffer
        self.waiting = 0
        self.states = [STARVED] * spec.units
        self.before_down = [STARVED] * spec.units
        self.asked_at: list[float | None] = [None] * spec.units
        self.inspects = isinstance(spec, Inspection)
        self.deadline = spec.deadline if isinstance(spec, Inspection) else None

    def frame(self, now: float) -> StationFrame:
        """Return it as it is now."""
        waits = tuple(round(now - at, 4) for at in self.asked_at if at is not None)
        deadline = None if self.deadline is None else self.deadline / SECOND
        states = "".join(self.states)
        return StationFrame(
            self.name, self.places, max(0, self.waiting), states, self.inspects, deadline, waits
        )


class Tally:
    """What has happened on a line so far; see the module. `clock` gives wall seconds (`time.monotonic`)."""

    def __init__(self, scenario: Scenario, clock: Callable[[], float] = time.monotonic) -> None:
        self._scenario = scenario
        self._clock = clock
        named: Sequence[tuple[str, Station | Inspection | Review]] = [
            *((spec.name, spec) for spec in scenario.line),
            *([(REVIEW, scenario.review)] if scenario.review else []),
        ]
        self._places = {name: _Place(name, spec) for name, spec in named}
        self._all = tuple(self._places.values())
        self._latencies = LatencyCounts()
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._began: float | None = None
        self._at: Nanoseconds = 0
        self._arrived = self._shipped = self._scrapped = self._lost = 0
        self._ship = self._review = self._escapes = self._overkill = self._good = 0

    @property
    def begun(self) -> bool:
        """Whether anything has happened on the line."""
        return self._began is not None

    def _pass(self, at: Nanoseconds) -> None:
        if self._began is None:
            self._began = self._clock()
        self._at = at

    def on_arrival(self, at: Nanoseconds, item_id: int) -> None:
        """Count a part."""
        self._pass(at)
        self._arrived += 1

    def on_queued(self, at: Nanoseconds, station: str, item_id: int) -> None:
        """Put a part into a place."""
        self._pass(at)
        self._places[station].waiting += 1

    def on_started(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """Take a part from a place onto a machine."""
        self._pass(at)
        place = self._places[station]
        place.waiting -= 1
        place.states[unit - 1] = BUSY

    def on_asked(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """Let a camera wait."""
        self._pass(at)
        place = self._places[station]
        place.states[unit - 1] = WAITING
        place.asked_at[unit - 1] = self._clock()

    def on_call(self, call: Call) -> None:
        """Count a call and let its camera go on."""
        self._pass(call.issued_at + call.latency)
        place = self._places[call.station]
        place.states[call.unit - 1] = BUSY
        place.asked_at[call.unit - 1] = None
        self._latencies.add(call.latency, call.outcome)
        waited = call.latency / SECOND
        self._recent.append(waited if call.outcome == "answered" else -waited)

    def on_finished(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """Block a machine until its part has left."""
        self._pass(at)
        self._places[station].states[unit - 1] = BLOCKED

    def on_visit(self, visit: Visit) -> None:
        """Free a machine; what is on one at the end stays there."""
        if visit.left_at is not None and visit.unit is not None:
            self._pass(visit.left_at)
            self._places[visit.station].states[visit.unit - 1] = STARVED

    def on_down(self, at: Nanoseconds, station: str, unit: int) -> None:
        """Note a breakdown."""
        self._pass(at)
        place = self._places[station]
        place.before_down[unit - 1], place.states[unit - 1] = place.states[unit - 1], DOWN

    def on_outage(self, outage: Outage) -> None:
        """Note a repair, if anybody noticed that there was one to make."""
        place, unit = self._places[outage.station], outage.unit - 1
        if outage.repaired_at is not None and place.states[unit] == DOWN:
            self._pass(outage.repaired_at)
            place.states[unit] = place.before_down[unit]

    def on_item(self, item: Item) -> None:
        """Count a part that has left."""
        self._shipped += item.disposition == "shipped"
        self._scrapped += item.disposition == "scrapped"
        self._lost += item.disposition == "lost"
        self._ship += item.lane == "ship"
        self._review += item.lane == "review"
        good = item.true_state == "good"
        if item.evaluation:
            self._good += good
            self._overkill += good and item.evaluation != "OK"
        self._escapes += not good and item.disposition == "shipped"

    def frame(self) -> Frame:
        """Return the line as it is now."""
        now = self._clock()
        left = self._shipped + self._scrapped + self._lost
        counts = Counts(
            self._arrived,
            self._shipped,
            self._scrapped,
            self._lost,
            max(0, self._arrived - left),
            self._ship,
            self._review,
            self._escapes,
            self._overkill,
            self._good,
        )
        every = self._scenario.arrivals.every
        return Frame(
            name=self._scenario.name,
            clock=self._scenario.clock,
            line_s=self._at / SECOND,
            wall_s=0.0 if self._began is None else now - self._began,
            share=self._share(left),
            stations=tuple(place.frame(now) for place in self._all),
            counts=counts,
            latencies=self._latencies_so_far(),
            takt_uph=HOUR / every.mean_ns if every is not None else None,
        )

    def _share(self, left: int) -> float:
        run = self._scenario.run
        if run.items is not None:
            return left / run.items
        return min(1.0, self._at / run.duration) if run.duration else 0.0

    def _latencies_so_far(self) -> Latencies:
        deadlines = [place.deadline for place in self._all if place.deadline is not None]
        counted = self._latencies
        longest = max([counted.longest, *deadlines]) if counted.calls else max(deadlines, default=0)
        return Latencies(
            counted.calls,
            counted.timeouts,
            counted.failures,
            tuple((f"p{share}", counted.quantile(share / 100)) for share in (50, 90, 99)),
            longest / SECOND,
            counted.steps(longest),
            tuple(self._recent.copy()),
        )
