"""The model against calls that it was not fitted to: calls at random moments, and callers that pause."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
import numpy.typing as npt

from line_sim.study.calibration.law import Law
from line_sim.study.calibration.observed import Round, Stretch
from line_sim.study.calibration.simulating import closed, stream

Values = npt.NDArray[np.float64]

SIMULATED = 40
"""So many times each measured stretch is simulated, with its own moments of sending."""


Says = Callable[[Values], float]

OF_A_STREAM: dict[str, Says] = {
    "mean": lambda took: float(took.mean()),
    "p50": lambda took: float(np.quantile(took, 0.5)),
    "p95": lambda took: float(np.quantile(took, 0.95)),
}
"""What is compared of the stream's latencies."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: measured, by the model, and how much chance alone scatters the measured one."""

    measured: float
    modelled: float
    scatter: float

    @property
    def error(self) -> float:
        """The model against what was measured, as a share: positive where the model says more."""
        return self.modelled / self.measured - 1

    @property
    def noise(self) -> float:
        """The scatter as a share of what was measured."""
        return self.scatter / self.measured


@dataclass(frozen=True, slots=True)
class Probe:
    """What was kept from the fit: its figures, and its stream's latencies (modelled: a row a simulation)."""

    figures: Mapping[str, Figure]
    measured: Values
    modelled: Values
    cameras: int


def held_out(rounds: Sequence[Round], law: Law, works: Iterator[float]) -> Probe:
    """Simulate what was kept from the fit, and set both side by side."""
    streams = [stretch for one in rounds for stretch in one.of("stream")]
    measured = np.array([call.latency for stretch in streams for call in stretch.calls])
    modelled = np.array([_simulated(streams, law, works) for _ in range(SIMULATED)])
    callers = [stretch for one in rounds for stretch in one.of("cameras") if _each(stretch) > 1]
    size = callers[0].size
    paces = np.array([size / _modelled_cycle(callers, law, works) for _ in range(SIMULATED)])
    pace = Figure(size / _measured_cycle(callers), float(paces.mean()), float(paces.std()))
    figures = {name: _figure(measured, modelled, says) for name, says in OF_A_STREAM.items()}
    return Probe({"throughput": pace, **figures}, measured, modelled, size)


def _figure(measured: Values, modelled: Values, says: Says) -> Figure:
    said = np.array([says(one) for one in modelled])
    return Figure(says(measured), float(said.mean()), float(said.std()))


def _simulated(streams: Sequence[Stretch], law: Law, works: Iterator[float]) -> list[float]:
    return [took for one in streams for took in stream(law, [call.sent for call in one.calls], works)]


def _each(stretch: Stretch) -> int:
    """Return how many calls every caller made at least."""
    return min(sum(call.sender == sender for call in stretch.calls) for sender in range(stretch.size))


def _measured_cycle(stretches: Sequence[Stretch]) -> float:
    """Return the mean cycle of a caller over the calls that all others were there for."""
    cycles = []
    for stretch in stretches:
        for sender in range(stretch.size):
            calls = [call for call in stretch.calls if call.sender == sender][: _each(stretch)]
            cycles.append((calls[-1].ended - calls[0].ended) / (len(calls) - 1))
    return float(np.mean(cycles))


def _pauses(stretch: Stretch) -> list[float]:
    """Return the pauses between two calls of a caller; what was before its first one nobody knows."""
    begun: set[int] = set()
    known = []
    for call in stretch.calls:
        if call.sender in begun:
            known.append(call.pause)
        begun.add(call.sender)
    return known


def _modelled_cycle(stretches: Sequence[Stretch], law: Law, works: Iterator[float]) -> float:
    """Simulate each stretch once, with the pauses that its callers made."""
    cycles = []
    for stretch in stretches:
        each = _each(stretch)
        pauses = cycle(_pauses(stretch))
        runs = closed(law, stretch.size, each, works, pauses)
        cycles += [(run[-1].at - run[0].at) / (each - 1) for run in runs]
    return float(np.mean(cycles))
