"""How a compiled line ended, in the words of SimPy's."""

from collections.abc import Sequence
from typing import Protocol

from line_sim.line.arrivals import STANDS_STILL
from line_sim.line.floor import no_answer_for
from line_sim.line.line import COMPLETED, DEADLOCKED, DURATION_OVER, INTERRUPTED, STOPPED, TOO_LATE, Ending
from line_sim.line.stops.lockup import circle_text
from line_sim.units import Nanoseconds


class Ended(Protocol):
    """What the compiled line says at its end: when, by which reason and part, in which circle of places.

    `stopped` is a place in `REASONS` (less than 0: it was not stopped).
    """

    @property
    def at(self) -> Nanoseconds:
        """When."""

    @property
    def stopped(self) -> int:
        """By which reason."""

    @property
    def stopped_by(self) -> int:
        """By which part."""

    @property
    def circle(self) -> Sequence[str]:
        """The places that wait for each other."""


REASONS = (no_answer_for, lambda _: STANDS_STILL, lambda _: TOO_LATE)
"""What is said where a part stops a line, where no time would pass, and at the end of all time."""


def ending_of(ended: Ended, *, until: Nanoseconds | None, wished: bool) -> Ending:
    """Return the same in words; `wished`: a stop was, `until`: when the run was to end."""
    if wished:
        return Ending(INTERRUPTED, ended.at)
    if ended.circle:
        return Ending(DEADLOCKED, ended.at, circle_text(ended.circle))
    if ended.stopped >= 0:
        return Ending(STOPPED, ended.at, REASONS[ended.stopped](ended.stopped_by))
    return Ending(COMPLETED if until is None else DURATION_OVER, ended.at)
