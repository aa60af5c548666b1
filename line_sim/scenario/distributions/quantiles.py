"""Times told by two quantiles, as dashboards and service levels tell them."""

from math import exp, log1p
from typing import ClassVar, Self

from pydantic import Field, model_validator

from line_sim.scenario.distributions.kind import Distribution
from line_sim.scenario.fields import PositiveDuration
from line_sim.units import duration_text

NORMAL_P99 = 2.3263478740408408
"""The standard normal's p99."""

MOST_TIMES_P50 = 1_000
"""How many times its p50 a p99 may be: the lognormal's cv is 82 then, within the limits of a cv."""


class Quantiles(Distribution):
    """The lognormal through a median and a p99: a typical value and how long the slowest 1 % take."""

    kind: ClassVar[str] = "quantiles"
    p50: PositiveDuration = Field(description="The time that one in two stays below.")
    p99: PositiveDuration = Field(
        description="The time that 99 in 100 stay below; above p50, at most 1000 times it."
    )

    @property
    def sigma(self) -> float:
        """The standard deviation of the time's logarithm: ln(p99 / p50) / 2.326..., the normal's p99."""
        return log1p((self.p99 - self.p50) / self.p50) / NORMAL_P99

    @property
    def mean_ns(self) -> float:
        """The average time in ns, p50 exp(sigma^2 / 2)."""
        return self.p50 * exp(self.sigma**2 / 2)

    @property
    def words(self) -> str:
        """The lognormal that it is, and what it goes through."""
        return f"lognormal through p50 {duration_text(self.p50)} and p99 {duration_text(self.p99)}"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.p99 <= self.p50:
            raise ValueError("p99 must be greater than p50 (a time that never varies is the duration itself)")
        if self.p99 > MOST_TIMES_P50 * self.p50:
            raise ValueError(f"p99 must be at most {MOST_TIMES_P50:,} times p50")
        return self
