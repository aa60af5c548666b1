"""What one call takes that is alone at the server: its work, an idle penalty, the overhead beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
import numpy.typing as npt

from line_sim.study.calibration.law import Idle
from line_sim.study.calibration.observed import Observed, PartName, Round

Values = npt.NDArray[np.float64]

LEAST_PENALTY = 0.004
"""An idle penalty below this share of a call is none: no line would feel it."""

SURE = 4.0
"""So many standard errors a penalty must be above zero: the best of many places for the step is looked at."""

FEWEST = 8
"""So many calls at least must lie on either side of the step."""

OF_LONE_CALLS: tuple[PartName, ...] = ("loop", "takt", "pauses")

Lone = Sequence[tuple[float, float]]
"""Lone calls: the pause before each, and its latency."""


@dataclass(frozen=True, slots=True)
class Alone:
    """Latencies of lone calls in seconds.

    `busy` came right after the one before, `takt` at the takt, `others` after other pauses. `idle` is what a
    pause adds, None where it adds nothing that can be told from chance.
    """

    busy: Values
    takt: Values
    others: Values
    idle: Idle | None

    @property
    def busy_mean(self) -> float:
        """The mean latency of a lone call before which the server had no time to rest."""
        return float(self.busy.mean()) if self.idle is not None else float(self.sample.mean())

    @property
    def sample(self) -> Values:
        """Latencies without what a pause adds: those at the takt, and all where a pause adds nothing."""
        if self.idle is not None:
            return self.takt - self.idle.adds
        return np.concatenate([self.busy, self.takt, self.others])

    def of_these(self, each: Sequence["Alone"]) -> "Alone":
        """Return the calls of several, with the idle penalty of this one."""
        busy = np.concatenate([one.busy for one in each])
        takt = np.concatenate([one.takt for one in each])
        return Alone(busy, takt, np.concatenate([one.others for one in each]), self.idle)


def alone_in(rounds: Sequence[Round]) -> Alone:
    """Sort the lone calls of some rounds by what they are for. Raises ValueError where there are none."""
    busy, takt, others = (_latencies(_lone(rounds, part, 1)) for part in OF_LONE_CALLS)
    if not busy.size or not takt.size:
        raise ValueError("there are no lone calls")
    return Alone(busy, takt, others, None)


def _latencies(lone: Lone) -> Values:
    return np.array([took for _, took in lone])


def with_idle(alone: Alone, rounds: Sequence[Round]) -> Alone:
    """Return the same calls with the idle penalty that they show."""
    lone = [call for part in OF_LONE_CALLS for call in _lone(rounds, part, 1)]
    return replace(alone, idle=_step(sorted(lone, key=lambda call: call[0])))


def takt_blocks(observed: Observed) -> list[Values]:
    """Return the latencies of each stretch of calls at the takt."""
    return [np.array([call.latency for call in stretch.calls[1:]]) for stretch in observed.of("takt")]


def _lone(rounds: Sequence[Round], part: PartName, size: int) -> Lone:
    """Return the lone calls of a part; the first of a stretch comes after a pause that nobody knows."""
    first = 0 if part == "pauses" else 1
    return [
        (call.pause, call.latency)
        for one in rounds
        for stretch in one.of(part, size)
        for call in stretch.calls[first:]
    ]


def _step(lone: Lone) -> Idle | None:
    """Find the pause from which on a call takes longer: the step with the least squares, if it is one.

    `lone` is in the order of the pauses.
    """
    pauses, took = (np.array(column) for column in zip(*lone, strict=True))
    number = np.arange(1, took.size)
    short = np.cumsum(took)[:-1] / number
    long = (took.sum() - np.cumsum(took)[:-1]) / (took.size - number)
    gains = (long - short) ** 2 * number * (took.size - number)
    gains[np.diff(pauses) <= 0] = 0.0
    gains[: FEWEST - 1] = gains[took.size - FEWEST :] = 0.0
    place = int(np.argmax(gains))
    before, behind = took[: place + 1], took[place + 1 :]
    adds = float(behind.mean() - before.mean())
    error = sqrt(before.var() / before.size + behind.var() / behind.size)
    if adds <= max(SURE * error, LEAST_PENALTY * float(took.mean())):
        return None
    return Idle(float(pauses[place] + pauses[place + 1]) / 2, adds)
