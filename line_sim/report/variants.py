"""What became of each variant, as a table for a person."""

from line_sim.figures.catalogue import CATALOGUE, AnyFigure
from line_sim.figures.mix.by_variant import OfVariant
from line_sim.figures.statistics.measured import Measured
from line_sim.report.words import percent
from line_sim.truth import DEFECTIVE

TITLE = "Variants"


def headings(variants: tuple[OfVariant, ...]) -> tuple[str, ...]:
    """Return the heads of the columns behind the variant's name; none of a line with one kind of part."""
    if not variants:
        return ()
    told = [figure for figure in CATALOGUE if figure.name in variants[0].figures]
    return ("share", "in", "shipped", "scrapped", DEFECTIVE, *map(_heading, told))


def _heading(figure: AnyFigure) -> str:
    return f"{figure.short}, UPH" if figure.unit == "UPH" else figure.short


def rows(variants: tuple[OfVariant, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each variant's name and its cells: counts of the whole run, figures with their intervals."""
    return tuple((each.name, tuple(_cells(each))) for each in variants)


def _cells(variant: OfVariant) -> list[str]:
    counts = (variant.arrived, variant.shipped, variant.scrapped, variant.defective)
    figures = [figure for figure in CATALOGUE if figure.name in variant.figures]
    return [
        percent(variant.share),
        *(f"{count:,}" for count in counts),
        *(_figure(variant.figures[figure.name], figure.unit) for figure in figures),
    ]


def _figure(measured: Measured, unit: str) -> str:
    """Write a value and its interval: `83 (81-86)`, `1.2 % (0.9-1.6)`, `26.40 s (25.28-27.57)`."""
    if measured.value is None:
        return ""
    scale, places, name = {"share": (100.0, 1, " %"), "s": (1.0, 2, " s")}.get(unit, (1.0, 1, ""))
    sure = measured.ci
    told = f"{measured.value * scale:,.{places}f}{name}"
    if sure is None:
        return told
    return f"{told} ({sure[0] * scale:,.{places}f}-{sure[1] * scale:,.{places}f})"
