"""How the figures of a study are written: each in one unit and to the same places wherever it stands."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from line_sim.figures.catalogue import CATALOGUE, MAIN
from line_sim.figures.names import title_of

Json: TypeAlias = Mapping[str, Any]
Better: TypeAlias = Literal["more", "less"]

_MOST_PLACES = 3
_GOOD = frozenset({figure.name for figure in CATALOGUE if figure.good})
_ORDER = {figure.name: place for place, figure in enumerate(MAIN)}


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as it is read: its values times `scale`, to `places` decimals, with a `suffix` behind.

    `main` ones are shown without being asked for; `better` says which of two values is the better one.
    """

    name: str
    title: str
    suffix: str
    scale: float
    places: int
    better: Better
    main: bool

    @property
    def titled(self) -> str:
        """Its title with its unit, where the title does not have it: `Output, UPH`."""
        return (
            self.title
            if not self.suffix or self.suffix in self.title.lower()
            else f"{self.title}, {self.suffix}"
        )

    def bare(self, value: float) -> str:
        """Write a value without its unit: `13,912`, `0.31`."""
        return f"{value * self.scale:,.{self.places}f}"

    def text(self, value: float) -> str:
        """Write a value: `13,912 UPH`, `0.31 %`."""
        return f"{self.bare(value)} {self.suffix}".rstrip()

    def told(self, found: Json) -> str:
        """Write a mean and its interval: `13,912 (13,850 to 13,960)`; nothing where there is no mean."""
        value, interval = self.parts(found)
        return f"{value} ({interval})" if interval else value

    def parts(self, found: Json) -> tuple[str, str]:
        """Write a mean and its interval apart: `13,912`, `13,850 to 13,960`; nothing where there is none."""
        low, high = found.get("ci_low"), found.get("ci_high")
        if found.get("mean") is None:
            return "", ""
        beside = f"{self.bare(low)} to {self.bare(high)}" if low is not None and high is not None else ""
        return self.bare(found["mean"]), beside


def mean_of(point: Json, kpi: str) -> float | None:
    """Return the mean of a figure at a point, None where it has none."""
    value = (point.get("kpis") or {}).get(kpi, {}).get("mean")
    return None if value is None else float(value)


def shown_figures(
    kpis: Iterable[Json], points: Iterable[Json], named: Mapping[str, Better], wanted: Iterable[str] = ()
) -> list[Shown]:
    """Return the figures of a study in the order in which they are told: the main ones first.

    `named` are those that the study speaks of, by its demands or its front, and which of them is better;
    `wanted` are those that it tells first, all main ones where it does not say.
    """
    points, main = list(points), {*(wanted or _ORDER), *named}
    known = [_shown(kpi, points, named, main=str(kpi["name"]) in main) for kpi in kpis]
    last = len(_ORDER)
    return sorted(known, key=lambda one: (not one.main, _ORDER.get(one.name, last)))


def _shown(kpi: Json, points: Iterable[Json], named: Mapping[str, Better], *, main: bool) -> Shown:
    name = str(kpi["name"])
    values = [abs(value) for point in points if (value := mean_of(point, name)) is not None]
    most = max(values, default=0.0)
    scale, suffix = _unit(str(kpi.get("unit") or ""), most)
    return Shown(
        name,
        str(kpi.get("title") or title_of(name)),
        suffix,
        scale,
        places_for(most * scale),
        named.get(name, "more" if name in _GOOD else "less"),
        main,
    )


def _unit(unit: str, most: float) -> tuple[float, str]:
    """Return the scale and the suffix of a unit of the catalogue; times below 10 s are told in ms."""
    if unit == "share":
        return 100.0, "%"
    if unit == "s" and most < 10:
        return 1000.0, "ms"
    return 1.0, unit


def places_for(most: float) -> int:
    """Return how many decimals tell a number of this size apart: four digits, at most three decimals."""
    if most <= 0:
        return 1
    return min(max(3 - math.floor(math.log10(most)), 0), _MOST_PLACES)
