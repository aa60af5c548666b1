"""The kinds of value a scenario is written in: durations, counts, rates, names, paths.

Each kind is an annotated type that reads what the user wrote, refuses what cannot be, and writes
itself back in the same form. A message that starts with `it` continues "KEY is VALUE; ".
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, Self, Union, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    PlainValidator,
    Tag,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from line_sim.units import Nanoseconds, NotADurationError, duration_text, parse_duration

Key = tuple[str | int, ...]
"""Where a value stands in the scenario: `("line", 1, "deadline")`."""

DURATION_PATTERN = r"^\s*\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\s*(ns|us|ms|s|min|h)?\s*$"
_DURATION_EXAMPLES = ["250 ms", "1.5 s", "20 min", "2 h", 0.25]
_NAME = re.compile(r"\w(?:[\w .:+#&/()-]*[\w.+#)])?")


class Record(BaseModel):
    """Frozen data with exactly its own keys; anything else is refused.

    What reads and writes it is built when that is first wanted: a scenario's has that of all records inside.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


def refuse(model: str, mistakes: list[tuple[Key, str, object]]) -> NoReturn:
    """Raise one ValidationError that holds several mistakes as (key path, message, value)."""
    details: list[InitErrorDetails] = [
        {"type": PydanticCustomError("rule", "{message}", {"message": message}), "loc": key, "input": value}
        for key, message, value in mistakes
    ]
    raise ValidationError.from_exception_data(model, details)


ONE_OF = "one_of "


def one_of_error(keys: tuple[str, ...]) -> str:
    """Name the error of a mapping that has none of these keys, so that the nearest can be suggested."""
    return ONE_OF + " ".join(keys)


def key_of(form: type[Record]) -> str:
    """Return the key that tells a form of a mapping from its other forms: its first one."""
    return next(iter(form.model_fields))


def _one_of_the_keys(forms: Sequence[type[Record]]) -> str:
    return f"it must be a mapping with one of {', '.join(map(key_of, forms))}"


class OneOf:
    """Annotates a union of records: a mapping is read as the one whose first key it has.

    `wanted` says of the forms what to write. The tags of the forms are their keys in angle brackets: they
    are no part of the key path.
    """

    def __init__(self, wanted: Callable[[Sequence[type[Any]]], str] = _one_of_the_keys) -> None:
        self._wanted = wanted

    def __get_pydantic_core_schema__(self, union: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tag each form of the union with its key."""
        forms: dict[str, type[Record]] = {key_of(form): form for form in get_args(union)}

        def tag_of(value: Any) -> str | None:
            held = value if isinstance(value, Mapping) else getattr(type(value), "model_fields", ())
            found = [key for key in forms if key in held]
            return f"<{found[0]}>" if len(found) == 1 else None

        tagged: Any = Union[tuple(Annotated[form, Tag(f"<{key}>")] for key, form in forms.items())]  # noqa: UP007 - made of a table
        chosen = Discriminator(
            tag_of,
            custom_error_type=one_of_error(tuple(forms)),
            custom_error_message=self._wanted(tuple(forms.values())),
        )
        return handler.generate_schema(Annotated[tagged, chosen])


def exactly_one(*forms: JsonDict) -> JsonDict:
    """Say in a JSON Schema that exactly one of these forms holds."""
    return {"oneOf": list(forms)}


def _nanoseconds(value: object) -> Nanoseconds:
    try:
        return parse_duration(value)
    except NotADurationError as error:
        raise ValueError(f"it {error.why}") from error


def duration_or_none(value: object) -> Nanoseconds | None:
    """Read a duration as it is written; None for anything else, such as a distribution or a mistake."""
    try:
        return parse_duration(value)
    except ValueError:
        return None


def _warm_up(value: object) -> Nanoseconds | Literal["auto"]:
    if value == "auto":
        return "auto"
    nanoseconds = _nanoseconds(value)
    if nanoseconds < 0:
        raise ValueError("it must be 0 or more, or auto")
    return nanoseconds


def _warm_up_text(value: Nanoseconds | Literal["auto"]) -> str:
    return "auto" if value == "auto" else duration_text(value)


def _plain_name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError(
            "it must start with a letter or digit and hold only letters, digits, spaces, _-.:+#&/()"
        )
    return value


def _one_line(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise ValueError("it must be one line of text and not empty")
    return value


def _beside_the_scenario(value: str, info: ValidationInfo) -> str:
    folder = (info.context or {}).get("folder")
    try:
        return value if folder is None else str((Path(folder) / Path(value).expanduser()).resolve())
    except RuntimeError as error:  # no home of this name, or links that lead in a circle
        raise ValueError(f"it leads nowhere: {error}") from error


def _is_there(path: str, info: ValidationInfo) -> str:
    context = info.context or {}
    if context.get("folder") and context.get("read_files") and not os.path.isfile(path):  # noqa: PTH113 - Path's raises
        raise ValueError(f"there is no file {path}")
    return path


def _duration_schema(*others: object, **limit: float) -> WithJsonSchema:
    text = {"type": "string", "pattern": DURATION_PATTERN}
    number = {"type": "number", **limit, "description": "seconds"}
    return WithJsonSchema({"anyOf": [text, number, *others], "examples": _DURATION_EXAMPLES})


Duration = Annotated[
    Nanoseconds,
    BeforeValidator(_nanoseconds),
    Field(ge=0),
    PlainSerializer(duration_text, return_type=str),
    _duration_schema(minimum=0),
]
"""Nanoseconds, 0 or more; written `250 ms` or as a number of seconds."""

PositiveDuration = Annotated[
    Nanoseconds,
    BeforeValidator(_nanoseconds),
    Field(gt=0),
    PlainSerializer(duration_text, return_type=str),
    _duration_schema(exclusiveMinimum=0),
]
"""Nanoseconds, more than 0."""

WarmUp = Annotated[
    Nanoseconds | Literal["auto"],
    PlainValidator(_warm_up),
    PlainSerializer(_warm_up_text, return_type=str),
    _duration_schema({"const": "auto"}, minimum=0),
]
"""Nanoseconds, 0 or more, or `auto`."""

Items = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
Places = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Units = Annotated[int, Field(strict=True, ge=1, le=10_000)]
Rate = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Pace = Annotated[float, Field(strict=True, ge=0.000_001, le=1_000_000, allow_inf_nan=False)]
Text = Annotated[str, Field(strict=True, min_length=1, max_length=200), AfterValidator(_one_line)]
Name = Annotated[str, Field(strict=True, min_length=1, max_length=60), AfterValidator(_plain_name)]
LocalPath = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=1000),
    AfterValidator(_one_line),
    AfterValidator(_beside_the_scenario),
]
"""A path relative to the scenario's folder; absolute once a scenario file has been loaded."""
LocalFile = Annotated[LocalPath, AfterValidator(_is_there)]
"""The path of a file that must be there when a scenario file is loaded; old results load without it."""


class Belt(Record):
    """A belt in front of a station: so many places, which a part passes in the travel time.

    Its cells are the places. All take as many whole ns as there are in travel / places, but for the first,
    which takes the few that are left over as well, so that they add up to the travel.
    """

    places: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = Field(
        description="How many parts find room on the belt."
    )
    travel: PositiveDuration = Field(description="How long a part that nothing holds up is on the belt.")
    accumulates: Annotated[bool, Field(strict=True)] = Field(
        True,
        description="true: parts close up behind one that waits at the end; false: the whole belt stands "
        "still as long as one waits there.",
    )

    @property
    def cell(self) -> Nanoseconds:
        """How long a part needs for each place behind the first."""
        return self.travel // self.places

    @property
    def first_cell(self) -> Nanoseconds:
        """How long a part needs for the first place: parts step on no faster than that."""
        return self.travel - (self.places - 1) * self.cell

    @model_validator(mode="after")
    def _takes_time(self) -> Self:
        if not self.cell:
            raise ValueError("its travel must be at least 1 ns a place (places without travel are a number)")
        return self


class GateBelt(Record):
    """The belt from the cameras to the gate, at whose end the answer sends a part on; it accumulates."""

    places: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = Field(
        description="How many parts find room on the belt from the camera to the gate."
    )
    travel: PositiveDuration = Field(
        description="How long a part that nothing holds up is on its way to the gate."
    )

    @property
    def belt(self) -> Belt:
        """The belt that it is."""
        return Belt.model_construct(places=self.places, travel=self.travel, accumulates=True)

    @model_validator(mode="after")
    def _takes_time(self) -> Self:
        if self.travel < self.places:
            raise ValueError("its travel must be at least 1 ns a place")
        return self


def _form_of_buffer(value: object) -> str:
    return "<places>" if isinstance(value, Mapping | Belt) else "<number>"


Buffer = Annotated[
    Annotated[Places, Tag("<number>")] | Annotated[Belt, Tag("<places>")], Discriminator(_form_of_buffer)
]
"""What is in front of a station: a number of places, or a belt."""


def one_place_more(buffer: "int | Belt") -> "int | Belt":
    """Return room for one part more; a belt becomes longer, and is no quicker."""
    if isinstance(buffer, Belt):
        longer = {"places": buffer.places + 1, "travel": buffer.travel + buffer.cell}
        return buffer.model_copy(update=longer)
    return buffer + 1


def places_of(buffer: "int | Belt") -> int:
    """Return how many parts find room in front of a station."""
    return buffer.places if isinstance(buffer, Belt) else buffer


def belt_of(buffer: "int | Belt") -> Belt | None:
    """Return the belt in front of a station, if it is one."""
    return buffer if isinstance(buffer, Belt) else None
