"""The mix of variants as plain data: who comes how often, and in which order."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from math import gcd
from typing import Generic, TypeVar

T = TypeVar("T")

GRAINS = 1_000_000
"""Shares are kept to a millionth of all parts."""


@dataclass(frozen=True, slots=True)
class Mix:
    """The variants of a product in the order written, and their shares, which add up to 1.

    `batch` is how many parts of one variant come one behind the other (None: each part's is drawn).
    """

    names: tuple[str, ...]
    shares: tuple[float, ...]
    batch: int | None = None

    @property
    def weights(self) -> tuple[int, ...]:
        """The shares as whole numbers without a common divisor: after as many batches all begins anew."""
        whole = [max(1, round(share * GRAINS)) for share in self.shares]
        return tuple(weight // gcd(*whole) for weight in whole)

    def mean(self, values: tuple[float, ...]) -> float:
        """Return the mean over all parts of something that each variant has its own of."""
        return sum(share * value for share, value in zip(self.shares, values, strict=True))

    def batches(self) -> Iterator[int]:
        """Yield of which variant each batch is, as its place here, for as long as there is one pattern.

        The next batch is of the variant that is the furthest behind its share of the batches, the one to come
        included; of several the one written first. (It is Nginx's smooth weighted round robin.)
        """
        credit, whole = [0] * len(self.weights), sum(self.weights)
        for _ in range(whole):
            credit = [had + weight for had, weight in zip(credit, self.weights, strict=True)]
            chosen = credit.index(max(credit))
            credit[chosen] -= whole
            yield chosen

    def changes(self, machines: int = 1) -> float:
        """Return the share of parts that are of another variant than the one so many parts before.

        That is the share of parts which a station's machines, taking parts in turn, are set up for; exact for
        one machine, and for any number where each part's variant is drawn.
        """
        if self.batch is None:
            return 1 - sum(share * share for share in self.shares)
        apart, rest = divmod(machines, self.batch)
        dealt = list(islice(self.batches(), _MOST_DEALT))
        near, far = (_unlike(dealt, batches) for batches in (apart, apart + 1))
        return near + (far - near) * rest / self.batch


_MOST_DEALT = 20_000  # batches, where the pattern is longer


def _unlike(dealt: list[int], apart: int) -> float:
    """Return the share of batches that are of another variant than the one so many batches before."""
    moved = apart % len(dealt)
    pairs = zip(dealt, dealt[-moved:] + dealt[:-moved] if moved else dealt, strict=True)
    return sum(one != other for one, other in pairs) / len(dealt)


@dataclass(frozen=True, slots=True)
class PerVariant(Generic[T]):
    """Something that each variant has its own of, in the order of the mix."""

    mix: Mix
    values: tuple[T, ...]
