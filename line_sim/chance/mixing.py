"""Draws for parts of several kinds: which variant a part is, and what is drawn by its variant's own law.

All variants' laws are asked of the same stream: a part that drew a long time draws a long time as another
variant, too.
"""

from collections.abc import Sequence

import numpy as np

from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import (
    BLOCK,
    BLOCK_BITS,
    KEPT_BLOCKS,
    Always,
    Column,
    Draws,
    Stream,
    T,
)
from line_sim.scenario.mix.mix import Mix


def variants(seed: int, mix: Mix, *, kept: int = KEPT_BLOCKS) -> Draws[int]:
    """Return which variant each part is, as its place in the mix."""
    if mix.batch is not None:
        return InBatches(mix)
    upto = np.cumsum(mix.shares)[:-1]
    return Draws(
        Stream(seed, Purpose.VARIANT),
        lambda uniforms: np.searchsorted(upto, uniforms, side="right"),
        kept,
    )


class InBatches(Draws[int]):
    """Batches of one variant: no chance at all; after the pattern's last batch it begins anew."""

    def __init__(self, mix: Mix) -> None:
        self.options = ()
        self._size = mix.batch or 1
        self._period = sum(mix.weights)
        self._to_come = mix.batches()
        self._dealt: list[int] = []

    def of(self, item: int, visit: int = 1, attempt: int = 0) -> int:  # noqa: ARG002 - as of Draws
        """Return the variant of a part, counted from 1."""
        number = max(0, item - 1) // self._size % self._period
        self._deal(number)
        return self._dealt[number]

    def block(self, index: int, visit: int = 1, attempt: int = 0) -> list[int]:  # noqa: ARG002 - as of Draws
        """Return the variants of a block of parts."""
        first = index << BLOCK_BITS
        return [self.of(item) for item in range(first, first + BLOCK)]

    def column(self, first: int, count: int, visit: int = 1, attempt: int = 0) -> Column:  # noqa: ARG002 - as of Draws
        """Return the variants of parts one behind the other."""
        before = max(0, first - 1) % (self._size * self._period)  # part 1 is the first; 0 is as it
        places = np.arange(count) + before
        if first == 0:
            places[1:] -= 1
        numbers = places // self._size % self._period
        if not count:
            return numbers
        low, high = int(numbers.min()), int(numbers.max())
        self._deal(high)
        return np.array(self._dealt[low : high + 1])[numbers - low]

    def _deal(self, number: int) -> None:
        """Know the batches up to a number, counted from 0."""
        while len(self._dealt) <= number:
            self._dealt.append(next(self._to_come))


class Mixed(Draws[T]):
    """Each part's value from the draws of its own variant; `laws` are in the order of the mix.

    They draw from one `stream`: a part has one number, whichever of them it goes by.
    """

    def __init__(
        self, stream: Stream, which: Draws[int], laws: Sequence[Draws[T]], kept: int = KEPT_BLOCKS
    ) -> None:
        options = tuple(dict.fromkeys(option for law in laws for option in law.options))
        super().__init__(stream, np.copy, kept, options)
        self._which = which
        self._laws = laws
        self._places = [np.array([options.index(option) for option in law.options]) for law in laws]
        self._by_chance = any(not isinstance(law, Always) for law in laws)

    def column(self, first: int, count: int, visit: int = 1, attempt: int = 0) -> Column:
        """Return the values of parts one behind the other, or their places in `options`."""
        which = self._which.column(first, count)
        uniforms = self._stream.column(first, count, visit, attempt) if self._by_chance else np.zeros(count)
        chosen = [np.flatnonzero(which == variant) for variant in range(len(self._laws))]
        each = [law.values(uniforms[parts]) for law, parts in zip(self._laws, chosen, strict=True)]
        if self.options:
            each = [places[made] for places, made in zip(self._places, each, strict=True)]
        found = np.empty(count, dtype=each[0].dtype)
        for parts, made in zip(chosen, each, strict=True):
            found[parts] = made
        return found

    def _made(self, index: int, visit: int, attempt: int) -> list[T]:
        """Return the values of a block, drawn now."""
        columns = [law.block(index, visit, attempt) for law in self._laws]
        return [columns[variant][place] for place, variant in enumerate(self._which.block(index))]
