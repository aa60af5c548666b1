"""What answers an inspection of a compiled line: a model, by its scenario, or what is known beforehand."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from line_sim.inspection.outcome import Outcome

Numbers = NDArray[np.int64]


class Foreknown(Protocol):
    """Answers that do not hang on when they are asked for."""

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Return all the answers that there are."""

    def known(self, first: int, count: int) -> tuple[Numbers, Numbers]:
        """Return how long parts from a number on wait (ns), and which of the outcomes each gets.

        -1 stands for a part that is judged rightly.
        """


@dataclass(frozen=True)
class Answers:
    """How an inspection is answered where its scenario's model alone does not say it.

    `rightly` is what is said of a good part and of a defective one that is judged rightly. `foreknown`
    answers in place of the model (None: the model does); `mends`: what would be missing is right, at the
    moment of the deadline.
    """

    rightly: tuple[Outcome, Outcome]
    foreknown: Foreknown | None = None
    mends: bool = False
