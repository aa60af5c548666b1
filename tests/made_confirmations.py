"""Confirmations in every state that they can be in, made up: for tests of what is told of them."""

from dataclasses import replace
from pathlib import Path

from calibrated import asking, calibration, scenario

from line_sim.report.ended import ALL_DONE, FAILED, INTERRUPTED, UNDER_WAY
from line_sim.study.confirm.agreement import Margin
from line_sim.study.confirm.confirm import Confirmation, Plan
from line_sim.study.confirm.findings import findings
from line_sim.study.confirm.latencies import SHARES
from line_sim.study.confirm.live import LiveRun
from line_sim.study.confirm.predicted.predicting import Forecast
from line_sim.study.confirm.predicted.prediction import Parts, Prediction

MARGINS = {
    "uph": Margin("uph", 0.015, points=False),
    "timeout_rate": Margin("timeout_rate", 0.01, points=True),
    "camera.service.p99": Margin("camera.service.p99", 0.1, points=False),
}
ANSWERS = {"camera": tuple(0.05 + 0.01 * share for share in SHARES)}


def predicted(kpi: str, mean: float) -> Prediction:
    """Return a prediction known to 1 %."""
    parts = Parts(0.01 * mean, 0.0, 0.02 * mean, 0.001 * mean, 0.0)
    return Prediction(kpi, mean, 100, parts, (0.98 * mean, 1.02 * mean), (0.95 * mean, 1.05 * mean))


def lived(number: int, uph: float, late: float, *, whole: bool = True) -> LiveRun:
    """Return a live run; its p99 is not known."""
    figures = {"uph": uph, "timeout_rate": late, "camera.service.p99": None}
    folder = Path(f"live-{number}")
    ended = "completed" if whole else "interrupted"
    return LiveRun(number, folder, ended, whole, True, 60.0, 0.09, 300, figures, ANSWERS)


def confirmed(*uph: float, predicted_uph: float = 1000, folder: Path = Path("out")) -> Confirmation:
    """Return a confirmation with live runs of this output, of three that were asked for."""
    live = tuple(lived(number, value, 0.02) for number, value in enumerate(uph, 1))
    means = {"uph": predicted_uph, "timeout_rate": 0.02, "camera.service.p99": 0.06}
    each = {kpi: predicted(kpi, mean) for kpi, mean in means.items()}
    return Confirmation(
        folder,
        scenario(asking()),
        calibration(),
        "server.yaml",
        Plan(),
        ("camera",),
        MARGINS,
        Forecast(each, [ANSWERS] * 3, 100, 0.03, 540),
        live,
        ended=ALL_DONE if len(live) == 3 else INTERRUPTED,
        found=findings(MARGINS, each, [run.figures for run in live], 300 * len(live)),
    )


def only(state: Confirmation, *kpis: str) -> Confirmation:
    """Return a confirmation of these figures alone."""
    return replace(state, found={kpi: state.found[kpi] for kpi in kpis})


STATES = {
    "all agree": only(confirmed(999, 1000, 1001), "uph", "timeout_rate"),
    "nothing told": only(confirmed(999, 1000, 1001), "camera.service.p99"),
    "agrees": confirmed(999, 1000, 1001),
    "differs": confirmed(999, 1000, 1001, predicted_uph=500),
    "noisy": confirmed(900, 1000, 1100),
    "nothing shipped": confirmed(0, 0, 0),
    "interrupted": confirmed(1000.0),
    "broken off": replace(confirmed(1000.0), broken_off=(lived(2, 900.0, 0.1, whole=False),)),
    "failed": replace(confirmed(1000.0, 1001.0), ended=FAILED),
    "killed": replace(confirmed(1000.0), ended=UNDER_WAY),
    "warned": replace(confirmed(999, 1000, 1001), warnings=("others took processor time: live-1 9 %",)),
    "no calls": replace(
        confirmed(1000.0), live=(replace(lived(1, 1000.0, 0.0), latencies={}, foreign_load=None, ended=None),)
    ),
    "predicted alone": confirmed(),
}
