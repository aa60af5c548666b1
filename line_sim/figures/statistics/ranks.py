"""Values at some ranks of very many, that are never sorted, nor mostly all in memory at once."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from line_sim.recording.rows import are_in_order
from line_sim.recording.run_columns import IntArray

_LEAST_BITS, _MOST_BITS = 10, 20  # of a value that a look tells apart
_FEW = 2**18
"""So many values are sorted for all ranks, if they lie evenly."""
_MOST = 2**20
"""So many values are sorted at once; more of them are told apart by another look."""

Pieces = Callable[[], Iterable[IntArray]]


def ordered_at(values: IntArray, ranks: Sequence[int]) -> list[int]:
    """Return what would stand at each of some ranks, which rise, if values that are in memory were sorted."""
    mine, found = values.copy(), []
    last = 0
    for rank in ranks:
        mine[last:].partition(rank - last)  # what stands before the last rank is known to be less
        found.append(int(mine[rank]))
        last = rank
    return found


def number_and_most(pieces: Pieces) -> tuple[int, int]:
    """Return how many values there are, none of them below 0, and the largest."""
    n = most = 0
    for piece in pieces():
        n, most = n + len(piece), max(most, int(piece.max(initial=0)))
    return n, most


def at_ranks(pieces: Pieces, ranks: Sequence[int], n: int, most: int) -> list[int]:
    """Return what would stand at each rank (0: the least) if `n` values from 0 to `most` were sorted."""
    found: list[int] = _between(pieces, np.array(ranks, dtype=np.int64), n, 0, most).tolist()
    return found


def _between(pieces: Pieces, ranks: IntArray, n: int, low: int, high: int) -> IntArray:
    """Return the values at ranks among the `n` from `low` to `high`: the ranks of the least begin with 0."""
    bits = (n * len(ranks) // _FEW).bit_length()
    apart = _Buckets(low, high, min(max(bits, _LEAST_BITS), _MOST_BITS))
    counts = np.zeros(apart.number, dtype=np.int64)
    for piece in pieces():
        apart.count(piece, counts)
    ends = np.cumsum(counts)
    buckets = np.searchsorted(ends, ranks, side="right")
    if not apart.shift:
        return low + buckets
    within = ranks - (ends - counts)[buckets]
    found = np.empty_like(ranks)
    wanted = np.unique(buckets)
    few = np.cumsum(np.sort(counts[wanted])) <= _MOST
    light = np.sort(wanted[np.argsort(counts[wanted], kind="stable")][few])
    told = np.sort(
        np.concatenate([np.zeros(0, np.int64), *(apart.those(piece, light) for piece in pieces())])
    )
    before = np.zeros(apart.number, dtype=np.int64)
    before[light] = np.cumsum(counts[light]) - counts[light]
    mine = np.isin(buckets, light)
    found[mine] = told[before[buckets[mine]] + within[mine]]
    for bucket in np.setdiff1d(wanted, light).tolist():
        begin = low + (bucket << apart.shift)
        end = min(high, begin + (1 << apart.shift) - 1)
        mine = buckets == bucket
        found[mine] = _between(pieces, within[mine], int(counts[bucket]), begin, end)
    return found


class _Buckets:
    """Values from `low` to `high`, told apart by so many bits: less is done where they stand in order."""

    def __init__(self, low: int, high: int, bits: int) -> None:
        self._low, self._high = low, high
        self.shift = max(0, (high - low).bit_length() - bits)
        self.number = ((high - low) >> self.shift) + 1

    def count(self, values: IntArray, counts: IntArray) -> None:
        """Add to each bucket's number how many of some values are in it."""
        values = self._inside(values)
        if len(values) and are_in_order(values):
            first, last = self._of(values[[0, -1]]).tolist()
            ends = np.searchsorted(values, self._begins(np.arange(first + 1, last + 1)))
            counts[first : last + 1] += np.diff(ends, prepend=0, append=len(values))
        else:
            counts += np.bincount(self._of(values), minlength=self.number)

    def those(self, values: IntArray, wanted: IntArray) -> IntArray:
        """Return those of some values that are in some buckets."""
        values = self._inside(values)
        if are_in_order(values):
            begins, ends = (np.searchsorted(values, self._begins(edge)) for edge in (wanted, wanted + 1))
            stretches = zip(begins.tolist(), ends.tolist(), strict=True)
            return np.concatenate(
                [values[:0], *(values[begin:end] for begin, end in stretches if begin < end)]
            )
        told = np.zeros(self.number, dtype=np.bool_)
        told[wanted] = True
        return values[told[self._of(values)]]

    def _inside(self, values: IntArray) -> IntArray:
        if values.min(initial=self._high) < self._low or values.max(initial=self._low) > self._high:
            return values[(values >= self._low) & (values <= self._high)]
        return values

    def _of(self, values: IntArray) -> IntArray:
        return (values - self._low) >> self.shift

    def _begins(self, buckets: IntArray) -> IntArray:
        return self._low + buckets * (1 << self.shift)
