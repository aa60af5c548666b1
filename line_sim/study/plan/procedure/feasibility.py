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

LOCKED_UP = "deadlocked"
"""How a run ends whose parts wait for each other in a circle."""


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
    nothing. An output that is always the same is judged by its sign.
    """
    excesses = [demand.excess(term) for term in terms]
    zone = demand.tolerance * (fmean(term.under for term in terms[:first]) if demand.ratio else 1.0)
    if zone <= 0:  # a ratio of nothing: no run has anything to count
        return Judgement(False, first, 0.0, 0.0, first, 0.0, 0.0)
    variance = variance_of(excesses[:first])
    sums = np.cumsum(np.asarray(excesses))
    halves = half_of(h2, variance, zone, np.arange(1.0, len(sums) + 1))
    left = np.flatnonzero(np.abs(sums[first - 1 :]) >= halves[first - 1 :])
    at = first + int(left[0]) if len(left) else len(sums)
    met = bool(sums[at - 1] >= 0) if len(left) else None
    told = float(sums[at - 1]), float(halves[at - 1])
    return Judgement(
        met, at, *told, max(first, budget_of(h2, variance, zone)), float(sums[at - 1]) / at, zone
    )


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


def locked_up(samples: Sequence[Sample]) -> int | None:
    """Return the first replication in which the line locked up; None: it never did."""
    return next((number for number, each in enumerate(samples, 1) if each.ended == LOCKED_UP), None)
