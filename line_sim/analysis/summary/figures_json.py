"""The catalogue's figures at the places of summary.json that it names."""

from collections.abc import Iterator
from typing import Any

from line_sim.figures.catalogue import CATALOGUE, AnyFigure, Key
from line_sim.figures.folds import Share
from line_sim.figures.measuring import RunFigures
from line_sim.figures.populations import POPULATIONS
from line_sim.figures.statistics.measured import Average, Measured
from line_sim.figures.statistics.rates import Rate

SECTION = 2
"""How many keys lead to a figure: its section and its name. Counts may stand deeper."""


def figures_json(figures: RunFigures) -> dict[str, Any]:
    """Return the sections of summary.json that hold figures: values, intervals and counts."""
    sections: dict[str, Any] = {}
    for place, value in (*_values(figures), *_deeper_counts(figures)):
        at = sections
        for key in place[:-1]:
            at = at.setdefault(key, {})
        at[place[-1]] = value
    return sections


def _values(figures: RunFigures) -> Iterator[tuple[Key, Any]]:
    for figure in CATALOGUE:
        measured = figures.of(figure)
        if len(figure.counted) <= SECTION:
            yield from _counts(figure, measured)
        yield figure.place, measured.value
        if figure.fold.interval != "none":
            interval = None if measured.ci is None else list(measured.ci)
            yield (*figure.place[:-1], f"{figure.place[-1]}_ci"), interval
            yield (*figure.place[:-1], f"{figure.place[-1]}_ci_note"), measured.note or None


def _deeper_counts(figures: RunFigures) -> Iterator[tuple[Key, Any]]:
    """Yield the counts that share a place of their own, by what they are counts of."""
    for population in POPULATIONS:
        for figure in CATALOGUE:
            deeper = len(figure.counted) > SECTION
            if deeper and isinstance(figure.fold, Share) and figure.fold.among == population:
                yield from reversed([*_counts(figure, figures.of(figure))])


def _counts(figure: AnyFigure, measured: Measured) -> Iterator[tuple[Key, int]]:
    """Yield how many, and of how many."""
    match figure.fold, measured:
        case Share(among=among), Rate(count, n):
            yield figure.counted, count
            yield (*figure.counted[:-1], among.name), n
        case _, Average(n=int(n)):
            yield figure.counted, n
