"""A run's output goes where there is no reader, no room, or no letter for it: the run does not suffer."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from commands import DEFAULT, MODELLED

COMMAND = [sys.executable, "-m", "line_sim.cli"]
RUN = [*COMMAND, "run", DEFAULT, "--set", MODELLED, "--items", "40"]


def into(stdout, arguments, cwd, **env):
    """Run with that standard output; return exit code and what was said on stderr."""
    environment = {**os.environ, **env}
    done = subprocess.run(
        arguments, stdout=stdout, stderr=subprocess.PIPE, text=True, cwd=cwd, env=environment, check=False
    )
    return done.returncode, done.stderr


@pytest.fixture
def gone():
    """A pipe whose reader has gone, as `| head` leaves it."""
    read, write = os.pipe()
    os.close(read)
    yield write
    os.close(write)


def test_a_run_goes_on_when_nobody_reads_any_more(gone, tmp_path):
    """Its files are whole, its numbers are there, and a reader who had enough is no failure."""
    assert into(gone, [*RUN, "--out", "mine"], tmp_path) == (0, "")
    assert json.loads((tmp_path / "mine" / "run.json").read_text())["ended"] == "completed"
    assert json.loads((tmp_path / "mine" / "summary.json").read_text())["items"]["arrived"] == 40
    assert into(gone, [*COMMAND, "report", "mine"], tmp_path) == (0, "")
    assert into(gone, [*COMMAND, "check", DEFAULT], tmp_path) == (0, "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_log_on_a_full_disk_costs_the_summary_only(unbuffered, tmp_path):
    """The run itself is whole; one line says what is wrong, whenever Python comes to write."""
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        code, said = into(full, [*RUN, "--out", "mine"], tmp_path, PYTHONUNBUFFERED=unbuffered)
    assert (code, said) == (1, "Error: No space left on device\n")
    assert json.loads((tmp_path / "mine" / "summary.json").read_text())["items"]["arrived"] == 40


def test_a_terminal_without_the_letters_shows_question_marks(tmp_path):
    """The names are the user's; the files hold them as they are."""
    named = ["--set", "name=Flänsche 漢", "--out", "mine"]
    code, said = into(subprocess.DEVNULL, [*RUN, *named], tmp_path, PYTHONIOENCODING="ascii")
    assert (code, said) == (0, "")
    assert json.loads((tmp_path / "mine" / "summary.json").read_text())["scenario"] == "Flänsche 漢"


def test_a_full_disk_is_told_in_one_line(tmp_path):
    """Exit 4, which file, why, and what to do; what was written stays for `report`."""
    limited = ["bash", "-c", 'ulimit -f 8; exec "$@"', "limited", *RUN, "--items", "400", "--out", "mine"]
    code, said = into(subprocess.DEVNULL, limited, tmp_path)
    assert code == 4, said
    assert said.startswith("Error: mine/")
    assert "cannot be written (File too large); make room" in said
    assert said.count("\n") == 1
    assert into(subprocess.DEVNULL, [*COMMAND, "report", "mine"], tmp_path) == (0, "")
