"""The state of a running line: where every part and every machine is now, and what has been so far.

It takes every step of the line; each costs a few additions and takes no lock. Another thread may read at
any moment: it finds whole numbers, at worst one step of the line apart from each other.
"""

import time
from collections import deque
from collections.abc import Callable

from line_sim.layout import Layout
from line_sim.line.records import LOST, Call, Item, Outage, Visit
from line_sim.live.groups import Groups, Stretches
from line_sim.live.places import BLOCKED, PlaceState
from line_sim.units import Nanoseconds

RECENT = 200


class LiveState:
    """What is on a line and what has happened there; an observer of the line.

    `clock` gives wall seconds, `began` is what it said at the first step; `at` is the line time of the
    latest step, at the end that of the end. `parts` are grouped by when their last inspection was finished
    and when they left, `calls` by when they were issued. `warm_up` (ns) is the one that is stated, 0 where
    it is to be found. `all_in_at` is when the last part of a run of so many parts came in or was lost
    (None: some are to come).
    """

    def __init__(self, layout: Layout, clock: Callable[[], float] = time.monotonic) -> None:
        self.layout = layout
        self.clock = clock
        self.began: float | None = None
        self.at: Nanoseconds = 0
        self.arrived = 0
        self.all_in_at: Nanoseconds | None = None
        self.parts = Groups(Item)
        self.calls = Groups(Call)
        self.recent: deque[Call] = deque(maxlen=RECENT)
        run = layout.run
        self._follows_wall = run.clock != "virtual"
        budget = run.skew_budget if self._follows_wall else None
        self.places = tuple(PlaceState(place, budget) for place in layout.places)
        self._named = {state.place.name: state for state in self.places}
        self._entry = layout.places[layout.entry].name
        self._to_come = run.items
        self._newest = 0
        self._deciding = frozenset(place.name for place in layout.places if place.decides)
        self._gates = frozenset(place.name for place in layout.places if place.is_gate)
        self._inspected_at: dict[int, Nanoseconds] = {}
        self.warm_up: Nanoseconds = 0 if run.warm_up == "auto" else run.warm_up
        self._stretches = Stretches(1, self.warm_up, self.warm_up + 1)

    @property
    def begun(self) -> bool:
        """Whether a part has come."""
        return self.began is not None

    @property
    def on_line(self) -> int:
        """How many parts have come and not left."""
        left = sum(group.count for group in self.parts if group.record.left_at is not None)
        return max(0, self.arrived - left)  # asked in this order: a part that leaves has come before

    def on_arrival(self, at: Nanoseconds, item_id: int) -> None:
        """Count a part."""
        if self.began is None:
            self.began = self.clock()
        self.at = at
        self.arrived += 1

    def on_queued(self, at: Nanoseconds, station: str, item_id: int) -> None:
        """Put a part into a place."""
        self.at = at
        self._named[station].waiting += 1
        if station == self._entry and item_id > self._newest:  # parts come in by number; others are back
            self._newest = item_id
            self._come_in(at)

    def on_started(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """Take a part from a place onto a machine; one that is at a gate is still on the belt."""
        self.at = at
        place = self._named[station]
        place.waiting -= not place.place.is_gate
        place.begin(unit)

    def on_asked(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """Let a camera wait, where it holds its part."""
        self.at = at
        self._named[station].ask(unit, item_id, self.clock())

    def on_call(self, call: Call) -> None:
        """Count a call and let its camera go on."""
        issued_at, unit = call.issued_at, call.unit
        self.at = issued_at + call.latency
        place = self._named[call.station]
        place.end_call(unit, call.item_id)
        place.count(call, settled=issued_at >= self.warm_up)
        if self._follows_wall:
            place.hear(call, self.clock())
        self.calls.add(call, (self._stretch_of(issued_at),))
        self.recent.append(call)

    def on_finished(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """Block a machine until its part has left."""
        self.at = at
        self._named[station].states[unit - 1] = BLOCKED
        if station in self._deciding:
            self._inspected_at[item_id] = at

    def on_visit(self, visit: Visit) -> None:
        """Free a machine; what is on one at the end stays there. Count what a part waited at a gate."""
        left_at, unit = visit.left_at, visit.unit
        if left_at is not None and unit is not None:
            self.at = left_at
            place = self._named[visit.station]
            place.free(unit)
            place.waiting -= place.place.is_gate
        if visit.station in self._gates and visit.started_at is not None and visit.finished_at is not None:
            self._named[visit.station].count_wait(visit.finished_at - visit.started_at)

    def on_item(self, item: Item) -> None:
        """Count a part that has left the line, or is on it at the end."""
        inspected_at, left_at = self._inspected_at.pop(item.item_id, None), item.left_at
        if left_at is not None:
            self.at = left_at
            if item.disposition == LOST:
                self._come_in(left_at)
        self.parts.add(item, (self._stretch_of(inspected_at), self._stretch_of(left_at)))

    def on_down(self, at: Nanoseconds, station: str, unit: int) -> None:
        """Let a machine be down."""
        self.at = at
        self._named[station].go_down(unit)

    def on_outage(self, outage: Outage) -> None:
        """Count a breakdown, and let its machine go on."""
        if outage.repaired_at is not None:
            self.at = max(self.at, outage.repaired_at)
        self._named[outage.station].end_outage(outage.unit, repaired=outage.repaired_at is not None)

    def on_end(self, at: Nanoseconds) -> None:
        """Note when that was; nothing more will happen."""
        self.at = at

    def _come_in(self, at: Nanoseconds) -> None:
        """Note that one part less is to come; after the last one, rates per hour count no more."""
        if self._to_come is not None:
            self._to_come -= 1
            if not self._to_come:
                self.all_in_at = at
                self._stretches.cut(at + 1)

    def _stretch_of(self, moment: Nanoseconds | None) -> Nanoseconds | None:
        if moment is None:
            return None
        last = self._stretches.last
        return last if moment >= last else self._stretches.of(moment)
