"""A run of which only departures matter, worked out from part to part instead of run.

Output and escapes follow from when each part left, how, and what it was. Where the recursion of the
what-ifs knows the line (`analysis.what_if.replay.recursion`) these are what the line itself would do, to the
nanosecond; it takes a hundredth of the time.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from line_sim.analysis.what_if.replay.recursion import Recursion, knows
from line_sim.analysis.what_if.replay.replays import MOST_MORE
from line_sim.chance.chance import Chance
from line_sim.figures.catalogue import CATALOGUE
from line_sim.figures.conditions import Condition
from line_sim.figures.folds import HourlyRate, Share
from line_sim.figures.populations import Moment, Over
from line_sim.figures.window import Window, window_between
from line_sim.inspection.gateway import Gateway
from line_sim.inspection.opening import open_gateways
from line_sim.line.interrupt import Interrupt
from line_sim.line.records import SCRAPPED, SHIPPED
from line_sim.pictures.opening import picture_source
from line_sim.recording.run_columns import BoolArray, IntArray
from line_sim.scenario import Scenario
from line_sim.study.plan.procedure.demands import Term
from line_sim.truth import DEFECTIVE, GOOD
from line_sim.units import HOUR, Nanoseconds


@dataclass(frozen=True, slots=True)
class Gone:
    """The parts that have left, a row each, in no order: when, whether shipped, and whether good."""

    left: IntArray
    shipped: BoolArray
    good: BoolArray

    def __len__(self) -> int:
        return len(self.left)

    def says(self, field: str, *words: str) -> BoolArray:
        """Return for each part whether a field holds one of the words. Raises KeyError for other fields."""
        yes, no, holds = {
            "disposition": (SHIPPED, SCRAPPED, self.shipped),
            "true_state": (GOOD, DEFECTIVE, self.good),
        }[field]
        return (holds & (yes in words)) | (~holds & (no in words))


_NOBODY = Gone(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_), np.empty(0, dtype=np.bool_))


def _is_told(condition: Condition) -> bool:
    try:
        condition.of(_NOBODY)
    except KeyError:
        return False
    return True


def told_by_departures(kpi: str) -> HourlyRate | Share | None:
    """Return the fold of a figure that follows from departures alone; None of any other."""
    fold = next((figure.fold for figure in CATALOGUE if figure.name == kpi), None)
    match fold:
        case HourlyRate() if _is_told(fold.of):
            return fold
        case Share(among=among) if (
            among.over is Over.PARTS and among.moment is Moment.LEFT and _is_told(fold.which)
        ):
            return fold
        case _:
            return None


def is_worked_out(scenario: Scenario, kpis: Sequence[str]) -> bool:
    """Whether the figures of a line's run can be worked out: they, its warm-up, and the line are known."""
    if scenario.run.warm_up == "auto" or not all(map(told_by_departures, kpis)):
        return False
    with ExitStack() as stack:
        return knows(scenario, _gateways(scenario, stack))


def _gateways(scenario: Scenario, stack: ExitStack) -> Mapping[str, Gateway]:
    return open_gateways(scenario, picture_source(scenario), stack, lambda _: None, Path())


def work_out(
    scenario: Scenario, kpis: Sequence[str], interrupt: Interrupt, chance: Chance
) -> dict[str, Term] | None:
    """Return the figures of a run; None where a stop was wished. `chance` is that of the scenario's seed.

    Raises TooMuchError for a line that has far more parts or outages than anybody waits for.
    """
    with ExitStack() as stack:
        line = _Noting(scenario, _gateways(scenario, stack), chance)
        if not line.run(interrupt, MOST_MORE) or interrupt.wished:
            return None
    gone, window = line.leavers(), line.window()
    return {kpi: _term(kpi, gone, window) for kpi in kpis}


def _term(kpi: str, gone: Gone, window: Window) -> Term:
    match told_by_departures(kpi):
        case HourlyRate(of=of):
            count = int(np.count_nonzero(of.of(gone) & window.left_within(gone.left)))
            return Term(count * HOUR / window.length if window.length > 0 else 0.0)
        case Share() as fold:
            counts = fold.among.of.of(gone) & window.settled(gone.left)
            return Term(int(np.count_nonzero(counts & fold.some.of(gone))), int(np.count_nonzero(counts)))
        case _:
            raise KeyError(kpi)


class _Noting(Recursion):
    """A recursion that notes which part leaves, too."""

    def __init__(self, scenario: Scenario, gateways: Mapping[str, Gateway], chance: Chance) -> None:
        self._shipped_items: list[int] = []
        self._scrapped_items: list[int] = []
        self._scrapped: list[Nanoseconds] = []
        self._truth: list[bool] = []
        super().__init__(scenario, gateways, chance)

    def _ship(self, at: Nanoseconds, item: int) -> Nanoseconds:
        self._shipped_items.append(item)
        return super()._ship(at, item)

    def _scrap(self, at: Nanoseconds, item: int) -> Nanoseconds:
        self._scrapped_items.append(item)
        self._scrapped.append(at)
        return super()._scrap(at, item)

    def _grow(self, block: int) -> None:
        super()._grow(block)
        self._truth += self._defective.block(block)

    def leavers(self) -> Gone:
        """Return the parts that had left when the line was over."""
        left = np.array([*self.shipped, *self._scrapped], dtype=np.int64)
        items = np.array([*self._shipped_items, *self._scrapped_items], dtype=np.int64)
        good = ~np.array(self._truth, dtype=np.bool_)[items] if len(items) else _NOBODY.good
        shipped = np.arange(len(left)) < len(self.shipped)
        within = left <= self.end
        return Gone(left[within], shipped[within], good[within])

    def window(self) -> Window:
        """Return the stretch of the run that counts, as `figures.window` chooses it."""
        run, end = self._scenario.run, self.end
        warm_up = run.warm_up
        start = 0 if warm_up == "auto" else warm_up
        to = None if run.items is None else self.last_entry
        return window_between(start, to, end, self._any_left)

    def _any_left(self, first: Nanoseconds, last: Nanoseconds) -> bool:
        return any(first < at <= last for at in self.gone)
