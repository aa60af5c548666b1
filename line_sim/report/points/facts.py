"""What the charts' script is given of figures, axes, demands and points: numbers, and texts made once."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from line_sim.report.points.demands import Demand, standing_of
from line_sim.report.points.figures import Json, Shown
from line_sim.report.points.settings import number, options, short, value_text


def figure_facts(figures: Sequence[Shown]) -> list[dict[str, Any]]:
    """Return how figures are written."""
    return [
        {
            "name": one.name,
            "title": one.title,
            "suffix": one.suffix,
            "scale": one.scale,
            "places": one.places,
            "better": one.better,
            "main": one.main,
        }
        for one in figures
    ]


def axis_facts(axes: Sequence[Json], points: Sequence[Json]) -> list[dict[str, Any]]:
    """Return each axis with its levels, in order, as texts and as numbers; null where some are none."""
    return [_axis(axis, points) for axis in axes]


def _axis(axis: Json, points: Sequence[Json]) -> dict[str, Any]:
    key = str(axis["key"])
    values, numbers = list(axis.get("values") or ()), list(axis.get("numbers") or ())
    known = dict(zip(map(value_text, values), numbers, strict=False))
    for point in points:
        value = point["settings"].get(key)
        known.setdefault(value_text(value), number(value))
    levels = list(known.items())
    numeric = bool(levels) and all(isinstance(one, int | float) for _, one in levels)
    if numeric:
        levels.sort(key=lambda level: float(level[1] or 0))
    return {
        "key": key,
        "name": short(key),
        "unit": axis.get("unit"),
        "texts": [text for text, _ in levels],
        "numbers": [one for _, one in levels] if numeric else None,
    }


def demand_facts(demands: Sequence[Demand]) -> list[dict[str, Any]]:
    """Return the limits that charts draw."""
    return [
        {"kpi": one.kpi, "least": one.at_least, "limit": one.limit, "tolerance": one.tolerance}
        for one in demands
    ]


def point_facts(
    points: Sequence[Json],
    number_key: str,
    axes: Sequence[Json],
    figures: Sequence[Shown],
    demands: Sequence[Demand],
) -> list[dict[str, Any]]:
    """Return the points: `x` are the places of their settings on the axes, `y` the figures' intervals."""
    places = [{text: place for place, text in enumerate(axis["texts"])} for axis in axes]
    return [
        {
            "v": point[number_key],
            "x": [
                at.get(value_text(point["settings"].get(axis["key"])))
                for at, axis in zip(places, axes, strict=True)
            ],
            "c": point.get("cost"),
            "n": point.get("replications", 0),
            "y": list(_values(point, figures)),
            "ok": standing_of(point, demands),
            "set": options(point["settings"]),
            **{name: text for name, text in (("error", point.get("error")), ("run", run_of(point))) if text},
        }
        for point in points
    ]


def _values(point: Json, figures: Sequence[Shown]) -> Iterator[list[float | None] | None]:
    """Yield mean, low and high end of each figure; None where it has no mean."""
    kpis = point.get("kpis") or {}
    for figure in figures:
        found = kpis.get(figure.name) or {}
        mean = found.get("mean")
        yield (
            None
            if mean is None
            else [shortly(mean), shortly(found.get("ci_low")), shortly(found.get("ci_high"))]
        )


def shortly(value: float | None) -> float | None:
    """Round to the seven digits that no chart shows more of: it halves the page."""
    return None if value is None else float(f"{value:.7g}")


def run_of(point: Json) -> str:
    """Return the way to the page of a point's run, where runs were kept: always below the study's folder."""
    runs = point.get("folder") or point.get("run") or next(iter(point.get("runs") or ()), None)
    if not isinstance(runs, str) or runs.startswith("/") or ".." in runs.split("/"):
        return ""
    return quote(f"./{runs.strip('/')}/report.html")
