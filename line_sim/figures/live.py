"""The catalogue's shares, counted record by record as a line runs: what the summary will tell of it.

The same predicates as over columns; each record costs a few comparisons.
"""

from collections.abc import Iterable

from line_sim.figures.catalogue import CATALOGUE, AnyFigure
from line_sim.figures.folds import Share
from line_sim.figures.populations import Moment, Population
from line_sim.figures.statistics.rates import Rate
from line_sim.line.records import Call, Item
from line_sim.units import Nanoseconds


class _Counted:
    """A population: how many of it there were, and of how many each share's condition held."""

    def __init__(self, population: Population) -> None:
        self.belongs = population.of.holds
        self.moment = population.moment
        self.n = 0
        self.shares: list[_CountedShare] = []

    def add(self, record: object) -> None:
        """Count a record of its table whose moment counts."""
        if self.belongs(record):
            self.n += 1
            for share in self.shares:
                if share.holds(record):
                    share.count += 1


class _CountedShare:
    def __init__(self, share: Share) -> None:
        self.holds = share.some.holds
        self.count = 0


class LiveShares:
    """Every share of the catalogue so far, without what was before `start` (ns, the warm-up's end)."""

    def __init__(self, start: Nanoseconds = 0, figures: Iterable[AnyFigure] = CATALOGUE) -> None:
        self._start = start
        populations: dict[Population, _Counted] = {}
        self._shares: dict[str, tuple[_CountedShare, _Counted]] = {}
        for figure in figures:
            if isinstance(figure.fold, Share):
                population = populations.setdefault(figure.fold.among, _Counted(figure.fold.among))
                share = _CountedShare(figure.fold)
                population.shares.append(share)
                self._shares[figure.name] = (share, population)
        by_moment = {
            moment: [counted for counted in populations.values() if counted.moment is moment]
            for moment in Moment
        }
        self._issued, self._inspected, self._left = (
            by_moment[moment] for moment in (Moment.ISSUED, Moment.INSPECTED, Moment.LEFT)
        )

    def add_call(self, call: Call) -> None:
        """Count a call that is over."""
        if call.issued_at >= self._start:
            for population in self._issued:
                population.add(call)

    def add_item(self, item: Item, inspected_at: Nanoseconds | None) -> None:
        """Count a part whose story is told; `inspected_at` is when its last inspection was finished."""
        if inspected_at is not None and inspected_at >= self._start:
            for population in self._inspected:
                population.add(item)
        if item.left_at is not None and item.left_at >= self._start:
            for population in self._left:
                population.add(item)

    def rate(self, name: str) -> Rate:
        """Return a share so far."""
        share, population = self._shares[name]
        return Rate(share.count, population.n)
