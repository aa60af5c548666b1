"""Stations that make defects, and which kinds of defect there can be."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field, field_validator

from line_sim.scenario.fields import Key, Rate, Record, Text
from line_sim.scenario.images.rendered import DEFECTS
from line_sim.scenario.stops.agreement import Broken


class MakesDefects(Record):
    """Defects that a station makes: it spoils some of the good parts that it has worked on."""

    rate: Rate = Field(description="The share of the good parts that it spoils, 0 to 1.")
    kinds: tuple[Text, ...] = Field(
        (), description="The kinds of defect that it makes, all as often. Default: those of the pictures."
    )

    @field_validator("kinds", mode="after")
    @classmethod
    def _each_once(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        twice = [kind for kind in dict.fromkeys(kinds) if kinds.count(kind) > 1]
        if twice:
            raise ValueError(f"{twice[0]} stands there twice; they are made all as often")
        return kinds


def kinds_can_be_shown(
    scenario: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], *, live: bool
) -> Iterator[Broken]:
    """Every kind of defect is one that the product's pictures show, where a real server is to see them."""
    for place, entry in enumerate(entries if live else ()):
        makes = entry.get("makes_defects")
        kinds = makes.get("kinds") if isinstance(makes, Mapping) else None
        for index, kind in enumerate(kinds if isinstance(kinds, list | tuple) else ()):
            key: Key = ("line", place, "makes_defects", "kinds", index)
            shown, which = _shown(scenario)
            if isinstance(kind, str) and shown is not None and kind not in shown:
                yield key, which, kind


def _shown(scenario: Mapping[str, Any]) -> tuple[tuple[str, ...] | None, str]:
    """Return the kinds that the pictures show (None: they are not known), and what is told of another."""
    product = scenario.get("product")
    images = product.get("images") if isinstance(product, Mapping) else None
    if not isinstance(images, Mapping):
        images = {"rendered": "flange"}
    if "folder" in images:
        return (), "pictures from a folder tell no kinds of defect; take kinds away"
    part = images.get("rendered")
    shown = DEFECTS.get(part) if isinstance(part, str) else None
    return shown, f"the drawn {part} has no such defect; it has {', '.join(shown or ())}"
