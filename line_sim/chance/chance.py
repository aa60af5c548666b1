"""The chance of a line: whoever asks for the draws of a purpose at a place gets the same ones."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from line_sim.chance.durations import durations
from line_sim.chance.mixing import Mixed, variants
from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import KEPT_BLOCKS, Draws, Stream, choices, events
from line_sim.scenario.mix.by_variant import ByVariant, PartTime
from line_sim.scenario.mix.mix import Mix, PerVariant
from line_sim.units import Nanoseconds

T = TypeVar("T")
Law = TypeVar("Law")


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

    def variants(self, mix: Mix) -> Draws[int]:
        """Return draws of which variant a part is, as its place in the mix; by the part alone."""
        if self._knows(Purpose.VARIANT, "", mix):
            return self.draws[Purpose.VARIANT, ""]
        return self._keep(Purpose.VARIANT, "", variants(self.seed, mix, kept=self._kept))

    def durations(self, purpose: Purpose, place: str, time: PartTime) -> Draws[Nanoseconds]:
        """Return draws of whole nanoseconds from a time, or from that of each variant."""
        if self._knows(purpose, place, time):
            return self.draws[purpose, place]
        draw = partial(durations, self.seed, purpose, place, kept=self._kept)
        if isinstance(time, ByVariant):
            return self._keep(
                purpose, place, self._mixed(purpose, place, PerVariant(time.mix, time.times), draw)
            )
        return self._keep(purpose, place, draw(time))

    def events(self, purpose: Purpose, place: str, probability: float | PerVariant[float]) -> Draws[bool]:
        """Return draws that are True with the given probability, or with that of each variant."""
        if self._knows(purpose, place, probability):
            return self.draws[purpose, place]
        draw = partial(events, self.seed, purpose, place, kept=self._kept)
        if isinstance(probability, PerVariant):
            return self._keep(purpose, place, self._mixed(purpose, place, probability, draw))
        return self._keep(purpose, place, draw(probability))

    def choices(
        self, purpose: Purpose, place: str, options: tuple[T, ...] | PerVariant[tuple[T, ...]]
    ) -> Draws[T]:
        """Return draws that pick one of the options, or of those of each variant, evenly."""
        if self._knows(purpose, place, options):
            return self.draws[purpose, place]
        draw = partial(choices, self.seed, purpose, place, kept=self._kept)
        if isinstance(options, PerVariant):
            return self._keep(purpose, place, self._mixed(purpose, place, options, draw))
        return self._keep(purpose, place, draw(options))

    def _mixed(
        self, purpose: Purpose, place: str, laws: PerVariant[Law], draw: Callable[[Law], Draws[T]]
    ) -> Draws[T]:
        """Return draws by each part's own law."""
        each = tuple(draw(law) for law in laws.values)
        return Mixed(Stream(self.seed, purpose, place), self.variants(laws.mix), each, self._kept)

    def _knows(self, purpose: Purpose, place: str, law: object) -> bool:
        """Whether the draws at hand follow this law; otherwise they are drawn anew by it."""
        known = self._laws.get((purpose, place))
        self._laws[purpose, place] = law
        return known is law or known == law

    def _keep(self, purpose: Purpose, place: str, made: Draws[T]) -> Draws[T]:
        self.draws[purpose, place] = made
        return made
