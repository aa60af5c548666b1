"""Times told by their mean and how far they spread: lognormal, gamma, Weibull."""

from math import gamma
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from line_sim.scenario.distributions.kind import Distribution
from line_sim.scenario.fields import PositiveDuration
from line_sim.units import Nanoseconds

LEAST_SPREAD = 1e-6
"""Below it the shape of a gamma distribution, 1 / cv^2, is beyond what floats can invert."""

MOST_SPREAD = 100

LEAST_SHAPE, MOST_SHAPE = 0.13, 1_000_000
"""The limits of a Weibull's shape; its cv is 93 and 0.0000013 there, within the limits of a cv."""


def _spread(cv: float) -> float:
    if cv <= 0:
        raise ValueError("it must be greater than 0 (a time that never varies is the duration itself)")
    if cv < LEAST_SPREAD:
        raise ValueError("it must be 0.000001 or more (a time that hardly varies is the duration itself)")
    return cv


Spread = Annotated[
    float,
    Field(strict=True, le=MOST_SPREAD, allow_inf_nan=False, json_schema_extra={"minimum": LEAST_SPREAD}),
    AfterValidator(_spread),
]
Shape = Annotated[float, Field(strict=True, ge=LEAST_SHAPE, le=MOST_SHAPE, allow_inf_nan=False)]


class ByMean(Distribution):
    """A random time whose mean is one of its parameters."""

    mean: PositiveDuration = Field(description="The average time.")

    @property
    def mean_ns(self) -> Nanoseconds:
        """The average time."""
        return self.mean


class Lognormal(ByMean):
    """Times of people and services: a typical value and a long tail."""

    kind: ClassVar[str] = "lognormal"
    cv: Spread = Field(description="Standard deviation / mean; 0.000001 to 100.")


class Gamma(ByMean):
    """Times made of several steps; cv = 1/sqrt(k) is Erlang-k."""

    kind: ClassVar[str] = "gamma"
    cv: Spread = Field(description="Standard deviation / mean; 0.000001 to 100.")


class Weibull(ByMean):
    """Times to a failure: with shape above 1 machines wear out, below 1 they fail early; 1 is exponential."""

    kind: ClassVar[str] = "weibull"
    shape: Shape = Field(description="How times spread, the less the larger it is; 0.13 to 1000000.")

    @property
    def scale(self) -> float:
        """The time in ns that a share of 1 - 1/e stays below: mean / Gamma(1 + 1 / shape)."""
        return self.mean / gamma(1.0 + 1.0 / self.shape)
