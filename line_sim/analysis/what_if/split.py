"""A difference split among causes that overlap: Shapley values over the orders of taking them away.

What a cause costs hangs on what else is gone already: a full review costs little where no timeouts fill it.
The part of each is what taking it away gains, on average over all orders (Shapley, "A value for n-person
games", 1953), and how far that goes from order to order is told beside it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations
from statistics import fmean

Gone = frozenset[str]


@dataclass(frozen=True, slots=True)
class Part:
    """A cause's part of a difference, and the least and the most that it is in any order."""

    value: float
    low: float
    high: float


def shapley(causes: tuple[str, ...], value: Callable[[Gone], float]) -> dict[str, Part]:
    """Return each cause's part of value(all of them gone) - value(none gone)."""
    known: dict[Gone, float] = {}

    def worth(gone: Gone) -> float:
        if gone not in known:
            known[gone] = value(gone)
        return known[gone]

    gains: dict[str, list[float]] = {cause: [] for cause in causes}
    for order in permutations(causes):
        for cause, gain in _gains(order, worth):
            gains[cause].append(gain)
    return {cause: Part(fmean(found), min(found), max(found)) for cause, found in gains.items()}


def _gains(order: tuple[str, ...], worth: Callable[[Gone], float]) -> Iterator[tuple[str, float]]:
    """Yield what each cause gains when they are taken away in this order."""
    gone: Gone = frozenset()
    for cause in order:
        more = gone | {cause}
        yield cause, worth(more) - worth(gone)
        gone = more
