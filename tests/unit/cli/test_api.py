"""line-sim from Python: run a scenario, look at its numbers and tables."""

import subprocess
import sys

import pytest

import line_sim
from line_sim.errors import RunFileError, ScenarioError

BEARINGS = {
    "version": 1,
    "name": "Bearings <1>",
    "seed": 4,
    "run": {"items": 200},
    "arrivals": {"every": "250 ms"},
    "product": {"defect_rate": 0.1},
    "line": [
        {"station": "press", "cycle": "180 ms"},
        {
            "inspection": "camera",
            "buffer": 2,
            "deadline": "200 ms",
            "gateway": {"modelled": {"service": {"exponential": {"mean": "90 ms"}}}},
        },
    ],
    "review": {"buffer": 20, "units": 3, "time": "1 s"},
}


def test_a_scenario_given_as_a_mapping_runs_with_overrides_of_any_kind(tmp_path):
    """Values of overrides are Python's own: numbers, texts, mappings."""
    changed = {"line.camera.units": 2, "line.camera.deadline": "300 ms", "product": {"defect_rate": 0.0}}
    run = line_sim.run(BEARINGS, overrides=changed, out=tmp_path / "run")
    assert run.numbers["stations"]["camera"]["units"] == 2
    assert run.numbers["items"]["arrived"] == 200
    assert (run.items["true_state"] == "good").all()
    assert run.calls["latency_s"].max() <= 0.3


def test_file_mapping_and_object_are_the_same_scenario(tmp_path):
    """However a scenario is given, its parts and their times are the same."""
    kept = line_sim.run(BEARINGS, out=tmp_path / "mapping")
    path = kept.folder / "scenario.yaml"
    for name, scenario in {"file": path, "text": str(path), "object": line_sim.load(path)}.items():
        again = line_sim.run(scenario, out=tmp_path / name)
        assert again.items.equals(kept.items)
        assert again.numbers == kept.numbers


def test_the_tables_hold_every_row_with_words_as_words(tmp_path):
    """A part's label stays text and an unknown time is NaN, whatever pandas would guess."""
    run = line_sim.run(BEARINGS, out=tmp_path / "run")
    assert len(run.items) == 200
    assert len(run.calls) == 200
    late = run.calls[run.calls["outcome"] == "timed_out"]
    assert len(late) == run.numbers["timeouts"]["n"] > 0
    assert late["label"].isna().all()
    assert set(run.visits["station"]) == {"press", "camera", "review"}
    assert run.breakdowns.empty
    assert set(run.latency["quantity"]) == {"service", "response", "schedule_slip"}


def test_a_run_shows_itself_in_a_line_and_in_a_notebook(tmp_path):
    """The figures are in the text; a scenario's name cannot break out of the notebook's table."""
    run = line_sim.run(BEARINGS, out=tmp_path / "run")
    assert "UPH" in repr(run)
    assert "Bearings &lt;1&gt;" in run._repr_html_()
    assert repr(line_sim.read(run.folder)) == repr(run)


def test_mistakes_are_told_as_at_the_command_line(tmp_path):
    """A wrong override, a wrong value and a folder that is no run each get their message."""
    with pytest.raises(ScenarioError, match=r"line\.camera\.deadline"):
        line_sim.run(BEARINGS, overrides={"line.camera.deadline": "-1 s"}, out=tmp_path / "a")
    with pytest.raises(ScenarioError, match="arrivals"):
        line_sim.run({**BEARINGS, "arrivals": {}}, out=tmp_path / "b")
    with pytest.raises(RunFileError, match="line-sim report"):
        line_sim.read(tmp_path)
    with pytest.raises(AttributeError, match="nothing"):
        _ = line_sim.nothing


def test_importing_line_sim_loads_no_heavy_package():
    """A program that only imports the package pays for none of what it may use later."""
    code = (
        "import sys, line_sim; heavy = {'numpy', 'scipy', 'simpy', 'pandas', 'grpc', 'tensorflow', 'plotly',"
        " 'jinja2', 'rich', 'numba'} & set(sys.modules); sys.exit(', '.join(sorted(heavy)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_only_a_compiled_line_loads_the_compiler():
    """Neither the commands nor what makes a run import numba before they need it."""
    code = (
        "import sys, line_sim.cli.group, line_sim.cli.run, line_sim.simulation;"
        " sys.exit('numba' in sys.modules or 'llvmlite' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
