"""How long something takes: a constant duration or a distribution.

A distribution is written as a mapping with its name as the only key, `{exponential: {mean: 20 min}}`,
and a constant as the duration itself. All fields are nanoseconds; a number given to a constructor is
read like one in a scenario file, as seconds.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    PrivateAttr,
    Tag,
    ValidationInfo,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from line_sim.scenario.distributions.by_mean import Gamma, Lognormal, Weibull
from line_sim.scenario.distributions.kind import Distribution
from line_sim.scenario.distributions.normal import Normal
from line_sim.scenario.distributions.quantiles import Quantiles
from line_sim.scenario.distributions.values import Values
from line_sim.scenario.fields import (
    Duration,
    Key,
    LocalPath,
    PositiveDuration,
    Record,
    Text,
    one_of_error,
    refuse,
)
from line_sim.scenario.measured.columns import (
    LONGEST_UNASKED,
    NO_UNIT,
    NOT_READ,
    SAY_UNIT,
    ColumnError,
    Measured,
    MeasuredFiles,
    Times,
)
from line_sim.units import Nanoseconds, duration_text

CONSTANT = "<constant>"
"""The tag of a constant; it stands for no key of its own in a key path."""


class Constant(Record):
    """The same duration every time."""

    value: Duration = Field(description="The duration.")

    @classmethod
    def of_nanoseconds(cls, nanoseconds: Nanoseconds) -> "Constant":
        """Make a constant from nanoseconds instead of from what a user would write."""
        return cls(value=duration_text(nanoseconds))

    @property
    def mean_ns(self) -> Nanoseconds:
        """The duration itself."""
        return self.value

    @model_validator(mode="before")
    @classmethod
    def _read(cls, written: Any) -> Any:
        return written if isinstance(written, Mapping) else {"value": written}

    @model_serializer(mode="plain")
    def _write(self) -> str:
        return duration_text(self.value)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the duration as it is written, without a mapping around it."""
        reference = handler(core)
        schema = handler.resolve_ref_schema(reference)
        value = schema["properties"]["value"]
        schema.clear()
        schema.update(value | {"title": "Constant", "description": "A duration: the same every time."})
        return reference


class Exponential(Distribution):
    """Memoryless: most times short, a few long."""

    kind: ClassVar[str] = "exponential"
    mean: PositiveDuration = Field(description="The average time.")

    @property
    def mean_ns(self) -> Nanoseconds:
        """The average time."""
        return self.mean


def _check_limits(low: Nanoseconds, high: Nanoseconds) -> None:
    if low >= high:
        raise ValueError("low must be below high (a time that never varies is the duration itself)")


class Uniform(Distribution):
    """Any time between two limits, all equally likely."""

    kind: ClassVar[str] = "uniform"
    low: Duration = Field(description="The shortest time.")
    high: PositiveDuration = Field(description="The longest time; above low.")

    @property
    def mean_ns(self) -> float:
        """The average time."""
        return (self.low + self.high) / 2

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _check_limits(self.low, self.high)
        return self


class Triangular(Distribution):
    """A time between two limits, one of them the most likely."""

    kind: ClassVar[str] = "triangular"
    low: Duration = Field(description="The shortest time.")
    mode: Duration = Field(description="The most likely time; from low to high.")
    high: PositiveDuration = Field(description="The longest time; above low.")

    @property
    def mean_ns(self) -> float:
        """The average time."""
        return (self.low + self.mode + self.high) / 3

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _check_limits(self.low, self.high)
        if not self.low <= self.mode <= self.high:
            raise ValueError("mode must lie between low and high")
        return self


class Empirical(Distribution):
    """Measured times, drawn with replacement from a column of a CSV file."""

    kind: ClassVar[str] = "empirical"
    file: LocalPath = Field(description="A CSV file with a header row; relative to the scenario's folder.")
    column: Text = Field(description="Its column of times: `250 ms`, or bare numbers.")
    unit: Literal["ns", "us", "ms", "s", "min", "h"] | None = Field(
        None,
        description="The unit of bare numbers. Default: the one that the column's name ends in, as in "
        "latency_ms, else seconds.",
    )
    _measured: Measured = PrivateAttr(NOT_READ)

    @property
    def values(self) -> Times:
        """The measured times in ns; empty when the scenario was loaded without its files."""
        return self._measured.times

    @property
    def mean_ns(self) -> float:
        """The average of the measured times.

        Raises ValueError when the scenario was loaded without its files.
        """
        if not self.values:
            raise ValueError(f"{self.file} has not been read")
        return self._measured.mean

    @property
    def unsaid(self) -> bool:
        """Whether some of the times are bare numbers that nobody has named a unit for."""
        return self._measured.unsaid

    def ask_beyond(self, longest: Nanoseconds) -> None:
        """Raise ColumnError where the middle time is longer than this in seconds that nobody has stated."""
        self._measured.ask_beyond(longest)

    @model_validator(mode="after")
    def _read_file(self, info: ValidationInfo) -> Self:
        context = info.context or {}
        if context.get("read_files", True):
            try:
                self._measured = context.get("measured", MeasuredFiles()).read(
                    Path(self.file), self.column, self.unit
                )
                self._measured.ask_beyond(LONGEST_UNASKED)
            except ColumnError as error:
                refuse("Empirical", [((error.part,), str(error), getattr(self, error.part))])
        return self


KINDS: tuple[str, ...] = (
    "exponential",
    "uniform",
    "triangular",
    "normal",
    "lognormal",
    "quantiles",
    "gamma",
    "weibull",
    "empirical",
    "values",
)


def _kind_of(value: Any) -> str | None:
    if isinstance(value, Mapping):
        return next(iter(value)) if len(value) == 1 and set(value) <= set(KINDS) else None
    return getattr(type(value), "kind", CONSTANT)


def has_unread_files(part: object) -> bool:
    """Whether a scenario, or a part of it, draws from files that were not read with it."""
    if isinstance(part, Empirical):
        return not part.values
    if isinstance(part, Record):
        return any(has_unread_files(getattr(part, name)) for name in type(part).model_fields)
    parts = part.values() if isinstance(part, Mapping) else part if isinstance(part, tuple) else ()
    return any(map(has_unread_files, parts))


def _above_zero(time: "Time") -> "Time":
    if isinstance(time, Constant) and time.value == 0:
        raise ValueError("it must be greater than 0")
    return time


Time = Annotated[
    Annotated[Constant, Tag(CONSTANT)]
    | Annotated[Exponential, Tag("exponential")]
    | Annotated[Uniform, Tag("uniform")]
    | Annotated[Triangular, Tag("triangular")]
    | Annotated[Normal, Tag("normal")]
    | Annotated[Lognormal, Tag("lognormal")]
    | Annotated[Quantiles, Tag("quantiles")]
    | Annotated[Gamma, Tag("gamma")]
    | Annotated[Weibull, Tag("weibull")]
    | Annotated[Empirical, Tag("empirical")]
    | Annotated[Values, Tag("values")],
    Discriminator(
        _kind_of,
        custom_error_type=one_of_error(KINDS),
        custom_error_message=f"it must be a duration such as 250 ms, or have one key of {', '.join(KINDS)}",
    ),
]
"""A constant or a distribution."""

PositiveTime = Annotated[Time, AfterValidator(_above_zero)]
"""A time that is not always 0."""


def far_beyond(takt: Time | None, times: Iterable[tuple[Key, Time]]) -> Iterator[tuple[Key, str, str]]:
    """Yield where measured times in no stated unit are a hundred takts, what is asked, and the column."""
    if takt is None:
        return
    what = f"in seconds its mean would be more than 100 times that of arrivals.every; {SAY_UNIT}"
    for key, time in times:
        if isinstance(time, Empirical) and time.unsaid and time.mean_ns > 100 * takt.mean_ns:
            yield (*key, time.kind, "column"), f"{NO_UNIT}, and {what}", time.column
