"""From all that was measured of a server to its law."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from math import sqrt

import numpy as np
import numpy.typing as npt

from line_sim.study.calibration.fit.alone import Alone, alone_in, takt_blocks, with_idle
from line_sim.study.calibration.fit.doubts import doubts_of, refusals_of
from line_sim.study.calibration.fit.fitted import Fitted, Interval
from line_sim.study.calibration.fit.given_up import probes_in, telling
from line_sim.study.calibration.fit.held_out import held_out
from line_sim.study.calibration.fit.payload import slope_in
from line_sim.study.calibration.fit.places import BurstTimes, Candidate, bursts_in, candidates
from line_sim.study.calibration.fit.speeds import Sums, loops_of, pooled, speeds_of, sums_in
from line_sim.study.calibration.law import Idle, Law, added
from line_sim.study.calibration.observed import Observed, Round
from line_sim.study.student import critical

Values = npt.NDArray[np.float64]

DRAWN_AGAIN = 400
MOST_OVERHEAD = 0.6
"""No more than this share of a lone call can be overhead; else nothing is left to be fitted."""

DRAWS = 65_536

NORMAL = 1.959963984540054
"""The standard normal's 97.5 % point."""


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a fit starts from: lone calls, the loops of each round, bursts."""

    rounds: Sequence[Round]
    alone: Alone
    sums: Sequence[Sums]
    bursts: Sequence[BurstTimes]


def fit(observed: Observed, seed: int = 0) -> Fitted:
    """Fit limited processor sharing to what was measured; the same data and seed give the same fit.

    Raises ValueError where a part of the protocol is missing altogether.
    """
    generator = np.random.default_rng(seed)
    rounds = observed.rounds
    basis = _Basis(
        rounds, with_idle(alone_in(rounds), rounds), [sums_in(one) for one in rounds], bursts_in(rounds)
    )
    ping = _ping(rounds)
    overhead, tried = _overhead_and_places(basis, ping, generator)
    again = _again(basis, overhead, generator)
    speeds = speeds_of(loops_of(basis.sums), _busy_work(basis.alone, overhead), overhead)
    law = Law(tried[0].places, pooled(speeds, tried[0].places), overhead, _rest(basis.alone.idle, overhead))
    works = _drawn(_work(basis.alone, overhead), generator)
    probes = tuple(probes_in(rounds, law, works))
    deciding = telling(probes)
    law = replace(law, keeps_computing=deciding is not None and deciding.goes_on)
    found = Fitted(
        law,
        _work(basis.alone, overhead),
        tuple(_as_work(each, overhead) for each in takt_blocks(observed, basis.alone.idle)),
        _interval(float(_work(basis.alone, overhead).mean()), [mean for mean, _ in again], len(rounds)),
        {
            size: _interval(speed, [each[size] for _, each in again], len(rounds))
            for size, speed in speeds.items()
        },
        _together(basis, overhead),
        tuple(basis.bursts),
        tuple(tried),
        probes,
        deciding,
        slope_in(rounds),
        held_out(rounds, law, works),
        ping,
        (),
        (),
        observed,
    )
    return replace(found, doubts=tuple(doubts_of(found)), refusals=tuple(refusals_of(found)))


def _overhead_and_places(
    basis: _Basis, ping: float | None, generator: np.random.Generator
) -> tuple[float, list[Candidate]]:
    """Return the overhead of a call, and every number of places that was tried, the likeliest first.

    One place is tried with the overhead that a queue of one place shows, others with what a ping takes.
    """
    overhead = min(ping or 0.0, MOST_OVERHEAD * basis.alone.busy_mean)
    of_a_queue = _overhead_of_a_queue(basis, overhead, generator)
    tried = [
        *_candidates(basis, of_a_queue, range(1, 2), generator),
        *_candidates(basis, overhead, range(2, max(loops_of(basis.sums)) + 1), generator),
    ]
    tried.sort(key=lambda one: one.score)
    return of_a_queue if tried[0].places == 1 else overhead, tried


def _rest(idle: tuple[Idle, ...], overhead: float) -> tuple[Idle, ...]:
    """Return the penalties by the time that the server rests: the pause of its caller, and the way."""
    return tuple(replace(step, after=step.after + overhead) for step in idle)


def _ping(rounds: Sequence[Round]) -> float | None:
    took = [call.latency for one in rounds for stretch in one.of("pings") for call in stretch.calls]
    return float(np.median(took)) if took else None


def _as_work(took: Values, overhead: float) -> Values:
    """Take the overhead from latencies; something is always left."""
    return np.maximum(took - overhead, 0.05 * np.abs(took))


def _work(alone: Alone, overhead: float) -> Values:
    return _as_work(alone.sample, overhead)


def _busy_work(alone: Alone, overhead: float) -> float:
    return alone.busy_mean - overhead


def _drawn(values: Values, generator: np.random.Generator) -> Iterator[float]:
    """Give the values at random, again and again."""
    return cycle(generator.choice(values, DRAWS).tolist())


def _overhead_of_a_queue(basis: _Basis, ping: float, generator: np.random.Generator) -> float:
    """Return what of a lone call keeps no place of a server that takes one call after the other.

    Where callers never leave it idle it gives an answer every E[work]; a lone call takes the overhead, too.
    What a ping takes is believed as long as this does not speak against it.
    """
    each = [alone_in([one]) for one in basis.rounds]
    drawn = []
    for _ in range(DRAWN_AGAIN):
        chosen = generator.integers(len(each), size=len(each))
        alone = basis.alone.of_these([each[place] for place in chosen])
        drawn.append(alone.busy_mean - _spacing([basis.sums[place] for place in chosen]))
    said = basis.alone.busy_mean - _spacing(basis.sums)
    if abs(said - ping) < 2 * float(np.std(drawn)):
        return ping
    return float(np.clip(said, 0.0, MOST_OVERHEAD * basis.alone.busy_mean))


def _spacing(sums: Sequence[Sums]) -> float:
    """Return the seconds from answer to answer of a queue that its callers never leave idle."""
    return float(np.mean([loop.cycle / callers for callers, loop in loops_of(sums).items() if callers > 1]))


def _candidates(
    basis: _Basis, overhead: float, places: Sequence[int], generator: np.random.Generator
) -> list[Candidate]:
    again = _again(basis, overhead, generator)
    speeds = speeds_of(loops_of(basis.sums), _busy_work(basis.alone, overhead), overhead)
    errors = {size: float(np.std([each[size] for _, each in again])) for size in speeds}
    works = _drawn(_work(basis.alone, overhead), generator)
    rest = added(basis.alone.idle, float("inf"))
    return candidates(places, basis.bursts, speeds, errors, overhead, works, rest)


def _again(
    basis: _Basis, overhead: float, generator: np.random.Generator
) -> list[tuple[float, dict[int, float]]]:
    """Draw the rounds again, and return the mean work and mu(n) of each draw."""
    each = [alone_in([one]) for one in basis.rounds]
    drawn = []
    for _ in range(DRAWN_AGAIN):
        chosen = generator.integers(len(basis.rounds), size=len(basis.rounds))
        alone = basis.alone.of_these([each[place] for place in chosen])
        loops = loops_of([basis.sums[place] for place in chosen])
        speeds = speeds_of(loops, _busy_work(alone, overhead), overhead)
        drawn.append((float(_work(alone, overhead).mean()), speeds))
    return drawn


def _interval(value: float, drawn: Sequence[float], rounds: int) -> Interval:
    """Return the 95 % interval of the draws, as much wider as so few rounds ask for.

    Draws of n rounds scatter by sqrt((n - 1) / n) too little, and a Student t of n - 1 has wider ends than a
    normal: without both, intervals of 5 rounds would hold the truth 85 times in 100.
    """
    wider = critical(rounds - 1) / NORMAL * sqrt(rounds / (rounds - 1)) if rounds > 1 else 1.0
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(value, value - wider * float(value - low), value + wider * float(high - value))


def _together(basis: _Basis, overhead: float) -> dict[int, tuple[float, ...]]:
    """Return mu(n) of each round by itself, against the work of all rounds."""
    work = _busy_work(basis.alone, overhead)
    each = [speeds_of(loops_of([sums]), work, overhead) for sums in basis.sums]
    return {size: tuple(one[size] for one in each) for size in each[0] if size > 1}
