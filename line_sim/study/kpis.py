"""The figures that studies compare: those of the catalogue, by the names that a user types."""

from collections.abc import Iterable

from line_sim.errors import ScenarioError
from line_sim.figures.catalogue import MAIN
from line_sim.figures.names import names_of
from line_sim.layout import layout_of
from line_sim.scenario import Scenario

Figures = dict[str, float | None]
"""Name to value; None where a run cannot tell it."""

MAIN_NAMES = tuple(figure.name for figure in MAIN)


def refuse_unknown(names: Iterable[str], option: str, *scenarios: Scenario) -> None:
    """Raise ScenarioError for a name that no run of any of the lines tells."""
    known = dict.fromkeys(name for scenario in scenarios for name in names_of(layout_of(scenario)))
    refuse_others(names, option, known)


def refuse_others(names: Iterable[str], option: str, known: Iterable[str]) -> None:
    """Raise ScenarioError for a name that is not among the known ones."""
    for name in names:
        if name not in known:
            raise ScenarioError(f"{option} {name}: there is no such figure; there are {', '.join(known)}")
