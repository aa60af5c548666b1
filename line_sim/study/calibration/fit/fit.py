"""From all that was measured of a server to its law."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle
from math import sqrt

import numpy as np
import numpy.typing as npt

from line_sim.study.calibration.fit.alone import takt_blocks
from line_sim.study.calibration.fit.basis import Basis, as_work, basis_in
from line_sim.study.calibration.fit.doubts import doubts_of, refusals_of
from line_sim.study.calibration.fit.fitted import Fitted, Interval
from line_sim.study.calibration.fit.given_up import probes_in, telling
from line_sim.study.calibration.fit.held_out import held_out
from line_sim.study.calibration.fit.overhead import overhead_of
from line_sim.study.calibration.fit.payload import slope_in
from line_sim.study.calibration.fit.places import Candidate, candidate
from line_sim.study.calibration.fit.speeds import pooled
from line_sim.study.calibration.law import Idle, Law, added
from line_sim.study.calibration.observed import Observed, Round
from line_sim.study.student import critical

Values = npt.NDArray[np.float64]

DRAWS = 65_536

NORMAL = 1.959963984540054
"""The standard normal's 97.5 % point."""


def fit(observed: Observed, seed: int = 0) -> Fitted:
    """Fit limited processor sharing to what was measured; the same data and seed give the same fit.

    Raises ValueError where a part of the protocol is missing altogether.
    """
    generator = np.random.default_rng(seed)
    rounds = observed.rounds
    basis = basis_in(rounds)
    ping = _ping(rounds)
    tried = _tried(basis, ping, generator)
    overhead = tried[0].overhead
    work, again, speeds = basis.work(overhead), basis.again(overhead, generator), basis.speeds(overhead)
    law = Law(tried[0].places, pooled(speeds, tried[0].places), overhead, _rest(basis.alone.idle, overhead))
    works = _drawn(work, generator)
    probes = tuple(probes_in(rounds, law, works))
    deciding = telling(probes)
    law = replace(law, keeps_computing=deciding is not None and deciding.goes_on)
    found = Fitted(
        law,
        work,
        tuple(as_work(each, overhead) for each in takt_blocks(observed, basis.alone.idle)),
        _interval(float(work.mean()), [mean for mean, _ in again], len(rounds)),
        {
            size: _interval(speed, [each[size] for _, each in again], len(rounds))
            for size, speed in speeds.items()
        },
        basis.together(overhead),
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


def _tried(basis: Basis, ping: float | None, generator: np.random.Generator) -> list[Candidate]:
    """Try every number of places with the overhead that a server of so many shows; the likeliest first."""
    tried = [
        _candidate(basis, places, overhead_of(basis, places, ping or 0.0, generator), generator)
        for places in range(1, basis.most + 1)
    ]
    return sorted(tried, key=lambda one: one.score)


def _rest(idle: tuple[Idle, ...], overhead: float) -> tuple[Idle, ...]:
    """Return the penalties by the time that the server rests: the pause of its caller, and the way."""
    return tuple(replace(step, after=step.after + overhead) for step in idle)


def _ping(rounds: Sequence[Round]) -> float | None:
    took = [call.latency for one in rounds for stretch in one.of("pings") for call in stretch.calls]
    return float(np.median(took)) if took else None


def _drawn(values: Values, generator: np.random.Generator) -> Iterator[float]:
    """Give the values at random, again and again."""
    return cycle(generator.choice(values, DRAWS).tolist())


def _candidate(basis: Basis, places: int, overhead: float, generator: np.random.Generator) -> Candidate:
    again, speeds = basis.again(overhead, generator), basis.speeds(overhead)
    errors = {size: float(np.std([each[size] for _, each in again])) for size in speeds}
    works = _drawn(basis.work(overhead), generator)
    rest = added(basis.alone.idle, float("inf"))
    return candidate(places, basis.bursts, speeds, errors, overhead, works, rest)


def _interval(value: float, drawn: Sequence[float], rounds: int) -> Interval:
    """Return the 95 % interval of the draws, as much wider as so few rounds ask for.

    Draws of n rounds scatter by sqrt((n - 1) / n) too little, and a Student t of n - 1 has wider ends than a
    normal: without both, intervals of 5 rounds would hold the truth 85 times in 100.
    """
    wider = critical(rounds - 1) / NORMAL * sqrt(rounds / (rounds - 1)) if rounds > 1 else 1.0
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(value, value - wider * float(value - low), value + wider * float(high - value))
