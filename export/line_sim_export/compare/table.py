"""What the rounds tell: quantiles, ratios to the first way, agreement."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from line_sim.figures.statistics.quantiles import QUANTILES as ALL
from line_sim.figures.statistics.quantiles import Estimate, sample_of
from line_sim_export.compare.rounds import Measured

QUANTILES = {name: ALL[name] for name in ("p50", "p90", "p99")}
RESAMPLES = 2000
MILLISECOND = 1_000_000


@dataclass(frozen=True)
class Ratio:
    """The first way's median divided into this one's, and a 95 % interval (percentiles of a bootstrap)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One way: latencies in ns, and how its answers compare with the first way's."""

    name: str
    n: int
    quantiles: dict[str, Estimate]
    ratio: Ratio
    label: str
    score: float
    agreed: int
    asked: int
    largest_difference: float


def rows_of(measured: Mapping[str, Measured]) -> list[Row]:
    """Compare every way with the first one."""
    reference = next(iter(measured.values()))
    return [row_of(name, one, reference) for name, one in measured.items()]


def row_of(name: str, one: Measured, reference: Measured) -> Row:
    """Compare one way with another, answer by answer."""
    sample = sample_of(np.array(one.latencies, np.int64), np.zeros(len(one.latencies), np.bool_))
    pairs = list(zip(one.answers, reference.answers, strict=True))
    return Row(
        name=name,
        n=sample.n,
        quantiles={quantile: sample.quantile(p) for quantile, p in QUANTILES.items()},
        ratio=ratio_of_medians(one.latencies, reference.latencies),
        label=one.answers[-1].label,
        score=one.answers[-1].score,
        agreed=sum(ours.label == theirs.label for ours, theirs in pairs),
        asked=len(pairs),
        largest_difference=max(abs(ours.score - theirs.score) for ours, theirs in pairs),
    )


def ratio_of_medians(ours: list[int], theirs: list[int], seed: int = 1) -> Ratio:
    """Return the ratio of two medians; whole rounds are resampled, so noise they share stays shared.

    Percentile bootstrap: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
    """
    above, below = np.array(ours, np.float64), np.array(theirs, np.float64)
    rounds = np.random.default_rng(seed).integers(len(above), size=(RESAMPLES, len(above)))
    resampled = median(above[rounds], axis=1) / median(below[rounds], axis=1)
    low, high = np.percentile(resampled, (2.5, 97.5))
    return Ratio(float(median(above) / median(below)), float(low), float(high))


def median(values: Any, axis: int = 0) -> Any:
    """Return the p50 of the table: of an even number of values the lower middle one."""
    return np.quantile(values, 0.5, axis=axis, method="inverted_cdf")


def cells(row: Row) -> list[str]:
    """Return a row of the table as text."""
    ratio = f"{row.ratio.value:.2f} [{row.ratio.low:.2f}, {row.ratio.high:.2f}]"
    quantiles = [milliseconds(row.quantiles[name]) for name in QUANTILES]
    answer = f"{row.label} {row.score:.3f}"
    return [
        row.name,
        str(row.n),
        *quantiles,
        ratio,
        answer,
        f"{row.agreed}/{row.asked}",
        f"{row.largest_difference:.1e}",
    ]


def milliseconds(estimate: Estimate) -> str:
    """Write a quantile with its interval, where there are enough calls for one."""
    value = f"{(estimate.value or 0) / MILLISECOND:.1f}"
    if estimate.low is None or estimate.high is None:
        return value
    return f"{value} [{estimate.low / MILLISECOND:.1f}, {estimate.high / MILLISECOND:.1f}]"


HEADS = ["way", "n", "p50 ms", "p90 ms", "p99 ms", "to eager", "answer", "labels agree", "score off by"]


def facts(row: Row) -> dict[str, Any]:
    """Return a row as plain data; times in ns."""
    return asdict(row)
