"""When to stop replicating: as soon as every named figure is known to its relative half-width."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from line_sim.errors import ScenarioError
from line_sim.study.kpis import Figures
from line_sim.study.student import Estimate, student

FEWEST = 5
"""No rule stops before so many replications: an early interval may be narrow by luck alone."""

_GOAL = re.compile(r"\s*([^\s=]+)\s*=\s*(\d+(?:\.\d+)?|\.\d+)\s*%\s*")


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


def estimate(runs: Sequence[Figures], kpi: str) -> Estimate | None:
    """Return the mean of a figure over the runs.

    None where any of them cannot tell it: a mean of the others would be one of a chosen few.
    """
    values = [run.get(kpi) for run in runs]
    known = [value for value in values if value is not None]
    return student(known) if known and len(known) == len(values) else None


def reached(goal: Goal, runs: Sequence[Figures]) -> bool:
    """Whether the runs tell the figure well enough."""
    found = estimate(runs, goal.kpi)
    width = found.relative_half_width if found else None
    return width is not None and width <= goal.relative


def enough(goals: Sequence[Goal], runs: Sequence[Figures]) -> bool:
    """Whether to stop: there are goals, the fewest runs are made, and every goal is reached."""
    return bool(goals) and len(runs) >= FEWEST and all(reached(goal, runs) for goal in goals)


def standing(goal: Goal, runs: Sequence[Figures]) -> str:
    """Say how well a figure is known: `uph to 0.8 % (asked 1 %)`."""
    found = estimate(runs, goal.kpi)
    width = found.relative_half_width if found else None
    known = "without an interval" if width is None else f"to {100 * width:.2g} %"
    return f"{goal.kpi} {known} (asked {100 * goal.relative:g} %)"
