"""The files that were kept, and those of the examples: from both lines the same bytes."""

import json
from pathlib import Path

import pytest
from commands import ROOT
from compiled_lines import known

from line_sim.scenario import load
from line_sim.simulation import simulate

pytest.importorskip("numba")

HERE = Path(__file__).parent
SCENARIOS = sorted(path.stem for path in HERE.glob("*.yaml"))
EXAMPLES = (
    *("at_camera", "at_gate", "overloaded_review", "second_camera"),
    *("shared_server", "slow_network", "tight_deadline"),
)
"""Those of the examples that have nothing that only SimPy's line knows."""


def told(folder: Path) -> dict[str, bytes]:
    """Return what a run has left, without what tells of the day, the machine and the engine."""
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.name not in {"run.json", "report.html"}
    }


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_compiled_line_gives_the_files_that_were_kept(name, tmp_path):
    """Byte for byte, and every other file is that of SimPy's line; run.json says who made it."""
    scenario = load(HERE / f"{name}.yaml")
    assert known(scenario)
    for engine in ("simpy", "compiled"):
        simulate(scenario, tmp_path / engine, engine=engine)
        info = json.loads((tmp_path / engine / "run.json").read_text())
        assert info["engine"]["name"] == engine
    files = told(tmp_path / "compiled")
    assert files == told(tmp_path / "simpy")
    for kept in (HERE / name).glob("*.csv"):
        assert files[kept.name] == kept.read_bytes(), kept.name


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_both_lines_leave_the_same_files_of_an_example(name, tmp_path):
    """Thousands of parts, with all that is worked out from their rows."""
    scenario = load(ROOT / "scenarios" / f"{name}.yaml")
    assert known(scenario)
    for engine in ("simpy", "compiled"):
        simulate(scenario, tmp_path / engine, engine=engine)
    assert told(tmp_path / "compiled") == told(tmp_path / "simpy")
