"""The figures of a line so far: those of the catalogue that single records add up to.

They speak of the same window as the summary's, as if the run ended now; at its end they are the summary's.
A warm-up that is to be found (`auto`) is found in the files of the run: here nothing is cut for it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from line_sim.figures.catalogue import CATALOGUE
from line_sim.figures.conditions import Condition
from line_sim.figures.folds import HourlyRate, Share
from line_sim.figures.populations import GONE, Moment, Over
from line_sim.figures.statistics.rates import Rate
from line_sim.figures.window import Window, window_between
from line_sim.live.groups import Group, Groups
from line_sim.live.state import LiveState
from line_sim.recording.run_columns import NONE, IntArray
from line_sim.units import HOUR, Nanoseconds

MOMENTS = {Moment.ISSUED: 0, Moment.INSPECTED: 0, Moment.LEFT: 1}
"""Which of its group's moments a record counts by."""


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """The window so far, and by name the shares and the rates per hour, in the order of the catalogue.

    A rate per hour is None where no time has passed.
    """

    window: Window
    shares: dict[str, Rate]
    per_hour: dict[str, float | None]


def live_figures(state: LiveState) -> LiveFigures:
    """Return the figures of a line as they are now."""
    counts = {Over.PARTS: _Counts(state.parts), Over.CALLS: _Counts(state.calls)}
    parts = counts[Over.PARTS]
    window = _window(state, parts)
    shares: dict[str, Rate] = {}
    per_hour: dict[str, float | None] = {}
    for figure in CATALOGUE:
        match figure.fold:
            case Share() as share:
                shares[figure.name] = counts[share.over].share(share, window)
            case HourlyRate() as rate:
                per_hour[figure.name] = parts.per_hour(rate, window)
    return LiveFigures(window, shares, per_hour)


def _window(state: LiveState, parts: "_Counts") -> Window:
    def departures(first: Nanoseconds, last: Nanoseconds) -> bool:
        return parts.left_within(GONE, Window(first, last, last)) > 0

    return window_between(state.warm_up, state.all_in_at, state.at, departures)


class _Counts:
    """Groups of records, ready to be asked which of them count."""

    def __init__(self, groups: Groups[Any]) -> None:
        self._groups: tuple[Group[Any], ...] = tuple(groups)
        self._n: IntArray = np.array([group.count for group in self._groups], dtype=np.int64)

    def share(self, share: Share, window: Window) -> Rate:
        """Count those of a population for which a condition holds, and all of it."""
        among = share.among
        n = self._n * window.settled(self._moments(among.moment)) * self._holds(among.of)
        return Rate(int(np.sum(n * self._holds(share.some))), int(np.sum(n)))

    def per_hour(self, rate: HourlyRate, window: Window) -> float | None:
        """Return how many departures an hour there were."""
        return self.left_within(rate.of, window) * HOUR / window.length if window.length > 0 else None

    def left_within(self, of: Condition, window: Window) -> int:
        """Count the departures for which a condition holds."""
        return int(np.sum(self._n * window.left_within(self._moments(Moment.LEFT)) * self._holds(of)))

    def _moments(self, moment: Moment) -> IntArray:
        told = (group.moments[MOMENTS[moment]] for group in self._groups)
        return np.array([NONE if at is None else at for at in told], dtype=np.int64)

    def _holds(self, condition: Condition) -> IntArray:
        holds = condition.holds
        return np.array([holds(group.record) for group in self._groups], dtype=np.int64)
