"""The embedded server dies, wherever in its life: what the user reads, and what is left behind."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import DEFAULT, ROOT, line_sim

MORTAL = '''
"""Stands in for the embedded server: announces its port as that does, and dies as DEATH says."""
import os, signal, sys, threading, time
sys.stderr.write("I was here\\n"); sys.stderr.flush()
when, _, how = os.environ["DEATH"].partition(" ")
if how == "killed slowly" and (child := os.fork()):  # the child has the sockets, this one is what ends
    os.waitpid(child, 0)
    time.sleep(0.3)
    os.kill(os.getpid(), signal.SIGKILL)
def die():
    sys.stderr.write("I must go\\n"); sys.stderr.flush()
    os.kill(os.getpid(), signal.SIGKILL) if how.startswith("killed") else os._exit(int(how))
if when == "0":
    die()
from stub_server import Server, answer, states
server, calls = Server(), [0]
def count(value):
    calls[0] += 1
    if str(calls[0]) == when:
        die()
    return value
server.status = lambda: count(states({1: 30}))
server.predict = lambda request, context: count(answer())
server.start()
print(f"serving on port {server.port}", flush=True)
os.read(0, 1)
os._exit(0)
'''
PROVEN_BY = 4
"""Calls before the first part: the model's state, and three of warming up."""


@pytest.fixture
def mortal(tmp_path):
    """Surroundings in which the embedded server is the mortal one, and a folder for temporary files."""
    package = tmp_path / "fake" / "line_sim_serving"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(MORTAL)
    (tmp_path / "tmp").mkdir()
    (tmp_path / "models" / "inception_v3" / "1").mkdir(parents=True)
    path = (package.parent, ROOT / "tests", ROOT, *filter(None, [os.environ.get("PYTHONPATH")]))
    return {"PYTHONPATH": os.pathsep.join(map(str, path)), "TMPDIR": str(tmp_path / "tmp")}


def run(tmp_path, mortal, death, *options):
    """Run the default scenario on a server that dies so; nothing may stay among the temporary files."""
    done = line_sim("run", DEFAULT, "--items", "30", *options, cwd=tmp_path, env={**mortal, "DEATH": death})
    assert list((tmp_path / "tmp").iterdir()) == []
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("when", [0, 1, 2, PROVEN_BY])
@pytest.mark.parametrize(("how", "words"), [("killed", "killed by SIGKILL"), ("7", "exit code 7")])
def test_a_server_that_dies_before_the_first_part(when, how, words, tmp_path, mortal):
    """Before its port, while it is asked about its model, at the first and the last warm-up call."""
    done = run(tmp_path, mortal, f"{when} {how}", "--out", "mine")
    assert done.returncode == 3
    assert words in done.stderr
    assert "I must go" in done.stderr
    log = Path(re.search(r"\(its whole log: (.*)\)", done.stderr)[1])
    assert "I was here\nI must go\n" in (tmp_path / log).read_text()
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["server.log"]


def test_the_same_folder_can_be_used_again(tmp_path, mortal):
    """A folder with nothing but our own log of a failed try is as good as new, and the log goes."""
    assert run(tmp_path, mortal, "0 7", "--out", "mine").returncode == 3
    assert run(tmp_path, mortal, "2 7", "--out", "mine").returncode == 3
    assert (tmp_path / "mine" / "server.log").read_text().count("I was here") == 1
    assert run(tmp_path, mortal, "never", "--out", "mine").returncode == 0
    assert not (tmp_path / "mine" / "server.log").exists()


def test_a_study_that_could_not_be_begun_leaves_its_folder_as_good_as_new(tmp_path, mortal):
    """Its log is in the folder of the first replication: the next study, or a run, may have it all."""
    study = ("--replications", "2", "--out", "mine")
    for death in ("0 7", "2 7"):
        assert run(tmp_path, mortal, death, *study).returncode == 3
        assert [str(path.relative_to(tmp_path / "mine")) for path in (tmp_path / "mine").rglob("*.*")] == [
            "replication-001/server.log"
        ]
    assert run(tmp_path, mortal, "2 7", "--out", "mine").returncode == 3
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["server.log"]
    assert run(tmp_path, mortal, "never", *study).returncode == 0
    assert not list((tmp_path / "mine").rglob("server.log"))
    assert (tmp_path / "mine" / "replications.json").exists()


def test_a_folder_in_which_somebody_keeps_a_log_is_not_taken_for_ours(tmp_path, mortal):
    """Neither a log in a folder of the user's, nor ours beside something else."""
    assert run(tmp_path, mortal, "0 7", "--replications", "2", "--out", "mine").returncode == 3
    (tmp_path / "mine" / "replication-001" / "notes.txt").write_text("precious\n")
    done = run(tmp_path, mortal, "never", "--replications", "2", "--out", "mine")
    assert (done.returncode, "the folder is not empty" in done.stderr) == (2, True)
    assert (tmp_path / "mine" / "replication-001" / "server.log").exists()


def test_a_log_of_somebody_else_is_not_taken_for_ours(tmp_path, mortal):
    """It may be of the user's own server."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "server.log").write_text("precious\n")
    done = run(tmp_path, mortal, "never", "--out", "mine")
    assert (done.returncode, "the folder is not empty" in done.stderr) == (2, True)
    assert (tmp_path / "mine" / "server.log").read_text() == "precious\n"


def test_without_a_chosen_folder_the_log_is_in_the_runs_own(tmp_path, mortal):
    """Where the message says."""
    done = run(tmp_path, mortal, "2 killed")
    log = Path(re.search(r"\(its whole log: (.*)\)", done.stderr)[1])
    assert (done.returncode, log.name, log.parent.parent.name) == (3, "server.log", "results")
    assert "I must go" in (tmp_path / log).read_text()


@pytest.mark.parametrize("how", ["killed", "killed slowly", "7"])
@pytest.mark.parametrize("part", [1, 12])
def test_a_server_that_dies_in_mid_run(part, how, tmp_path, mortal):
    """From then on parts are Undefined and follow `on_no_result`; the run is whole, with the last words."""
    done = run(tmp_path, mortal, f"{PROVEN_BY + part} {how}", "--out", "mine")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader((tmp_path / "mine" / "items.csv").read_text().splitlines()))
    outcomes = [row["inference_outcome"] for row in sorted(rows, key=lambda row: int(row["item_id"]))]
    assert outcomes == ["answered"] * (part - 1) + ["unavailable"] * (31 - part)
    assert json.loads((tmp_path / "mine" / "run.json").read_text())["ended"] == "completed"
    assert "I must go" in (tmp_path / "mine" / "server.log").read_text()


def test_an_embedded_server_that_has_ended_is_not_waited_for(tmp_path, mortal):
    """Nobody starts it again: 30 hours of line time with a part an hour are over at once."""
    done = run(tmp_path, mortal, f"{PROVEN_BY + 2} killed", "--out", "mine", "--set", "arrivals.every=1 h")
    assert done.returncode == 0, done.stderr
    rows = (tmp_path / "mine" / "calls.csv").read_text()
    assert (rows.count("answered"), rows.count("unavailable")) == (1, 29)


def test_a_folder_that_cannot_be_written_costs_the_log_only(tmp_path, mortal):
    """The message has the end of it, and does not name a file that is not there."""
    (tmp_path / "mine").write_text("a file in its place")
    done = run(tmp_path, mortal, "2 7", "--out", "mine/here")
    assert done.returncode in {2, 3}
    assert "whole log" not in done.stderr


def test_a_killed_simulator_leaves_no_log(tmp_path, mortal):
    """SIGKILL leaves it no time to remove a file: so there is none with a name."""
    command = [sys.executable, "-m", "line_sim.cli", "run", str(DEFAULT), "--out", "mine"]
    environment = {**os.environ, **mortal, "DEATH": "never"}
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
    while not (tmp_path / "mine" / "run.json").exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    assert list((tmp_path / "tmp").iterdir()) == []
