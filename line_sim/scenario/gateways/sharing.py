"""How a modelled server shares its processors among the calls it works on, and what it needs to wake up."""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, GetJsonSchemaHandler, Tag
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from line_sim.scenario.fields import Duration, Record, Units
from line_sim.scenario.times import PositiveTime
from line_sim.units import duration_text

MOST_PLACES = 10_000
MOST_STEPS = 16
"""The most lengths of rest after which a call takes longer."""

WHOLE = 1_000_000_000
"""The speed at which a call that is alone is worked on, in the unit of `Sharing.speeds`: billionths."""

SLOWEST = 0.001
_NUMBER = re.compile(r"[1-9][0-9]{0,4}")

Speed = Annotated[float, Field(strict=True, ge=SLOWEST, le=MOST_PLACES, allow_inf_nan=False)]


class Speeds(dict[int, float]):
    """What the whole server does, by the number of calls in service, the smallest first; it can be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash the numbers and their speeds."""
        return hash(tuple(self.items()))

    def at(self, number: int) -> Fraction:
        """Return what the server does with so many in service: seconds of lone work a second.

        Between two numbers that are given it lies in proportion; beyond the last it stays.
        """
        sizes = list(self)
        above = bisect_left(sizes, number)
        if above == len(sizes):
            return self._given(sizes[-1])
        size, larger = sizes[max(above - 1, 0)], sizes[above]
        if number == larger:
            return self._given(larger)
        speed, faster = self._given(size), self._given(larger)
        return speed + (faster - speed) * (number - size) / (larger - size)

    def _given(self, size: int) -> Fraction:
        """Return a speed as it was written, in decimals."""
        return Fraction(repr(self[size]))


def _numbers(written: Any) -> Any:
    """Refuse what is no number of calls; a key is text where it comes from a file."""
    if isinstance(written, Mapping):
        for number in written:
            if not _NUMBER.fullmatch(str(number)) or isinstance(number, bool) or int(number) > MOST_PLACES:
                raise ValueError(
                    f"the number of calls {number!s:.40} must be a whole number from 1 to {MOST_PLACES:,}"
                )
    return written


def _from_one_call_on(speeds: dict[int, float]) -> Speeds:
    ordered = Speeds(sorted(speeds.items()))
    if ordered.get(1) != 1:
        raise ValueError("it must have 1: 1; speeds count from that of a call that is alone")
    for number, speed in ordered.items():
        if speed > number:
            raise ValueError(f"with {number} calls it must be at most {number}: none is quicker than alone")
    return ordered


def _all_as_one() -> Speeds:
    return Speeds({1: 1.0})


class _ByNumber:
    """Describes in a JSON Schema the numbers of calls that are its keys."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(core), "propertyNames": {"pattern": f"^{_NUMBER.pattern}$"}, "required": ["1"]}


class Sharing(Record):
    """Calls are worked on side by side and share what the server can do, equally."""

    places: Units = Field(
        description="The most calls that are worked on at once; further ones wait, first come, first served."
    )
    speed: Annotated[
        dict[int, Speed], BeforeValidator(_numbers), AfterValidator(_from_one_call_on), _ByNumber
    ] = Field(
        default_factory=_all_as_one,
        description="What the whole server does, by the number of calls it works on: seconds of the work of "
        "a call that is alone, a second. {1: 1, 2: 1.8}; in between in proportion, beyond the last the same.",
    )

    @property
    def total(self) -> Speeds:
        """What the whole server does, by the number of calls in service."""
        return Speeds(self.speed)

    @property
    def speeds(self) -> tuple[int, ...]:
        """How fast each of 1, 2, ... `places` calls is worked on, in billionths of its speed alone.

        Rounded to the nearest billionth, so that a run can reckon in whole numbers.
        """
        return _speeds(self.total, self.places)

    def most(self, calls: int) -> float:
        """Return the most that the server does where so many calls are out at most."""
        total = self.total
        return float(max(total.at(number) for number in range(1, max(1, min(calls, self.places)) + 1)))

    @property
    def twice(self) -> "Sharing":
        """The same with a second such server beside it, among both of which calls are spread evenly.

        Of n calls each server has half, so that both do 2 mu(n / 2), or mu((n - 1) / 2) + mu((n + 1) / 2).
        """
        speed = {1: 1.0} | {2 * number: 2 * total for number, total in self.total.items()}
        return Sharing.model_construct(places=2 * self.places, speed=Speeds(sorted(speed.items())))

    @staticmethod
    def of_servers(servers: int) -> "Sharing":
        """Return the sharing that is none: so many servers, each with one call."""
        return Sharing.model_construct(places=servers, speed=Speeds({1: 1.0, servers: float(servers)}))


@lru_cache(maxsize=64)
def _speeds(total: Speeds, places: int) -> tuple[int, ...]:
    return tuple(round(total.at(number) * WHOLE / number) for number in range(1, places + 1))


class Idle(Record):
    """What a server that has had nothing to do needs more for the next call."""

    after: Duration = Field(description="How long the server must have had nothing to do, at least.")
    adds: PositiveTime = Field(description="The work that a call takes more which comes then.")


def _form_of_idle(value: Any) -> str:
    several = isinstance(value, Sequence) and not isinstance(value, str)
    return "<places>" if several else "<after>"


def _later_and_later(steps: tuple[Idle, ...]) -> tuple[Idle, ...]:
    for step, following in pairwise(steps):
        if following.after <= step.after:
            raise ValueError(
                f"after {duration_text(following.after)} must be longer than the one before, "
                f"{duration_text(step.after)}"
            )
    return steps


_One = Annotated[Idle, Tag("<after>")]
_Several = Annotated[
    tuple[Idle, ...],
    Field(min_length=1, max_length=MOST_STEPS),
    AfterValidator(_later_and_later),
    Tag("<places>"),
]
Rest = Annotated[_One | _Several, Discriminator(_form_of_idle)]
"""What a call takes more that comes after a while without any; of several steps the last that was reached."""
