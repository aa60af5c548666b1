"""A figure as predicted: its mean, the interval of one run, and where its uncertainty comes from; pure.

The predicted runs come in arms, each with as many runs, and run r of every arm draws the same chance:

- `server`: the line's own chance is that of the scenario's seed, as in the live runs; what the server takes
  is drawn anew each time.
- `labels`: only what the server says of the parts is drawn anew; none where it is never wrong.
- `calibration`: as `server`, each run with a model that was fitted to resampled measurements.
- `slower`, `quicker`: as `server`, with all answers longer or shorter by the model's held-out error.
- `line`: as `server`, and the line's own chance is another one each time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import hypot, inf, sqrt
from statistics import fmean, stdev
from typing import Literal

from line_sim.figures.names import unit_of
from line_sim.study.confirm.agreement import CONFIDENCE as OF_VERDICTS
from line_sim.study.confirm.agreement import Expected
from line_sim.study.kpis import Figures
from line_sim.study.student import critical

Arm = Literal["server", "labels", "calibration", "slower", "quicker", "line"]
Arms = Mapping[Arm, Sequence[Figures]]

CONFIDENCE = 0.95
_NORMAL = 1.959963984540054
"""The standard normal's 97.5 %."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The standard deviations that a predicted figure has by each thing that is not known.

    `server`: what its answers take, from run to run; `labels`: which parts it is wrong about; `line`: parts,
    cycles and stops of another seed; `calibration`: what was measured is a sample; `model`: its held-out
    error.
    """

    server: float
    labels: float
    line: float
    calibration: float
    model: float

    @property
    def shares(self) -> dict[str, float]:
        """How much of the variance of a run on any day each of chance, calibration and model makes."""
        squares = {
            "server": self.server**2,
            "line": self.line**2,
            "calibration": self.calibration**2,
            "model": self.model**2,
        }
        whole = sum(squares.values())
        return {name: square / whole if whole else 0.0 for name, square in squares.items()}


@dataclass(frozen=True, slots=True)
class Prediction:
    """A predicted figure: `interval` is that of a run with the same seed, `any_seed` with any."""

    kpi: str
    mean: float
    runs: int
    parts: Parts
    interval: tuple[float, float]
    any_seed: tuple[float, float]
    drawn_from: int = 0

    @property
    def expected(self) -> Expected:
        """What live runs with the scenario's seed are held against.

        All of them have the same parts, so which of them the server is wrong about does not average out.
        """
        own = self.parts
        sampled, measured = own.server / sqrt(self.runs), own.calibration * lack(self.drawn_from)
        return Expected(self.mean, hypot(sampled, own.labels, measured, own.model), self.runs)


def lack(drawn_from: int) -> float:
    """Return by what a deviation that was drawn again from so few stretches must be multiplied for a verdict.

    Draws of n scatter by sqrt((n - 1) / n) too little, and a Student t of n - 1 has wider ends than a normal:
    without both, of four rounds one pair of nine that differ by the margin would be called equivalent.
    """
    if drawn_from < 2:
        return 1.0
    ends = critical(drawn_from - 1, OF_VERDICTS) / critical(inf, OF_VERDICTS)
    return ends * sqrt(drawn_from / (drawn_from - 1))


def predictions(arms: Arms, drawn_from: int = 0) -> dict[str, Prediction]:
    """Return every figure that all runs of all arms tell; `drawn_from` as a prediction has it."""
    return {kpi: _prediction(kpi, arms, drawn_from) for kpi in _told(arms)}


def _told(arms: Arms) -> Iterator[str]:
    for kpi in arms["server"][0]:
        if all(run.get(kpi) is not None for runs in arms.values() for run in runs):
            yield kpi


def _prediction(kpi: str, arms: Arms, drawn_from: int) -> Prediction:
    values = {arm: [run[kpi] or 0.0 for run in runs] for arm, runs in arms.items()}
    own = values["server"]
    mean = fmean(own)
    parts = _parts(values)
    within = 0.0, 1.0 if unit_of(kpi) == "share" else inf
    model = _NORMAL * parts.model
    more = _NORMAL * hypot(parts.model, parts.calibration)
    return Prediction(
        kpi,
        mean,
        len(own),
        parts,
        _widened(mean, order_ends(values["calibration"]), model, within),
        _widened(mean, order_ends(values["line"]), more, within),
        drawn_from,
    )


def _parts(values: Mapping[Arm, Sequence[float]]) -> Parts:
    own = values["server"]
    refitted = [fitted - as_is for fitted, as_is in zip(values["calibration"], own, strict=False)]
    elsewhere = stdev(values["line"]) ** 2 - stdev(own) ** 2
    moved = [abs(_moved(values[arm], own)) for arm in ("slower", "quicker") if values.get(arm)]
    return Parts(
        stdev(own),
        stdev(values["labels"]) if values.get("labels") else 0.0,
        sqrt(max(0.0, elsewhere)),
        stdev(refitted),
        max(moved, default=0.0),
    )


def _moved(values: Sequence[float], own: Sequence[float]) -> float:
    """Return by how much a change moves a figure, run by run under the same chance."""
    return fmean(other - one for other, one in zip(values, own, strict=False))


def order_ends(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends between which one more such value lies in 95 of 100 cases, whatever their law.

    The next of n + 1 exchangeable values is as likely of any rank, so the ends have the ranks .025 (n + 1)
    and .975 (n + 1), in between in proportion; below 39 values they are the least and the greatest.
    """
    ordered = sorted(values)
    tail = (1 - CONFIDENCE) / 2 * (len(ordered) + 1)
    return _at_rank(ordered, tail), _at_rank(ordered, len(ordered) + 1 - tail)


def _at_rank(ordered: Sequence[float], rank: float) -> float:
    place = min(max(rank, 1.0), float(len(ordered))) - 1
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _widened(
    mean: float, ends: tuple[float, float], more: float, within: tuple[float, float]
) -> tuple[float, float]:
    """Move both ends away from the mean by what else is not known, in quadrature."""
    low = mean - hypot(max(0.0, mean - ends[0]), more)
    high = mean + hypot(max(0.0, ends[1] - mean), more)
    return max(within[0], low), min(within[1], high)
