"""What is required of a design, and what a run of it says of that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

Is: TypeAlias = Literal[">=", "<="]


class Term(NamedTuple):
    """What a run tells of a figure: a sum and what it is of.

    Of a share of counted calls or parts these are both counts. Of any other figure `over` is its value
    and `under` is 1.
    """

    over: float
    under: float = 1.0

    @property
    def value(self) -> float | None:
        """The figure; None of nothing."""
        return self.over / self.under if self.under else None


@dataclass(frozen=True, slots=True)
class Sample:
    """What is kept of a run: its seed, how it ended, and its figures by name; None: it cannot tell it."""

    seed: int
    ended: str
    terms: Mapping[str, Term | None]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A figure must be at least, or at most, so much; a mean nearer to the limit than the tolerance is both.

    `ratio`: the figure is a ratio of counts, so that what is held against the limit is the ratio of the sums
    of all runs, not the mean of the runs' ratios.
    """

    kpi: str
    sign: Is
    limit: float
    tolerance: float
    ratio: bool = False

    def excess(self, term: Term) -> float:
        """Return by how much a run more than meets it; its mean over all runs must not be below 0.

        Of a ratio it is limit x under - over, or the other way round: the mean of that is not below 0 exactly
        where the ratio of the means keeps the limit.
        """
        more = term.over - self.limit * term.under
        return more if self.sign == ">=" else -more


@dataclass(frozen=True, slots=True)
class Design:
    """One way to build the line: its number from 1, its settings by key, and what it costs."""

    number: int
    settings: Mapping[str, Any]
    cost: float


@dataclass(frozen=True, slots=True)
class Best:
    """Among designs that cost the same the one with most, or least, of a figure is wanted.

    Designs whose means are nearer to each other than `zone` are equally good; None: than 1 % of them.
    """

    kpi: str
    more: bool
    zone: float | None = None
