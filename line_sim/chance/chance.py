"""The chance of a line: whoever asks for the draws of a purpose at a place gets the same ones."""

from typing import Any, TypeVar

from line_sim.chance.durations import durations
from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import KEPT_BLOCKS, Draws, choices, events
from line_sim.scenario.times import Time
from line_sim.units import Nanoseconds

T = TypeVar("T")


class Chance:
    """Every draw of one seed, made once: lines that are given the same chance need not draw again.

    `kept`: how many blocks of values each purpose and place keeps at hand. `draws` are those asked for so
    far, by purpose and place. Not for several threads at a time.
    """

    def __init__(self, seed: int, kept: int = KEPT_BLOCKS) -> None:
        self.seed = seed
        self.draws: dict[tuple[Purpose, str], Draws[Any]] = {}
        self._kept = kept
        self._laws: dict[tuple[Purpose, str], object] = {}

    def durations(self, purpose: Purpose, place: str, time: Time) -> Draws[Nanoseconds]:
        """Return draws of whole nanoseconds from a time."""
        if self._knows(purpose, place, time):
            return self.draws[purpose, place]
        return self._keep(purpose, place, durations(self.seed, purpose, place, time, kept=self._kept))

    def events(self, purpose: Purpose, place: str, probability: float) -> Draws[bool]:
        """Return draws that are True with the given probability."""
        if self._knows(purpose, place, probability):
            return self.draws[purpose, place]
        return self._keep(purpose, place, events(self.seed, purpose, place, probability, kept=self._kept))

    def choices(self, purpose: Purpose, place: str, options: tuple[T, ...]) -> Draws[T]:
        """Return draws that pick one of the options, evenly."""
        if self._knows(purpose, place, options):
            return self.draws[purpose, place]
        return self._keep(purpose, place, choices(self.seed, purpose, place, options, kept=self._kept))

    def _knows(self, purpose: Purpose, place: str, law: object) -> bool:
        """Whether the draws at hand follow this law; otherwise they are drawn anew by it."""
        known = self._laws.get((purpose, place))
        self._laws[purpose, place] = law
        return known is law or known == law

    def _keep(self, purpose: Purpose, place: str, made: Draws[T]) -> Draws[T]:
        self.draws[purpose, place] = made
        return made
