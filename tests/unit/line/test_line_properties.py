"""Laws that hold on every line: checked by brute force on random scenarios, from the records alone.

All intervals are half-open, [from, to): what has no length binds nobody.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from hypothesis import given, settings
from strategies import any_scenarios

from line_sim.chance.durations import durations
from line_sim.layout import REVIEW
from line_sim.line.line import COMPLETED, DEADLOCKED, STOPPED
from line_sim.line.records import Item, Outage, Visit
from line_sim.scenario import Breakdowns, Inspection, Scenario, Station
from line_sim.testing import InMemoryRun, run_in_memory

Span = tuple[int, int]
thorough = settings(max_examples=120, deadline=None)


class Place(NamedTuple):
    """A station or the review bench: its name, waiting places, machines and breakdowns."""

    name: str
    buffer: int
    units: int
    breakdowns: Breakdowns | None


class SortedRun:
    """The records of a run, sorted by what the laws ask for; unfinished things end with the run."""

    def __init__(self, scenario: Scenario, run: InMemoryRun) -> None:
        self.scenario = scenario
        self.records = run.records
        self.ending = run.ending
        self.end = run.ending.at
        self.places = [
            Place(spec.name, spec.buffer, spec.units, getattr(spec, "breakdowns", None))
            for spec in scenario.line
        ]
        if scenario.review:
            self.places.append(Place(REVIEW, scenario.review.buffer, scenario.review.units, None))
        self.visits: dict[str, list[Visit]] = defaultdict(list)
        self.paths: dict[int, list[Visit]] = defaultdict(list)
        for visit in run.records.visits:
            self.visits[visit.station].append(visit)
            self.paths[visit.item_id].append(visit)
        self.repairs = {
            id(after)
            for path in self.paths.values()
            for before, after in pairwise(path)
            if self.is_repair(before, after)
        }

    def is_repair(self, before: Visit, after: Visit) -> bool:
        """Whether a part comes from review to be repaired."""
        rework = None if self.scenario.review is None else self.scenario.review.rework
        return before.station == REVIEW and rework is not None and after.station == rework.to

    def until(self, moment: int | None) -> int:
        """Return a moment, or the end of the run for what has not happened."""
        return self.end if moment is None else moment

    def machines(self) -> Iterable[tuple[Place, int]]:
        """Every machine of the line: its place and number."""
        return ((place, unit) for place in self.places for unit in range(1, place.units + 1))

    def on_machine(self, name: str, unit: int) -> list[Visit]:
        """Return the visits to one machine, by their start."""
        visits = [visit for visit in self.visits[name] if visit.unit == unit]
        return sorted(visits, key=lambda visit: (visit.started_at, self.until(visit.left_at)))

    def outages(self, name: str, unit: int) -> list[Outage]:
        """Return the outages of one machine, by their beginning."""
        found = [outage for outage in self.records.outages if (outage.station, outage.unit) == (name, unit)]
        return sorted(found, key=lambda outage: (outage.failed_at, self.until(outage.repaired_at)))

    def down(self, name: str, unit: int) -> list[Span]:
        """Return when a machine was down."""
        return [(outage.failed_at, self.until(outage.repaired_at)) for outage in self.outages(name, unit)]

    def occupied(self, name: str, unit: int) -> list[Span]:
        """Return when a part was on a machine."""
        return [(visit.started_at, self.until(visit.left_at)) for visit in self.on_machine(name, unit)]

    def waiting(self, name: str, *, repairs: bool = False) -> list[Span]:
        """Return when parts stood in the waiting places: new ones, or those to be repaired."""
        return [(visit.queued_at, self.until(visit.started_at)) for visit in self.came(name, repairs=repairs)]

    def came(self, name: str, *, repairs: bool) -> list[Visit]:
        """Return the visits of parts that came to be repaired, or of all others."""
        return [visit for visit in self.visits[name] if (id(visit) in self.repairs) == repairs]


def overlap(one: Span, other: Span) -> int:
    """Return how long two spans have in common."""
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def covers(spans: Iterable[Span], wanted: Span) -> bool:
    """Whether the spans leave no gap in the wanted one."""
    reached = wanted[0]
    for begin, end in sorted(spans):
        if begin > reached:
            break
        reached = max(reached, end)
    return reached >= wanted[1]


def most_at_once(spans: list[Span]) -> int:
    """Return the largest number of spans that hold at one moment."""
    begins, ends = sorted(b for b, e in spans if e > b), sorted(e for b, e in spans if e > b)
    return max((index + 1 - bisect_left(ends, b + 1) for index, b in enumerate(begins)), default=0)


def least_at_once(spans: list[Span], within: Span) -> int:
    """Return the smallest number of spans that hold at one moment of a span that has length."""
    moments = {within[0], *(end for _, end in spans if within[0] < end < within[1])}
    return min(sum(begin <= moment < end for begin, end in spans) for moment in moments)


def full(told: SortedRun, place: Place, span: Span, *, repairs: bool = False) -> bool:
    """Whether a place could have taken no further part in a span: places full, machines taken or down."""
    if span[0] == span[1]:
        return True
    machines = range(1, place.units + 1)
    room = told.scenario.review.rework.buffer if repairs else place.buffer
    return least_at_once(told.waiting(place.name, repairs=repairs), span) >= room and all(
        covers(told.occupied(place.name, unit) + told.down(place.name, unit), span) for unit in machines
    )


def told_of(scenario: Scenario) -> SortedRun:
    """Run a scenario in memory."""
    return SortedRun(scenario, run_in_memory(scenario))


@thorough
@given(any_scenarios())
def test_every_part_is_told_exactly_once(scenario):
    """Arrived = shipped + scrapped + lost + on the line, and a completed run leaves nothing on the line."""
    told = told_of(scenario)
    items = told.records.items
    assert sorted(item.item_id for item in items) == list(range(1, len(items) + 1))
    assert {item.disposition for item in items} <= {"shipped", "scrapped", "lost", "on_line"}
    if told.ending.how == COMPLETED:
        assert len(items) == scenario.run.items
        assert all(item.disposition != "on_line" for item in items)
        assert told.end == max(item.left_at for item in items)
    if scenario.run.duration and told.ending.how not in {STOPPED, DEADLOCKED}:
        assert told.end == scenario.run.duration
    for item in items:
        assert (item.left_at is None) == (item.disposition == "on_line")


@thorough
@given(any_scenarios())
def test_every_part_goes_its_way_without_a_gap(scenario):
    """Each part's visits follow the line, by way of review and back; leaving one is queueing at the next."""
    told = told_of(scenario)
    names = [spec.name for spec in scenario.line]
    for item in told.records.items:
        path = told.paths[item.item_id]
        assert [visit.station for visit in path[:1]] == names[: len(path[:1])]
        assert all(after.station in goals(scenario, path[: n + 1]) for n, after in enumerate(path[1:]))
        counts = Counter(visit.station for visit in path)
        assert all(visit.visit <= counts[visit.station] for visit in path)
        assert len({(visit.station, visit.visit) for visit in path}) == len(path)
        assert item.reworked >= sum(id(visit) in told.repairs for visit in path)
        assert all(before.left_at == after.queued_at for before, after in pairwise(path))
        check_ends(told, item, path, names)


def goals(scenario: Scenario, path: list[Visit]) -> set[str]:
    """Return the places to which a part may go on that has been so far."""
    names = [spec.name for spec in scenario.line]
    cameras = {spec.name for spec in scenario.inspections}
    review, here = scenario.review, path[-1].station
    if here != REVIEW:
        return {*names[names.index(here) + 1 :][:1], *([REVIEW] if here in cameras else [])}
    behind = names[names.index(path[-2].station) + 1 :][:1] if review.cleared == "rejoins" else []
    return {*behind, *([review.rework.to] if review.rework else [])}


def check_ends(told: SortedRun, item: Item, path: list[Visit], names: list[str]) -> None:
    """Check a part's first and last visit against its item record."""
    if item.disposition == "lost":
        assert (path, item.left_at) == ([], item.arrived_at)
    elif item.disposition == "on_line":
        assert all(visit.left_at is not None for visit in path[:-1])
        assert not path or path[-1].left_at is None
    else:
        assert path[-1].left_at == item.left_at
    if path:
        assert path[0].queued_at >= item.arrived_at
        if item.disposition == "shipped":
            assert path[-1].station in {names[-1], REVIEW}
            assert path[-1].station == names[-1] or item.lane == "review"


@thorough
@given(any_scenarios())
def test_moments_of_a_visit_are_in_order(scenario):
    """Queued, started, finished, left, all within the run; what has not happened is empty."""
    told = told_of(scenario)
    for visit in told.records.visits:
        moments = [visit.queued_at, visit.started_at, visit.finished_at, visit.left_at]
        happened = [moment for moment in moments if moment is not None]
        assert moments == happened + [None] * (4 - len(happened))
        assert sorted(happened) == happened
        assert happened[-1] <= told.end
        assert (visit.unit is None) == (visit.started_at is None)


@thorough
@given(any_scenarios())
def test_no_place_and_no_machine_holds_more_than_it_can(scenario):
    """Waiting places, and one part at a time on each machine."""
    told = told_of(scenario)
    for place in told.places:
        assert most_at_once(told.waiting(place.name)) <= place.buffer
        repairs = told.waiting(place.name, repairs=True)
        assert not repairs or most_at_once(repairs) <= scenario.review.rework.buffer
        assert {visit.unit for visit in told.visits[place.name]} <= {None, *range(1, place.units + 1)}
    for place, unit in told.machines():
        assert all(before[1] <= after[0] for before, after in pairwise(told.occupied(place.name, unit)))


@thorough
@given(any_scenarios())
def test_first_come_first_served(scenario):
    """At every station parts are started in the order in which they were queued, repairs among themselves."""
    told = told_of(scenario)
    for place in told.places:
        for visits in (told.came(place.name, repairs=repairs) for repairs in (False, True)):
            started = [visit for visit in visits if visit.started_at is not None]
            waiting = [visit.queued_at for visit in visits if visit.started_at is None]
            queued = [v.queued_at for v in sorted(started, key=lambda v: (v.started_at, v.queued_at))]
            assert queued == sorted(queued)
            assert not queued or not waiting or queued[-1] <= min(waiting)
        if place.units == 1:
            started = [visit for visit in told.visits[place.name] if visit.started_at is not None]
            left = sorted((v for v in started if v.left_at is not None), key=lambda v: v.left_at)
            assert [v.started_at for v in left] == sorted(v.started_at for v in left)


@thorough
@given(any_scenarios())
def test_nobody_waits_without_a_reason(scenario):
    """A part waits only while all machines are taken or down, is blocked only without room ahead."""
    told = told_of(scenario)
    places = {place.name: place for place in told.places}
    for place in told.places:
        for wait in told.waiting(place.name) + told.waiting(place.name, repairs=True):
            machines = range(1, place.units + 1)
            assert all(
                covers(told.occupied(place.name, unit) + told.down(place.name, unit), wait)
                for unit in machines
            )
    for item in told.records.items:
        path = told.paths[item.item_id]
        if item.disposition != "lost":
            outside = (item.arrived_at, path[0].queued_at if path else told.end)
            assert full(told, told.places[0], outside)
        for index, visit in enumerate(path):
            if visit.finished_at is None or visit.finished_at == told.until(visit.left_at):
                continue
            span = visit.finished_at, told.until(visit.left_at)
            if index + 1 < len(path):
                ahead = path[index + 1]
                assert full(told, places[ahead.station], span, repairs=id(ahead) in told.repairs)
            else:
                assert item.disposition == "on_line"
                ahead = goals(scenario, path)
                assert any(
                    full(
                        told,
                        places[name],
                        span,
                        repairs=visit.station == REVIEW and name == to_repair(scenario),
                    )
                    for name in ahead
                )


def to_repair(scenario: Scenario) -> str | None:
    """Return where parts are repaired."""
    return scenario.review.rework.to if scenario.review.rework else None


@thorough
@given(any_scenarios())
def test_a_part_is_lost_only_where_there_is_no_room(scenario):
    """At the moment of its arrival every place is taken, and every machine taken or down."""
    told = told_of(scenario)
    told.end += 1  # what stands at the end of the run still stands for a part that comes at that moment
    for item in told.records.items:
        if item.disposition == "lost":
            assert scenario.arrivals.on_full == "lose"
            assert full(told, told.places[0], (item.arrived_at, item.arrived_at + 1))


@thorough
@given(any_scenarios())
def test_a_part_takes_exactly_the_time_it_drew(scenario):
    """Finished - started - down is the part's own draw; at an inspection picture + answer."""
    told = told_of(scenario)
    latency = {(call.item_id, call.station, call.visit): call.latency for call in told.records.calls}
    for spec in [*scenario.line, scenario.review]:
        name = REVIEW if spec is scenario.review else spec.name
        draw = work_of(spec, scenario.seed, latency)
        for visit in told.visits[name]:
            if visit.finished_at is not None:
                assert visit.finished_at - visit.started_at - visit.down == draw(visit.item_id, visit.visit)


def work_of(spec, seed, latency):
    """Return the function from item to the work that a visit needs."""
    if isinstance(spec, Station):
        return durations(seed, "cycle", spec.name, spec.cycle).of
    if isinstance(spec, Inspection):
        picture = durations(seed, "acquisition", spec.name, spec.acquisition)
        return lambda item, visit: picture.of(item, visit) + latency[item, spec.name, visit]
    return durations(seed, "review time", REVIEW, spec.time).of


@thorough
@given(any_scenarios())
def test_a_machine_is_in_exactly_one_state_at_a_time(scenario):
    """Busy + blocked + starved + down = the window to the nanosecond, on every machine."""
    told = told_of(scenario)
    for place, unit in told.machines():
        visits, down = told.on_machine(place.name, unit), told.down(place.name, unit)
        assert all(before[1] <= after[0] for before, after in pairwise(down))
        for visit in visits:
            work = (visit.started_at, told.until(visit.finished_at))
            assert visit.down == sum(overlap(work, outage) for outage in down)
        busy = sum(told.until(visit.finished_at) - visit.started_at - visit.down for visit in visits)
        hold = [(v.finished_at, told.until(v.left_at)) for v in visits if v.finished_at is not None]
        ends = [0, *(moment for span in told.occupied(place.name, unit) for moment in span), told.end]
        idle = list(zip(ends[::2], ends[1::2], strict=True))
        blocked, starved = (
            sum(end - begin - sum(overlap((begin, end), outage) for outage in down) for begin, end in spans)
            for spans in (hold, idle)
        )
        total_down = sum(end - begin for begin, end in down)
        assert min(busy, blocked, starved) >= 0
        assert busy + blocked + starved + total_down == told.end


@thorough
@given(any_scenarios())
def test_a_machine_fails_when_its_draws_say_so(scenario):
    """Between repair and failure lies exactly the up time drawn, in work or by the clock."""
    told = told_of(scenario)
    for place, unit in told.machines():
        outages = told.outages(place.name, unit)
        if place.breakdowns is None:
            assert outages == []
            continue
        where = f"{place.name}/{unit}"
        up = durations(scenario.seed, "up time", where, place.breakdowns.up)
        repair = durations(scenario.seed, "repair time", where, place.breakdowns.repair)
        over = [outage for outage in outages if outage.repaired_at is not None]
        assert [o.repaired_at - o.failed_at for o in over] == [repair.of(n + 1) for n in range(len(over))]
        assert len(outages) - len(over) <= 1
        ages = ups_of(told, place, unit, outages)
        assert ages[:-1] == [max(1, up.of(n + 1)) for n in range(len(outages))]
        assert ages[-1] <= max(1, up.of(len(outages) + 1))


def ups_of(told: SortedRun, place: Place, unit: int, outages: list[Outage]) -> list[int]:
    """Return how much up time passed before each outage and after the last, as the machine counts it."""
    edges = [0, *(m for o in outages for m in (o.failed_at, told.until(o.repaired_at))), told.end]
    spans = list(zip(edges[::2], edges[1::2], strict=True))
    assert place.breakdowns is not None
    if place.breakdowns.counts == "calendar":
        return [end - begin for begin, end in spans]
    works = [(v.started_at, told.until(v.finished_at)) for v in told.on_machine(place.name, unit)]
    return [sum(overlap(span, work) for work in works) for span in spans]


@thorough
@given(any_scenarios())
def test_a_machine_that_is_down_starts_no_part(scenario):
    """Never inside an outage; outages of working time lie inside the work on a part."""
    told = told_of(scenario)
    for place, unit in told.machines():
        if place.breakdowns is None:
            continue
        visits, down = told.on_machine(place.name, unit), told.down(place.name, unit)
        for begin, end in down:
            assert not any(begin < visit.started_at < end for visit in visits)
            if place.breakdowns.counts == "operating":
                assert any(v.started_at <= begin and end <= told.until(v.finished_at) for v in visits)


@thorough
@given(any_scenarios())
def test_a_late_answer_is_never_used(scenario):
    """Answered within the deadline, or given up at the deadline exactly and routed by the policy."""
    told = told_of(scenario)
    limits = {spec.name: spec.deadline for spec in scenario.inspections}
    for call in told.records.calls:
        if call.outcome == "answered":
            assert call.latency <= limits[call.station]
        else:
            assert (call.outcome, call.latency) == ("timed_out", limits[call.station])


@settings(max_examples=60, deadline=None)
@given(any_scenarios())
def test_the_same_seed_gives_the_same_records(scenario):
    """Twice the same run, record by record."""
    assert run_in_memory(scenario) == run_in_memory(Scenario.model_validate(scenario.model_dump()))
