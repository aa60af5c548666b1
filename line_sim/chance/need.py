"""What is drawn for a purpose at a place, as data: by which law, and what counts as the item of a number."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from line_sim.chance.chance import Chance
from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import Draws
from line_sim.scenario.mix.by_variant import PartTime
from line_sim.scenario.mix.mix import Mix, PerVariant
from line_sim.units import Nanoseconds

T = TypeVar("T")

Kinds = tuple[str, ...] | PerVariant[tuple[str, ...]]
"""Kinds of defect: of all parts, or of each variant."""


class By(StrEnum):
    """What decides a number, as item, visit and attempt of `Draws.of`."""

    PART = "part"
    """The part alone."""

    VISIT = "visit"
    """The part and its visit to the place."""

    CALL = "call"
    """The part, its visit and the attempt, which is the first: a modelled server is asked once."""

    REPAIRS = "repairs"
    """The part and the number of its repairs, which stands for the visit."""

    OUTAGE = "outage"
    """The number of the outage of a machine in one way."""

    @property
    def attempt(self) -> int:
        """The attempt under which the numbers stand."""
        return 1 if self is By.CALL else 0


@dataclass(frozen=True)
class Need(ABC, Generic[T]):
    """Something that is drawn: for a purpose, at a place as streams are named by, decided by what."""

    purpose: Purpose
    place: str
    by: By

    @abstractmethod
    def of(self, chance: Chance) -> Draws[T]:
        """Return its draws."""


@dataclass(frozen=True)
class Takes(Need[Nanoseconds]):
    """A time."""

    time: PartTime

    def of(self, chance: Chance) -> Draws[Nanoseconds]:
        """Return draws of whole nanoseconds."""
        return chance.durations(self.purpose, self.place, self.time)


@dataclass(frozen=True)
class Happens(Need[bool]):
    """An event."""

    probability: float | PerVariant[float]

    def of(self, chance: Chance) -> Draws[bool]:
        """Return draws of whether it happens."""
        return chance.events(self.purpose, self.place, self.probability)


@dataclass(frozen=True)
class Picks(Need[str]):
    """One of several words."""

    options: Kinds

    def of(self, chance: Chance) -> Draws[str]:
        """Return draws of which."""
        return chance.choices(self.purpose, self.place, self.options)


@dataclass(frozen=True)
class Varies(Need[int]):
    """The variant of a part, as its place in the mix."""

    mix: Mix

    def of(self, chance: Chance) -> Draws[int]:
        """Return draws of which."""
        return chance.variants(self.mix)


class Flaws(NamedTuple):
    """Whether something makes a part defective, and of which kind its defect is then."""

    happen: Happens
    kind: Picks
