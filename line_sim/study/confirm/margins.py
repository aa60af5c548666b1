"""Within what margin live and predicted figures are called equivalent, where nobody says."""

import re
from collections.abc import Iterable, Sequence

from line_sim.errors import ScenarioError
from line_sim.figures.catalogue import LOSS
from line_sim.figures.names import unit_of
from line_sim.scenario import Scenario
from line_sim.study.confirm.agreement import Margin
from line_sim.study.kpis import MAIN_NAMES, refuse_unknown

OF_FIGURES = {"uph": 0.015, "flow_time": 0.05, "wip": 0.05, "inference_time": 0.02}
OF_STATISTICS = {"mean": 0.02, "p50": 0.02, "p90": 0.05, "p95": 0.05, "p99": 0.10}
OF_SHARES = 0.01
OTHERWISE = 0.05
"""The margins: shares of the figure, and 1 point for a figure that is a share itself."""

TOLD = ("p50", "p90", "p99")
"""The statistics of each inspection's calls that are told without being asked for."""

_MARGIN = re.compile(r"\s*([^\s=]+)\s*=\s*([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*%\s*")


def default_margin(kpi: str) -> Margin:
    """Return the margin of a figure of which nobody has said one."""
    if unit_of(kpi) == "share":
        return Margin(kpi, OF_SHARES, points=True)
    size = OF_FIGURES.get(kpi) or OF_STATISTICS.get(kpi.rpartition(".")[2], OTHERWISE)
    return Margin(kpi, size, points=False)


def read_margin(text: str) -> tuple[str, float]:
    """Read `uph=3%`. Raises ScenarioError, with what is allowed, for anything else."""
    match = _MARGIN.fullmatch(text)
    if match is None:
        raise ScenarioError(
            f"--margin {text}: write KPI=PERCENT%, such as uph=3% (of a share, as timeout_rate is: in points)"
        )
    return checked(match[1], float(match[2]) / 100)


def checked(kpi: str, size: float) -> tuple[str, float]:
    """Return a margin that can be one. Raises ScenarioError for others."""
    if not 0 < size < 1:
        raise ScenarioError(f"--margin {kpi}={100 * size:g}%: it must be more than 0 % and less than 100 %")
    return kpi, size


def margins_of(
    scenario: Scenario, asked: Sequence[str], wished: Iterable[tuple[str, float]] = ()
) -> dict[str, Margin]:
    """Return the margins of all that is told, by figure: main ones, asked inspections' calls, those wished.

    What is lost to inference is not among them: it needs other runs than the predicted ones. Raises
    ScenarioError for a name that no run of the line tells.
    """
    own = dict(wished)
    refuse_unknown(own, "--margin", scenario)
    if LOSS.name in own:
        raise ScenarioError(f"--margin {LOSS.name}: it is not predicted; take uph, which holds it")
    calls = (f"{name}.service.{statistic}" for name in asked for statistic in TOLD)
    names = dict.fromkeys((*(name for name in MAIN_NAMES if name != LOSS.name), *calls, *own))
    return {name: _chosen(name, own) for name in names}


def _chosen(kpi: str, own: dict[str, float]) -> Margin:
    usual = default_margin(kpi)
    return Margin(kpi, own.get(kpi, usual.size), usual.points)
