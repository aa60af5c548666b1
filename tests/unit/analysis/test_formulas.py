"""Labels that a spreadsheet would compute: the files keep them to the letter, and it is told."""

import csv
import json

import pytest
from click.testing import CliRunner

from line_sim import simulation
from line_sim.analysis.summary.formulas import formulas, told_formulas
from line_sim.cli import commands
from line_sim.inspection.gateway import Inquiry, Reply
from line_sim.inspection.offline.scripted import ScriptedGateway
from line_sim.scenario import loads
from line_sim.simulation import simulate
from line_sim.testing import answered

HARMFUL = ["=cmd|' /C calc'!A0", "@SUM(A1)", "+cmd", "-x", " =1+1", "\t=1+1", "-1+1", "=\n1+1", "- 1 - 1"]
HARMLESS = ["good", "a=b", "-1", "+49", "-0.5", "-", "=", "e-mail", "", " ", " -1,5 ", "- ", "1-1", "'=1+1"]

TEXT = """\
version: 1
name: Odd labels
run: {items: 40}
arrivals: {every: 1 s}
line:
  - {inspection: camera, gateway: {modelled: {service: 0}}}
review: {time: 0}
"""


@pytest.mark.parametrize("text", HARMFUL)
def test_what_a_spreadsheet_computes_is_a_formula(text: str) -> None:
    """Also behind blanks, which some strip."""
    assert formulas(["good", text]) == (text,)


@pytest.mark.parametrize("text", HARMLESS)
def test_a_number_and_a_lone_sign_are_none(text: str) -> None:
    """A cell shows them as they are."""
    assert formulas([text]) == ()


def test_a_long_list_is_told_shortly() -> None:
    """Three are named, each by at most 60 characters, on one line that a terminal can show."""
    (warning,) = told_formulas(formulas(["=1\n+1", *(f"={place:04}{'x' * 900}" for place in range(1_000))]))
    assert "the tables hold 1,001 texts that a spreadsheet would take for formulas (" in warning
    assert warning.count("xxx...'") == 3
    assert ", ...); import the files with these columns as text" in warning
    assert len(warning) < 400
    assert warning.isprintable()


def odd_gateways(*_: object) -> dict[str, ScriptedGateway]:
    """Answer what a spreadsheet would compute."""

    def answer(inquiry: Inquiry) -> Reply:
        return answered((*HARMFUL, "good")[inquiry.item_id % (len(HARMFUL) + 1)])

    return {"camera": ScriptedGateway(answer)}


def test_the_files_stay_exact_and_it_is_told(tmp_path, monkeypatch) -> None:
    """By the run, and again by `line-sim report` from its files."""
    monkeypatch.setattr(simulation, "open_gateways", odd_gateways)
    folder = tmp_path / "run"
    summary = simulate(loads(TEXT), folder).summary
    (told,) = [warning for warning in summary.warnings if "spreadsheet" in warning]
    assert told == (
        "the tables hold 9 texts that a spreadsheet would take for formulas "
        "('\\t=1+1', ' =1+1', '+cmd', ...); "
        "import the files with these columns as text, or rename the model's labels"
    )
    for name in ("calls.csv", "items.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            assert {row["label"] for row in csv.DictReader(file)} == {*HARMFUL, "good"}
    (folder / "summary.json").unlink()
    again = CliRunner().invoke(commands, ["report", str(folder)])
    assert "a spreadsheet would take for formulas" in " ".join(again.output.split())
    assert told in json.loads((folder / "summary.json").read_text())["warnings"]


def test_one_is_told_as_one_and_none_is_not() -> None:
    """As a person says it."""
    assert list(told_formulas(())) == []
    assert next(told_formulas(("=1+1",))).startswith("the tables hold a text that a spreadsheet")
