"""The same chance at another pace: some times take a share of what was drawn."""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from line_sim.chance.chance import Chance
from line_sim.chance.durations import BEYOND
from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import Column, Draws
from line_sim.scenario.mix.by_variant import PartTime
from line_sim.scenario.mix.mix import Mix, PerVariant
from line_sim.units import Nanoseconds

T = TypeVar("T")

Pace = Mapping[tuple[Purpose, str], float]
"""The share that the times of a purpose at a place take of what they took; 1 where nothing is said."""


class PacedChance(Chance):
    """A chance whose times of some purposes and places are so much shorter, draw by draw."""

    def __init__(self, chance: Chance, pace: Pace) -> None:
        super().__init__(chance.seed)
        self._chance = chance
        self._pace = pace

    def variants(self, mix: Mix) -> Draws[int]:
        """Return draws of which variant a part is."""
        return self._chance.variants(mix)

    def durations(self, purpose: Purpose, place: str, time: PartTime) -> Draws[Nanoseconds]:
        """Return draws of whole nanoseconds from a time, at its pace."""
        draws = self._chance.durations(purpose, place, time)
        share = self._pace.get((purpose, place))
        return draws if share is None else _Shorter(draws, share)

    def events(self, purpose: Purpose, place: str, probability: float | PerVariant[float]) -> Draws[bool]:
        """Return draws that are True with the given probability."""
        return self._chance.events(purpose, place, probability)

    def choices(
        self, purpose: Purpose, place: str, options: tuple[T, ...] | PerVariant[tuple[T, ...]]
    ) -> Draws[T]:
        """Return draws that pick one of the options, evenly."""
        return self._chance.choices(purpose, place, options)


class _Shorter(Draws[Nanoseconds]):
    """Draws that take a share of others."""

    def __init__(self, draws: Draws[Nanoseconds], share: float) -> None:
        self.options = ()
        self._draws = draws
        self._share = share

    def of(self, item: int, visit: int = 1, attempt: int = 0) -> Nanoseconds:
        """Return the value of one item, visit and attempt."""
        return round(self._draws.of(item, visit, attempt) * self._share)

    def block(self, index: int, visit: int = 1, attempt: int = 0) -> list[Nanoseconds]:
        """Return the values of a block of items; they are not kept, as a line asks for each only once."""
        return [round(value * self._share) for value in self._draws.block(index, visit, attempt)]

    def column(self, first: int, count: int, visit: int = 1, attempt: int = 0) -> Column:
        """Return the values of items one after the other; what is `BEYOND` stays so."""
        drawn = self._draws.column(first, count, visit, attempt)
        paced = np.minimum(np.rint(drawn * self._share), BEYOND).astype(np.int64)
        return np.where(drawn == BEYOND, drawn, paced)
