"""Measured times that stand in the file itself, as a calibration writes them."""

from functools import cached_property
from typing import ClassVar

from pydantic import Field

from line_sim.scenario.distributions.kind import Distribution
from line_sim.scenario.fields import Duration
from line_sim.units import counted

MOST_VALUES = 10_000
"""More times stand better in a file of their own."""


class Values(Distribution):
    """Measured times, drawn with replacement from a list."""

    kind: ClassVar[str] = "values"
    of: tuple[Duration, ...] = Field(
        min_length=1, max_length=MOST_VALUES, description="The times, in any order."
    )

    @cached_property
    def mean_ns(self) -> float:
        """The average of the times in ns."""
        return sum(self.of) / len(self.of)

    @property
    def words(self) -> str:
        """How many there are."""
        return counted(len(self.of), "measured times")
