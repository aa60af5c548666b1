"""The page of a sweep put together: sentences and tables here, charts by its script from its data."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from line_sim.report.ended import ALL_DONE
from line_sim.report.page.frame import asset, frame, render, script_of
from line_sim.report.points.demands import Demand, demands_of, standing_of
from line_sim.report.points.facts import axis_facts, demand_facts, figure_facts, point_facts
from line_sim.report.points.figures import Better, Json, Shown, mean_of, shown_figures
from line_sim.report.points.look import SHARED, look, shared_script
from line_sim.report.points.settings import short, value_text
from line_sim.report.points.sweep import moves, words

ROOM = "line_sim.report.points.sweep"
SCRIPTS = ("axes.js", "heat.js", "lines.js", "clouds.js", "front.js", "effects.js", "start.js")

_STANDINGS = {
    "met": "meets every demand",
    "missed": "misses a demand",
    "open": "not known well enough",
    "unknown": "has no figures",
    "failed": "failed",
    None: "",
}
_MOST_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A point in the table of all: its number, its settings, and what came of it."""

    variant: Any
    settings: tuple[str, ...]
    cost: str
    replications: int
    figures: tuple[tuple[str, str], ...]
    standing: str
    error: str


def sweep_page(data: Json) -> str:
    """Return the page as HTML. The same sweep gives the same text, whenever it is made."""
    demands = demands_of(data)
    figures = shown_figures(data["kpis"], data["points"], _named(data, demands), data.get("shown") or ())
    axes = axis_facts(data["axes"], data["points"])
    return render("sweep.html.j2", _views(data, figures, axes, demands), (ROOM, *SHARED))


def _named(data: Json, demands: Iterable[Demand]) -> dict[str, Better]:
    """Return the figures that the sweep speaks of, and which of their values are better."""
    fronts = [front["better"] for front in data.get("pareto") or ()]
    named: dict[str, Better] = {
        kpi: demand_better for front in fronts for kpi, demand_better in front.items()
    }
    return {**named, **{demand.kpi: demand.better for demand in demands}}


def _views(
    data: Json, figures: list[Shown], axes: list[dict[str, Any]], demands: list[Demand]
) -> dict[str, Any]:
    """Return what the template knows, by the names that it uses."""
    columns = [figure for figure in figures if figure.main][:_MOST_COLUMNS] or figures[:1]
    fronts = data.get("pareto") or ()
    best = list(words.best_points(data, figures))
    head = words.headline(data, figures, demands)
    return {
        "name": data.get("study") or "Sweep",
        "scenario": data.get("scenario") or "",
        "seed": data.get("seed"),
        "design": data.get("design") or "grid",
        "ended": data.get("ended") or "",
        "whole": (data.get("ended") or ALL_DONE) == ALL_DONE,
        "headline": head,
        "not_run": words.not_run(data),
        "swept": words.swept(data),
        "best": [sentence for sentence in best if sentence != head],
        "failures": [(why, [point["variant"] for point in failed]) for why, failed in words.failures(data)],
        "figures": figures,
        "axes": [axis["name"] for axis in axes],
        "columns": columns,
        "has_cost": any(point.get("cost") is not None for point in data["points"]),
        "has_demands": bool(demands),
        "has_errors": any(point.get("error") for point in data["points"]),
        "rows": [_row(point, columns, axes, demands) for point in data["points"]],
        "front": _front(data, fronts[0], figures) if fronts else (),
        "matters_why": "" if data.get("matters") else words.unsaid_of_what_matters(data),
        **frame(
            look(),
            script_of([*shared_script(), *(asset(name, ROOM) for name in SCRIPTS)]),
            _told(data, figures, axes, demands),
        ),
    }


def _row(point: Json, columns: Sequence[Shown], axes: Sequence[Json], demands: Sequence[Demand]) -> Row:
    kpis, cost = point.get("kpis") or {}, point.get("cost")
    return Row(
        point["variant"],
        tuple(value_text(point["settings"].get(axis["key"])) for axis in axes),
        "" if cost is None else f"{cost:,.10g}",
        int(point.get("replications") or 0),
        tuple(figure.parts(kpis.get(figure.name) or {}) for figure in columns),
        _STANDINGS[standing_of(point, demands)],
        str(point.get("error") or ""),
    )


def _front(data: Json, front: Json, figures: Sequence[Shown]) -> tuple[tuple[str, ...], ...]:
    """Return a front as rows of texts: number, settings, figures; the best by its first figure on top."""
    by_name = {figure.name: figure for figure in figures}
    mine = [by_name[name] for name in front["better"] if name in by_name]
    points = {point["variant"]: point for point in data["points"]}
    chosen = [points[variant] for variant in front["variants"] if variant in points]
    if mine:
        sign = -1 if mine[0].better == "more" else 1
        chosen.sort(key=lambda point: sign * (mean_of(point, mine[0].name) or 0.0))
    head = (
        "Point",
        *(short(axis["key"]) for axis in data["axes"]),
        *(one.titled for one in mine),
    )
    body = (
        (
            str(point["variant"]),
            *(value_text(point["settings"].get(axis["key"])) for axis in data["axes"]),
            *(one.told((point.get("kpis") or {}).get(one.name, {})) for one in mine),
        )
        for point in chosen
    )
    return (head, *body)


def _told(
    data: Json, figures: Sequence[Shown], axes: list[dict[str, Any]], demands: Sequence[Demand]
) -> dict[str, Any]:
    """Return the data that the page's script draws from, and the sentences that it shows with it."""
    matters = list(data.get("matters") or ())
    return {
        "kind": "sweep",
        "kpis": figure_facts(figures),
        "axes": axes,
        "demands": demand_facts(demands),
        "points": point_facts(data["points"], "variant", axes, figures, demands),
        "fronts": [dict(front) for front in data.get("pareto") or ()],
        "effects": _effects(data, axes, figures),
        "moves_most": dict(_moves_most(data, axes)),
        "matters": matters,
        "matters_says": {
            kpi: moves.what_matters([one for one in matters if one["kpi"] == kpi], _about)
            for kpi in dict.fromkeys(one["kpi"] for one in matters)
        },
        "untold": dict(data.get("untold") or {}),
        "grid": data.get("design") != "lhs",
    }


def _about(key: str) -> str:
    """Name what has a share: an axis, or all of them together."""
    return "what they do together" if key == "interactions" else short(key)


def _moves_most(data: Json, axes: Sequence[Json]) -> Iterator[tuple[str, str]]:
    """Yield for each figure what is said of the axis that moves it most."""
    names = [str(axis["name"]) for axis in axes]
    for found in data.get("strongest") or ():
        shares = [one for one in data.get("matters") or () if one["kpi"] == found["kpi"]]
        yield found["kpi"], moves.sentence(moves.moves_most(found, "it", shares, short), *names)


def _effects(data: Json, axes: Sequence[Json], figures: Sequence[Shown]) -> list[dict[str, Any]]:
    """Return the main effects, their levels by their places on the axis, with what is said of each."""
    places = {axis["key"]: {text: at for at, text in enumerate(axis["texts"])} for axis in axes}
    by_name = {figure.name: figure for figure in figures}
    strongest = {found["kpi"]: found for found in data.get("strongest") or ()}
    return [
        {
            "kpi": effect["kpi"],
            "key": effect["key"],
            "spread": effect.get("spread"),
            "says": moves.moves(effect, strongest.get(effect["kpi"]), by_name[effect["kpi"]], short),
            "levels": [
                [
                    places.get(effect["key"], {}).get(value_text(level["value"])),
                    value_text(level["value"]),
                    level.get("mean"),
                    level.get("ci_low"),
                    level.get("ci_high"),
                    level.get("from"),
                    level.get("to"),
                ]
                for level in effect["levels"]
            ],
        }
        for effect in data.get("effects") or ()
        if effect["kpi"] in by_name
    ]
