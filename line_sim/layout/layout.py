"""The layout: the one description of a line, built once from its scenario.

It says which places there are, which ways lead from one to another, and which of several simultaneous
events comes first. The line is built from it, and everybody who asks one of these things reads it.
"""

from dataclasses import dataclass
from functools import cached_property

from line_sim.layout.circles import way_round
from line_sim.layout.crews import Crew
from line_sim.layout.features import Feature, Features, only
from line_sim.layout.places import Gate, Place, Spec, mean_of, place_of, staffed, with_gate
from line_sim.layout.run_plan import RunPlan
from line_sim.layout.servers import Server, servers_of
from line_sim.layout.shifts import Shifts, shifts_of
from line_sim.layout.ways import Exit, Lane, Rework, Way, ways_of
from line_sim.scenario.mix.mix import Mix
from line_sim.scenario.model import Inspection, Review, Scenario, Station
from line_sim.scenario.stops.crews import crew_of
from line_sim.units import HOUR, Nanoseconds

HAND_OVER = 1
"""The rank of what follows at once from what has just happened; SimPy gives it to its own events."""

FIRST_FINISH = HAND_OVER + 1

AFTER_ALL = 1 << 30
"""The rank of modelled servers that work on several requests: all of a moment have come when they decide."""


@dataclass(frozen=True)
class Layout:
    """A line as data: its stations in order, the review bench beside them, where parts come from, the run.

    `saturated`: there is always a part waiting; else `takt` is the mean time between arrivals in ns. `comes`
    is when parts come (None: always). `rejoins`: what reviewers clear goes on behind the inspection that sent
    it; `rework` says where they send what is repaired. `joined` are its ways where they are none of these.
    `servers` are the modelled ones whose answers hang on requests of others, or to come. `mix` says which
    variants come how often (None: one kind of part). `loses`: a part that finds no room at the entry is lost.
    """

    line: tuple[Place, ...]
    review: Place | None = None
    saturated: bool = False
    takt: float | None = None
    run: RunPlan = RunPlan()  # noqa: RUF009 - frozen, so that all may have the same one
    rejoins: bool = True
    rework: Rework | None = None
    joined: tuple[Way, ...] | None = None
    servers: tuple[Server, ...] = ()
    comes: Shifts | None = None
    mix: Mix | None = None
    loses: bool = False

    @cached_property
    def features(self) -> Features:
        """What there is on the line: of all its rows, and of itself."""
        rows = [*(place.features for place in self.places), *(server.features for server in self.servers)]
        return frozenset[Feature]().union(*rows) | only(
            {
                Feature.REJOINS: self.rejoins and self.review is not None,
                Feature.CIRCLE: self.leads_back,
                Feature.REWORK: self.reworks,
                Feature.SATURATED: self.saturated,
                Feature.TAKT: not self.saturated,
                Feature.LOSSY: self.loses,
                Feature.ARRIVAL_CALENDAR: self.comes is not None,
                Feature.HORIZON: self.run.duration is not None,
                Feature.VARIANTS: self.mix is not None,
            }
        )

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every place in order, the review bench last; a place is told by its index here."""
        return self.line if self.review is None else (*self.line, self.review)

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """Every way between them, and off the line."""
        if self.joined is not None:
            return self.joined
        return ways_of(self.line, self.review, rejoins=self.rejoins, rework=self.rework)

    @property
    def entry(self) -> int:
        """The place at which parts come in."""
        return 0

    @property
    def bench(self) -> int | None:
        """The place of the review bench."""
        return None if self.review is None else len(self.line)

    @cached_property
    def inspections(self) -> tuple[Place, ...]:
        """The places that ask an inference server."""
        return tuple(place for place in self.places if place.inspects)

    def gate_of(self, place: int) -> int | None:
        """Return the gate of the inspection at a place; None where its cameras hold the parts."""
        return place + 1 if self.places[place].at_gate else None

    def decider_of(self, place: int) -> int:
        """Return the place from which the answers of the inspection at a place send parts on."""
        gate = self.gate_of(place)
        return place if gate is None else gate

    def camera_of(self, place: int) -> int:
        """Return the inspection whose answers send parts on from a place: what is in front of a gate."""
        return place - 1 if self.places[place].is_gate else place

    @property
    def takt_uph(self) -> float | None:
        """The output that the takt asks for, in units per hour of all time."""
        if not self.takt:
            return None
        return HOUR / self.takt if self.comes is None else HOUR / self.takt * self.comes.share

    def takt_between(self, start: Nanoseconds, end: Nanoseconds) -> float | None:
        """Return the output that the takt asks for between two moments, in units per hour: at night none."""
        if not self.takt or self.comes is None or end <= start:
            return self.takt_uph
        return HOUR / self.takt * self.comes.between(start, end) / (end - start)

    @cached_property
    def leads_back(self) -> bool:
        """Whether a part may come to a place again."""
        return bool(self.circle)

    @cached_property
    def circle(self) -> tuple[str, ...]:
        """The names of places on a way round, the most upstream first; none where no way leads back."""
        return tuple(self.places[place].name for place in way_round(self.ways))

    @property
    def reworks(self) -> bool:
        """Whether a part may be repaired and go round again."""
        return self.rework is not None

    @cached_property
    def makes_defects(self) -> bool:
        """Whether a station makes defects, so that a part may be good here and defective there."""
        return any(place.makes_defects is not None for place in self.places)

    @property
    def changes_over(self) -> bool:
        """Whether any machine is set up between two variants."""
        return any(place.changeover is not None for place in self.places)

    def ways_from(self, place: int, sent_by: int | None = None) -> dict[Lane, int | Exit]:
        """Return where each lane from a place leads a part that an inspection sent there (None: any part)."""
        mine = (way for way in self.ways if way.start == place)
        return {way.lane: way.to for way in mine if way.sent_by in {None, sent_by}}

    def leading_to(self, to: int | Exit) -> tuple[int, ...]:
        """Return the places from which a part may come to a place, or leave the line."""
        return self._starts.get(to, ())

    @cached_property
    def _starts(self) -> dict[int | Exit, tuple[int, ...]]:
        """The places from which ways lead to each end, each once and in order."""
        found: dict[int | Exit, set[int]] = {}
        for way in self.ways:
            found.setdefault(way.to, set()).add(way.start)
        return {to: tuple(sorted(starts)) for to, starts in found.items()}

    @cached_property
    def ship_lane(self) -> tuple[int, ...]:
        """The places of a part that only ever goes on: from the entry to the end of the line."""
        passed: list[int] = []
        place: int | Exit | None = self.entry
        while isinstance(place, int) and place not in passed:
            passed.append(place)
            place = self.ways_from(place).get(Lane.SHIP)
        return tuple(passed)

    def upstream(self, place: int) -> tuple[int, ...]:
        """Return the places that a part may have passed before a place: itself, too, if a way leads back."""
        found: set[int] = set()
        ahead = {place}
        while ahead:
            ahead = {start for to in ahead for start in self.leading_to(to)} - found
            found |= ahead
        return tuple(sorted(found))

    def finish_rank(self, place: int) -> int:
        """Return the rank of parts that finish at a place: the most downstream first, review before all."""
        if place == self.bench:
            return FIRST_FINISH
        return FIRST_FINISH + 2 * (len(self.line) - place)

    def belt_rank(self, place: int) -> int:
        """Return the rank of parts on the belt in front of a place: between it and what is upstream."""
        return self.finish_rank(place) + 1

    @property
    def outage_rank(self) -> int:
        """The rank of machines that fail or are repaired: after all parts that finish."""
        return FIRST_FINISH + 2 * (len(self.line) + 1)

    @property
    def shift_rank(self) -> int:
        """The rank of shifts that begin and end: what is due at the end of one has happened by then."""
        return self.outage_rank + 1

    @property
    def arrival_rank(self) -> int:
        """The rank of parts that arrive: last, so that a departure makes room before one looks for it."""
        return self.shift_rank + 1

    @property
    def crew_rank(self) -> int:
        """The rank of crews that say to whom their people go: all have asked by then who do at a moment."""
        return self.arrival_rank + 1

    @cached_property
    def crews(self) -> tuple[Crew, ...]:
        """All crews of which somebody is needed, each once, in the order of the places."""
        needed = (crew for place in self.places for crew in (place.worked_by, place.repaired_by))
        return tuple(dict.fromkeys(crew for crew in needed if crew is not None))

    @cached_property
    def calendars(self) -> tuple[Shifts, ...]:
        """All calendars that somebody has, each once: of the places in order, the arrivals, the crews."""
        has = (*(place.shifts for place in self.places), self.comes, *(crew.shifts for crew in self.crews))
        return tuple(dict.fromkeys(shifts for shifts in has if shifts is not None))

    @cached_property
    def one_calendar(self) -> Shifts | None:
        """The calendar that all places have, and the arrivals of a line that is not saturated; None: no such.

        A crew that has one has this one, too. All that ever happens on the line then happens in its working
        time, but for what belts and gates bring on, which have no hours.
        """
        has = {place.shifts for place in self.places if not place.is_gate} | (
            {self.comes} if not self.saturated else set()
        )
        has |= {crew.shifts for crew in self.crews if crew.shifts is not None}
        return next(iter(has)) if len(has) == 1 else None


def layout_of(scenario: Scenario) -> Layout:
    """Build the layout of a scenario's line."""
    every, review = scenario.arrivals.every, scenario.review
    crews = {name: _crew(scenario, name) for name in scenario.crews or ()}
    return Layout(
        line=tuple(
            staffed(place_of(spec, shifts_in(scenario, spec.calendar)), spec, crews)
            for spec in _specs(scenario)
        ),
        review=None if review is None else place_of(review, shifts_in(scenario, review.calendar)),
        rejoins=review is None or review.cleared == "rejoins",
        rework=None if review is None else _rework(scenario, review),
        saturated=scenario.arrivals.saturated,
        takt=None if every is None else mean_of(every),
        servers=servers_of(scenario),
        run=RunPlan(
            scenario=scenario.name,
            seed=scenario.seed,
            clock=scenario.clock,
            items=scenario.run.items,
            warm_up=scenario.run.warm_up,
            skew_budget=scenario.run.skew_budget,
            duration=scenario.run.duration,
            starts_at=scenario.run.starts_at,
        ),
        comes=shifts_in(scenario, scenario.arrivals.calendar),
        mix=scenario.product.mix,
        loses=scenario.arrivals.on_full == "lose",
    )


def shifts_in(scenario: Scenario, name: str | None) -> Shifts | None:
    """Return a scenario's calendar of a name by line time; None for no name."""
    return shifts_of(name, scenario.calendar_of(name), scenario.run.starts_at)


def _crew(scenario: Scenario, name: str) -> Crew:
    said = crew_of((scenario.crews or {})[name])
    return Crew(name, said.people, shifts_in(scenario, said.calendar))


def _rework(scenario: Scenario, review: Review) -> Rework | None:
    if (spec := review.rework) is None:
        return None
    to = next(place for place, entry in enumerate(_specs(scenario)) if entry.name == spec.to)
    rate = scenario.product.defect_rate_of_defective if spec.defect_rate is None else spec.defect_rate
    return Rework(to, spec.buffer, spec.at_most, spec.share, rate)


def specs_of(scenario: Scenario) -> tuple[Spec, ...]:
    """Return what the scenario says of each place, in the order of `Layout.places`."""
    line = _specs(scenario)
    return line if scenario.review is None else (*line, scenario.review)


def _specs(scenario: Scenario) -> tuple[Station | Inspection | Gate, ...]:
    return tuple(spec for entry in scenario.line for spec in with_gate(entry))
