"""A confirmation as numbers, as text and as a page, in every state that it can be in."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from made_confirmations import STATES
from rich.console import Console

from line_sim.scenario.gateways.servers import ServerOptions
from line_sim.study.confirm.files import confirmation_json, told_of
from line_sim.study.confirm.keeping import keep
from line_sim.study.confirm.load import meter_for
from line_sim.study.confirm.page import confirm_page
from line_sim.study.confirm.text import confirmation_text, headline, outcome


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_every_state_can_be_kept_and_told(state, tmp_path):
    """Numbers that JSON can hold, a page, and a text of at most 80 columns in its table."""
    keep(replace(state, folder=tmp_path))
    assert json.loads((tmp_path / "confirm.json").read_text()) == json.loads(
        json.dumps(confirmation_json(state), allow_nan=False)
    )
    told = told_of(state)
    assert outcome(told)[1:] in (tmp_path / "confirm.html").read_text()
    console = Console(width=80, record=True, file=StringIO())
    console.print(confirmation_text(told))
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
    assert headline(told_of(STATES[state])) == f"confirmed: {words}"


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
    page = confirm_page(told_of(STATES["noisy"]))
    assert [section.anchor for section in page.sections] == ["verdicts", "runs", "answers", "made"]
    assert {tile.label for tile in page.tiles} == {"equivalent", "undecided", "not told", "predicted in"}


def test_what_a_calibration_says_of_its_errors_is_told_where_it_is_a_number():
    """Its noise is a mapping, and what nobody could measure is none; both stay in the calibration's file."""
    found = {"mean": 0.004, "p50": 1, "p95": float("nan"), "noise": {"mean": 0.1}, "any": True}
    state = STATES["agrees"]
    odd = replace(state, calibration=state.calibration.model_copy(update={"held_out": found}))
    assert confirmation_json(odd)["calibration"]["held_out"] == {"mean": 0.004, "p50": 1.0}


def test_several_servers_have_no_common_load():
    """Nobody knows whose processes are whose."""
    two = {"a": ServerOptions(target="localhost:1"), "b": ServerOptions(target="localhost:2")}
    assert meter_for(two)()() is None
