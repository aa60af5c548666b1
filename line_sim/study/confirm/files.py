"""`confirm.json`: a confirmation as plain data, as far as it got."""

from collections.abc import Mapping, Sequence
from math import isfinite
from statistics import fmean
from typing import Any

from line_sim.figures.names import unit_of
from line_sim.recording.whole import write_json
from line_sim.study.confirm.agreement import CONFIDENCE as OF_VERDICTS
from line_sim.study.confirm.agreement import Agreement
from line_sim.study.confirm.confirm import Confirmation
from line_sim.study.confirm.findings import Finding, by_verdict
from line_sim.study.confirm.latencies import SHARES, band_of
from line_sim.study.confirm.live import LiveRun
from line_sim.study.confirm.predicted.prediction import CONFIDENCE, Prediction
from line_sim.study.confirm.told import JSON, Told


def write_confirmation(state: Confirmation) -> None:
    """Write confirm.json into its folder. Raises RunFileError when it cannot be written."""
    write_json(state.folder / JSON, confirmation_json(state))


def told_of(state: Confirmation) -> Told:
    """Return a confirmation as its file tells it."""
    return Told.model_validate(confirmation_json(state))


def confirmation_json(state: Confirmation) -> dict[str, Any]:
    """Return a confirmation as plain data."""
    return {
        "scenario": state.scenario.name,
        "seed": state.scenario.seed,
        "ended": state.ended,
        "verdicts": by_verdict(state.found),
        "confidence": {"of_verdicts": OF_VERDICTS, "of_predictions": CONFIDENCE},
        "calibration": {
            "file": state.source,
            "name": state.calibration.name,
            "at": state.calibration.measured.at,
            "target": state.calibration.measured.target,
            "held_out": _numbers(state.calibration.held_out),
        },
        "predicted": {
            "replications": state.forecast.runs,
            "runs_in_all": state.forecast.runs_in_all,
            "cpu_s_per_run": state.forecast.cpu_s,
            "inspections": list(state.stations),
        },
        "asked": {"runs": state.plan.runs},
        "live": [_live(run) for run in state.live],
        "broken_off": [run.folder.name for run in state.broken_off],
        "live_s_per_run": state.live_seconds,
        "times_faster": state.faster,
        "kpis": {kpi: _finding(found) for kpi, found in state.found.items()},
        "latency": {"shares": list(SHARES), "stations": _latencies(state)},
        "next": list(state.next_steps),
        "warnings": list(state.warnings),
    }


def _numbers(errors: Mapping[str, Any]) -> dict[str, float]:
    """Return what is a number of what a calibration file says of its errors."""
    return {
        name: float(value)
        for name, value in errors.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    }


def _live(run: LiveRun) -> dict[str, Any]:
    return {
        "number": run.number,
        "folder": run.folder.name,
        "ended": run.ended,
        "audit_passed": run.audit_passed,
        "wall_s": run.seconds,
        "foreign_load": run.foreign_load,
        "parts": run.parts,
    }


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "unit": unit_of(found.kpi),
        "verdict": found.verdict,
        "why": found.why,
        "margin": {"size": found.margin.size, "in": _measure(found)},
        "predicted": None if found.prediction is None else _prediction(found.prediction),
        "live": _values(found.live) | {"inside_predicted_interval": found.inside},
        "apart": None if found.agreement is None else _apart(found, found.agreement),
    }


def _measure(found: Finding) -> str:
    return "points" if found.margin.points else "share of predicted"


def _prediction(found: Prediction) -> dict[str, Any]:
    own = found.parts
    return {
        "mean": found.mean,
        "ci_low": found.interval[0],
        "ci_high": found.interval[1],
        "any_seed_low": found.any_seed[0],
        "any_seed_high": found.any_seed[1],
        "deviations": {
            "server": own.server,
            "labels": own.labels,
            "line": own.line,
            "calibration": own.calibration,
            "model": own.model,
        },
        "shares_of_variance": own.shares,
    }


def _values(live: Sequence[float | None]) -> dict[str, Any]:
    known = [value for value in live if value is not None]
    mean = fmean(known) if known and len(known) == len(live) else None
    return {"values": list(live), "mean": mean}


def _apart(found: Finding, agreement: Agreement) -> dict[str, Any]:
    return {
        "in": _measure(found),
        "value": agreement.apart,
        "low": agreement.low,
        "high": agreement.high,
        "spread_of_live": agreement.spread,
        "within_noise": agreement.within_noise,
        "variance_by_live": agreement.live_part,
    }


def _latencies(state: Confirmation) -> dict[str, Any]:
    """Return the times of the answers by station: predicted with a band, and each live run's."""
    told = {}
    for station in state.stations:
        band = band_of(state.forecast.latencies, station)
        told[station] = {
            "predicted": None if band is None else list(band.middle),
            "predicted_low": None if band is None else list(band.low),
            "predicted_high": None if band is None else list(band.high),
            "live": [list(run.latencies.get(station, ())) for run in state.live],
        }
    return told
