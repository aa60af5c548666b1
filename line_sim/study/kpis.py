"""The figures that studies compare: those of the catalogue, by the names that a user types."""

from collections.abc import Iterable
from dataclasses import replace
from math import inf

from line_sim.errors import ScenarioError
from line_sim.figures.catalogue import LOSS, MAIN
from line_sim.figures.names import names_of, unit_of
from line_sim.figures.statistics.lack import same_in_all
from line_sim.layout import layout_of
from line_sim.scenario import Scenario
from line_sim.study.student import Estimate

Figures = dict[str, float | None]
"""Name to value; None where a run cannot tell it."""

MAIN_NAMES = tuple(figure.name for figure in MAIN)


def bounded(found: Estimate, kpi: str) -> Estimate:
    """Keep the mean's interval where its figure can be: no share is below 0 or above 1.

    A share that was the same in every run is mostly one of something rare: its mean has no interval.
    """
    if unit_of(kpi) != "share":
        return replace(found, least=0.0)
    if found.error == 0:
        found = replace(found, lack=same_in_all(found.n, "runs"))
    return replace(found, least=-inf if kpi == LOSS.name else 0.0, most=1.0)


def bounded_difference(found: Estimate, kpi: str, *, certain: bool, of: str) -> Estimate:
    """Keep the interval of a difference where it can be.

    One that was the same in every pair, or batch (`of`), is known only where nothing differs (`certain`).
    """
    if found.error == 0 and not certain:
        found = replace(found, lack=same_in_all(found.n, of))
    return replace(found, least=-1.0, most=1.0) if unit_of(kpi) == "share" and kpi != LOSS.name else found


def refuse_unknown(names: Iterable[str], option: str, *scenarios: Scenario) -> None:
    """Raise ScenarioError for a name that no run of any of the lines tells."""
    known = dict.fromkeys(name for scenario in scenarios for name in names_of(layout_of(scenario)))
    refuse_others(names, option, known)


def refuse_others(names: Iterable[str], option: str, known: Iterable[str]) -> None:
    """Raise ScenarioError for a name that is not among the known ones."""
    for name in names:
        if name not in known:
            raise ScenarioError(f"{option} {name}: there is no such figure; there are {', '.join(known)}")
