"""What became of each variant, as it stands in summary.json."""

from typing import Any

from line_sim.figures.catalogue import CATALOGUE
from line_sim.figures.mix.by_variant import VARIANTS, OfVariant, key_of
from line_sim.truth import DEFECTIVE


def variants_json(variants: tuple[OfVariant, ...]) -> dict[str, Any]:
    """Return the section of the variants; nothing of a line with one kind of part."""
    return {VARIANTS: {each.name: _of(each) for each in variants}} if variants else {}


def _of(variant: OfVariant) -> dict[str, Any]:
    told: dict[str, Any] = {
        "share": variant.share,
        "arrived": variant.arrived,
        "lost": variant.lost,
        "shipped": variant.shipped,
        "scrapped": variant.scrapped,
        "on_line": variant.on_line,
        DEFECTIVE: variant.defective,
    }
    for figure in CATALOGUE:
        measured = variant.figures.get(figure.name)
        if measured is not None:
            key = key_of(figure)
            told[key] = measured.value
            told[f"{key}_ci"] = None if measured.ci is None else list(measured.ci)
            told[f"{key}_ci_note"] = measured.note or None
    return told
