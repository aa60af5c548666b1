"""A modelled run is the same run for ever: its files against ones that were looked at and kept.

After a change that is meant to change them: `pytest tests/golden --keep-golden`, then read the diff.
"""

import csv
import json
from pathlib import Path

import pytest

from line_sim.scenario import load
from line_sim.simulation import simulate

HERE = Path(__file__).parent
KEPT = ("items.csv", "visits.csv", "calls.csv", "breakdowns.csv", "latency.csv")
SCENARIOS = sorted(path.stem for path in HERE.glob("*.yaml"))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_modelled_run_gives_the_files_that_were_kept(name, tmp_path, request):
    """Rows and report byte for byte; the summary's floats to twelve digits."""
    simulate(load(HERE / f"{name}.yaml"), tmp_path / "run")
    kept = HERE / name
    if request.config.getoption("--keep-golden"):
        _keep(tmp_path / "run", kept)
    for file in KEPT:
        assert (tmp_path / "run" / file).read_bytes() == (kept / file).read_bytes(), file
    told, expected = (_flat(json.loads((at / "summary.json").read_text())) for at in (tmp_path / "run", kept))
    assert _words(told) == _words(expected)
    assert _floats(told) == pytest.approx(_floats(expected), rel=1e-12)


def test_the_kept_runs_show_everything_that_a_line_can_do():
    """What the golden files do not contain, they do not hold still."""
    seen = {
        (column, row[column])
        for name in SCENARIOS
        for row in _rows(HERE / name / "items.csv")
        for column in row
    }
    for disposition in ("shipped", "scrapped", "lost", "on_line"):
        assert ("disposition", disposition) in seen
    for evaluation in ("OK", "NotOK", "Undefined"):
        assert ("evaluation", evaluation) in seen
    assert any(_rows(HERE / name / "breakdowns.csv") for name in SCENARIOS)


def _keep(run: Path, kept: Path) -> None:
    kept.mkdir(exist_ok=True)
    for file in (*KEPT, "summary.json"):
        (kept / file).write_bytes((run / file).read_bytes())


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _flat(value: object, path: str = "") -> dict[str, object]:
    """Return a nested value as one mapping from path to plain value, as approx compares it."""
    if isinstance(value, dict):
        pairs = [_flat(part, f"{path}.{key}") for key, part in value.items()]
    elif isinstance(value, list):
        pairs = [_flat(part, f"{path}[{index}]") for index, part in enumerate(value)]
    else:
        return {path: value}
    return {key: part for pair in pairs for key, part in pair.items()}


def _floats(flat: dict[str, object]) -> dict[str, float]:
    return {path: value for path, value in flat.items() if isinstance(value, float)}


def _words(flat: dict[str, object]) -> dict[str, object]:
    return {path: value for path, value in flat.items() if not isinstance(value, float)}
