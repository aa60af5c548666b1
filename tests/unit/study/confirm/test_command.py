"""What `line-sim confirm` says before it does anything."""

from pathlib import Path

import pytest
import yaml
from calibrated import asking, calibration_file, line
from click.testing import CliRunner

import line_sim
from line_sim.cli import commands
from line_sim.cli.group import run_command_line
from line_sim.errors import ScenarioError
from line_sim.study.confirm import python


def test_help_shows_its_examples_as_they_are_typed():
    """No mark of the formatter is left in the text."""
    shown = CliRunner().invoke(commands, ["confirm", "--help"], terminal_width=80)
    assert shown.exit_code == 0
    assert "\b" not in shown.output
    assert "line-sim confirm line.yaml --calibrated server.yaml --target localhost:8500" in shown.output


def test_a_file_that_is_no_calibration_is_told_at_its_place(tmp_path: Path, capsys):
    """A scenario in its place: exit code 2, and the line that is wrong."""
    scenario = tmp_path / "line.yaml"
    scenario.write_text(yaml.safe_dump(line(asking())), encoding="utf-8")
    out = tmp_path / "out"
    code = run_command_line(["confirm", str(scenario), "--calibrated", str(scenario), "--out", str(out)])
    assert code == 2
    assert "this is no calibration file; one begins with line_sim_server: 1" in capsys.readouterr().err
    assert not out.exists()


def test_a_target_needs_a_real_server_to_stand_for(tmp_path: Path, capsys):
    """A line whose answers are modelled cannot be confirmed."""
    scenario = tmp_path / "line.yaml"
    scenario.write_text(yaml.safe_dump(line({"modelled": {"service": "1 ms"}})), encoding="utf-8")
    code = run_command_line(["confirm", str(scenario), "--calibrated", "x.yaml", "--target", "localhost:1"])
    assert code == 2
    assert "no inspection of" in capsys.readouterr().err
    with pytest.raises(ScenarioError, match="no inspection of"):
        line_sim.confirm(scenario, "x.yaml", target="localhost:1")


def test_python_says_the_same_of_the_runs(tmp_path: Path, monkeypatch):
    """Parts, seed and target are arguments there as they are options here."""
    scenario, lines = tmp_path / "line.yaml", []
    scenario.write_text(yaml.safe_dump(line(asking())), encoding="utf-8")

    def confirmed(scenario, *_):
        lines.append(scenario)
        raise KeyboardInterrupt

    monkeypatch.setattr(python, "confirmed", confirmed)
    with pytest.raises(KeyboardInterrupt):
        line_sim.confirm(
            scenario, calibration_file(tmp_path, 0.03), items=7, seed=9, target="gpu:8500", jobs=1
        )
    (found,) = lines
    assert (found.run.items, found.seed) == (7, 9)
    assert found.inspections[0].gateway.server.target == "gpu:8500"
