"""How long a run lasts and when parts come, as a scenario says it."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from line_sim.scenario.fields import Items, Name, Pace, PositiveDuration, Record, WarmUp, exactly_one
from line_sim.scenario.stops.calendars import WeekMoment
from line_sim.scenario.times import PositiveTime
from line_sim.units import MILLISECOND

CalendarName = Annotated[
    Name | None,
    Field(
        description="When it works, one of calendars; it finishes nothing while it is off. Default: always."
    ),
]

Clock = Literal["virtual", "coupled", "realtime"]

_SATURATED: JsonDict = {"required": ["saturated"], "properties": {"saturated": {"const": True}}}


class Run(Record):
    """How long the run lasts and what drives its clock."""

    model_config = ConfigDict(
        json_schema_extra=exactly_one({"required": ["items"]}, {"required": ["duration"]})
    )

    items: Items | None = Field(
        None, description="So many parts arrive (lost ones count), then the line empties and the run ends."
    )
    duration: PositiveDuration | None = Field(
        None, description="The run stops at this line time; parts still on the line are written as on_line."
    )
    clock: Clock | None = Field(
        None,
        description="virtual: as fast as possible, for modelled inference; coupled: line time waits for "
        "each real answer; realtime: at wall pace. Default: coupled with a live gateway, else virtual.",
    )
    pace: Pace = Field(
        1.0, description="Seconds of line time in a second of wall time, for the realtime clock."
    )
    skew_budget: PositiveDuration = Field(
        2 * MILLISECOND,
        description="How late a call may be sent against the line's own pace, in 99 of 100 calls; "
        "a run beyond it warns.",
    )
    warm_up: WarmUp = Field(
        0, description="Line time that the steady-state figures leave out, or auto to have it found."
    )
    starts_at: WeekMoment | None = Field(
        None, description="The day and time of line time 0, such as Mon 06:00. Default: Mon 00:00."
    )

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if (self.items is None) == (self.duration is None):
            raise ValueError("it must have either items or duration, and not both")
        return self


class Arrivals(Record):
    """When parts come to the line."""

    model_config = ConfigDict(json_schema_extra=exactly_one({"required": ["every"]}, _SATURATED))

    every: PositiveTime | None = Field(None, description="The takt: the time from one part to the next.")
    saturated: Annotated[bool, Field(strict=True)] = Field(
        False, description="true: a part is always waiting at the first station."
    )
    on_full: Literal["wait", "lose"] = Field(
        "wait", description="What a part does when there is no room in front of the first station."
    )
    calendar: Name | None = Field(
        None, description="When parts come, one of calendars: the takt stands while it is off."
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.every is None) != self.saturated:
            raise ValueError("it must have either every or saturated: true, and not both")
        return self
