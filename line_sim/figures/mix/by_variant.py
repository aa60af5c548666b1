"""The figures of each variant: those of the catalogue, over its parts alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from line_sim.figures.catalogue import (
    ESCAPE_RATE,
    FIRST_PASS_YIELD,
    FLOW_TIME,
    OVERKILL_RATE,
    UPH,
    AnyFigure,
    Key,
    Unit,
)
from line_sim.figures.conditions import Condition, Is
from line_sim.figures.folds import HourlyRate, Mean, Share
from line_sim.figures.populations import GOOD, LOST, SCRAPPED, SHIPPED, Population, Settled
from line_sim.figures.statistics.measured import Measured
from line_sim.layout import Layout

VARIANTS = "variants"
"""Where they stand in summary.json, and how their names begin: `variants.A.uph`."""

OF_PARTS: tuple[AnyFigure, ...] = (UPH, FLOW_TIME)
OF_INSPECTED: tuple[AnyFigure, ...] = (ESCAPE_RATE, OVERKILL_RATE, FIRST_PASS_YIELD)


@dataclass(frozen=True)
class OfVariant:
    """One variant: its share as planned, its parts by what became of them, and its figures by name.

    The counts are of the whole run; `defective` are the parts that truly are so in the end.
    """

    name: str
    share: float
    arrived: int
    lost: int
    shipped: int
    scrapped: int
    defective: int
    figures: Mapping[str, Measured]

    @property
    def on_line(self) -> int:
        """Its parts that are still there."""
        return self.arrived - self.lost - self.shipped - self.scrapped


def figures_by_variant(layout: Layout) -> tuple[AnyFigure, ...]:
    """Return which figures are told of every variant of a line; none where there is one kind of part."""
    if layout.mix is None:
        return ()
    return (*OF_PARTS, *OF_INSPECTED) if layout.inspections else OF_PARTS


def key_of(figure: AnyFigure) -> str:
    """Return the key of a figure beside the variant's others in summary.json."""
    return f"{figure.name}_s" if figure.unit == "s" else figure.name


def variant_figures(layout: Layout) -> Iterator[tuple[str, Key, Unit]]:
    """Yield name, place and unit of every figure of every variant."""
    for name in layout.mix.names if layout.mix is not None else ():
        for figure in figures_by_variant(layout):
            yield f"{VARIANTS}.{name}.{figure.name}", (VARIANTS, name, key_of(figure)), figure.unit


def by_variant(settled: Settled) -> tuple[OfVariant, ...]:
    """Return what a run tells of each variant, in the order of the mix."""
    mix = settled.layout.mix
    if mix is None:
        return ()
    return tuple(_of(settled, name, share) for name, share in zip(mix.names, mix.shares, strict=True))


def _of(settled: Settled, name: str, share: float) -> OfVariant:
    mine, items = Is("variant", name), settled.run.items

    def count(of: Condition) -> int:
        return int(np.count_nonzero(of.of(items)))

    lost, shipped, scrapped, defective = (count(mine & of) for of in (LOST, SHIPPED, SCRAPPED, ~GOOD))
    figures = {
        figure.name: of_variant(figure, name).measure(settled)
        for figure in figures_by_variant(settled.layout)
    }
    return OfVariant(name, share, count(mine), lost, shipped, scrapped, defective, figures)


def of_variant(figure: AnyFigure, name: str) -> HourlyRate | Mean | Share:
    """Return the fold of a figure over the parts of a variant alone."""
    mine = Is("variant", name)
    match figure.fold:
        case HourlyRate() as fold:
            return replace(fold, of=fold.of & mine)
        case Mean() | Share() as fold:
            among: Population = replace(fold.among, of=fold.among.of & mine)
            return replace(fold, among=among)
        case _:
            raise TypeError(f"{figure.name} is not told of single variants")
