"""Calibration files: read with every mistake at its place, and written so that they read the same."""

from pathlib import Path

import pytest
from commands import ROOT

from line_sim.errors import ScenarioError
from line_sim.scenario.gateways.calibration_files import calibration_of, calibration_text, read_calibration

SERVER = """\
line_sim_server: 1
name: The server of the laboratory
measured: {at: "2026-03-01T12:00:00Z", how: line-sim calibrate, machine: {cores: 2}, calls: 300, batches: no}
model:
  service: {quantiles: {p50: 120 ms, p99: 150 ms}}
  sharing: {places: 4, speed: {1: 1, 2: 1.8}}
  idle: {after: 2 s, adds: 30 ms}
payload: {seconds_per_byte: 1.5e-8}
cold: [0.5, 0.3]
blocks: {alone: [[0.12, 0.121], [0.119]], together: {2: [1.8, 1.79]}}
held_out: {p50: 0.01}
"""


def test_a_calibration_is_read() -> None:
    """Times are read like a scenario's, and who measured may say more than the keys that are known."""
    server = calibration_of(SERVER)
    assert server.model.sharing is not None
    assert server.model.sharing.speeds == (1_000_000_000, 900_000_000, 600_000_000, 450_000_000)
    assert server.blocks.together == {2: (1.8, 1.79)}
    assert server.measured.model_extra == {"batches": "no"}
    assert server.identity == "The server of the laboratory, measured 2026-03-01T12:00:00Z"


def test_what_is_written_reads_the_same() -> None:
    """Nothing is lost on the way through a file."""
    server = calibration_of(SERVER)
    assert calibration_of(calibration_text(server)) == server
    assert "cold: [0.5, 0.3]\n" in calibration_text(server)


def test_every_mistake_has_its_place() -> None:
    """File, line, column, key and value, as in a scenario."""
    wrong = SERVER.replace("places", "plces").replace("calls: 300", "calls: many").replace("150 ms", "5 ms")
    with pytest.raises(ScenarioError) as error:
        calibration_of(wrong, "server.yaml")
    lines = str(error.value).splitlines()
    assert [line.split(" ")[0] for line in lines] == [
        "server.yaml:3:93:",
        "server.yaml:5:24:",
        "server.yaml:6:12:",
        "server.yaml:6:13:",
    ]
    assert lines[-1].endswith("model.sharing.plces is an unknown key; did you mean 'places'?")


def test_another_file_is_no_calibration(tmp_path: Path) -> None:
    """It says how one begins."""
    other = tmp_path / "line.yaml"
    other.write_text("version: 1\n")
    with pytest.raises(ScenarioError, match="no calibration file; one begins with line_sim_server: 1"):
        read_calibration(other)
    with pytest.raises(ScenarioError, match="cannot be read: No such file"):
        read_calibration(tmp_path / "missing.yaml")


def test_the_one_in_the_docs_is_one() -> None:
    """Whoever has no machine to measure on begins with it."""
    page = (ROOT / "docs" / "gateways.md").read_text(encoding="utf-8")
    begin = page.index("line_sim_server: 1\n")
    server = calibration_of(page[begin : page.index("```", begin)])
    assert server.measured.how == "by hand from the dashboard of February"


def test_paths_in_it_are_relative_to_its_folder(tmp_path: Path) -> None:
    """A model may draw from measured times that lie beside the file."""
    (tmp_path / "times.csv").write_text("ms\n100\n120\n")
    text = SERVER.replace(
        "{quantiles: {p50: 120 ms, p99: 150 ms}}", "{empirical: {file: times.csv, column: ms}}"
    )
    (tmp_path / "server.yaml").write_text(text)
    assert read_calibration(tmp_path / "server.yaml").model.alone.mean_ns == 110_000_000
