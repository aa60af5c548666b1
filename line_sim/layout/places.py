"""The places of a line: where a part can wait and be worked on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from line_sim.layout.crews import Crew
from line_sim.layout.features import Feature, Features, answers_of, only
from line_sim.layout.shifts import Shifts
from line_sim.scenario.defects.making import MakesDefects
from line_sim.scenario.fields import Belt, belt_of, places_of
from line_sim.scenario.mix.by_variant import ByVariant, PartTime
from line_sim.scenario.model import Inspection, Review, ShipWhen, Station
from line_sim.scenario.rules import REVIEW, gate_name
from line_sim.scenario.stops.breakdowns import Way, names_of
from line_sim.scenario.stops.crews import REPAIR, WORK, crew_for
from line_sim.scenario.times import Constant
from line_sim.units import SECOND, Nanoseconds


class Kind(StrEnum):
    """What is done to a part at a place."""

    STATION = "station"
    INSPECTION = "inspection"
    GATE = "gate"
    REVIEW = REVIEW


@dataclass(frozen=True, slots=True)
class Failures:
    """A way in which a place's machines stop: mean up time and repair in ns, and what the up time counts.

    Where it `counts` parts, `up` is the mean number of parts. The means are None where measured times are
    gone. `name` is what it is called, empty for a lone way without one; `even`: neither up nor repair ever
    varies, `even_parts`: up never does.
    """

    up: float | None
    repair: float | None
    counts: str = "operating"
    name: str = ""
    even: bool = False
    even_parts: bool = False

    def of(self, station: str) -> str:
        """Return what is told of a station that stops in this way: its name, with the way's behind it."""
        return f"{station} ({self.name})" if self.name else station

    @property
    def by_calendar(self) -> bool:
        """Whether it may happen at any time."""
        return self.counts == "calendar"

    @property
    def by_parts(self) -> bool:
        """Whether it comes after so many parts."""
        return self.counts == "parts"

    @property
    def by_chance(self) -> bool:
        """Whether a run must see many to know how often they come: not where so many parts bring one."""
        return not (self.by_parts and self.even)


@dataclass(frozen=True, slots=True)
class Planned:
    """A time as it is planned: its mean in ns (None: not known), what it `always` is (None: it varies)."""

    mean: float | None
    always: Nanoseconds | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place: its name, its parallel machines (units) and the waiting places in front of them (buffer).

    `belt` is the belt that these places are, if they are one; a gate's unit stands on the last of them.
    `at_gate`: an inspection whose cameras hold no part; its answers send parts on at the gate behind it.
    `deadline` (ns) is that of an inspection's calls, `ship_when` and `on_no_result` are how it judges
    their answers (None: not known), and `modelled` says that no network gives them. `fails` says whether
    its machines break down, `failures` how. `planned` is the mean time in ns that a part needs there,
    without any answer (None: not known), `takes` that of each variant in the order of the mix, or one for
    all. `changeover` is what a machine is set up for between two variants (None: nothing). `shifts` is when
    it works (None: always). Of the crew `worked_by` somebody is needed for all work, of `repaired_by` for
    every repair (None: nobody is). `makes_defects` says how often it spoils a good part (None: it makes no
    defects). `answers` are the features of what answers here.
    """

    name: str
    units: int = 1
    buffer: int = 0
    kind: Kind = Kind.STATION
    deadline: Nanoseconds | None = None
    fails: bool = False
    ship_when: ShipWhen | None = None
    on_no_result: str = "review"
    planned: float | None = None
    modelled: bool = False
    failures: tuple[Failures, ...] = ()
    belt: Belt | None = None
    at_gate: bool = False
    shifts: Shifts | None = None
    worked_by: Crew | None = None
    repaired_by: Crew | None = None
    makes_defects: MakesDefects | None = None
    takes: tuple[Planned, ...] = ()
    changeover: Planned | None = None
    answers: Features = frozenset()

    @property
    def features(self) -> Features:
        """What there is at this place."""
        counts = {failures.counts for failures in self.failures}
        return self.answers | only(
            {
                Feature.STATION: self.kind is Kind.STATION,
                Feature.INSPECTION: self.inspects,
                Feature.GATE: self.is_gate,
                Feature.REVIEW: self.kind is Kind.REVIEW,
                Feature.PARALLEL: self.units > 1,
                Feature.BUFFER: self.belt is None and self.buffer > 0,
                Feature.BELT: self.belt is not None,
                Feature.STIFF_BELT: self.belt is not None and not self.belt.accumulates,
                Feature.BREAKDOWN_OPERATING: "operating" in counts,
                Feature.BREAKDOWN_CALENDAR: "calendar" in counts,
                Feature.BREAKDOWN_PARTS: "parts" in counts,
                Feature.SEVERAL_BREAKDOWNS: len(self.failures) > 1,
                Feature.CHANGEOVER: self.changeover is not None,
                Feature.MAKES_DEFECTS: self.makes_defects is not None,
                Feature.CALENDAR: self.shifts is not None,
                Feature.WORK_CREW: self.worked_by is not None,
                Feature.REPAIR_CREW: self.repaired_by is not None,
                Feature.DEADLINE: self.deadline is not None,
                Feature.STOPS_LINE: self.inspects and self.on_no_result == "stop",
            }
        )

    @property
    def inspects(self) -> bool:
        """Whether an inference server is asked here."""
        return self.kind is Kind.INSPECTION

    @property
    def is_gate(self) -> bool:
        """Whether it is the end of a gate's belt, and no machine."""
        return self.kind is Kind.GATE

    @property
    def decides(self) -> bool:
        """Whether parts wait here for their answers, and are sent on by them."""
        return self.is_gate or (self.inspects and not self.at_gate)


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate of an inspection as a place of its own: the end of its belt, where the answer decides."""

    inspection: Inspection
    buffer: Belt
    units: int = 1
    calendar: None = None
    """It is never off: the end of a belt needs nobody, and answers come at any hour."""

    @property
    def name(self) -> str:
        """What it is called."""
        return gate_name(self.inspection.name)


Spec: TypeAlias = Station | Inspection | Gate | Review
"""What a scenario says of a place."""


def with_gate(entry: Station | Inspection) -> tuple[Station | Inspection | Gate, ...]:
    """Return the places that an entry of a line is: an inspection may have a gate behind it."""
    if isinstance(entry, Station) or entry.gate is None:
        return (entry,)
    return entry, Gate(entry, entry.gate.belt)


def place_of(spec: Spec, shifts: Shifts | None = None) -> Place:
    """Return what a scenario says of a place, which works in these shifts."""
    room, belt = places_of(spec.buffer), belt_of(spec.buffer)
    match spec:
        case Station():
            failures = failures_of(spec.ways)
            return Place(
                spec.name,
                spec.units,
                room,
                fails=bool(failures),
                planned=mean_of(spec.cycle),
                failures=failures,
                belt=belt,
                shifts=shifts,
                makes_defects=spec.makes_defects,
                takes=planned_of(spec.cycle),
                changeover=None if spec.changeover is None else _planned(spec.changeover),
            )
        case Inspection():
            return Place(
                spec.name,
                spec.units,
                room,
                Kind.INSPECTION,
                deadline=spec.deadline,
                ship_when=spec.ship_when,
                on_no_result=spec.on_no_result,
                planned=mean_of(spec.acquisition),
                modelled=spec.gateway.model is not None,
                belt=belt,
                at_gate=spec.gate is not None,
                shifts=shifts,
                takes=planned_of(spec.acquisition),
                answers=answers_of(spec.gateway),
            )
        case Gate():
            return Place(spec.name, buffer=room, kind=Kind.GATE, planned=0.0, belt=belt)
        case Review():
            return Place(
                REVIEW,
                spec.units,
                room,
                Kind.REVIEW,
                planned=mean_of(spec.time),
                belt=belt,
                shifts=shifts,
                takes=planned_of(spec.time),
            )


def staffed(place: Place, spec: Spec, crews: Mapping[str, Crew]) -> Place:
    """Return a place that knows of which crews it needs somebody."""
    if not isinstance(spec, Station) or spec.crew is None:
        return place
    work, repair = crew_for(spec.crew, WORK), crew_for(spec.crew, REPAIR)
    return replace(place, worked_by=crews.get(work or ""), repaired_by=crews.get(repair or ""))


def belt_to(place: str) -> str:
    """Return what the belt in front of a place is called where it stands beside the stations."""
    return f"belt to {place}"


def failures_of(ways: Sequence[Way]) -> tuple[Failures, ...]:
    """Return the ways in which a station's machines stop, by their means."""
    return tuple(
        Failures(
            mean_up(way), mean_of(way.repair), way.counts, name, _is_even(way), isinstance(way.up, Constant)
        )
        for way, name in zip(ways, names_of(ways), strict=True)
    )


def _is_even(way: Way) -> bool:
    return isinstance(way.up, Constant) and isinstance(way.repair, Constant)


def mean_up(way: Way) -> float | None:
    """Return the mean up time of a way in ns, or the mean number of parts where it counts those."""
    mean = mean_of(way.up)
    return mean if mean is None or way.counts != "parts" else mean / SECOND


def mean_of(time: PartTime) -> float | None:
    """Return a time's mean in ns; None of measured times whose file is gone."""
    try:
        return float(time.mean_ns)
    except ValueError:
        return None


def planned_of(time: PartTime) -> tuple[Planned, ...]:
    """Return a time as it is planned, for each variant or for all."""
    return tuple(map(_planned, time.times if isinstance(time, ByVariant) else (time,)))


def _planned(time: PartTime) -> Planned:
    return Planned(mean_of(time), time.value if isinstance(time, Constant) else None)
