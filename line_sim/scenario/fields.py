"""The kinds of value a scenario is written in: durations, counts, rates, names, paths.

Each kind is an annotated type that reads what the user wrote, refuses what cannot be, and writes
itself back in the same form. A message that starts with `it` continues "KEY is VALUE; ".
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.config import JsonDict
from pydantic_core import InitErrorDetails, PydanticCustomError

from line_sim.units import Nanoseconds, duration_text, parse_duration

Key = tuple[str | int, ...]
"""Where a value stands in the scenario: `("line", 1, "deadline")`."""

DURATION_PATTERN = r"^\s*\+?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*(ns|us|ms|s|min|h)?\s*$"
_DURATION_EXAMPLES = ["250 ms", "1.5 s", "20 min", "2 h", 0.25]
_NAME = re.compile(r"\w(?:[\w .:+#&/()-]*[\w.+#)])?")


class Record(BaseModel):
    """Frozen data with exactly its own keys; anything else is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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


def one_of(*keys: str, wanted: str) -> Discriminator:
    """Tell the forms of a mapping apart by the one key among `keys` that it has.

    `wanted` says what to write. The tags of the forms are the keys in angle brackets: they are no
    part of the key path.
    """

    def tag_of(value: Any) -> str | None:
        held = value if isinstance(value, Mapping) else getattr(type(value), "model_fields", ())
        found = [key for key in keys if key in held]
        return f"<{found[0]}>" if len(found) == 1 else None

    return Discriminator(tag_of, custom_error_type=one_of_error(keys), custom_error_message=wanted)


def exactly_one(*forms: JsonDict) -> JsonDict:
    """Say in a JSON Schema that exactly one of these forms holds."""
    return {"oneOf": list(forms)}


def _nanoseconds(value: object) -> Nanoseconds:
    try:
        return parse_duration(value)
    except ValueError as error:
        message = str(error).removeprefix(f"{value!r} ").removeprefix(f"{value} ")
        raise ValueError(f"it {message}") from error


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
    return value if folder is None else str((Path(folder) / Path(value).expanduser()).resolve())


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

Count = Annotated[int, Field(strict=True, ge=0)]
Units = Annotated[int, Field(strict=True, ge=1, le=10_000)]
Rate = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Pace = Annotated[float, Field(strict=True, gt=0, le=1_000_000, allow_inf_nan=False)]
Text = Annotated[str, Field(strict=True, min_length=1, max_length=200), AfterValidator(_one_line)]
Name = Annotated[str, Field(strict=True, min_length=1, max_length=60), AfterValidator(_plain_name)]
LocalPath = Annotated[
    str, Field(strict=True, min_length=1), AfterValidator(_one_line), AfterValidator(_beside_the_scenario)
]
"""A path relative to the scenario's folder; absolute once a scenario file has been loaded."""
