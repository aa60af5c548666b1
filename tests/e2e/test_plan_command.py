"""A plan that is interrupted in the middle of its runs, and goes on."""

import json
import signal
import subprocess
import sys
import time

import yaml

LINE = {
    "version": 1,
    "name": "Two stations",
    "run": {"duration": "300 s", "warm_up": "20 s"},
    "arrivals": {"saturated": True},
    "line": [
        {"station": "a", "cycle": {"exponential": {"mean": "1 s"}}},
        {"station": "b", "buffer": 1, "cycle": {"exponential": {"mean": "1 s"}}},
    ],
}


def study(folder, tolerance):
    """Write a study whose only design makes just what is demanded: .75 with one place."""
    (folder / "line.yaml").write_text(yaml.safe_dump(LINE), encoding="utf-8")
    said = {
        "study": "At the limit",
        "scenario": "line.yaml",
        "over": {"line.b.buffer": [1]},
        "demand": {"uph": ">= 2700"},
        "tolerance": {"uph": tolerance},
    }
    (folder / "study.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")


def plan(folder, *options):
    """Start the command."""
    command = [sys.executable, "-m", "line_sim.cli", "plan", "study.yaml", *options]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)


def test_ctrl_c_keeps_what_was_run_and_resume_goes_on(tmp_path):
    """A tolerance of 1 UPH takes some hundred thousand runs: somebody has had enough, and asks less."""
    study(tmp_path, 1)
    process = plan(tmp_path, "--out", "out", "--jobs", "1")
    runs = tmp_path / "out/runs.csv"
    until = time.monotonic() + 60
    while time.monotonic() < until and not (runs.exists() and runs.read_bytes().count(b"\n") > 50):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    kept = runs.read_bytes()
    count = kept.count(b"\n") - 1
    assert f"Interrupted after {count:,} runs: no answer yet." in " ".join(said.split())
    told = json.loads((tmp_path / "out/plan.json").read_text(encoding="utf-8"))
    assert (told["ended"], told["chosen"], told["replications_in_all"]) == ("interrupted", None, count)

    study(tmp_path, 60)
    again = plan(tmp_path, "--resume", "out", "--jobs", "1")
    said, _ = again.communicate(timeout=60)
    assert again.returncode in {0, 5}, said
    assert "either answer is right" in " ".join(said.split())
    assert runs.read_bytes().startswith(kept)
