"""Whether a server goes on with a call that nobody waits for any more, from probes behind calls given up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from line_sim.study.calibration.law import Law
from line_sim.study.calibration.observed import Round, Stretch
from line_sim.study.calibration.simulating import after_given_up
from line_sim.study.student import critical

SIMULATED = 400

LEAST_DIFFERENCE = 0.2
"""A probe must wait longer by this share of a call if work goes on; else it tells nothing."""

LEAST_PROBES = 2
"""A single one has no error that could be known."""


@dataclass(frozen=True, slots=True)
class Probes:
    """Probes behind `given_up` calls: their mean latency, and what it would be either way; seconds.

    `position` is 0 where the server had stopped, 1 where it went on, with its standard error.
    """

    given_up: int
    number: int
    mean: float
    stopped: float
    went_on: float
    position: float
    error: float

    @property
    def tells(self) -> bool:
        """Whether there is anything to be seen."""
        return self.went_on - self.stopped > LEAST_DIFFERENCE * self.stopped

    @property
    def goes_on(self) -> bool:
        """Which of both is nearer."""
        return self.position > 0.5

    @property
    def clear(self) -> bool:
        """Whether it is one of both, and no mixture; few probes know little of their own error."""
        if self.number < LEAST_PROBES:
            return False
        return abs(self.position - 0.5) > max(0.2, critical(self.number - 1) * self.error)


def probes_in(rounds: Sequence[Round], law: Law, works: Iterator[float]) -> list[Probes]:
    """Return the probes of some rounds by the number of calls given up before, the fewest first."""
    sizes = sorted({stretch.size for one in rounds for stretch in one.of("given up")})
    return [_probes([s for one in rounds for s in one.of("given up", size)], law, works) for size in sizes]


def _probes(stretches: Sequence[Stretch], law: Law, works: Iterator[float]) -> Probes:
    size = stretches[0].size
    patience = float(np.median([stretch.patience for stretch in stretches]))
    took = np.array([stretch.calls[-1].latency for stretch in stretches])
    either = [
        np.mean(
            [
                after_given_up(replace(law, keeps_computing=on), size, patience, works)
                for _ in range(SIMULATED)
            ]
        )
        for on in (False, True)
    ]
    stopped, went_on = float(either[0]), float(either[1])
    between = max(went_on - stopped, 1e-9)
    error = float(took.std() / np.sqrt(max(1, took.size - 1)) / between)
    mean = float(took.mean())
    return Probes(size, took.size, mean, stopped, went_on, (mean - stopped) / between, error)


def telling(probes: Sequence[Probes]) -> Probes | None:
    """Return the probes that decide: those behind the fewest calls that tell anything."""
    return next((each for each in probes if each.tells), None)
