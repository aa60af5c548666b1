"""The page of a plan put together: sentences and tables here, charts by its script from its data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from line_sim.figures.names import unit_of
from line_sim.report.ended import EARLY
from line_sim.report.page.frame import asset, frame, render, script_of
from line_sim.report.points.demands import Demand, demands_of
from line_sim.report.points.facts import axis_facts, demand_facts, figure_facts, point_facts
from line_sim.report.points.figures import Json, Shown, shown_figures
from line_sim.report.points.look import SHARED, look, shared_script
from line_sim.report.points.plan import words
from line_sim.report.points.plan.confirmed import confirmed
from line_sim.report.points.plan.decisions import decision_facts
from line_sim.report.points.settings import number, options, told, value_text

ROOM = "line_sim.report.points.plan"
SCRIPTS = ("verdicts.js", "tradeoff.js", "decisions.js", "start.js")


@dataclass(frozen=True, slots=True)
class Row:
    """A design in the table of all: its number, settings, cost, verdict and why, runs and figures."""

    design: Any
    settings: tuple[str, ...]
    cost: str
    verdict: str
    why: str
    replications: int
    figures: tuple[tuple[str, str], ...]
    chosen: bool


def plan_page(data: Json) -> str:
    """Return the page as HTML. The same plan gives the same text, whenever it is made."""
    demands = demands_of(data)
    designs = data["designs"]
    figures = shown_figures(_kpis(data, demands), designs, {demand.kpi: demand.better for demand in demands})
    axes = axis_facts(_axes(data), designs)
    return render("plan.html.j2", _views(data, figures, axes, demands), (ROOM, *SHARED))


def _kpis(data: Json, demands: Sequence[Demand]) -> list[Json]:
    """Return the figures of a plan: those that it lists, else those demanded and those of its designs."""
    if data.get("kpis"):
        return list(data["kpis"])
    asked = [demand.kpi for demand in demands]
    told_of = (kpi for design in data["designs"] for kpi in design.get("kpis") or ())
    return [{"name": name, "unit": unit_of(name)} for name in dict.fromkeys((*asked, *told_of))]


def _axes(data: Json) -> list[Json]:
    """Return the keys that designs set, as axes of a sweep would say it."""
    designs = data["designs"]
    keys = dict.fromkeys(
        (*(data.get("axes") or ()), *(key for design in designs for key in design["settings"]))
    )
    return [{"key": key, "unit": "s" if _is_time(designs, key) else None} for key in keys]


def _is_time(designs: Sequence[Json], key: str) -> bool:
    values = [design["settings"].get(key) for design in designs]
    return any(isinstance(value, str) for value in values) and all(
        number(value) is not None for value in values
    )


def _views(
    data: Json, figures: list[Shown], axes: list[dict[str, Any]], demands: list[Demand]
) -> dict[str, Any]:
    """Return what the template knows, by the names that it uses."""
    designs, chosen = data["designs"], data.get("chosen")
    answer = next((design for design in designs if chosen is not None and design["design"] == chosen), None)
    columns = [
        figure for figure in figures if any(demand.kpi == figure.name for demand in demands)
    ] or figures[:2]
    sentence, *more = words.sentences(str(data.get("answer") or "There is no answer."))
    script = script_of([*shared_script(), *(asset(name, ROOM) for name in SCRIPTS)])
    return {
        "name": data.get("study") or "Plan",
        "scenario": data.get("scenario") or "",
        "seed": data.get("seed"),
        "ended": data.get("ended") or ("answered" if answer else "no answer"),
        "whole": data.get("ended") not in EARLY,
        "sentence": sentence,
        "sentences": more,
        "asked": words.asked(demands, figures),
        "first": data.get("first"),
        "confidence": words.confidence(data),
        "spent": words.spent(data),
        "counts": words.counts(designs),
        "answer": _answer(answer, figures, demands) if answer else None,
        "warnings": [str(warning) for warning in data.get("warnings") or ()],
        "axes": [axis["name"] for axis in axes],
        "columns": columns,
        "verdicts": list(dict.fromkeys(str(design.get("verdict")) for design in designs)),
        "rows": [_row(design, columns, axes, chosen) for design in designs],
        "confirmed": confirmed(data.get("confirmation"), figures, demands),
        "says": words.says(data, demands),
        "does_not_say": words.DOES_NOT_SAY,
        **frame(look(), script, _told(data, figures, axes, demands)),
    }


def _answer(design: Json, figures: Sequence[Shown], demands: Sequence[Demand]) -> dict[str, Any]:
    """Return what is told of the design that is the answer."""
    return {
        "number": design["design"],
        "settings": told(design["settings"]),
        "options": options(design["settings"]),
        "cost": "" if design.get("cost") is None else f"{design['cost']:,.10g}",
        "figures": list(_figures(design, figures, demands)),
        "replications": int(design.get("replications") or 0),
    }


def _figures(
    design: Json, figures: Sequence[Shown], demands: Sequence[Demand]
) -> Iterator[tuple[str, str, str]]:
    """Yield the title, the value with its interval, and what is asked, of each figure there is."""
    for figure in figures:
        found = (design.get("kpis") or {}).get(figure.name) or {}
        if found.get("mean") is None:
            continue
        limits = [demand for demand in demands if demand.kpi == figure.name]
        limit = "; ".join(f"{'≥' if one.at_least else '≤'} {figure.text(one.limit)}" for one in limits)
        yield figure.titled, figure.told(found), limit


def _row(design: Json, columns: Sequence[Shown], axes: Sequence[Json], chosen: Any) -> Row:
    kpis, cost = design.get("kpis") or {}, design.get("cost")
    return Row(
        design["design"],
        tuple(value_text(design["settings"].get(axis["key"])) for axis in axes),
        "" if cost is None else f"{cost:,.10g}",
        str(design.get("verdict") or "undecided"),
        str(design.get("why") or ""),
        int(design.get("replications") or 0),
        tuple(figure.parts(kpis.get(figure.name) or {}) for figure in columns),
        chosen is not None and design["design"] == chosen,
    )


def _told(
    data: Json, figures: Sequence[Shown], axes: list[dict[str, Any]], demands: Sequence[Demand]
) -> dict[str, Any]:
    """Return the data that the page's script draws from."""
    designs = data["designs"]
    points = point_facts(designs, "design", axes, figures, ())
    # of a ratio the sum is one of counts, for which the tolerance is another: it follows from the boundary
    ratios = {one["kpi"] for one in data.get("demands") or () if one.get("ratio")}
    tolerances = {demand.kpi: demand.tolerance for demand in demands if demand.kpi not in ratios}
    return {
        "kind": "plan",
        "kpis": figure_facts(figures),
        "axes": axes,
        "demands": demand_facts(demands),
        "chosen": data.get("chosen"),
        "first": data.get("first"),
        "points": [_design(point, design, tolerances) for point, design in zip(points, designs, strict=True)],
    }


def _design(point: dict[str, Any], design: Json, tolerances: Mapping[str, float]) -> dict[str, Any]:
    return {
        **point,
        "verdict": str(design.get("verdict") or "undecided"),
        "why": str(design.get("why") or ""),
        "d": [decision_facts(one, design, tolerances) for one in design.get("demands") or ()],
    }
