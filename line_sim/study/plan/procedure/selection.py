"""Which of the designs that cost the same is the best: KN, with the variance of paired differences.

Kim & Nelson, ACM TOMACS 11 (2001), with c = 1. A design goes as soon as one of the others is ahead of it by
more than the triangle of the two allows. That is made of the first variance of *their differences*, so that
chance which both meet alike does not count. The best stays with probability 1 - error where it is better
than the others by the zone; of designs nearer to it than that any may stay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from line_sim.study.plan.procedure.boundaries import FIRST, Floats, budget_of, half_of


@dataclass(frozen=True, slots=True)
class Contest:
    """How it stands after `at` observations of each: who is `left`, and who went, when, and behind whom.

    `ahead` is the one of them with the highest mean, `budget` how many observations of each it takes at most.
    """

    left: tuple[int, ...]
    ahead: int
    at: int
    behind: Mapping[int, tuple[int, int]]
    budget: int

    @property
    def winner(self) -> int | None:
        """Who is left alone; None while there are several."""
        return self.left[0] if len(self.left) == 1 else None


def contest(values: Mapping[int, Sequence[float]], h2: float, zone: float, first: int = FIRST) -> Contest:
    """Let the designs, by number, contend with what they have so far; more is better.

    Each needs the first observations at least; those of one replication met the same chance. Where nothing
    keeps the last ones apart any more, the one with the highest mean is left, the first of them at a tie.
    """
    numbers = sorted(values)
    variances = _variances([values[number][:first] for number in numbers])
    budget = max(first, budget_of(h2, float(variances.max()), zone))
    sums = [np.cumsum(np.asarray(values[number], dtype=np.float64)) for number in numbers]
    left, behind, r = list(range(len(numbers))), dict[int, tuple[int, int]](), first
    while len(left) > 1:
        at = np.array([sums[place][r - 1] for place in left])
        halves = half_of(h2, variances[np.ix_(left, left)], zone, r)
        for place, ahead in _who_goes(at, halves):
            behind[numbers[left[place]]] = numbers[left[ahead]], r
        left = [place for place in left if numbers[place] not in behind]
        if r == min(len(sums[place]) for place in left):
            break
        r += 1
    ahead = max(left, key=lambda place: (sums[place][r - 1], -place))
    return Contest(tuple(numbers[place] for place in left), numbers[ahead], r, behind, budget)


def _who_goes(at: Floats, halves: Floats) -> list[tuple[int, int]]:
    """Return who goes, by place, and who is ahead of it; `at` are the sums, `halves` those of each pair."""
    best = int(np.argmax(at))  # the first of them at a tie
    if not halves.any():
        return [(place, best) for place in range(len(at)) if place != best]
    lead = at[:, None] - at[None, :] - halves
    np.fill_diagonal(lead, -np.inf)
    return [(place, int(lead[:, place].argmax())) for place in range(len(at)) if lead[:, place].max() > 0]


def _variances(values: Sequence[Sequence[float]]) -> Floats:
    """Return the variance of the differences of each pair; what only rounding makes of twins is 0."""
    together = np.atleast_2d(np.cov(np.asarray(values, dtype=np.float64)))
    own = np.diag(together)
    found = own[:, None] + own[None, :] - 2 * together
    return np.where(found > _ROUNDING * own.max(), found, 0.0)


_ROUNDING = 1e-12
