"""K: how many calls are worked on at once, from bursts of calls sent closely one after the other.

First come, first served answers a burst in the order of sending, after s, 2 s, 3 s; a server that shares
answers all of it at about n s / mu(n). For every K the bursts are simulated with the work that lone calls
showed and the mu(n) that loops showed; the K whose mean times (of the first, second ... call sent, and of
the first, second ... answer) are nearest to the measured ones is taken. Order tells apart what spacing
cannot: with exponential work both give answers at the same mean times.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import add

import numpy as np
import numpy.typing as npt

from line_sim.study.calibration.fit.speeds import pooled
from line_sim.study.calibration.law import Law
from line_sim.study.calibration.observed import Round, Stretch
from line_sim.study.calibration.simulating import stream

Values = npt.NDArray[np.float64]

SIMULATED = 160
"""Bursts simulated of each kind, for each K."""

TRUSTED = 0.02
"""Deviations below this share of a time say nothing: no model is that right."""

NO_LIMIT = 100
"""Places of a server that worked on all calls at once, as many as there were."""


@dataclass(frozen=True, slots=True)
class BurstTimes:
    """Bursts of one kind: mean times to the answer of each call, in the order of sending and of answering.

    Times from the first sending on, in seconds, with the standard errors of the means; `sent` is when the
    calls were sent. `number` is how many bursts. `rested`: before each the server had nothing to do for long.
    """

    size: int
    spacing: float
    sent: tuple[float, ...]
    means: Values
    errors: Values
    number: int
    rested: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A K that was tried: its speeds, how far it is off (mean square in errors, and as a share of the times).

    `overhead` is what it was tried with, in seconds. Without a `limit` every call that was ever out was
    worked on; so may be as many as one likes.
    """

    places: int
    speeds: tuple[float, ...]
    score: float
    off: float
    limit: bool
    expected: tuple[Values, ...]
    overhead: float


def bursts_in(rounds: Sequence[Round]) -> list[BurstTimes]:
    """Return the bursts of some rounds, by kind."""
    kinds: dict[tuple[int, float, bool], list[Stretch]] = {}
    for stretch in (stretch for one in rounds for stretch in one.of("burst")):
        kinds.setdefault((stretch.size, stretch.spacing, stretch.rested), []).append(stretch)
    return [_times(*kind, stretches) for kind, stretches in sorted(kinds.items())]


def _times(size: int, spacing: float, rested: bool, stretches: Sequence[Stretch]) -> BurstTimes:
    in_order = [sorted(stretch.calls, key=lambda call: call.sent) for stretch in stretches]
    begun = [calls[0].sent for calls in in_order]
    sent = np.array(
        [[call.sent - start for call in calls] for calls, start in zip(in_order, begun, strict=True)]
    )
    ended = np.array(
        [[call.ended - start for call in calls] for calls, start in zip(in_order, begun, strict=True)]
    )
    features = _features(ended)
    number = len(stretches)
    errors = features.std(axis=0, ddof=1) / np.sqrt(number) if number > 1 else np.zeros(features.shape[1])
    mean, means = tuple(sent.mean(axis=0).tolist()), features.mean(axis=0)
    return BurstTimes(size, spacing, mean, means, errors, number, rested)


def _features(ended: Values) -> Values:
    """Return answers by the order of sending, then by their own order, a row for each burst."""
    return np.hstack([ended, np.sort(ended, axis=1)])


def candidate(
    places: int,
    bursts: Sequence[BurstTimes],
    speeds: Mapping[int, float],
    speed_errors: Mapping[int, float],
    overhead: float,
    works: Iterator[float],
    rest: float,
) -> Candidate:
    """Try so many places, no more than the most calls that were out at once.

    `rest` is the work that a call takes more which found its place at rest, in bursts that did.
    """
    limit = places < max(speeds)
    law = Law(places if limit else NO_LIMIT, pooled(speeds, places), overhead)
    squares: list[float] = []
    shares: list[float] = []
    expected = []
    for burst in bursts:
        means, spread = _expected(law, burst, works, rest if burst.rested else 0.0)
        expected.append(means)
        told = slice(0 if burst.spacing else burst.size, None)  # sent at once, their order says nothing
        noise = np.maximum(spread / np.sqrt(burst.number), burst.errors)[told]
        measured, apart = burst.means[told], np.abs(burst.means - means)[told]
        squares += list((apart / np.hypot(noise, TRUSTED * measured)) ** 2)
        shares += list(np.maximum(0.0, apart - 2 * noise) / measured)
    for size, speed in speeds.items():
        if size > places:
            error = float(np.hypot(speed_errors.get(size, 0.0), TRUSTED * speed))
            squares += [((speed - law.speeds[-1]) / error) ** 2] * size
    off = float(np.sqrt(np.mean(np.square(shares))))
    return Candidate(law.places, law.speeds, float(np.mean(squares)), off, limit, tuple(expected), overhead)


def _expected(law: Law, burst: BurstTimes, works: Iterator[float], rest: float) -> tuple[Values, Values]:
    sent = np.array(burst.sent)
    more = [rest if place < law.places else 0.0 for place in range(burst.size)]
    each = (map(add, more, works) for _ in range(SIMULATED))
    ended = np.array([sent + stream(law, burst.sent, these) for these in each])
    features = _features(ended)
    return features.mean(axis=0), features.std(axis=0)
