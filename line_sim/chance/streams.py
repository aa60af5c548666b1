"""Uniform numbers that belong to a purpose, a place, an item, a visit and an attempt - not to an order.

Philox4x64-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) is a function
from (key, counter) to bits. The key is a hash of (seed, purpose, place), the counter is (item, attempt,
visit): whoever asks first, the part gets the same number. Numbers are made a block of items at a time.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

BLOCK_BITS = 9
BLOCK = 1 << BLOCK_BITS
IN_BLOCK = BLOCK - 1
"""What of an item's number tells its place in its block; the bits above tell the block."""

KEPT_BLOCKS = 16
_WORDS_A_COUNTER = 4
_LOW_64_BITS = (1 << 64) - 1

Uniforms = NDArray[np.float64]
T = TypeVar("T")


class Stream:
    """One named stream of uniform numbers in the open interval (0, 1)."""

    def __init__(self, seed: int, purpose: str, place: str = "") -> None:
        name = f"{seed}\x1f{purpose}\x1f{place}".encode()
        self._key = int.from_bytes(blake2b(name, digest_size=16).digest(), "little")

    def block(self, index: int, visit: int = 1, attempt: int = 0) -> Uniforms:
        """Return the numbers of items index * BLOCK up to (index + 1) * BLOCK - 1, shape [BLOCK]."""
        counter = (visit - 1) << 128 | attempt << 64 | ((index << BLOCK_BITS) & _LOW_64_BITS)
        words = np.random.Philox(key=self._key, counter=counter).random_raw(BLOCK * _WORDS_A_COUNTER)
        bits = words[::_WORDS_A_COUNTER] >> np.uint64(12)
        return (bits.astype(np.float64) + 0.5) * 2.0**-52  # 52 bits and a half: never 0, never 1

    def uniform(self, item: int, visit: int = 1, attempt: int = 0) -> float:
        """Return the number of one item, visit and attempt."""
        return float(self.block(item >> BLOCK_BITS, visit, attempt)[item & IN_BLOCK])


class Draws(Generic[T]):
    """Values made from a stream, one for each item, visit and attempt.

    `transform` maps a block of uniform numbers to a list of as many values; it must work number by number.
    Of the blocks made, the last `kept` are at hand.
    """

    def __init__(
        self, stream: Stream, transform: Callable[[Uniforms], list[T]], kept: int = KEPT_BLOCKS
    ) -> None:
        self._stream = stream
        self._transform = transform
        self._kept = kept
        self._blocks: dict[tuple[int, int, int], list[T]] = {}
        self._last = (-1, -1, -1)
        self._values: list[T] = []

    def of(self, item: int, visit: int = 1, attempt: int = 0) -> T:
        """Return the value of one item, visit (counted from 1) and attempt."""
        which = (item >> BLOCK_BITS, visit, attempt)
        if which != self._last:  # the next item is nearly always in the block of the last one
            self._values = self.block(*which)
            self._last = which
        return self._values[item & IN_BLOCK]

    def block(self, index: int, visit: int = 1, attempt: int = 0) -> list[T]:
        """Return the values of items index * BLOCK up to (index + 1) * BLOCK - 1; nobody may change them."""
        which = (index, visit, attempt)
        found = self._blocks.get(which)
        if found is None:
            if len(self._blocks) >= self._kept:  # parts move on, so the oldest block is the least needed
                del self._blocks[next(iter(self._blocks))]
            found = self._blocks[which] = self._made(index, visit, attempt)
        return found

    def _made(self, index: int, visit: int, attempt: int) -> list[T]:
        """Return the values of a block, drawn now."""
        return self._transform(self._stream.block(index, visit, attempt))


class Always(Draws[T]):
    """The same value for everybody: no chance at all."""

    def __init__(self, value: T) -> None:
        self._value = value
        self._everybody = [value] * BLOCK

    def of(self, item: int, visit: int = 1, attempt: int = 0) -> T:  # noqa: ARG002 - as of Draws
        """Return the value."""
        return self._value

    def block(self, index: int, visit: int = 1, attempt: int = 0) -> list[T]:  # noqa: ARG002 - as of Draws
        """Return a block of it."""
        return self._everybody


def events(
    seed: int, purpose: str, place: str, probability: float, *, kept: int = KEPT_BLOCKS
) -> Draws[bool]:
    """Return draws that are True with the given probability, item by item."""

    def happen(uniforms: Uniforms) -> list[bool]:
        happened: list[bool] = (uniforms < probability).tolist()
        return happened

    return Draws(Stream(seed, purpose, place), happen, kept)


def choices(
    seed: int, purpose: str, place: str, options: tuple[T, ...], *, kept: int = KEPT_BLOCKS
) -> Draws[T]:
    """Return draws that pick one of the options, evenly, item by item."""

    def pick(uniforms: Uniforms) -> list[T]:
        return [options[index] for index in (uniforms * len(options)).astype(np.int64).tolist()]

    return Draws(Stream(seed, purpose, place), pick, kept)
