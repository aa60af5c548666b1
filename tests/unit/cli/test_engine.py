"""Which line makes a run: asked for at the command line or in Python, and told in run.json."""

import json

import pytest
import yaml
from stories import press

import line_sim
from line_sim.cli.group import run_command_line
from line_sim.cli.terminal.bar import Bar
from line_sim.cli.terminal.progress import narrator
from line_sim.cli.terminal.screen import Screen
from line_sim.errors import ScenarioError
from line_sim.layout import layout_of
from line_sim.live.state import LiveState
from line_sim.scenario import Scenario

SHORT = {
    "version": 1,
    "name": "a story",
    "run": {"items": 20},
    "arrivals": {"saturated": True},
    "line": [press(1), press({"exponential": {"mean": 1}}, "pack", buffer=2)],
}
CREW = {"crews": {"fitters": 1}, "line": [press(1, crew={"fitters": ["work"]})]}


def engine_in(folder):
    """Return what run.json says of the engine."""
    return json.loads((folder / "run.json").read_text())["engine"]


def test_run_json_says_which_it_was_and_why(tmp_path):
    """A short run is SimPy's, and so is one for which it was asked."""
    line_sim.run(SHORT, out=tmp_path / "a")
    line_sim.run(SHORT, out=tmp_path / "b", engine="simpy")
    assert engine_in(tmp_path / "a") == {"name": "simpy", "why": "it is short: some 80 events, below 40,000"}
    assert engine_in(tmp_path / "b") == {"name": "simpy", "why": "it was asked for"}


def test_whoever_observes_has_simpys_line(tmp_path):
    """Only that one tells its steps; with the compiled one it does not go together."""

    class Film:
        def on_arrival(self, at, item_id):
            """Nothing is kept."""

    line_sim.run(SHORT, out=tmp_path / "a", observers=[Film()])
    assert engine_in(tmp_path / "a")["why"] == "every step is wanted by Film"
    with pytest.raises(ScenarioError, match="wanted by Film"):
        line_sim.run(SHORT, out=tmp_path / "b", observers=[Film()], engine="compiled")


def test_a_line_that_cannot_be_compiled_is_refused_at_once(tmp_path, capsys, monkeypatch):
    """With what stands in the way, and before there is a folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crew.yaml").write_text(yaml.safe_dump({**SHORT, **CREW}))
    assert run_command_line(["run", "crew.yaml", "--engine", "compiled"]) != 0
    told = "Error: a story: it cannot be run on compiled code: the line has crews for work"
    assert capsys.readouterr().err.startswith(told)
    assert [path.name for path in tmp_path.iterdir()] == ["crew.yaml"]


def test_both_lines_leave_the_same_files(tmp_path):
    """To the byte, but for moments, the engine and the versions in run.json."""
    pytest.importorskip("line_sim.compiled.line")
    line_sim.run(SHORT, out=tmp_path / "a", engine="simpy")
    line_sim.run(SHORT, out=tmp_path / "b", engine="compiled")
    assert engine_in(tmp_path / "b") == {"name": "compiled", "why": "it was asked for"}
    files = [path.name for path in (tmp_path / "a").iterdir() if path.name != "run.json"]
    assert len(files) > 5
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    ("live", "compiled", "shown"), [(None, False, Screen), (None, True, Bar), (True, True, Screen)]
)
def test_on_a_terminal_a_compiled_run_shows_a_bar(live, compiled, shown, monkeypatch):
    """The screen wants every step: there is one where it was asked for."""
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm-256color"}.items():
        monkeypatch.setenv(name, value)
    scenario = Scenario.model_validate(SHORT)
    told = narrator(scenario, LiveState(layout_of(scenario)), quiet=False, live=live, compiled=compiled)
    assert type(told) is shown
    assert bool(told.observers) == (shown is Screen)
    assert told.followers == (told,)
