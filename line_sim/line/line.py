"""A line built from its scenario, and run.

Its compiled twin is `line_sim.compiled.line`, with `.building` and `.unfinished`.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, TypeAlias

from line_sim.chance import needs
from line_sim.chance.chance import Chance
from line_sim.chance.need import Kinds
from line_sim.inspection.gateway import Gateway
from line_sim.inspection.offline.replay import EndOfRecordingError
from line_sim.layout import Exit, Gate, Place, Spec, layout_of, specs_of
from line_sim.line.arrivals import source_of
from line_sim.line.buffer import Buffer, Destination, Inlets
from line_sim.line.clocks.virtual import LineEnvironment
from line_sim.line.collecting import fewer_collections
from line_sim.line.defects.making import Spoiler, SpoilingTask
from line_sim.line.floor import Floor, Halt, ScrapBin, ShipLane
from line_sim.line.interrupt import Interrupt
from line_sim.line.machines import Machine, Task
from line_sim.line.mix.changeover import SetUpWork
from line_sim.line.mix.parts import maker_of
from line_sim.line.records import ON_LINE
from line_sim.line.stations import Ranks, Station, buffer_of, inlet_of, machine_of
from line_sim.line.steps import Observer, Steps
from line_sim.line.stops.crew import people_of
from line_sim.line.stops.lockup import LockUp
from line_sim.line.tasks import Decide, Inspect, Lanes, Repairs, SendOn, TakePicture, Work
from line_sim.scenario import model
from line_sim.units import Nanoseconds

COMPLETED, DURATION_OVER, INTERRUPTED, STOPPED = "completed", "duration over", "interrupted", "stopped"
DEADLOCKED = "deadlocked"
LanesOf: TypeAlias = Callable[..., Lanes]
"""The lanes of a place, for the parts that an inspection sends there (none given: for all)."""

TOO_LATE = "what comes next would come after two centuries of line time, the longest that a run may last"
ENDINGS = (COMPLETED, DURATION_OVER, INTERRUPTED, STOPPED, DEADLOCKED)


class Ending(NamedTuple):
    """How a run ended: one of the words above, at which line time, and why if it was stopped or locked up."""

    how: str
    at: Nanoseconds
    reason: str = ""


class Line:
    """A line ready to run once.

    `gateways` maps each inspection's name to an open gateway; `observers` are told of the steps that they
    take, one after the other; `env` is the clock, by default the virtual one; `chance` is that of the
    scenario's seed, which lines may share. Raises TypeError for an observer that is none, and for a clock
    that cannot wait for a real answer where one is needed; in `run` whatever a gateway raises.
    """

    def __init__(
        self,
        scenario: model.Scenario,
        gateways: Mapping[str, Gateway],
        *observers: Observer,
        defect_kinds: Kinds = (),
        interrupt: Interrupt | None = None,
        env: LineEnvironment | None = None,
        chance: Chance | None = None,
    ) -> None:
        self._interrupt = interrupt or Interrupt()
        self._horizon = scenario.run.duration
        env = env or LineEnvironment()
        if not env.waits_for_answers and any(gateway.live for gateway in gateways.values()):
            raise TypeError("a live gateway needs a clock that waits for it: give env=environment_for(...)")
        self.layout = layout_of(scenario)
        steps = Steps.of(observers)
        people = people_of(self.layout, env, steps)
        self._floor = Floor(env, steps, chance or Chance(scenario.seed), people)
        self._gateways = gateways
        self._gates: dict[str, SendOn] = {}
        self._defect_kinds = defect_kinds
        rework = None if scenario.review is None else scenario.review.rework
        self._maker = maker_of(self._floor.chance, scenario.product, defect_kinds, rework)
        self._stations = self._build(scenario)
        if self.layout.leads_back:
            LockUp(self._floor, self._stations)
        self._source = source_of(
            self._floor,
            scenario.arrivals,
            self._maker,
            self._stations[self.layout.entry].inlets[0],
            scenario.run.items,
            self.layout,
        )
        self._interrupt.stops(env.stop)

    def run(self) -> Ending:
        """Let the parts through, tell the observers of everything, and say how it ended.

        What is raised amidst an event, as by a second Ctrl-C, is raised here: the line is torn then, and only
        what was told so far holds.
        """
        try:
            with fewer_collections():
                for station in reversed(self._stations):
                    station.start()
                self._source.start()
                self._floor.env.run_line(horizon=self._horizon)
            self._refuse_the_rest()
        except EndOfRecordingError as error:
            self._floor.stop(str(error))
        self._tell_unfinished()
        ending = self._ending()
        if self._floor.steps.end is not None:
            self._floor.steps.end(ending.at)
        return ending

    def _refuse_the_rest(self) -> None:
        """Say so where the line has come as far as any file can tell, and was not done."""
        env = self._floor.env
        if self._horizon is None and not env.over and env.next_at() is not None:
            self._floor.stop(TOO_LATE)

    def _ending(self) -> Ending:
        now = self._floor.env.now
        if self._interrupt.wished:
            return Ending(INTERRUPTED, now)
        if self._floor.locked_up:
            return Ending(DEADLOCKED, now, self._floor.locked_up)
        if self._floor.stop_reason:
            return Ending(STOPPED, now, self._floor.stop_reason)
        return Ending(COMPLETED if self._horizon is None else DURATION_OVER, now)

    def _tell_unfinished(self) -> None:
        """Tell of what is still on the line, so that nothing that came in is missing from the records."""
        steps = self._floor.steps
        for station in self._stations:
            if steps.visit is not None:
                for visit in station.unfinished():
                    steps.visit(visit)
            if steps.outage is not None:
                for outage in station.outages():
                    steps.outage(outage)
        for people in self._floor.people.values():
            people.tell_unfinished()
        if steps.item is not None:
            for part in self._floor.parts.values():
                steps.item(part.story(None, ON_LINE))

    def _build(self, scenario: model.Scenario) -> list[Station]:
        """Build every place, then join them by the ways of the layout; a way may lead back.

        The machines are built from the last place on: cameras whose parts ride to a gate know it.
        """
        floor, layout, rework = self._floor, self.layout, self.layout.rework
        buffers = [
            buffer_of(
                place,
                floor,
                layout.belt_rank(index),
                counts_visits=layout.leads_back,
                rework=rework.places if rework is not None and rework.to == index else None,
            )
            for index, place in enumerate(layout.places)
        ]
        exits: dict[Exit, Destination] = {
            Exit.SHIPPED: ShipLane(floor),
            Exit.SCRAPPED: ScrapBin(floor),
            Exit.HALT: Halt(floor),
        }

        def lanes_from(place: int, sent_by: int | None = None) -> Lanes:
            ways = layout.ways_from(place, sent_by).items()
            return {
                lane: exits[to] if isinstance(to, Exit) else inlet_of(buffers[to], lane) for lane, to in ways
            }

        stations = []
        specs, places = specs_of(scenario), layout.places
        for index in reversed(range(len(places))):
            ranks = Ranks(layout.finish_rank(index), layout.outage_rank, layout.shift_rank)
            lanes = partial(lanes_from, index)
            stations.append(self._station(places[index], specs[index], buffers[index], ranks, lanes))
        return stations[::-1]

    def _station(
        self, place: Place, spec: Spec, buffer: Buffer | Inlets, ranks: Ranks, lanes: LanesOf
    ) -> Station:
        ways = spec.ways if isinstance(spec, model.Station) else ()
        machines = [
            machine_of(place, self._floor, buffer, unit, ranks, ways) for unit in range(1, place.units + 1)
        ]
        for machine in machines:
            machine.task = self._task(spec, machine, lanes)
            machine.counts = self.layout.leads_back or self.layout.reworks
        return Station(place, buffer, machines)

    def _task(self, spec: Spec, machine: Machine, lanes: LanesOf) -> Task:
        floor = self._floor
        match spec:
            case model.Station():
                return self._work(spec, machine, lanes())
            case model.Inspection() if spec.gate is not None:
                return TakePicture(machine, floor.chance, spec, self._gates[spec.name], lanes())
            case model.Inspection():
                gateway = self._gateways[spec.name]
                return Inspect(machine, floor.chance, floor.steps, spec, gateway, lanes())
            case Gate(inspection):
                gateway = self._gateways[inspection.name]
                gate = SendOn(machine, floor.steps, inspection, gateway, lanes())
                self._gates[inspection.name] = gate
                return gate
            case model.Review():
                places = enumerate(self.layout.places)
                sent_by = {
                    place.name: lanes(self.layout.decider_of(index))
                    for index, place in places
                    if place.inspects
                }
                repairs = None if spec.rework is None else Repairs(self._maker, floor.chance, spec.rework)
                return Decide(machine, floor.chance, spec, sent_by, repairs)

    def _work(self, spec: model.Station, machine: Machine, lanes: Lanes) -> Task:
        chance, changeover = self._floor.chance, needs.changeover(spec)
        work: Task = (
            Work(machine, chance, spec, lanes)
            if changeover is None
            else SetUpWork(machine, chance, spec, changeover, lanes)
        )
        if spec.makes_defects is None:
            return work
        return SpoilingTask(work, Spoiler(chance, spec, self._defect_kinds))
