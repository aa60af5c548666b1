"""What the fit of a server says, as frozen data."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from line_sim.study.calibration.fit.given_up import Probes
from line_sim.study.calibration.fit.held_out import Probe
from line_sim.study.calibration.fit.payload import Slope
from line_sim.study.calibration.fit.places import BurstTimes, Candidate
from line_sim.study.calibration.law import Law
from line_sim.study.calibration.observed import Observed

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A number with its 95 % interval, from the rounds drawn again."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """The law that a server follows, what speaks for it, and what speaks against.

    `work` are the seconds of lone work that calls at the takt showed, `blocks` the same by stretch;
    `together` is mu(n) of each round. `ping` is what a question takes that costs the server nothing.
    """

    law: Law
    work: Values
    blocks: tuple[Values, ...]
    mean_work: Interval
    speeds: Mapping[int, Interval]
    together: Mapping[int, tuple[float, ...]]
    bursts: tuple[BurstTimes, ...]
    candidates: tuple[Candidate, ...]
    probes: tuple[Probes, ...]
    deciding: Probes | None
    slope: Slope | None
    held_out: Probe
    ping: float | None
    doubts: tuple[str, ...]
    refusals: tuple[str, ...]
    observed: Observed

    @property
    def lone(self) -> Interval:
        """What a lone call takes: its work, and the overhead beside it."""
        return Interval(*(end + self.law.overhead for end in astuple(self.mean_work)))

    @property
    def best(self) -> Candidate:
        """The K that was taken."""
        return self.candidates[0]
