"""What a fit starts from: lone calls, closed loops, bursts; and the same with the rounds drawn again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from line_sim.study.calibration.fit.alone import Alone, Values, alone_in, with_idle
from line_sim.study.calibration.fit.places import BurstTimes, bursts_in
from line_sim.study.calibration.fit.speeds import Loop, Sums, loops_of, speeds_of, sums_in
from line_sim.study.calibration.observed import Round

DRAWN_AGAIN = 400


@dataclass(frozen=True, slots=True)
class Basis:
    """Lone calls, the closed loops of each round, bursts. `each` are the lone calls by round."""

    alone: Alone
    each: Sequence[Alone]
    sums: Sequence[Sums]
    bursts: Sequence[BurstTimes]

    @property
    def loops(self) -> dict[int, Loop]:
        """The loops of all rounds together, by their number of callers."""
        return loops_of(self.sums)

    @property
    def most(self) -> int:
        """The most callers of a loop."""
        return max(self.loops)

    def work(self, overhead: float) -> Values:
        """Return the lone work of calls, in seconds."""
        return as_work(self.alone.sample, overhead)

    def speeds(self, overhead: float) -> dict[int, float]:
        """Return mu(n)."""
        return speeds_of(self.loops, self.alone.busy_mean - overhead, overhead)

    def together(self, overhead: float) -> dict[int, tuple[float, ...]]:
        """Return mu(n) of each round by itself, against the work of all rounds."""
        work = self.alone.busy_mean - overhead
        each = [speeds_of(loops_of([sums]), work, overhead) for sums in self.sums]
        return {size: tuple(one[size] for one in each) for size in each[0] if size > 1}

    def again(self, overhead: float, generator: np.random.Generator) -> list[tuple[float, dict[int, float]]]:
        """Draw the rounds again, and return the mean work and mu(n) of each draw."""
        return [
            (float(one.work(overhead).mean()), one.speeds(overhead)) for one in self.drawn_again(generator)
        ]

    def drawn_again(self, generator: np.random.Generator) -> list["Basis"]:
        """Return the basis with its rounds drawn again, 400 times; bursts stay."""
        number = len(self.each)
        return [self._of(generator.integers(number, size=number).tolist()) for _ in range(DRAWN_AGAIN)]

    def _of(self, chosen: Sequence[int]) -> "Basis":
        each = [self.each[place] for place in chosen]
        return Basis(self.alone.of_these(each), each, [self.sums[place] for place in chosen], self.bursts)


def basis_in(rounds: Sequence[Round]) -> Basis:
    """Take out of the rounds what a fit starts from. Raises ValueError where there are no lone calls."""
    alone = with_idle(alone_in(rounds), rounds)
    return Basis(
        alone, [alone_in([one]) for one in rounds], [sums_in(one) for one in rounds], bursts_in(rounds)
    )


def as_work(took: Values, overhead: float) -> Values:
    """Take the overhead from latencies; something is always left."""
    return np.maximum(took - overhead, 0.05 * np.abs(took))
