"""Uniform numbers that belong to a purpose, a place, an item, a visit and an attempt - not to an order.

Philox4x64-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) is a function
from (key, counter) to bits. The key is a hash of (seed, purpose, place), the counter is (item, attempt,
visit): whoever asks first, the part gets the same number. Numbers are made a block of items at a time.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

BLOCK_BITS = 9
BLOCK = 1 << BLOCK_BITS
IN_BLOCK = BLOCK - 1
"""What of an item's number tells its place in its block; the bits above tell the block."""

KEPT_BLOCKS = 16
_WORDS_A_COUNTER = 4
_LOW_64_BITS = (1 << 64) - 1
_AT_ONCE = 1 << 13
"""Numbers whose words, three of four of which nobody needs, stay near the processor."""

Uniforms = NDArray[np.float64]
Column = NDArray[Any]
"""Values of one item after the other: whole nanoseconds, bools, or places among options."""

T = TypeVar("T")


class Stream:
    """One named stream of uniform numbers in the open interval (0, 1)."""

    def __init__(self, seed: int, purpose: str, place: str = "") -> None:
        name = f"{seed}\x1f{purpose}\x1f{place}".encode()
        self._key = int.from_bytes(blake2b(name, digest_size=16).digest(), "little")

    def column(self, first: int, count: int, visit: int = 1, attempt: int = 0) -> Uniforms:
        """Return the numbers of items first up to first + count - 1, shape [count]."""
        item = first & _LOW_64_BITS
        in_one = min(count, _LOW_64_BITS + 1 - item)  # else the counter would carry into the attempt
        philox = np.random.Philox(key=self._key, counter=(visit - 1) << 128 | attempt << 64 | item)
        numbers = np.empty(in_one, dtype=np.float64)
        for begin in range(0, in_one, _AT_ONCE):
            part = numbers[begin : begin + _AT_ONCE]
            words = philox.random_raw(len(part) * _WORDS_A_COUNTER)
            part[:] = words[::_WORDS_A_COUNTER] >> np.uint64(12)
        numbers += 0.5
        numbers *= 2.0**-52  # 52 bits and a half: never 0, never 1
        if in_one == count:
            return numbers
        return np.concatenate([numbers, self.column(first + in_one, count - in_one, visit, attempt)])

    def block(self, index: int, visit: int = 1, attempt: int = 0) -> Uniforms:
        """Return the numbers of items index * BLOCK up to (index + 1) * BLOCK - 1, shape [BLOCK]."""
        return self.column(index << BLOCK_BITS, BLOCK, visit, attempt)

    def uniform(self, item: int, visit: int = 1, attempt: int = 0) -> float:
        """Return the number of one item, visit and attempt."""
        return float(self.block(item >> BLOCK_BITS, visit, attempt)[item & IN_BLOCK])


class Draws(Generic[T]):
    """Values made from a stream, one for each item, visit and attempt.

    `transform` maps uniform numbers to an array of as many values; it must work number by number. Where the
    values are things to choose from, `options` are those, all different, and the array says which of them. Of
    the blocks made, the last `kept` are at hand.
    """

    def __init__(
        self,
        stream: Stream,
        transform: Callable[[Uniforms], Column],
        kept: int = KEPT_BLOCKS,
        options: tuple[T, ...] = (),
    ) -> None:
        self.options = options
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

    def column(self, first: int, count: int, visit: int = 1, attempt: int = 0) -> Column:
        """Return the values of items first up to first + count - 1, or their places in `options`.

        They are drawn now and kept by whoever asks.
        """
        return self.values(self._stream.column(first, count, visit, attempt))

    def values(self, uniforms: Uniforms) -> Column:
        """Return what is made of uniform numbers, one of each."""
        return self._transform(uniforms)

    def _made(self, index: int, visit: int, attempt: int) -> list[T]:
        """Return the values of a block, drawn now."""
        made: list[Any] = self.column(index << BLOCK_BITS, BLOCK, visit, attempt).tolist()
        return [self.options[place] for place in made] if self.options else made


class Always(Draws[T]):
    """The same value for everybody, a bool or a whole number: no chance at all."""

    def __init__(self, value: T) -> None:
        self.options = ()
        self._value = value
        self._everybody = [value] * BLOCK

    def of(self, item: int, visit: int = 1, attempt: int = 0) -> T:  # noqa: ARG002 - as of Draws
        """Return the value."""
        return self._value

    def block(self, index: int, visit: int = 1, attempt: int = 0) -> list[T]:  # noqa: ARG002 - as of Draws
        """Return a block of it."""
        return self._everybody

    def column(self, first: int, count: int, visit: int = 1, attempt: int = 0) -> Column:  # noqa: ARG002 - as of Draws
        """Return it as often as it is asked for."""
        return np.full(count, self._value)

    def values(self, uniforms: Uniforms) -> Column:
        """Return it as often as there are numbers."""
        return np.full(len(uniforms), self._value)


def events(
    seed: int, purpose: str, place: str, probability: float, *, kept: int = KEPT_BLOCKS
) -> Draws[bool]:
    """Return draws that are True with the given probability, item by item."""
    if not 0 < probability < 1:  # no number is below 0, and all are below 1
        return Always(probability >= 1)
    return Draws(Stream(seed, purpose, place), lambda uniforms: uniforms < probability, kept)


def choices(
    seed: int, purpose: str, place: str, options: tuple[T, ...], *, kept: int = KEPT_BLOCKS
) -> Draws[T]:
    """Return draws that pick one of the options, evenly, item by item."""
    different = tuple(dict.fromkeys(options))
    places = np.array([different.index(option) for option in options])

    def pick(uniforms: Uniforms) -> Column:
        return places[(uniforms * len(options)).astype(np.int64)]

    return Draws(Stream(seed, purpose, place), pick, kept, different)
