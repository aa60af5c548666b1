"""The figures of `confirm.py`: predicted held against live runs, and the table of that."""

from functools import partial
from statistics import fmean, stdev
from typing import Any

from line_sim.study.confirm.predicted.predicting import Forecast
from line_sim.study.confirm.predicted.prediction import Prediction
from line_sim.study.student import student

LIMITS = {"uph": 0.015, "camera.service.p50": 0.02, "timeout_rate": 0.01}
"""What is asked: shares, and points of the rate."""

TOLD = (*LIMITS, "inference_time", "camera.service.p90", "camera.service.p99", "flow_time", "wip")
HEADS = ("predicted", "live", "error", "noise", "repeats", "asked", "met", "held")
say = partial(print, flush=True)


def pooled(each: list[dict[str, Any]]) -> dict[str, Any]:
    """Put a figure of several calibrations together: the root mean square of errors, means of the rest."""
    mean = {key: fmean(one[key] for one in each) for key in ("predicted", "live", "noise", "repeats", "held")}
    error, limit = fmean(one["error"] ** 2 for one in each) ** 0.5, each[0]["limit"]
    verdict = "" if limit is None else met(error, limit, mean["noise"], mean["repeats"])
    return {**mean, "error": error, "limit": limit, "met": verdict}


def of_each(predicted: Forecast, live: list[dict[str, float | None]]) -> dict[str, Any]:
    """Hold live runs against a prediction, figure by figure."""
    return {kpi: judged(kpi, predicted, live) for kpi in TOLD if kpi in predicted.figures}


def judged(kpi: str, predicted: Forecast, live: list[dict[str, float | None]]) -> dict[str, Any]:
    """Hold live runs against the prediction of a figure."""
    found: Prediction = predicted.figures[kpi]
    values = [value for run in live if (value := run[kpi]) is not None]
    told = student(values)
    points = kpi == "timeout_rate"
    unit = 1.0 if points else told.mean or 1.0
    low, high = found.interval
    error, noise = (found.mean - told.mean) / unit, (told.half_width or 0.0) / unit
    repeats = 2 * stdev(values) / unit
    limit = LIMITS.get(kpi)
    return {
        "predicted": found.mean,
        "interval": [low, high],
        "live": told.mean,
        "values": values,
        "error": error,
        "noise": noise,
        "limit": limit,
        "repeats": repeats,
        "met": "" if limit is None else met(abs(error), limit, noise, repeats),
        "held": fmean(low <= value <= high for value in values),
    }


def met(error: float, limit: float, noise: float, repeats: float) -> str:
    """Say whether an error is within the limit, or where the live mean, or at least a live run, may lie."""
    if error <= limit:
        return "yes"
    return "mean" if error <= noise else "repeats" if error <= repeats else "NO"


def shown(found: dict[str, Any]) -> None:
    """Print a cell of the table."""
    load, live_s, cpu_s = found["foreign_load"], found["live_s"], found["predicted_cpu_s"]
    others = "" if load is None else f", others took {100 * load:.0f} % of the machine"
    say(
        f"\n{found['server']} at {100 * found['load']:.0f} % load: {found['runs']} live runs of "
        f"{found['parts']} parts{others}; the model's held-out error {100 * found['model_error']:.1f} %; "
        f"a predicted run takes {1000 * cpu_s:.0f} ms"
        + ("" if live_s is None else f", 1 / {live_s / cpu_s:,.0f} of a live one's time")
    )
    say("{:20} {:>11} {:>11} {:>7} {:>7} {:>7} {:>6} {:>8} {:>6}".format("", *HEADS))
    for kpi, each in found["kpis"].items():
        limit = "" if each["limit"] is None else f"{100 * each['limit']:.1f}"
        values = f"{each['predicted']:11.5g} {each['live']:11.5g}"
        apart = f"{100 * each['error']:+7.2f} {100 * each['noise']:7.2f} {100 * each['repeats']:7.2f}"
        say(f"{kpi:20} {values} {apart} {limit:>6} {each['met']:>8} {100 * each['held']:4.0f} %")
