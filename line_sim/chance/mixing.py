"""Draws for parts of several kinds: which variant a part is, and what is drawn by its variant's own law.

All variants' laws are asked of the same stream: a part that drew a long time draws a long time as another
variant, too.
"""

from collections.abc import Sequence

import numpy as np

from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import BLOCK, BLOCK_BITS, KEPT_BLOCKS, Draws, Stream, T, Uniforms
from line_sim.scenario.mix.mix import Mix


def variants(seed: int, mix: Mix, *, kept: int = KEPT_BLOCKS) -> Draws[int]:
    """Return which variant each part is, as its place in the mix."""
    if mix.batch is not None:
        return InBatches(mix)
    upto = np.cumsum(mix.shares)[:-1]

    def pick(uniforms: Uniforms) -> list[int]:
        picked: list[int] = np.searchsorted(upto, uniforms, side="right").tolist()
        return picked

    return Draws(Stream(seed, Purpose.VARIANT), pick, kept)


class InBatches(Draws[int]):
    """Batches of one variant: no chance at all; after the pattern's last batch it begins anew."""

    def __init__(self, mix: Mix) -> None:
        self._size = mix.batch or 1
        self._period = sum(mix.weights)
        self._to_come = mix.batches()
        self._dealt: list[int] = []

    def of(self, item: int, visit: int = 1, attempt: int = 0) -> int:  # noqa: ARG002 - as of Draws
        """Return the variant of a part, counted from 1."""
        number = max(0, item - 1) // self._size % self._period
        while len(self._dealt) <= number:
            self._dealt.append(next(self._to_come))
        return self._dealt[number]

    def block(self, index: int, visit: int = 1, attempt: int = 0) -> list[int]:  # noqa: ARG002 - as of Draws
        """Return the variants of a block of parts."""
        first = index << BLOCK_BITS
        return [self.of(item) for item in range(first, first + BLOCK)]


class Mixed(Draws[T]):
    """Each part's value from the draws of its own variant; `laws` are in the order of the mix."""

    def __init__(self, which: Draws[int], laws: Sequence[Draws[T]], kept: int = KEPT_BLOCKS) -> None:
        self._which = which
        self._laws = laws
        self._kept = kept
        self._blocks = {}
        self._last = (-1, -1, -1)
        self._values = []

    def _made(self, index: int, visit: int, attempt: int) -> list[T]:
        """Return the values of a block, drawn now."""
        columns = [law.block(index, visit, attempt) for law in self._laws]
        return [columns[variant][place] for place, variant in enumerate(self._which.block(index))]
