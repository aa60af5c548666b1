"""Calendars: at which times of the week somebody works, as the scenario says it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from line_sim.scenario.fields import Key, Name, Record, refuse
from line_sim.scenario.stops.week import (
    DAY,
    WEEK,
    in_week,
    moment_text,
    parse_days,
    parse_moment,
    parse_shift,
)
from line_sim.units import Nanoseconds

_MAPPING = "it must be a mapping from days to shifts such as {Mon-Fri: ['06:00-14:00']}"
MOST_SHIFTS = 100
"""Shifts that may stand behind one key."""

Written = tuple[tuple[str, tuple[str, ...]], ...]
Turn = tuple[Nanoseconds, Nanoseconds, Key, str]
"""A shift in the week: from, to (ns since Monday 00:00), where it stands, and as it is told."""


class Calendar(Record):
    """When somebody works: shifts by days of the week; all other time is off."""

    shifts: Written = Field(description="The shifts of each day or days, as they are written.")

    @property
    def on(self) -> tuple[tuple[Nanoseconds, Nanoseconds], ...]:
        """The stretches of the week in which it is on, in ns since Monday 00:00, in order and apart.

        One that goes on past Sunday's end is cut there; what touches is one.
        """
        return in_week((begin, end) for begin, end, _, _ in _turns(self.shifts))

    @model_validator(mode="before")
    @classmethod
    def _read(cls, written: Any) -> Any:
        if not isinstance(written, Mapping):
            raise ValueError(_MAPPING)  # noqa: TRY004 - pydantic takes it for a mistake of the user
        mistakes = list(_mistakes(written))
        if mistakes:
            refuse("Calendar", mistakes)
        return {"shifts": tuple((str(days), tuple(shifts)) for days, shifts in written.items())}

    @model_serializer(mode="plain")
    def _write(self) -> dict[str, list[str]]:
        return {days: list(shifts) for days, shifts in self.shifts}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the mapping as it is written."""
        reference = handler(core)
        schema = handler.resolve_ref_schema(reference)
        description = schema["description"]
        day = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
        days = rf"^\s*{day}(\s*-\s*{day})?\s*(,\s*{day}(\s*-\s*{day})?\s*)*$"
        shift = {
            "type": "string",
            "pattern": r"^\s*\d{1,2}:[0-5]\d(:[0-5]\d)?\s*-\s*\d{1,2}:[0-5]\d(:[0-5]\d)?\s*$",
        }
        schema.clear()
        schema.update(
            description=description,
            type="object",
            minProperties=1,
            propertyNames={"pattern": days},
            additionalProperties={"type": "array", "items": shift, "maxItems": MOST_SHIFTS},
            examples=[{"Mon-Fri": ["06:00-14:00", "14:00-22:00"], "Sat": ["06:00-12:00"]}],
        )
        return reference


def _mistakes(written: Mapping[object, object]) -> Iterator[tuple[Key, str, object]]:
    """Yield everything that is wrong with a calendar as it is written; overlaps where all else is right."""
    found = [mistake for days, shifts in written.items() for mistake in _of_days(days, shifts)]
    yield from found
    if not found:
        turns = list(_turns(tuple((str(days), tuple(shifts)) for days, shifts in written.items())))  # type: ignore[arg-type]
        if not turns:
            yield (), "it must have at least one shift; whoever never works needs no calendar", written
        else:
            yield from _overlaps(turns)


def _of_days(days: object, shifts: object) -> Iterator[tuple[Key, str, object]]:
    try:
        parse_days(days)
    except ValueError as error:
        yield (str(days),), f"is behind a key that names no days: {error}", shifts
    if not isinstance(shifts, Sequence) or isinstance(shifts, str):
        yield (str(days),), "it must be a list of shifts such as ['06:00-14:00']", shifts
        return
    if len(shifts) > MOST_SHIFTS:
        yield (str(days),), f"it must have at most {MOST_SHIFTS} shifts", shifts
    for place, shift in enumerate(shifts):
        try:
            parse_shift(shift)
        except ValueError as error:
            yield (str(days), place), f"it {error}", shift


def _turns(written: Written) -> Iterator[Turn]:
    for days, shifts in written:
        for day in parse_days(days):
            for place, shift in enumerate(shifts):
                begin, end = parse_shift(shift)
                yield day * DAY + begin, day * DAY + end, (days, place), moment_text(day * DAY + begin)


def _overlaps(turns: list[Turn]) -> Iterator[tuple[Key, str, object]]:
    """Yield each place whose shift begins before another is over, once; the week goes round."""
    ordered = sorted(turns, key=lambda turn: turn[:2])
    told: set[Key] = set()
    for turn, following in zip(ordered, [*ordered[1:], _next_week(ordered[0])], strict=True):
        where = following[2]
        if turn[1] > following[0] and where not in told:
            told.add(where)
            what = f"{following[3]} the shift of {turn[3]} is not over"
            yield where, f"it overlaps: at {what}", None


def _next_week(turn: Turn) -> Turn:
    begin, end, where, told = turn
    return begin + WEEK, end + WEEK, where, told


class CalendarMap(dict[str, Calendar]):
    """Calendars by name; nobody changes it, so that it can be hashed like every part of a scenario."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash the names and calendars, whatever their order."""
        return hash(frozenset(self.items()))


Calendars = Annotated[dict[Name, Calendar], AfterValidator(CalendarMap)]


def _moment(value: object) -> Nanoseconds:
    try:
        return parse_moment(value)
    except ValueError as error:
        raise ValueError(f"it {error}") from error


WeekMoment = Annotated[
    Nanoseconds,
    PlainValidator(_moment),
    PlainSerializer(moment_text, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\s*(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\s+\d{1,2}:[0-5]\d(:[0-5]\d)?\s*$",
            "examples": ["Mon 06:00"],
        }
    ),
]
"""A day and a time, as ns since Monday 00:00; written `Mon 06:00`."""
