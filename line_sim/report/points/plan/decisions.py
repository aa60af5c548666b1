"""How a demand was decided: a sum that wanders until it leaves a triangle, as far as the JSON tells of it."""

from collections.abc import Mapping
from typing import Any

from line_sim.report.points.figures import Json


def decision_facts(decision: Json, design: Json, tolerances: Mapping[str, float]) -> dict[str, Any]:
    """Return where the sum ended, the triangle's slope, when it closes, and the way there where it is told.

    The triangle's half width after r runs is `slope` x (budget - r), at least 0, with the slope half the
    tolerance. Where neither is told, it follows from the width at the end; it may stay unknown.
    """
    at = int(decision.get("at") or decision.get("replications") or design.get("replications") or 0)
    return {
        "kpi": decision["kpi"],
        "verdict": str(decision.get("verdict") or "undecided"),
        "sum": decision.get("sum"),
        "boundary": decision.get("boundary"),
        "budget": decision.get("budget"),
        "at": at,
        "slope": _slope(decision, at, tolerances.get(decision["kpi"], 0.0)),
        "trail": [list(step) for step in decision.get("trail") or ()],
    }


def _slope(decision: Json, at: int, tolerance: float) -> float | None:
    """Return half the tolerance of one run's excess, in the sum's own unit."""
    zone, boundary, budget = decision.get("zone"), decision.get("boundary"), decision.get("budget")
    if zone:
        return float(zone) / 2
    if boundary and budget and budget > at:
        return float(boundary) / (float(budget) - at)
    return tolerance / 2 or None
