"""Times around a middle, evenly to both sides, and never below 0."""

from math import erfc, exp, pi, sqrt
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from line_sim.scenario.distributions.kind import Distribution
from line_sim.scenario.fields import Duration, PositiveDuration, duration_or_none


def _half_above(written: object) -> object:
    mean = duration_or_none(written)
    if mean is not None and mean < 0:
        raise ValueError("it must be 0 or more (a normal that lies mostly below 0 is no time)")
    return written


class Normal(Distribution):
    """Times around a middle; the normal distribution given that it is 0 or more, not clipped."""

    kind: ClassVar[str] = "normal"
    mean: Annotated[Duration, BeforeValidator(_half_above)] = Field(
        description="The average time before the normal is cut off at 0."
    )
    sd: PositiveDuration = Field(description="The standard deviation before the normal is cut off at 0.")

    @property
    def mean_ns(self) -> float:
        """The average time in ns of what is left above 0.

        With a = mean / sd it is mean + sd phi(a) / Phi(a): Johnson, Kotz & Balakrishnan, Continuous
        Univariate Distributions 1 (1994), 13.10.
        """
        a = self.mean / self.sd
        density = exp(-a * a / 2) / sqrt(2 * pi)
        return self.mean + self.sd * density / (erfc(-a / sqrt(2)) / 2)

    @property
    def words(self) -> str:
        """That it is cut off, where one time in a thousand or more is."""
        return "normal cut off at 0" if self.mean < 3 * self.sd else "normal"
