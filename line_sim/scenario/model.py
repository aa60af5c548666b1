"""A scenario: the line, its parts, its inspection and its people, as frozen data.

The keys are those of the scenario file; every duration is whole nanoseconds.
"""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_core.core_schema import ValidationInfo

from line_sim.scenario.defects.making import MakesDefects
from line_sim.scenario.defects.repairs import Rework
from line_sim.scenario.fields import (
    Buffer,
    GateBelt,
    Key,
    Name,
    OneOf,
    PositiveDuration,
    Rate,
    Record,
    Text,
    Units,
    refuse,
)
from line_sim.scenario.gateways.kinds import Gateway
from line_sim.scenario.gateways.servers import LONGEST_CALL, LONGEST_WAIT
from line_sim.scenario.gateways.shared import SERVERS, Servers, SharedGateway
from line_sim.scenario.mix.by_variant import OfPart, PartTime, times_in
from line_sim.scenario.mix.product import Product
from line_sim.scenario.rules import broken_rules
from line_sim.scenario.running import Arrivals, CalendarName, Clock, Run
from line_sim.scenario.stops.agreement import Broken
from line_sim.scenario.stops.breakdowns import Breakdowns, PartsStops, Way, Ways, ways_of
from line_sim.scenario.stops.calendars import Calendar, Calendars
from line_sim.scenario.stops.crews import Crews, Needs, never_together
from line_sim.scenario.times import Constant, Time, far_beyond
from line_sim.truth import GOOD
from line_sim.units import duration_text

__all__ = ["Arrivals", "Breakdowns", "Calendar", "CalendarName", "Clock", "PartsStops", "Run", "Way"]

Cleared = Literal["rejoins", "ships"]

OnNoResult = Literal["review", "ship", "scrap", "stop"]


class Station(OfPart):
    """A step of the line that works on one part per unit."""

    station: Name = Field(description="The station's name, its own on the line.")
    buffer: Buffer = Field(
        0, description="Waiting places in front of the station, its machines not counted, or a belt."
    )
    units: Units = Field(1, description="Machines that work in parallel.")
    cycle: PartTime = Field(description="What one part needs when nothing disturbs it.")
    changeover: Time | None = Field(
        None,
        description="What a machine needs first when a part of another variant comes than its last one was.",
    )
    breakdowns: Ways | None = Field(
        None, description="Failures and repairs, one way or a list of ways; none where absent."
    )
    calendar: CalendarName = None
    crew: Needs | None = Field(
        None, description="Who is needed: a crew's name with [work], [repair] or both. Default: nobody."
    )
    makes_defects: MakesDefects | None = Field(
        None, description="How often it spoils a good part, and how; never where absent."
    )

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways in which its machines stop."""
        return ways_of(self.breakdowns)

    @property
    def set_ups(self) -> float:
        """The share of its parts that a machine is set up for, where no part has left the line before it."""
        return 0.0 if self.changeover is None or self.mix is None else self.mix.changes(self.units)

    @property
    def name(self) -> str:
        """The station's name."""
        return self.station

    @property
    def times(self) -> tuple[tuple[Key, Time], ...]:
        """What one part takes, by key path."""
        return tuple(times_in(("cycle",), self.cycle))


class ShipWhen(Record):
    """The answer that lets a part go on along the line."""

    labels: tuple[Text, ...] = Field((GOOD,), min_length=1, description="The labels that mean a good part.")
    score_at_least: Rate = Field(0.5, description="The lowest score that is believed, 0 to 1.")


class Inspection(OfPart):
    """A station that takes a picture and waits for an inference server's answer, or lets a gate wait."""

    inspection: Name = Field(description="The station's name, its own on the line.")
    buffer: Buffer = Field(
        0, description="Waiting places in front of the station, its cameras not counted, or a belt."
    )
    units: Units = Field(1, description="Cameras that work in parallel.")
    acquisition: PartTime = Field(
        Constant(value=0), description="What taking the picture needs, before the call begins."
    )
    gateway: Gateway = Field(description="What answers: a server over grpc or rest, or a model of one.")
    deadline: PositiveDuration | None = Field(
        None,
        validate_default=True,
        description="The longest wait for one answer. "
        f"Default: {duration_text(LONGEST_CALL)} for a live gateway, else none.",
    )
    on_no_result: OnNoResult = Field(
        "review", description="What becomes of a part that got no usable answer; stop ends the run."
    )
    ship_when: ShipWhen = Field(ShipWhen(), description="The answer that lets a part go on along the line.")
    decides: Literal["at_camera", "at_gate"] | None = Field(
        None,
        description="at_camera: the camera holds a part until its answer is there; at_gate: the part rides "
        "on, and its answer is needed at the end of the gate's belt. Default: at_camera.",
    )
    gate: GateBelt | None = Field(
        None, description="The belt from the cameras to the gate; needed where decides is at_gate."
    )
    calendar: CalendarName = None

    @property
    def name(self) -> str:
        """The station's name."""
        return self.inspection

    @property
    def most_calls(self) -> int:
        """How many of its calls may be out at once."""
        return self.units if self.gate is None else self.units + self.gate.places

    @property
    def times(self) -> tuple[tuple[Key, Time], ...]:
        """What one part takes as far as the scenario says it, by key path: its own, or that of a server."""
        time, key = self.gateway.answer_time, self.gateway.answer_key
        own = times_in(("acquisition",), self.acquisition)
        return (*own, *(() if time is None else ((key, time),)))

    @field_validator("deadline", mode="after")
    @classmethod
    def _live_calls_end(cls, deadline: int | None, info: ValidationInfo) -> int | None:
        gateway = info.data.get("gateway")
        if gateway is None or not gateway.live:
            return deadline
        if deadline is not None and deadline > LONGEST_WAIT:
            raise ValueError(f"it must be at most {duration_text(LONGEST_WAIT)} where a real server answers")
        return LONGEST_CALL if deadline is None else deadline


class Review(OfPart):
    """People who look at the parts that did not pass, and clear, scrap or repair them."""

    buffer: Buffer = Field(0, description="Waiting places in front of the reviewers, or a belt.")
    units: Units = Field(1, description="Reviewers who work in parallel.")
    time: PartTime = Field(description="What one look takes.")
    miss_rate: Rate = Field(0.0, description="The share of defective parts they call good, 0 to 1.")
    false_alarm_rate: Rate = Field(0.0, description="The share of good parts they call defective, 0 to 1.")
    calendar: CalendarName = None
    cleared: Cleared | None = Field(
        None,
        validate_default=True,
        description="Where the parts go that they find good. rejoins (the default): on along the line, "
        "behind the inspection that sent them; ships: off the line.",
    )
    rework: Rework | None = Field(
        None, description="Which of their defective is repaired. Default: all is scrapped."
    )

    @field_validator("cleared", mode="after")
    @classmethod
    def _as_it_was(cls, cleared: Cleared | None, info: ValidationInfo) -> Cleared:
        """Read what an old run's scenario does not say: then, what was cleared was shipped."""
        recorded = (info.context or {}).get("read_files") is False
        return cleared or ("ships" if recorded else "rejoins")


Entry = Annotated[
    Station | Inspection,
    OneOf(lambda _: "it must have the key station or the key inspection, and not both"),
]


MOST_ENTRIES = 1_000
"""The stations and inspections of a line."""


def _whole_number(value: object) -> object:
    if type(value) is not int:  # 1.0 and true equal 1 in Python
        raise ValueError("it must be 1")
    return value


class Scenario(Record):
    """A production line and a run of it."""

    version: Annotated[Literal[1], BeforeValidator(_whole_number)] = Field(
        description="The version of this format."
    )
    name: Text = Field(description="What the scenario is called.")
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**64)] = Field(
        0, description="The same seed gives the same parts and the same chance."
    )
    run: Run = Field(description="How long the run lasts.")
    calendars: Calendars | None = Field(
        None, description="When somebody works, by name: shifts by days of the week."
    )
    crews: Crews | None = Field(
        None, description="People whom stations share, by name: how many, or how many and when."
    )
    arrivals: Arrivals = Field(description="When parts come.")
    product: Product = Field(Product(), description="What is made.")
    servers: Servers | None = Field(
        None, description="Modelled servers that inspections share, by name: a gateway is {server: NAME}."
    )
    line: tuple[Entry, ...] = Field(
        min_length=1, max_length=MOST_ENTRIES, description="The stations and inspections, in order."
    )
    review: Review | None = Field(
        None, description="The people who look again; needed where there is an inspection."
    )

    @property
    def inspections(self) -> tuple[Inspection, ...]:
        """The inspections of the line, in order."""
        return tuple(entry for entry in self.line if isinstance(entry, Inspection))

    def calendar_of(self, name: str | None) -> Calendar | None:
        """Return a calendar by its name; None for no name."""
        return None if name is None else (self.calendars or {})[name]

    @property
    def live(self) -> bool:
        """Whether a real server answers at any inspection."""
        return any(inspection.gateway.live for inspection in self.inspections)

    @property
    def clock(self) -> Clock:
        """The clock of the run: the stated one, or the one that fits the gateways."""
        return self.run.clock or ("coupled" if self.live else "virtual")

    @field_validator("line", mode="after")
    @classmethod
    def _find_the_servers(cls, line: tuple[Entry, ...], info: ValidationInfo) -> tuple[Entry, ...]:
        product = info.data.get("product")
        mix = None if product is None else product.mix
        return tuple(entry.joined_to(mix) for entry in joined(line, info.data.get("servers")))

    @field_validator("review", mode="after")
    @classmethod
    def _knows_the_mix(cls, review: Review | None, info: ValidationInfo) -> Review | None:
        product = info.data.get("product")
        return None if review is None else review.joined_to(None if product is None else product.mix)

    @model_validator(mode="after")
    def _obeys_the_rules(self) -> Self:
        broken = broken_rules(self.model_dump()) or list(self._questions())
        if broken:
            refuse("Scenario", broken)
        return self

    def _questions(self) -> Iterator[Broken]:
        """Ask about measured times in no stated unit far beyond the takt, and work that nobody can do."""
        for index, entry in enumerate(self.line):
            if isinstance(entry, Station):
                yield from never_together(index, entry.calendar, entry.crew, self.crews, self.calendars)
            for key, what, column in far_beyond(self.arrivals.every, entry.times):
                yield (*(() if key[0] == SERVERS else ("line", index)), *key), what, column


def joined(line: tuple[Entry, ...], servers: Servers | None) -> tuple[Entry, ...]:
    """Return a line whose gateways know the servers that they name."""
    return tuple(
        entry.model_copy(update={"gateway": entry.gateway.joined_to(servers or {})})
        if isinstance(entry, Inspection) and isinstance(entry.gateway, SharedGateway)
        else entry
        for entry in line
    )
