"""What one call takes that is alone at the server: its work, an idle penalty, the overhead beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import sqrt

import numpy as np
import numpy.typing as npt

from line_sim.scenario.gateways.sharing import MOST_STEPS
from line_sim.study.calibration.law import Idle, added
from line_sim.study.calibration.observed import Observed, PartName, Round

Values = npt.NDArray[np.float64]

LEAST_PENALTY = 0.004
"""An idle penalty below this share of a call is none: no line would feel it."""

SURE = 4.0
"""So many standard errors a penalty must be above zero: the best of many places for the step is looked at."""

FEWEST = 8
"""So many calls at least must lie on either side of the step."""

SHORTEST = 0.02
"""A pause below this share of a call is none."""

APART = 1.25
"""Rests that are not so many times as long as the one before are the same."""

OF_LONE_CALLS: tuple[PartName, ...] = ("loop", "takt", "pauses")

Lone = Sequence[tuple[float, float]]
"""Lone calls: the pause before each, and its latency."""


@dataclass(frozen=True, slots=True)
class Alone:
    """Latencies of lone calls in seconds.

    `busy` came right after the one before, `takt` at the takt, after `rests`, `others` after other pauses.
    `idle` is what pauses add, nothing where that cannot be told from chance.
    """

    busy: Values
    takt: Values
    rests: Values
    others: Values
    idle: tuple[Idle, ...]

    @property
    def busy_mean(self) -> float:
        """The mean latency of a lone call before which the server had no time to rest."""
        return float(self.busy.mean()) if self.idle else float(self.sample.mean())

    @property
    def sample(self) -> Values:
        """Latencies without what a pause adds: those at the takt, and all where a pause adds nothing."""
        if self.idle:
            return without(self.idle, self.rests, self.takt)
        return np.concatenate([self.busy, self.takt, self.others])

    def of_these(self, each: Sequence["Alone"]) -> "Alone":
        """Return the calls of several, with the idle penalty of this one."""
        busy, takt, rests, others = (
            np.concatenate(columns)
            for columns in zip(*((one.busy, one.takt, one.rests, one.others) for one in each), strict=True)
        )
        return Alone(busy, takt, rests, others, self.idle)


def without(idle: tuple[Idle, ...], rests: Values, took: Values) -> Values:
    """Return latencies less what the rests before them add."""
    adds: Values = np.array([added(idle, rest) for rest in rests.tolist()])
    return took - adds


def alone_in(rounds: Sequence[Round]) -> Alone:
    """Sort the lone calls of some rounds by what they are for. Raises ValueError where there are none."""
    busy, takt, others = (_columns(_lone(rounds, part, 1)) for part in OF_LONE_CALLS)
    if not busy[1].size or not takt[1].size:
        raise ValueError("there are no lone calls")
    return Alone(busy[1], takt[1], takt[0], others[1], ())


def _columns(lone: Lone) -> tuple[Values, Values]:
    return np.array([rest for rest, _ in lone]), np.array([took for _, took in lone])


def with_idle(alone: Alone, rounds: Sequence[Round]) -> Alone:
    """Return the same calls with the idle penalties that they show."""
    lone = [call for part in OF_LONE_CALLS for call in _lone(rounds, part, 1)]
    return replace(alone, idle=_steps(*_columns(sorted(lone, key=lambda call: call[0]))))


def takt_blocks(observed: Observed, idle: tuple[Idle, ...]) -> list[Values]:
    """Return the latencies of each stretch of calls at the takt, less what the pauses before them add."""
    stretches = (stretch.calls[1:] for stretch in observed.of("takt"))
    return [without(idle, *_columns([(call.pause, call.latency) for call in calls])) for calls in stretches]


def _lone(rounds: Sequence[Round], part: PartName, size: int) -> Lone:
    """Return the lone calls of a part; the first of a stretch comes after a pause that nobody knows."""
    first = 0 if part == "pauses" else 1
    return [
        (call.pause, call.latency)
        for one in rounds
        for stretch in one.of(part, size)
        for call in stretch.calls[first:]
    ]


def _steps(pauses: Values, took: Values) -> tuple[Idle, ...]:
    """Find the pauses from which on calls take longer; both in the order of the pauses.

    The best step is looked for, then the best on either side of it, as long as there are any (binary
    segmentation: Scott and Knott, Biometrics 30, 1974). Steps that come close upon one another are one, and
    there are no more than a scenario may have.
    """
    cuts = [0, *sorted(_cuts(pauses, took, 0)), took.size]
    means = [float(took[start:end].mean()) for start, end in pairwise(cuts)]
    found: list[Idle] = []
    for cut, mean in zip(cuts[1:-1], means[1:], strict=True):
        after, adds = float(pauses[cut - 1] + pauses[cut]) / 2, mean - means[0]
        if adds <= added(found, float("inf")):
            continue
        if found and (after < APART * found[-1].after or len(found) == MOST_STEPS):
            after = found.pop().after
        found.append(Idle(after, adds))
    return tuple(found)


def _cuts(pauses: Values, took: Values, before: int) -> Iterator[int]:
    """Yield the first calls behind each step, counted from `before`."""
    cut = _cut(pauses, took)
    if cut is not None:
        yield before + cut
        yield from _cuts(pauses[:cut], took[:cut], before)
        yield from _cuts(pauses[cut:], took[cut:], before + cut)


def _cut(pauses: Values, took: Values) -> int | None:
    """Return the first call behind the step with the least squares; None where there is none."""
    if took.size < 2 * FEWEST:
        return None
    number = np.arange(1, took.size)
    short = np.cumsum(took)[:-1] / number
    long = (took.sum() - np.cumsum(took)[:-1]) / (took.size - number)
    gains = (long - short) ** 2 * number * (took.size - number)
    gains[(np.diff(pauses) <= 0) | (pauses[1:] < SHORTEST * took.mean())] = 0.0
    gains[: FEWEST - 1] = gains[took.size - FEWEST :] = 0.0
    cut = int(np.argmax(gains)) + 1
    ahead, behind = took[:cut], took[cut:]
    error = sqrt(ahead.var() / ahead.size + behind.var() / behind.size)
    step = float(behind.mean() - ahead.mean())
    return cut if gains[cut - 1] and step > max(SURE * error, LEAST_PENALTY * float(took.mean())) else None
