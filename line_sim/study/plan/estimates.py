"""The mean of a figure over the runs of a design; of a ratio that of the sums."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean

from line_sim.study.kpis import bounded
from line_sim.study.plan.procedure.demands import Sample, Term
from line_sim.study.skewed import of_runs
from line_sim.study.student import Estimate


def estimate_of(samples: Sequence[Sample], kpi: str, *, ratio: bool) -> Estimate | None:
    """Return the mean and its interval; None where a run cannot tell the figure, or there is no run."""
    terms = [sample.terms.get(kpi) for sample in samples]
    known = [term for term in terms if term is not None and term.value is not None]
    if not known or len(known) < len(terms):
        return None
    values = [term.value for term in known if term.value is not None]
    return bounded(ratio_of(known) if ratio else of_runs(values), kpi)


def ratio_of(terms: Sequence[Term]) -> Estimate:
    """Return the ratio of the sums, with the interval of the linearised ratio.

    Its error is that of the mean of over - ratio x under, by the mean of under (Law, Simulation Modeling and
    Analysis, 5th ed., 9.5.3: the classical interval of a ratio of means).
    """
    n, below = len(terms), fmean(term.under for term in terms)
    ratio = fmean(term.over for term in terms) / below
    rests = [term.over - ratio * term.under for term in terms]
    if n == 1:
        return Estimate(ratio, None, 0, 1)
    variance = sum(rest**2 for rest in rests) / (n - 1)
    same = all(rest == rests[0] for rest in rests)
    return Estimate(ratio, 0.0 if same else sqrt(variance / n) / below, n - 1, n)
