"""Shares of a count, with Wilson's interval.

E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
It stays inside 0 to 1 and says something even when nothing was seen. It takes what is counted as independent;
where neighbours resemble each other it is that of as many as they are worth.
"""

from dataclasses import dataclass
from math import sqrt

from line_sim.figures.statistics.lack import Lack, too_alike
from line_sim.special import normal

Interval = tuple[float, float]

FEWEST_WORTH = 4
"""Of none among fewer independent ones the interval would go from 0 to more than a half: it says nothing."""

_WORTH_A_WORD = 2.0


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` of `n`, of which `alike` neighbours say as much as one independent."""

    count: int
    n: int
    alike: float = 1.0

    @property
    def value(self) -> float | None:
        """The share, or None of nothing."""
        return self.count / self.n if self.n else None

    @property
    def lack(self) -> Lack | None:
        """Why there is no interval, of something: neighbours are so much alike that it says nothing."""
        worth = self.n / self.alike
        if self.alike < _WORTH_A_WORD or worth >= FEWEST_WORTH:
            return None
        return too_alike(self.n, worth, FEWEST_WORTH, "observations")

    @property
    def ci(self) -> Interval | None:
        """The 95 % interval of the share, or None where there is none."""
        if not self.n or self.lack is not None:
            return None
        return wilson(self.count / self.alike, self.n / self.alike)

    @property
    def note(self) -> str:
        """What is to be known of the interval: how many independent ones the counted are worth."""
        if self.alike < _WORTH_A_WORD:
            return ""
        if self.lack is not None:
            return self.lack.text
        worth = f"{self.n:,} are worth {self.n / self.alike:,.0f} independent ones"
        return f"neighbours resemble each other: {worth}"


def wilson(count: float, n: float, confidence: float = 0.95) -> Interval:
    """Return the interval of the shares that `count` of `n` does not speak against."""
    z = normal.quantile((1 + confidence) / 2)
    share = count / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if count == 0 else max(0.0, centre - half)  # exact where rounding would leave a hair
    high = 1.0 if count == n else min(1.0, centre + half)
    return low, high
