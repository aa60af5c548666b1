"""A server that was measured, at the command line: run, read again without the file, refused without it."""

import json

from commands import DEFAULT, line_sim
from every_kind import MEASURED


def test_a_run_outlives_its_calibration(tmp_path):
    """Run, report, audit and run again, after the file is gone; a new run needs it."""
    (tmp_path / "server.yaml").write_text(MEASURED)
    scenario = tmp_path / "line.yaml"
    scenario.write_text(DEFAULT.read_text())
    calibrated = ("--set", "line.camera.gateway={calibrated: server.yaml}", "--items", "60", "--quiet")
    done = line_sim("run", scenario, *calibrated, "--out", tmp_path / "first", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    servers = json.loads((tmp_path / "first" / "run.json").read_text())["servers"]
    assert servers["camera"]["calibration"] == "The server of the laboratory"
    (tmp_path / "server.yaml").unlink()
    for command in ("audit", "report"):
        done = line_sim(command, tmp_path / "first", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert "a model of The server of the laboratory" in (tmp_path / "first" / "report.html").read_text()
    again = tmp_path / "first" / "scenario.yaml"
    done = line_sim("run", again, "--quiet", "--out", tmp_path / "second", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    calls = [(tmp_path / run / "calls.csv").read_bytes() for run in ("first", "second")]
    assert calls[0] == calls[1]
    refused = line_sim("check", scenario, *calibrated[:2], cwd=tmp_path)
    assert refused.returncode == 2
    assert "server.yaml cannot be read: No such file or directory" in refused.stderr
