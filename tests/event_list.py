"""A second line, written from docs/line.md alone: an event list, no SimPy, and nothing of `line_sim.line`.

It knows what ties need: whole times, both kinds of breakdowns, modelled inspections, review, ways back, and
stations that make defects, since these decide where parts go.
A line whose order of simultaneous events is wrong somewhere tells another story than this one.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from line_sim.chance.durations import durations
from line_sim.chance.streams import events
from line_sim.scenario import Inspection, Scenario, Station

FINISHES, OUTAGES, ARRIVALS = range(3)
"""The order of what happens in one moment, after what follows at once."""

Row = tuple[Any, ...]


class Story(NamedTuple):
    """What happened, in the order in which it was over; what is not over in the end comes last.

    A visit is (item, station, unit, queued, started, finished, left, down, visit,
    reworked), a call (item, station, unit, issued, latency, outcome), an outage (station, unit, failed,
    repaired), a part (item, arrived, left, disposition).
    """

    visits: list[Row]
    calls: list[Row]
    outages: list[Row]
    parts: list[Row]
    end: int


class Part:
    """A part: what it is, and where it has been."""

    def __init__(self, item: int, *, defective: bool) -> None:
        self.item = item
        self.defective = defective
        self.arrived = self.queued = 0
        self.gone = False
        self.visits: dict[str, int] = {}
        self.visit = 1
        self.repaired = 0
        self.sent_by: Place | None = None


class Unit:
    """A machine."""

    def __init__(self, place: "Place", number: int) -> None:
        self.place = place
        self.number = number
        self.part: Part | None = None
        self.started = self.down = 0
        self.finished: int | None = None
        self.failed: int | None = None
        self.fails_at: int | None = None  # calendar time
        self.up_left: int | None = None  # operating time
        self.undone: int | None = None  # of the work that a failure interrupts, or is going to
        self.queued = 0
        self.visit = 1
        self.repaired = 0
        self.lane = "ship"
        if place.breakdowns is not None:
            where = f"{place.name}/{number}"
            self._ups = counted(place.seed, "up time", where, place.breakdowns.up)
            self._repairs = counted(place.seed, "repair time", where, place.breakdowns.repair)

    def next_up(self) -> int:
        """Draw how long it stays up."""
        return max(1, next(self._ups))

    def next_repair(self) -> int:
        """Draw how long it is repaired."""
        return next(self._repairs)


class Place:
    """A station: its machines, who waits in front, who is blocked before it, who is idle the longest."""

    def __init__(self, seed: int, name: str, spec: Any, order: int) -> None:
        self.seed = seed
        self.name = name
        self.spec = spec
        self.order = order  # of its finishing parts in one moment
        self.breakdowns = spec.breakdowns if isinstance(spec, Station) else None
        self.waiting: list[Part] = []
        self.blocked: list[tuple[Part, Unit | None]] = []
        self.to_repair: list[Part] = []
        self.blocked_for_repair: list[tuple[Part, Unit | None]] = []
        self.idle: list[Unit] = []
        self.units = [Unit(self, number) for number in range(1, spec.units + 1)]
        self.servers = [0] * (spec.gateway.modelled.servers if isinstance(spec, Inspection) else 0)


def counted(seed: int, purpose: str, where: str, time: Any) -> Iterator[int]:
    """Yield the first draw, the second one, and so on."""
    draws, number = durations(seed, purpose, where, time), 0
    while True:
        number += 1
        yield draws.of(number)


class EventList:
    """The line; `story` runs it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.now = 0
        self.over = False
        self.agenda: list[tuple[int, int, int, int, Callable[[], None]]] = []
        self.following: list[Callable[[], None]] = []
        self.number = 0
        self.parts: list[Part] = []
        self.kept = Story([], [], [], [], 0)
        last = len(scenario.line)
        self.line = [
            Place(scenario.seed, spec.name, spec, last - index) for index, spec in enumerate(scenario.line)
        ]
        self.review = Place(scenario.seed, "review", scenario.review, 0)
        self.places = [*self.line, self.review]

    def later(self, delay: int, kind: int, order: int, what: Callable[[], None]) -> None:
        """Put something on the list; of what is alike in time, kind and order the older goes first."""
        self.number += 1
        self.agenda.append((self.now + delay, kind, order, self.number, what))

    def story(self) -> Story:
        """Run it and tell."""
        for place in reversed(self.places):
            for unit in place.units:
                if place.breakdowns is not None:
                    self.is_up(unit)
                self.seek(unit)
        self.start_arrivals()
        horizon = self.scenario.run.duration
        while self.following or (self.agenda and not self.over):
            if self.following:
                self.following.pop(0)()
                continue
            first = min(self.agenda, key=lambda entry: entry[:4])
            if horizon is not None and first[0] > horizon:
                break
            self.agenda.remove(first)
            self.now = first[0]
            first[4]()
        if horizon is not None and not self.over:
            self.now = horizon
        return self.tell()

    # parts come

    def start_arrivals(self) -> None:
        """Fill the line, or wait for the first interval."""
        if self.scenario.arrivals.every is None:
            self.supply()
        else:
            self.intervals = counted(self.scenario.seed, "arrival", "", self.scenario.arrivals.every)
            self.later(next(self.intervals), ARRIVALS, 0, self.comes)

    def new_part(self) -> Part:
        """Make the next part."""
        item, rate = len(self.parts) + 1, self.scenario.product.defect_rate
        return Part(item, defective=events(self.scenario.seed, "true state", "", rate).of(item))

    def arrives(self, part: Part) -> None:
        """Note that a part has come."""
        part.arrived = self.now
        self.parts.append(part)

    @property
    def all_there(self) -> bool:
        """Whether no more parts will come."""
        return len(self.parts) == self.scenario.run.items

    def supply(self) -> None:
        """Always have a part before the first station: it has arrived when it is in."""
        first = self.line[0]
        while not self.all_there:
            part = self.new_part()
            if not self.put(part, first, None):
                self.outside = part
                return
            self.arrives(part)

    def comes(self) -> None:
        """Let a part come by the takt."""
        part, first = self.new_part(), self.line[0]
        self.arrives(part)
        if self.scenario.arrivals.on_full == "lose" and not (
            first.idle or len(first.waiting) < first.spec.buffer
        ):
            self.leave(part, "lost")
        else:
            self.put(part, first, None)
        if not self.all_there:
            self.later(next(self.intervals), ARRIVALS, 0, self.comes)

    # parts move

    def put(self, part: Part, place: Place, unit: Unit | None, *, repair: bool = False) -> bool:
        """Bring a part to a place; False: it has to wait for room, where it is."""
        if place.idle:
            machine = place.idle.pop(0)
            self.comes_to(part, place)
            self.following.append(lambda: self.begin(machine, part))
            return True
        waiting, blocked, room = self.inlet(place, repair=repair)
        if len(waiting) < room:
            self.comes_to(part, place)
            waiting.append(part)
            return True
        blocked.append((part, unit))
        self.look_for_a_circle()
        return False

    def comes_to(self, part: Part, place: Place) -> None:
        """Note when the part has come, and how often to this place."""
        part.queued = self.now
        part.visits[place.name] = part.visits.get(place.name, 0) + 1
        part.visit = part.visits[place.name]

    def inlet(self, place: Place, *, repair: bool) -> tuple[list[Part], list[tuple[Part, Unit | None]], int]:
        """Return who waits at a place, who is blocked before it, and its room: for new parts or repairs."""
        if repair:
            return place.to_repair, place.blocked_for_repair, self.scenario.review.rework.buffer
        return place.waiting, place.blocked, place.spec.buffer

    def look_for_a_circle(self) -> None:
        """Stop where some machine will never be rid of its part: let all go that can, one after the other."""
        goals = {
            id(unit): place
            for place in self.places
            for _, unit in (*place.blocked, *place.blocked_for_repair)
            if unit is not None
        }
        every = [unit for place in self.places for unit in place.units]
        free = {id(unit) for unit in every if id(unit) not in goals}
        while more := {
            id(unit)
            for unit in every
            if id(unit) not in free and any(id(other) in free for other in goals[id(unit)].units)
        }:
            free |= more
        if len(free) < len(every):
            self.over = True

    def take(self, place: Place) -> Part | None:
        """Take the next part; who has waited longest for room moves up."""
        for waiting, blocked in (
            (place.to_repair, place.blocked_for_repair),
            (place.waiting, place.blocked),
        ):
            if waiting:
                part = waiting.pop(0)
                if blocked:
                    waiting.append(self.moved_up(place, blocked))
                return part
            if blocked:
                return self.moved_up(place, blocked)
        return None

    def moved_up(self, place: Place, blocked: list[tuple[Part, Unit | None]]) -> Part:
        """Let in who has waited longest for room."""
        part, unit = blocked.pop(0)
        self.comes_to(part, place)
        if unit is not None:
            self.following.append(lambda: self.left(unit))
        elif self.scenario.arrivals.saturated:
            self.following.append(self.supplied)
        return part

    def supplied(self) -> None:
        """Go on with the supply when its part has moved in."""
        self.arrives(self.outside)
        self.supply()

    def leave(self, part: Part, disposition: str) -> None:
        """Let a part leave the line."""
        part.gone = True
        self.kept.parts.append((part.item, part.arrived, self.now, disposition))
        if self.all_there and all(part.gone for part in self.parts):
            self.over = True

    # machines work

    def seek(self, unit: Unit) -> None:
        """Take the next part, or be idle; a machine that is down does neither."""
        if unit.failed is not None:
            return
        part = self.take(unit.place)
        if part is not None:
            self.begin(unit, part)
        else:
            unit.place.idle.append(unit)

    def begin(self, unit: Unit, part: Part) -> None:
        """Begin on a part."""
        unit.part, unit.queued, unit.started, unit.finished, unit.down = part, part.queued, self.now, None, 0
        unit.visit, unit.repaired = part.visit, part.repaired
        spec, name, seed = unit.place.spec, unit.place.name, self.scenario.seed
        if isinstance(spec, Station):
            self.work(unit, durations(seed, "cycle", name, spec.cycle).of(part.item, part.visit))
        elif isinstance(spec, Inspection):
            picture = durations(seed, "acquisition", name, spec.acquisition).of(part.item, part.visit)
            self.later(picture, FINISHES, unit.place.order, lambda: self.ask(unit))
        else:
            self.work(unit, durations(seed, "review time", name, spec.time).of(part.item, part.visit))

    def work(self, unit: Unit, duration: int) -> None:
        """Work until done or until the next failure, whichever is first; a part that is done then is done."""
        left = unit.up_left if unit.fails_at is None else unit.fails_at - self.now
        if left is None or duration <= left:
            if unit.up_left is not None:
                unit.up_left -= duration
            self.later(duration, FINISHES, unit.place.order, lambda: self.finish(unit))
            return
        unit.undone = duration - left
        if unit.fails_at is None:  # else it is on the list already
            self.later(left, OUTAGES, 0, lambda: self.fails(unit))

    def is_up(self, unit: Unit) -> None:
        """Be up for as long as drawn: by the calendar from now on, or for so much work."""
        up = unit.next_up()
        if unit.place.breakdowns.counts == "operating":
            unit.up_left = up
        else:
            unit.fails_at = self.now + up
            self.later(up, OUTAGES, 0, lambda: self.fails(unit))

    def fails(self, unit: Unit) -> None:
        """Go down, whatever it does: idle, it takes nothing any more; a finished part may still leave."""
        unit.failed = self.now
        if unit in unit.place.idle:
            unit.place.idle.remove(unit)
        self.later(unit.next_repair(), OUTAGES, 0, lambda: self.repaired(unit))

    def repaired(self, unit: Unit) -> None:
        """Be up again: go on with the work, stand with the part that is blocked, or take another one."""
        assert unit.failed is not None
        self.kept.outages.append((unit.place.name, unit.number, unit.failed, self.now))
        down, unit.failed, undone, unit.undone = self.now - unit.failed, None, unit.undone, None
        self.is_up(unit)
        if undone is not None:
            unit.down += down
            self.work(unit, undone)
        elif unit.part is None:
            self.seek(unit)

    def ask(self, unit: Unit) -> None:
        """Put the question; the server answers first come, first served."""
        place, part, issued = unit.place, unit.part, self.now
        assert part is not None
        options, deadline = place.spec.gateway.modelled, place.spec.deadline
        server = min(range(len(place.servers)), key=lambda index: place.servers[index])
        begins = max(issued, place.servers[server])
        drawn = durations(self.scenario.seed, "inference", place.name, options.service)
        done = begins + drawn.of(part.item, part.visit, attempt=1)
        answers = done + options.overhead
        late = deadline is not None and answers > issued + deadline
        keeps = options.after_deadline == "keeps_computing"
        if not late or keeps:
            place.servers[server] = done
        elif begins < issued + deadline:
            place.servers[server] = min(done, issued + deadline)
        latency = deadline if late else answers - issued
        self.later(latency, FINISHES, place.order, lambda: self.answered(unit, issued, latency, late=late))

    def answered(self, unit: Unit, issued: int, latency: int, *, late: bool) -> None:
        """Judge the part by the answer."""
        name, part = unit.place.name, unit.part
        assert part is not None
        outcome = "timed_out" if late else "answered"
        self.kept.calls.append((part.item, name, unit.number, issued, latency, outcome))
        options, seed = unit.place.spec.gateway.modelled, self.scenario.seed
        if part.defective:
            good = events(seed, "network misses", name, options.miss_rate).of(
                part.item, part.visit, attempt=1
            )
        else:
            good = not events(seed, "network false alarm", name, options.false_alarm_rate).of(
                part.item, part.visit, attempt=1
            )
        unit.lane = unit.place.spec.on_no_result if late else "ship" if good else "review"
        self.finish(unit)

    def finish(self, unit: Unit) -> None:
        """Be done with the part, and let it go on if there is room."""
        unit.finished = self.now
        self.may_spoil(unit)
        if self.goes_on(unit):
            self.left(unit)

    def may_spoil(self, unit: Unit) -> None:
        """Make a defect where the station does so now and then; one that is there stays what it is."""
        part, makes, name = unit.part, getattr(unit.place.spec, "makes_defects", None), unit.place.name
        assert part is not None
        if makes is not None and not part.defective:
            part.defective = events(self.scenario.seed, "spoilt", name, makes.rate).of(part.item, part.visit)

    def goes_on(self, unit: Unit) -> bool:
        """Bring the part to where it belongs; False: it has to wait on its machine."""
        place, part = unit.place, unit.part
        assert part is not None
        if place is self.review:
            if not self.passes(part):
                return self.to_scrap_or_repair(unit, part)
            place = part.sent_by if self.review.spec.cleared == "rejoins" else self.line[-1]
        lane = unit.lane if isinstance(unit.place.spec, Inspection) else "ship"
        if lane == "review":
            part.sent_by = place
            return self.put(part, self.review, unit)
        if lane == "scrap":
            self.leave(part, "scrapped")
            return True
        if place is self.line[-1]:
            self.leave(part, "shipped")
            return True
        return self.put(part, self.line[self.line.index(place) + 1], unit)

    def to_scrap_or_repair(self, unit: Unit, part: Part) -> bool:
        """Send a part that was found defective off the line, or back if it is one of those repaired."""
        rework, seed = self.review.spec.rework, self.scenario.seed
        if (
            rework is None
            or part.repaired >= rework.at_most
            or not events(seed, "repaired", "review", rework.share).of(part.item, part.visit)
        ):
            self.leave(part, "scrapped")
            return True
        part.repaired += 1
        rate = self.scenario.product.defect_rate if rework.defect_rate is None else rework.defect_rate
        part.defective = events(seed, "true state", "review", rate).of(part.item, part.repaired)
        to = next(place for place in self.line if place.name == rework.to)
        return self.put(part, to, unit, repair=True)

    def passes(self, part: Part) -> bool:
        """Whether the reviewer calls the part good."""
        spec, seed = self.review.spec, self.scenario.seed
        if part.defective:
            return events(seed, "reviewer misses", "review", spec.miss_rate).of(part.item, part.visit)
        alarms = events(seed, "reviewer false alarm", "review", spec.false_alarm_rate)
        return not alarms.of(part.item, part.visit)

    def left(self, unit: Unit) -> None:
        """Be rid of the part, and take the next one."""
        assert unit.part is not None
        moments = (unit.queued, unit.started, unit.finished, self.now)
        self.kept.visits.append(
            (unit.part.item, unit.place.name, unit.number, *moments, unit.down, unit.visit, unit.repaired, 0)
        )
        unit.part = None
        self.seek(unit)

    # the end

    def tell(self) -> Story:
        """Add what is not over, place by place."""
        visits, outages = list(self.kept.visits), list(self.kept.outages)
        for place in self.places:
            for unit in place.units:
                if unit.part is not None:
                    interrupted = unit.failed is not None and unit.undone is not None
                    down = unit.down + (self.now - unit.failed if interrupted else 0)
                    moments = (unit.queued, unit.started, unit.finished, None)
                    which = unit.part.item, place.name, unit.number
                    visits.append((*which, *moments, down, unit.visit, unit.repaired, 0))
                if unit.failed is not None:
                    outages.append((place.name, unit.number, unit.failed, None))
            visits += [
                (part.item, place.name, None, part.queued, None, None, None, 0, part.visit, part.repaired, 0)
                for part in (*place.to_repair, *place.waiting)
            ]
        left = list(self.kept.parts)
        left += [(part.item, part.arrived, None, "on_line") for part in self.parts if not part.gone]
        return Story(visits, self.kept.calls, outages, left, self.now)
