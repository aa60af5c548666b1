"""When to stop replicating: as soon as every named figure is known to its relative half-width."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from line_sim.errors import ScenarioError
from line_sim.figures.catalogue import UPH
from line_sim.figures.statistics.lack import cut_at
from line_sim.figures.stops.outages import FewOutages
from line_sim.study.kpis import Figures, bounded
from line_sim.study.replications.outages import allowing_for
from line_sim.study.skewed import of_runs
from line_sim.study.student import Estimate

FEWEST = 10
"""No rule stops before so many replications: an early interval may be narrow by luck alone."""

MOST_OF_ONE = 0.4
"""No rule stops where one replication alone makes more of the scatter: it shows something rare and large, of
which too little was seen."""

_GOAL = re.compile(r"\s*([^\s=]+)\s*=\s*([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*%\s*")


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure and the half-width, as a share of its mean, to which it is to be known."""

    kpi: str
    relative: float

    @property
    def text(self) -> str:
        """The goal as it is typed."""
        return f"{self.kpi}={100 * self.relative:g}%"


def read_goal(text: str) -> Goal:
    """Read `uph=1%`. Raises ScenarioError, with what is allowed, for anything else."""
    match = _GOAL.fullmatch(text)
    if match is None or float(match[2]) <= 0:
        raise ScenarioError(
            f"--until {text}: write KPI=PERCENT%, more than 0 %, such as uph=1% (half-width over mean)"
        )
    return Goal(match[1], float(match[2]) / 100)


def estimate(
    runs: Sequence[Figures], kpi: str, few: Sequence[FewOutages] = (), ceiling: float | None = None
) -> Estimate | None:
    """Return the mean of a figure over the runs; `few` are the stations of which they saw too few outages.

    More UPH than `ceiling` are not to be had: an interval ends there, or at the mean of runs that made more.
    None where any of the runs cannot tell it: a mean of the others would be one of a chosen few.
    """
    known = _known(runs, kpi)
    found = allowing_for(bounded(of_runs(known), kpi), kpi, few) if known else None
    return found if found is None or kpi != UPH.name else _below(ceiling, found)


def _below(ceiling: float | None, found: Estimate) -> Estimate:
    if ceiling is None or found.interval is None or found.interval[1] <= max(ceiling, found.mean):
        return found
    return replace(found, most=max(ceiling, found.mean), note=cut_at(ceiling, found.mean))


def _known(runs: Sequence[Figures], kpi: str) -> list[float]:
    """Return the figure of every run; nothing where any of them cannot tell it."""
    known = [value for value in (run.get(kpi) for run in runs) if value is not None]
    return known if len(known) == len(runs) else []


def reached(goal: Goal, runs: Sequence[Figures], few: Sequence[FewOutages] = ()) -> bool:
    """Whether the runs tell the figure well enough, and not by one of them alone."""
    found = estimate(runs, goal.kpi, few)
    width = found.relative_half_width if found else None
    return width is not None and width <= goal.relative and not _by_one_alone(_known(runs, goal.kpi))


def _by_one_alone(values: Sequence[float]) -> bool:
    mean = fmean(values)
    squares = [(value - mean) ** 2 for value in values]
    return max(squares) > MOST_OF_ONE * sum(squares)


def enough(goals: Sequence[Goal], runs: Sequence[Figures], few: Sequence[FewOutages] = ()) -> bool:
    """Whether to stop: there are goals, the fewest runs are made, and every goal is reached."""
    return bool(goals) and len(runs) >= FEWEST and all(reached(goal, runs, few) for goal in goals)


def standing(goal: Goal, runs: Sequence[Figures], few: Sequence[FewOutages] = ()) -> str:
    """Say how well a figure is known: `uph to 0.8 % (asked 1 %)`."""
    found = estimate(runs, goal.kpi, few)
    width = found.relative_half_width if found else None
    known = "without an interval" if width is None else f"to {100 * width:.2g} %"
    why = f"; {found.lack.text}" if found and found.lack else ""
    if width is not None and width <= goal.relative and _by_one_alone(_known(runs, goal.kpi)):
        why = f"; one run makes {100 * MOST_OF_ONE:g} % of the scatter or more"
    return f"{goal.kpi} {known} (asked {100 * goal.relative:g} %{why})"
