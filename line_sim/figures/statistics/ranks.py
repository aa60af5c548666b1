"""Values at some ranks of very many, that are never sorted, nor mostly all in memory at once."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from line_sim.recording.run_columns import IntArray

_BUCKETS = 16  # bits of a value that a look tells apart
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


def at_ranks(pieces: Pieces, ranks: Sequence[int], most: int) -> list[int]:
    """Return what would stand at each rank (0: the least) if all values, from 0 to `most`, were sorted."""
    found: list[int] = _between(pieces, np.array(ranks, dtype=np.int64), 0, most).tolist()
    return found


def _between(pieces: Pieces, ranks: IntArray, low: int, high: int) -> IntArray:
    """Return the values at ranks among those from `low` to `high`: the ranks of the least begin with 0."""
    shift = max(0, (high - low).bit_length() - _BUCKETS)
    counts = np.zeros(2**_BUCKETS, dtype=np.int64)
    for piece in pieces():
        counts += np.bincount(_buckets(piece, low, high, shift)[0], minlength=2**_BUCKETS)
    ends = np.cumsum(counts)
    buckets = np.searchsorted(ends, ranks, side="right")
    if not shift:
        return low + buckets
    within = ranks - (ends - counts)[buckets]
    found = np.empty_like(ranks)
    wanted = np.unique(buckets)
    few = np.cumsum(np.sort(counts[wanted])) <= _MOST
    light = wanted[np.argsort(counts[wanted], kind="stable")][few]
    told = _of_buckets(pieces, light, low, high, shift)
    before = np.zeros(2**_BUCKETS, dtype=np.int64)
    before[np.sort(light)] = np.cumsum(counts[np.sort(light)]) - counts[np.sort(light)]
    mine = np.isin(buckets, light)
    found[mine] = told[before[buckets[mine]] + within[mine]]
    for bucket in np.setdiff1d(wanted, light).tolist():
        begin = low + (bucket << shift)
        mine = buckets == bucket
        found[mine] = _between(pieces, within[mine], begin, min(high, begin + (1 << shift) - 1))
    return found


def _of_buckets(pieces: Pieces, wanted: IntArray, low: int, high: int, shift: int) -> IntArray:
    """Return the values in some buckets, sorted."""
    told = np.zeros(2**_BUCKETS, dtype=np.bool_)
    told[wanted] = True
    values = [np.zeros(0, dtype=np.int64)]
    for piece in pieces():
        buckets, inside = _buckets(piece, low, high, shift)
        values.append(inside[told[buckets]])
    return np.sort(np.concatenate(values))


def _buckets(values: IntArray, low: int, high: int, shift: int) -> tuple[IntArray, IntArray]:
    """Return the bucket of each value from `low` to `high`, and these values."""
    inside = values[(values >= low) & (values <= high)]
    return (inside - low) >> shift, inside
