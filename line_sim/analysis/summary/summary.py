"""A run in numbers: everything that `summary.json` and the page for people tell."""

from dataclasses import dataclass

from line_sim.analysis.audit.check import Check
from line_sim.figures.bottleneck import Bottleneck
from line_sim.figures.catalogue import UPH
from line_sim.figures.counts import Balance, Counts
from line_sim.figures.flow import StationTime, Throughput
from line_sim.figures.labels import Labels
from line_sim.figures.latency import LatencyRow
from line_sim.figures.measuring import RunFigures
from line_sim.figures.oee import Oee
from line_sim.figures.skew import Skew
from line_sim.figures.window import Window
from line_sim.layout import Layout

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cause:
    """What one cause costs in UPH, and its 95 % interval (None: too few parts)."""

    uph: float
    ci: Interval | None = None


@dataclass(frozen=True, slots=True)
class OneMoreCamera:
    """What the line would make with one more unit at an inspection.

    `held`: the latencies were held as measured, as what a second camera would see is not known.
    """

    station: str
    uph: float
    gain: Cause
    held: bool


@dataclass(frozen=True, slots=True)
class Throttle:
    """What inference costs the line: the same parts and chance, with an inference that takes no time.

    `causes` split the difference; `parts` is how many parts were replayed for it.
    """

    uph: float
    uph_without_inference: float
    causes: dict[str, Cause] | None = None
    one_more: OneMoreCamera | None = None
    parts: int | None = None

    @property
    def loss(self) -> float | None:
        """The share of `uph_without_inference` that is not reached; None of nothing."""
        if self.uph_without_inference <= 0:
            return None
        return 1 - self.uph / self.uph_without_inference


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in numbers.

    `ended` is the word of how it ended, None for a run that was killed; `partial` says that a torn
    last row was left out of a file. `without_picture` counts the calls that nothing was sent for.
    """

    layout: Layout
    ended: str | None
    partial: bool
    window: Window
    counts: Counts
    balance: Balance
    figures: RunFigures
    stations: tuple[StationTime, ...]
    latency: tuple[LatencyRow, ...]
    throttle: Throttle | None
    audit: dict[str, Check]
    bottleneck: Bottleneck
    oee: tuple[Oee, ...]
    skew: Skew | None = None
    without_picture: int = 0
    labels: tuple[Labels, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def throughput(self) -> Throughput:
        """What was shipped in the window."""
        return self.figures.of(UPH)

    @property
    def audit_passed(self) -> bool:
        """Whether every check held."""
        return all(check.passed for check in self.audit.values())
