"""A study back as the data of a study file."""

from collections.abc import Mapping
from typing import Any

from line_sim.figures.catalogue import UPH
from line_sim.study.design.levels import Levels, Listed, ends_of
from line_sim.study.design.study import Amount, Study


def written(study: Study) -> dict[str, Any]:
    """Return a study as the data of a file that reads as an equal one."""
    found: dict[str, Any] = {
        "study": study.name,
        "scenario": str(study.path),
        "set": list(study.overrides),
        "over": {axis.key: _levels(axis.levels) for axis in study.axes},
        "design": study.design,
        "points": study.points,
        "replications": _amount(study.amount, study.cap),
        "cost": dict(study.cost),
        "demand": {each.kpi: f"{each.sign} {each.limit!r}" for each in study.demands},
        "tolerance": {each.kpi: each.tolerance for each in study.demands if each.tolerance is not None},
        "confidence": study.confidence,
        "best": _best(study),
    }
    return {key: value for key, value in found.items() if value is not None and value not in ([], {})}


def _best(study: Study) -> str | Mapping[str, Any] | None:
    if study.zone is None:
        return None if study.best == UPH.name else study.best
    return {study.best: study.zone}


def _levels(levels: Levels) -> Any:
    if isinstance(levels, Listed):
        return list(levels.values)
    low, high = ends_of(levels)
    points = {} if levels.points is None else {"points": levels.points}
    return {"from": low, "to": high, **points}


def _amount(amount: Amount, cap: int | None) -> Any:
    """Return how often each variant is run: a most that was not stated is none that a plan is held to."""
    most = {} if cap is None else {"most": cap}
    if not amount.goals:
        return most or amount.most
    until = {goal.kpi: f"{100 * goal.relative:.12g} %" for goal in amount.goals}
    return {"least": amount.least, **most, "until": until}
