"""A line built from its scenario, and run."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from line_sim.chance.chance import Chance
from line_sim.inspection.gateway import Gateway
from line_sim.inspection.replay import EndOfRecordingError
from line_sim.layout import REVIEW
from line_sim.line.arrivals import Source
from line_sim.line.buffer import Destination
from line_sim.line.clocks.virtual import FIRST_FINISH, LineEnvironment
from line_sim.line.collecting import fewer_collections
from line_sim.line.floor import ON_LINE, Floor, Halt, ScrapBin, ShipLane
from line_sim.line.interrupt import Interrupt
from line_sim.line.machines import Machine, machine_maker
from line_sim.line.parts import PartMaker
from line_sim.line.routing import Lane
from line_sim.line.stations import Station
from line_sim.line.steps import Observer, Steps
from line_sim.line.tasks import Decide, Inspect, Work
from line_sim.scenario import model
from line_sim.units import Nanoseconds

COMPLETED, DURATION_OVER, INTERRUPTED, STOPPED = "completed", "duration over", "interrupted", "stopped"
ENDINGS = (COMPLETED, DURATION_OVER, INTERRUPTED, STOPPED)


class Ending(NamedTuple):
    """How a run ended: one of the words above, at which line time, and why it was stopped if it was."""

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
        defect_kinds: tuple[str, ...] = (),
        interrupt: Interrupt | None = None,
        env: LineEnvironment | None = None,
        chance: Chance | None = None,
    ) -> None:
        self._interrupt = interrupt or Interrupt()
        self._horizon = scenario.run.duration
        env = env or LineEnvironment()
        if not env.waits_for_answers and any(gateway.live for gateway in gateways.values()):
            raise TypeError("a live gateway needs a clock that waits for it: give env=environment_for(...)")
        self._floor = Floor(env, Steps.of(observers), chance or Chance(scenario.seed))
        self._gateways = gateways
        self._last_rank = FIRST_FINISH + len(scenario.line) + 2  # review and the stations finish before it
        self.stations = self._build(scenario)
        maker = PartMaker(self._floor.chance, scenario.product.defect_rate, defect_kinds)
        first = self.stations[0].buffer
        self._source = Source(
            self._floor, scenario.arrivals, maker, first, scenario.run.items, self._last_rank
        )

    def run(self) -> Ending:
        """Let the parts through, tell the observers of everything, and say how it ended."""
        for station in reversed(self.stations):
            station.start()
        self._source.start()
        try:
            with fewer_collections():
                self._floor.env.run_line(horizon=self._horizon, ended=self._end())
        except KeyboardInterrupt:
            self._interrupt.wished = True
        except EndOfRecordingError as error:
            self._floor.stop_reason = str(error)
        self._tell_unfinished()
        return self._ending()

    def _end(self) -> Callable[[], bool]:
        """Return what says whether the line is to stop; it is asked before every event."""
        floor, parts, source, interrupt = self._floor, self._floor.parts, self._source, self._interrupt

        def ended() -> bool:
            return (not parts and source.exhausted) or interrupt.wished or floor.stop_reason != ""

        return ended

    def _ending(self) -> Ending:
        now = self._floor.env.now
        if self._interrupt.wished:
            return Ending(INTERRUPTED, now)
        if self._floor.stop_reason:
            return Ending(STOPPED, now, self._floor.stop_reason)
        return Ending(COMPLETED if self._horizon is None else DURATION_OVER, now)

    def _tell_unfinished(self) -> None:
        """Tell of what is still on the line, so that nothing that came in is missing from the records."""
        steps = self._floor.steps
        for station in self.stations:
            if steps.visit is not None:
                for visit in station.unfinished():
                    steps.visit(visit)
            if steps.outage is not None:
                for outage in station.outages():
                    steps.outage(outage)
        if steps.item is not None:
            for part in self._floor.parts.values():
                steps.item(part.story(None, ON_LINE))

    def _build(self, scenario: model.Scenario) -> list[Station]:
        """Build from the end of the line to its beginning: each station knows the one after it."""
        ship, scrap = ShipLane(self._floor), ScrapBin(self._floor)
        stations: list[Station] = []
        review = self._review(scenario.review, ship, scrap)
        downstream: Destination = ship
        for index, spec in reversed(list(enumerate(scenario.line))):
            rank = FIRST_FINISH + len(scenario.line) - index
            station = self._station(spec, rank, downstream, review, scrap)
            stations.insert(0, station)
            downstream = station.buffer
        return [*stations, review] if review else stations

    def _review(self, spec: model.Review | None, ship: ShipLane, scrap: ScrapBin) -> Station | None:
        if spec is None:
            return None
        task = Decide(self._floor, spec, ship, scrap)
        env = self._floor.env
        return Station(
            self._floor,
            REVIEW,
            spec.buffer,
            spec.units,
            lambda unit: Machine(env, REVIEW, unit, FIRST_FINISH),
            task,
        )

    def _station(
        self,
        spec: model.Station | model.Inspection,
        rank: int,
        downstream: Destination,
        review: Station | None,
        scrap: ScrapBin,
    ) -> Station:
        floor = self._floor
        task: Work | Inspect
        if isinstance(spec, model.Station):
            breakdowns = spec.breakdowns
            task = Work(floor, spec, downstream)
        else:
            breakdowns = None
            lanes: dict[Lane, Destination] = {
                Lane.SHIP: downstream,
                Lane.SCRAP: scrap,
                Lane.STOP: Halt(floor),
            }
            if review is not None:
                lanes[Lane.REVIEW] = review.buffer
            task = Inspect(floor, spec, self._gateways[spec.name], lanes)
        outage_rank = self._last_rank - 1
        make = machine_maker(
            *(floor.env, spec.name, rank, outage_rank, floor.steps, floor.chance, breakdowns)
        )
        return Station(floor, spec.name, spec.buffer, spec.units, make, task)
