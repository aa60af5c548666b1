"""Whether a design meets its demands: each one is judged as soon as its sum leaves the triangle.

Andradottir & Kim (2010), Healey, Andradottir & Kim, "Selection procedures for simulations with multiple
constraints under independent and correlated sampling", ACM TOMACS 24 (2014): k designs and s demands share
the error as error / (k s), which holds also where all designs meet the same chance (Bonferroni).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from line_sim.study.plan.procedure.boundaries import FIRST, budget_of, half_of, variance_of
from line_sim.study.plan.procedure.demands import Requirement, Sample, Term

BROKEN = {"deadlocked": "locked up", "stopped": "stopped for want of an answer"}
"""How a run ends short of its window, and what the line did then: its figures are not those of the run."""


FEW = 10
"""Where fewer than that are expected in all first runs, their own scatter says too little of a count."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of a demand: whether it is `met` (None: not yet), after how many observations.

    `sum` and `boundary` are those of that moment, `budget` is how many observations it takes at most. `mean`
    is by how much it is met on average so far, `zone` the tolerance, both for one run. `unknown` is the
    replication that could not tell the figure.
    """

    met: bool | None
    at: int
    sum: float
    boundary: float
    budget: int
    mean: float
    zone: float
    unknown: int | None = None

    @property
    def within(self) -> bool:
        """Whether the mean is nearer to the limit than the tolerance: then either answer is right."""
        return abs(self.mean) <= self.zone


def judge(demand: Requirement, terms: Sequence[Term], h2: float, first: int = FIRST) -> Judgement:
    """Judge a demand by what the runs say of it, in their order; at least the first ones must be there.

    It is judged after the first replication at which the sum leaves the triangle: what comes later changes
    nothing. An output that is always the same is judged by its sign, unless so few are counted that it may
    only seem so: then it has the variance that counts have.
    """
    excesses = [demand.excess(term) for term in terms]
    zone = demand.tolerance * (fmean(term.under for term in terms[:first]) if demand.ratio else 1.0)
    if zone <= 0:  # a ratio of nothing: no run has anything to count
        return Judgement(False, first, 0.0, 0.0, first, 0.0, 0.0)
    variance = max(variance_of(excesses[:first]), _of_rare_counts(demand, terms[:first]))
    sums = np.cumsum(np.asarray(excesses))
    halves = half_of(h2, variance, zone, np.arange(1.0, len(sums) + 1))
    left = np.flatnonzero(np.abs(sums[first - 1 :]) >= halves[first - 1 :])
    at = first + int(left[0]) if len(left) else len(sums)
    met = bool(sums[at - 1] >= 0) if len(left) else None
    told = float(sums[at - 1]), float(halves[at - 1])
    return Judgement(
        met, at, *told, max(first, budget_of(h2, variance, zone)), float(sums[at - 1]) / at, zone
    )


def _of_rare_counts(demand: Requirement, terms: Sequence[Term]) -> float:
    """Return the variance of a run's count where hardly any is expected in the first runs; else 0.

    At a share q, a tolerance off the limit, of n parts a run that is n q (1 - q), for independent ones. Runs
    that happen to see none of what is rare would have no variance at all, and be believed at once.
    """
    if not demand.ratio:
        return 0.0
    off = demand.tolerance if demand.sign == "<=" else -demand.tolerance
    share, counted = min(1.0, max(0.0, demand.limit + off)), fmean(term.under for term in terms)
    rare = min(share, 1 - share) * counted * len(terms)
    return share * (1 - share) * counted if rare < FEW else 0.0


def judge_all(
    demands: Sequence[Requirement], samples: Sequence[Sample], h2: float, first: int = FIRST
) -> list[Judgement]:
    """Judge every demand by the runs of a design; one that some run cannot tell is not judged."""
    return [_judge_known(demand, samples, h2, first) for demand in demands]


def _judge_known(demand: Requirement, samples: Sequence[Sample], h2: float, first: int) -> Judgement:
    terms = [sample.terms.get(demand.kpi) for sample in samples]
    known = [term for term in terms if term is not None]
    if len(known) < len(terms):
        unknown = terms.index(None) + 1
        return Judgement(None, len(terms), 0.0, 0.0, 0, 0.0, 0.0, unknown)
    return judge(demand, known, h2, first)


def broken(samples: Sequence[Sample]) -> tuple[int, str] | None:
    """Return the first replication in which the line came to a halt, and what it did; None: it never did."""
    ends = ((number, BROKEN.get(each.ended)) for number, each in enumerate(samples, 1))
    return next(((number, what) for number, what in ends if what is not None), None)
