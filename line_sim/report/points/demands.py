"""What a study demands of its figures, and how a point stands to it: met, missed, or not known."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from line_sim.report.points.figures import Better, Json
from line_sim.report.points.settings import number

Standing: TypeAlias = Literal["met", "missed", "open", "unknown", "failed"]

_WRITTEN = re.compile(r"\s*([<>]=)\s*(.+?)\s*(%?)\s*")


@dataclass(frozen=True, slots=True)
class Demand:
    """A limit of a figure, with the tolerance within which either answer is right."""

    kpi: str
    at_least: bool
    limit: float
    tolerance: float = 0.0

    @property
    def better(self) -> Better:
        """Which of two values is nearer to what is asked for."""
        return "more" if self.at_least else "less"

    def standing(self, found: Json) -> Standing:
        """Say how a mean with its interval stands to the limit; `open` where the interval holds it."""
        if found.get("mean") is None:
            return "unknown"
        sign = 1 if self.at_least else -1
        ends = [end for end in (found.get("ci_low"), found.get("ci_high")) if end is not None]
        beyond = [sign * (end - self.limit) for end in ends or [found["mean"]]]
        if min(beyond) >= 0:
            return "met"
        return "missed" if max(beyond) < 0 else "open"


def demands_of(data: Json) -> list[Demand]:
    """Read the demands of a study's JSON: a list of objects, or a mapping as a study file has it."""
    found = data.get("demands") or data.get("demand") or ()
    if isinstance(found, Mapping):
        zones = data.get("tolerance") or {}
        return [
            demand for kpi, text in found.items() if (demand := _written(str(kpi), str(text), zones.get(kpi)))
        ]
    return [
        Demand(
            str(one["kpi"]), str(one["is"]).startswith(">"), float(one["limit"]), one.get("tolerance") or 0.0
        )
        for one in found
        if one.get("limit") is not None
    ]


def _written(kpi: str, text: str, tolerance: object) -> Demand | None:
    match = _WRITTEN.fullmatch(text)
    limit = number(match[2]) if match else None
    if match is None or limit is None:
        return None
    return Demand(kpi, match[1] == ">=", limit / 100 if match[3] else limit, number(tolerance) or 0.0)


def standing_of(point: Json, demands: Iterable[Demand]) -> Standing | None:
    """Say how a point stands to all demands together; None where there are none.

    One that failed, for example since its line locked up, meets nothing, whatever figures it has.
    """
    if point.get("error"):
        return "failed"
    kpis = point.get("kpis") or {}
    each = {demand.standing(kpis.get(demand.kpi, {})) for demand in demands}
    return next((one for one in ("missed", "unknown", "open", "met") if one in each), None)
