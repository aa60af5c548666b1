"""sweep.json: what a sweep came to as plain data."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from line_sim.figures.names import title_of, unit_of
from line_sim.study.design.levels import is_time, number_of
from line_sim.study.design.study import Axis
from line_sim.study.replications.files import estimate_json
from line_sim.study.student import CONFIDENCE, Estimate
from line_sim.study.sweep.analysis import Analysis, kept_kpis, shown_kpis
from line_sim.study.sweep.collected import Runs
from line_sim.study.sweep.effects import Effect
from line_sim.study.sweep.groups import Group, groups_of
from line_sim.study.sweep.swept import Sweep

JSON = "sweep.json"


def sweep_json(swept: Sweep, found: Analysis) -> dict[str, Any]:
    """Return a sweep as plain data."""
    study = swept.study
    return {
        "study": study.name,
        "scenario": study.scenario.name,
        "seed": study.seed,
        "design": study.design,
        "ended": swept.ended,
        "confidence": CONFIDENCE,
        "asked": {
            "least": study.amount.least,
            "most": study.amount.most,
            "until": {goal.kpi: goal.relative for goal in study.amount.goals},
        },
        "kept_runs": swept.how.keep_runs,
        "axes": [_axis(axis, swept) for axis in study.axes],
        "kpis": [{"name": name, "title": title_of(name), "unit": unit_of(name)} for name in kept_kpis(swept)],
        "shown": list(shown_kpis(swept)),
        "points": [_point(runs, known) for runs, known in zip(swept.runs, found.estimates, strict=True)],
        "pareto": [{"better": front.better, "variants": list(front.variants)} for front in found.fronts],
        "effects": [_effect(effect) for effect in found.effects],
        "strongest": [asdict(each) for each in found.strongest],
        "matters": list(matters_json(found)) or None,
        "matters_note": found.why_not,
        "untold": found.untold,
    }


def _axis(axis: Axis, swept: Sweep) -> dict[str, Any]:
    """Return an axis with all values that its variants have, in order."""
    groups = groups_of([runs.variant for runs in swept.runs], axis.key, in_slices=False)
    values = [group.value for group in groups]
    return {
        "key": axis.key,
        "values": values,
        "numbers": [number_of(value) for value in values],
        "unit": "s" if any(is_time(value) for value in values) else None,
    }


def _point(runs: Runs, known: dict[str, Estimate | None]) -> dict[str, Any]:
    return {
        "variant": runs.variant.number,
        "settings": runs.variant.settings,
        "cost": runs.variant.cost,
        "replications": runs.n,
        "error": runs.error,
        "locked_up": runs.locked_up,
        "audits_failed": runs.audits_failed,
        "kpis": {name: estimate_json(each) for name, each in known.items()},
    }


def _effect(effect: Effect) -> dict[str, Any]:
    spread_ends = effect.spread.interval or (None, None)
    return {
        "kpi": effect.kpi,
        "key": effect.key,
        "levels": [_level(group, each) for group, each in effect.levels],
        "spread": effect.spread.mean,
        "spread_ci_low": spread_ends[0],
        "spread_ci_high": spread_ends[1],
    }


def _level(group: Group, found: Estimate) -> dict[str, Any]:
    low, high = found.interval or (None, None)
    ends = {} if group.low is None else {"from": group.low, "to": group.high}
    return {"value": group.value, **ends, "mean": found.mean, "ci_low": low, "ci_high": high, "n": found.n}


def matters_json(found: Analysis) -> Iterator[dict[str, Any]]:
    """Yield the shares as plain data."""
    for kpi, share in found.matters:
        low, high = share.interval or (None, None)
        yield {
            "kpi": kpi,
            "key": share.key,
            "share": share.share,
            "ci_low": low,
            "ci_high": high,
            "of": share.of,
        }
