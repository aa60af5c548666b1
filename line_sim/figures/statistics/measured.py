"""What a run tells of a figure: its value, and how sure that is."""

from dataclasses import dataclass
from typing import Protocol

from line_sim.figures.statistics.lack import Lack
from line_sim.figures.statistics.rates import Interval


class Measured(Protocol):
    """What a run tells of a figure: its value, None where it cannot be known, and a 95 % interval."""

    @property
    def value(self) -> float | None:
        """The value."""

    @property
    def ci(self) -> Interval | None:
        """Its interval; None where there is none."""

    @property
    def note(self) -> str:
        """Why there is none, or what is to be known of it; empty where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Average:
    """A mean or another plain number, with its interval or what that lacks.

    `n` observations are in it, where that can be said.
    """

    value: float | None
    sure: Interval | Lack | None = None
    n: int | None = None

    @property
    def ci(self) -> Interval | None:
        """Its interval; None where there is none."""
        return None if isinstance(self.sure, Lack) else self.sure

    @property
    def lack(self) -> Lack | None:
        """Why there is none."""
        return self.sure if isinstance(self.sure, Lack) else None

    @property
    def note(self) -> str:
        """Why there is none, in full."""
        return self.lack.text if self.lack else ""
