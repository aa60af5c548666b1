"""Uniform numbers that belong to a purpose, a place, an item and an attempt - not to an order of calls.

Philox4x64-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) is a function
from (key, counter) to bits. The key is a hash of (seed, purpose, place), the counter is (item,
attempt): whoever asks first, the part gets the same number. Numbers are made a block of items at a time.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

BLOCK_BITS = 9
BLOCK = 1 << BLOCK_BITS
_KEPT_BLOCKS = 16
_WORDS_A_COUNTER = 4
_LOW_64_BITS = (1 << 64) - 1

Uniforms = NDArray[np.float64]
T = TypeVar("T")


class Stream:
    """One named stream of uniform numbers in the open interval (0, 1)."""

    def __init__(self, seed: int, purpose: str, place: str = "") -> None:
        name = f"{seed}\x1f{purpose}\x1f{place}".encode()
        self._key = int.from_bytes(blake2b(name, digest_size=16).digest(), "little")

    def block(self, index: int, attempt: int = 0) -> Uniforms:
        """Return the numbers of items index * BLOCK up to (index + 1) * BLOCK - 1, shape [BLOCK]."""
        counter = (attempt << 64) | ((index << BLOCK_BITS) & _LOW_64_BITS)
        words = np.random.Philox(key=self._key, counter=counter).random_raw(BLOCK * _WORDS_A_COUNTER)
        bits = words[::_WORDS_A_COUNTER] >> np.uint64(12)
        return (bits.astype(np.float64) + 0.5) * 2.0**-52  # 52 bits and a half: never 0, never 1

    def uniform(self, item: int, attempt: int = 0) -> float:
        """Return the number of one item and attempt."""
        return float(self.block(item >> BLOCK_BITS, attempt)[item & (BLOCK - 1)])


class Draws(Generic[T]):
    """Values made from a stream, one for each item and attempt.

    `transform` maps a block of uniform numbers to a list of as many values; it must work number by number.
    """

    def __init__(self, stream: Stream, transform: Callable[[Uniforms], list[Any]]) -> None:
        self._stream = stream
        self._transform = transform
        self._blocks: dict[tuple[int, int], list[T]] = {}
        self._place = (-1, -1)
        self._values: list[T] = []

    def of(self, item: int, attempt: int = 0) -> T:
        """Return the value of one item and attempt."""
        place = (item >> BLOCK_BITS, attempt)
        if place != self._place:  # the next item is nearly always in the block of the last one
            self._values = self._blocks.get(place) or self._make(place)
            self._place = place
        return self._values[item & (BLOCK - 1)]

    def _make(self, place: tuple[int, int]) -> list[T]:
        if len(self._blocks) >= _KEPT_BLOCKS:  # parts move on, so the oldest block is the least needed
            del self._blocks[next(iter(self._blocks))]
        values = self._transform(self._stream.block(*place))
        self._blocks[place] = values
        return values


def events(seed: int, purpose: str, place: str, probability: float) -> Draws[bool]:
    """Return draws that are True with the given probability, item by item."""
    return Draws(Stream(seed, purpose, place), lambda uniforms: list((uniforms < probability).tolist()))


def choices(seed: int, purpose: str, place: str, options: tuple[T, ...]) -> Draws[T]:
    """Return draws that pick one of the options, evenly, item by item."""

    def pick(uniforms: Uniforms) -> list[T]:
        return [options[index] for index in (uniforms * len(options)).astype(np.int64).tolist()]

    return Draws(Stream(seed, purpose, place), pick)
