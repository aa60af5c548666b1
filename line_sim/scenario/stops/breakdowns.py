"""How machines fail and are repaired: one way, or several, counted by time or by parts."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    Tag,
    WrapSerializer,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from line_sim.scenario.fields import Name, Record
from line_sim.scenario.times import KINDS, PositiveTime
from line_sim.units import SECOND, parse_duration

MOST_WAYS = 20
"""Ways in which one machine may stop."""
_KINDS = tuple(kind for kind in KINDS if kind not in {"empirical", "values"})
_WANTED = f"it must be a whole number of parts such as 200, or have one key of {', '.join(_KINDS)}"
_PLAIN = "parts are counted, not timed: write a number without a unit"


def _counted(value: Any) -> Any:
    """Refuse what is no number of parts; a count is kept as so many seconds, of which it borrows the laws."""
    if isinstance(value, Mapping):
        if len(value) != 1 or next(iter(value)) not in _KINDS:
            raise ValueError(_WANTED)
        (parameters,) = value.values()
        if isinstance(parameters, Mapping) and any(isinstance(each, str) for each in parameters.values()):
            raise ValueError(_PLAIN)
        return value
    if isinstance(value, str):
        raise ValueError(_PLAIN)  # noqa: TRY004 - pydantic takes it for a mistake of the user
    if isinstance(value, int | float) and (type(value) is not int or value < 1):
        raise ValueError("it must be a whole number of parts, 1 or more")
    return value


def _as_counted(value: Any, write: SerializerFunctionWrapHandler) -> Any:
    """Write a count as the numbers that it was read from."""
    written = write(value)
    if isinstance(written, str):
        return _number(written)
    return {kind: {key: _number(each) for key, each in law.items()} for kind, law in written.items()}


def _number(written: Any) -> Any:
    """Return a duration as its number of seconds, a whole one where it is."""
    if not isinstance(written, str):
        return written
    nanoseconds = parse_duration(written)
    return nanoseconds // SECOND if nanoseconds % SECOND == 0 else nanoseconds / SECOND


class _OfNumbers:
    """Describes a count in a JSON Schema: a whole number, or one of the distributions of bare numbers."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        handler(core)
        law = {"type": "object", "description": "A distribution; its parameters are bare numbers of parts."}
        laws = [
            {"type": "object", "properties": {kind: law}, "required": [kind], "additionalProperties": False}
            for kind in _KINDS
        ]
        return {"anyOf": [{"type": "integer", "minimum": 1}, *laws], "examples": [200]}


Parts = Annotated[PositiveTime, BeforeValidator(_counted), WrapSerializer(_as_counted), _OfNumbers]
"""A number of parts, or a distribution of it; n parts are kept as n seconds."""


class _Way(Record):
    """What all ways have."""

    name: Name | None = Field(None, description="What it is called; of several ways each has its own name.")


class Breakdowns(_Way):
    """How a machine fails and is repaired; an interrupted part resumes."""

    up: PositiveTime = Field(description="The time from a repair to the next failure.")
    repair: PositiveTime = Field(description="The time a repair takes.")
    counts: Literal["operating", "calendar"] = Field(
        "operating", description="Whether up counts only while the machine works, or always."
    )


class PartsStops(_Way):
    """How a machine stops after so many parts, for a tool change, say."""

    up: Parts = Field(description="The parts from one stop to the next; those that this machine finishes.")
    repair: PositiveTime = Field(description="The time a stop takes.")
    counts: Literal["parts"] = Field(description="That up is a number of parts.")


Way: TypeAlias = Breakdowns | PartsStops


def _form_of_way(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "<counts>"
    counts = value.get("counts") if isinstance(value, Mapping) else getattr(value, "counts", None)
    return "<repair>" if counts == "parts" else "<up>"


_Timed: TypeAlias = Annotated[Breakdowns, Tag("<up>")]
_Counted: TypeAlias = Annotated[PartsStops, Tag("<repair>")]
_OneWay = Annotated[_Timed | _Counted, Discriminator(_form_of_way)]
_Several = Annotated[tuple[_OneWay, ...], Field(min_length=1, max_length=MOST_WAYS), Tag("<counts>")]

Ways = Annotated[_Timed | _Counted | _Several, Discriminator(_form_of_way)]
"""One way in which a machine stops, or a list of them."""


def ways_of(breakdowns: Way | tuple[Way, ...] | None) -> tuple[Way, ...]:
    """Return the ways in which a machine stops, none where it never does."""
    if breakdowns is None:
        return ()
    return breakdowns if isinstance(breakdowns, tuple) else (breakdowns,)


def names_of(ways: Sequence[Way]) -> tuple[str, ...]:
    """Return what each way is called: its name; of several without one, its number; a lone one is not."""
    several = len(ways) > 1
    return tuple(way.name or (str(number) if several else "") for number, way in enumerate(ways, 1))
