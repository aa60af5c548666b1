"""plan.json: a plan as plain data, from which its page is drawn."""

from collections.abc import Mapping
from typing import Any

from line_sim.figures.names import unit_of
from line_sim.recording.whole import write_json
from line_sim.study.going_on import way_on
from line_sim.study.plan.estimates import estimate_of
from line_sim.study.plan.planned import UPH, Planned
from line_sim.study.plan.procedure.boundaries import FIRST
from line_sim.study.plan.procedure.demands import Requirement
from line_sim.study.plan.procedure.feasibility import Judgement, broken
from line_sim.study.plan.verdicts import (
    WITHIN,
    Verdict,
    confirmed,
    how_it_ended,
    keeps,
    sentence,
    verdicts,
)
from line_sim.study.replications.files import estimate_json

JSON = "plan.json"


def write_plan(found: Planned) -> None:
    """Write plan.json; from it and runs.csv a plan's page is drawn. Raises RunFileError where it cannot."""
    write_json(found.folder / JSON, plan_json(found), way_on("plan", found.folder))


def plan_json(found: Planned) -> dict[str, Any]:
    """Return a plan as plain data."""
    rules, study = found.rules, found.study
    told = list(verdicts(found))
    return {
        "study": study.name,
        "scenario": study.scenario.name,
        "seed": study.seed,
        "confidence": rules.confidence,
        "ended": how_it_ended(found),
        "answer": sentence(found),
        "chosen": found.chosen if found.settled else None,
        "best": {"kpi": rules.best.kpi, "better": "more" if rules.best.more else "less"},
        "first": FIRST,
        "most": rules.most,
        "errors": {"feasibility": rules.errors[0], "selection": rules.errors[1]},
        "demands": [_demand_json(each, stated=each.kpi in found.stated) for each in rules.requirements],
        "axes": [axis.key for axis in study.axes],
        "designs": [_design_json(found, each) for each in told],
        "worked_out": found.worked_out,
        "replications_in_all": found.runs_in_all,
        "confirmation": _confirmation_json(found) if found.confirming else None,
    }


def _demand_json(each: Requirement, *, stated: bool) -> dict[str, Any]:
    return {
        "kpi": each.kpi,
        "is": each.sign,
        "limit": each.limit,
        "tolerance": each.tolerance,
        "tolerance_stated": stated,
        "unit": unit_of(each.kpi),
        "ratio": each.ratio,
    }


def _design_json(found: Planned, verdict: Verdict) -> dict[str, Any]:
    design, standing = verdict.design, verdict.standing
    judged = zip(found.rules.requirements, standing.judgements, strict=False)
    return {
        "design": design.number,
        "settings": dict(design.settings),
        "cost": design.cost if found.study.cost else None,
        "verdict": verdict.words,
        "why": verdict.why,
        "replications": len(found.course.runs.get(design.number, [])),
        "decided_after": standing.at if standing.feasible is not None else None,
        "kpis": _kpis_json(found, design.number),
        "demands": [_judgement_json(each, judgement) for each, judgement in judged],
    }


def _kpis_json(found: Planned, number: int) -> dict[str, Any]:
    samples = found.course.runs.get(number, [])
    if not samples:
        return {}
    return {
        kpi: estimate_json(estimate_of(samples, kpi, ratio=ratio)) for kpi, ratio in _figures(found).items()
    }


def _figures(found: Planned) -> Mapping[str, bool]:
    ratios = {each.kpi: each.ratio for each in found.rules.requirements}
    return {**ratios, **{kpi: ratios.get(kpi, False) for kpi in (UPH, found.rules.best.kpi)}}


def _judgement_json(each: Requirement, judged: Judgement) -> dict[str, Any]:
    known = {True: "met", False: "not met", None: "undecided"}[judged.met]
    return {
        "kpi": each.kpi,
        "verdict": WITHIN if judged.met is False and judged.within and judged.zone else known,
        "within_tolerance": judged.within,
        "replications": judged.at,
        "sum": judged.sum,
        "boundary": judged.boundary,
        "budget": judged.budget,
    }


def _confirmation_json(found: Planned) -> dict[str, Any]:
    halted = broken(found.confirming)
    return {
        "design": found.chosen,
        "replications": len(found.confirming),
        "seeds": "fresh",
        "halted": None if halted is None else f"the line {halted[1]} in fresh replication {halted[0]}",
        "kpis": {each.kpi: estimate_json(estimate) for each, estimate in confirmed(found)},
        "demands": [
            {"kpi": each.kpi, "holds": None if estimate is None else keeps(each, estimate.mean)}
            for each, estimate in confirmed(found)
        ],
    }
