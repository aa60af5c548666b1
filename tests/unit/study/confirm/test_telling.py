"""A confirmation as numbers, as text and as a page, in every state that it can be in."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from calibrated import asking, calibration, scenario
from rich.console import Console

from line_sim.scenario.gateways.servers import ServerOptions
from line_sim.study.confirm.agreement import Margin
from line_sim.study.confirm.confirm import ALL_DONE, INTERRUPTED, Confirmation, Plan
from line_sim.study.confirm.files import confirmation_json
from line_sim.study.confirm.findings import findings
from line_sim.study.confirm.keeping import keep
from line_sim.study.confirm.latencies import SHARES
from line_sim.study.confirm.live import LiveRun
from line_sim.study.confirm.load import meter_for
from line_sim.study.confirm.page import confirm_page
from line_sim.study.confirm.predicted.predicting import Forecast
from line_sim.study.confirm.predicted.prediction import Parts, Prediction
from line_sim.study.confirm.text import confirmation_text, headline, outcome

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
    "predicted alone": confirmed(),
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_every_state_can_be_kept_and_told(state, tmp_path):
    """Numbers that JSON can hold, a page, and a text of at most 80 columns in its table."""
    keep(replace(state, folder=tmp_path))
    assert json.loads((tmp_path / "confirm.json").read_text()) == json.loads(
        json.dumps(confirmation_json(state), allow_nan=False)
    )
    assert outcome(state)[1:] in (tmp_path / "confirm.html").read_text()
    console = Console(width=80, record=True, file=StringIO())
    console.print(confirmation_text(state))
    text = console.export_text()
    assert all(kpi in text for kpi in state.found)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("all agree", "live and predicted agree in all 2 figures"),
        ("agrees", "nothing differs; live and predicted agree in 2 figures, 1 not told"),
        ("nothing told", "no figure is told by every run, so that nothing can be said of them"),
        ("differs", "live and predicted differ in uph"),
        ("noisy", "nothing differs; live and predicted agree in 1 figure, 1 undecided, 1 not told"),
        ("interrupted", "interrupted after 1 of 3 live runs; what is there is kept"),
    ],
)
def test_the_headline_says_whether_they_agree(state, words):
    """In one sentence."""
    assert headline(STATES[state]) == f"confirmed: {words}"


def test_how_much_faster_is_measured():
    """60 s by the wall against 30 ms of a processor."""
    numbers = confirmation_json(STATES["agrees"])
    assert numbers["times_faster"] == pytest.approx(2000)
    assert numbers["kpis"]["uph"]["live"]["inside_predicted_interval"] == 3
    shares = numbers["kpis"]["uph"]["predicted"]["shares_of_variance"]
    assert [round(501 * share) for share in shares.values()] == [100, 400, 1, 0]
    assert confirmation_json(STATES["predicted alone"])["times_faster"] is None


def test_the_page_names_each_verdict_and_draws_each_camera():
    """A row a figure, a chart of the answers."""
    page = confirm_page(STATES["noisy"])
    assert [section.anchor for section in page.sections] == ["verdicts", "runs", "answers", "made"]
    assert {tile.label for tile in page.tiles} == {"equivalent", "undecided", "not told", "predicted in"}


def test_several_servers_have_no_common_load():
    """Nobody knows whose processes are whose."""
    two = {"a": ServerOptions(target="localhost:1"), "b": ServerOptions(target="localhost:2")}
    assert meter_for(two)()() is None
