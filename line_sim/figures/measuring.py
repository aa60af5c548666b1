"""From a run's rows to the figures of the catalogue."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from line_sim.figures.catalogue import CATALOGUE, AnyFigure, Figure
from line_sim.figures.folds import Fold, Mean, Share, TimeAverage
from line_sim.figures.populations import Settled
from line_sim.figures.statistics.measured import Average, Measured
from line_sim.figures.statistics.rates import Rate

M = TypeVar("M", bound=Measured)


class RunFigures:
    """What a run tells of each figure of the catalogue."""

    def __init__(self, measured: Mapping[str, Measured]) -> None:
        self._measured = measured

    def of(self, figure: Figure[Fold[M]]) -> M:
        """Return what it tells of one."""
        found: M = self._measured[figure.name]  # type: ignore[assignment]  # each is its fold's
        return found

    def shares(self) -> Iterator[tuple[AnyFigure, Share, Rate]]:
        """Yield the shares that are worth telling: figure, how it is made, and what came of it."""
        for figure in CATALOGUE:
            match figure.fold, self.of(figure):
                case Share() as share, Rate() as rate if rate.count or not figure.rare:
                    yield figure, share, rate

    def averages(self) -> Iterator[tuple[AnyFigure, Average]]:
        """Yield the means and averages that are known, with their figures."""
        for figure in CATALOGUE:
            match figure.fold, self.of(figure):
                case Mean() | TimeAverage(), Average(value=float()) as average:
                    yield figure, average


def measure(settled: Settled, known: Mapping[str, Measured]) -> RunFigures:
    """Measure every figure; `known` are those that are made elsewhere, by name."""
    return RunFigures(
        {figure.name: known.get(figure.name) or figure.fold.measure(settled) for figure in CATALOGUE}
    )
