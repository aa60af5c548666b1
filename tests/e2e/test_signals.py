"""SIGINT and SIGTERM at any moment of a command: exit code 130, one word, nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import DEFAULT, MODELLED

AT_THE_IMPORT = """
import os, sys
class Sender:
    def find_spec(self, name, path=None, target=None):
        if name == wanted:
            for _ in range(times):
                os.kill(os.getpid(), number)
wanted, number, times = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
sys.meta_path.insert(0, Sender())
sys.argv[1:] = sys.argv[4:]
from line_sim.cli import main
main()
"""
RUN = ("run", DEFAULT, "--set", MODELLED)


def ended(process):
    """Return exit code and what was said on stderr."""
    _, said = process.communicate(timeout=60)
    return process.returncode, said


def started(command, cwd, **environment):
    """Start a command whose output nobody needs."""
    return subprocess.Popen(
        [sys.executable, *map(str, command)],
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("times", [1, 5])
@pytest.mark.parametrize(
    "module",
    ["line_sim.cli.group", "click.core", "line_sim.cli.validate", "pydantic", "numpy", "line_sim.simulation"],
)
def test_a_signal_while_modules_are_imported(module, times, number, tmp_path):
    """The first half second of a run is imports: no traceback, and no end by SIGINT itself."""
    process = started(["-c", AT_THE_IMPORT, module, int(number), times, *RUN], tmp_path)
    assert ended(process) == (130, "interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_a_signal_before_the_line_runs_leaves_no_folder(tmp_path):
    """Imports of a run's own beginning are let finish, then it is broken off."""
    module = "line_sim.inspection.offline.modelled"
    process = started(["-c", AT_THE_IMPORT, module, int(signal.SIGTERM), 1, *RUN], tmp_path)
    code, said = ended(process)
    assert (code, said.strip()) == (130, "interrupted")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["check", "validate", "report", "compare", "classify", "schema"])
def test_every_command_knows_signals(command, tmp_path):
    """Also those that have nothing to save."""
    process = started(["-c", AT_THE_IMPORT, "click.core", int(signal.SIGTERM), 1, command], tmp_path)
    assert ended(process) == (130, "interrupted\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_signalled_again_and_again(number, tmp_path):
    """However often: no traceback, 130, and what was done stays."""
    process = started(["-m", "line_sim.cli", *RUN, "--items", "3000000", "--out", "mine"], tmp_path)
    while not (tmp_path / "mine" / "run.json").exists():
        assert process.poll() is None
        time.sleep(0.02)
    for _ in range(40):
        process.send_signal(number)
        time.sleep(0.005)
    code, said = ended(process)
    assert code == 130
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    assert not list((tmp_path / "mine").glob("*.part"))


def test_a_signal_that_was_ignored_stays_ignored(tmp_path):
    """As `nohup` and shells without job control want it."""
    story = (
        "import os, signal, subprocess, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
        "os.execv(sys.executable, [sys.executable, '-c', *sys.argv[1:]])"
    )
    arguments = [
        "line_sim.simulation",
        int(signal.SIGINT),
        1,
        *RUN,
        "--items",
        "5",
        "--quiet",
        "--out",
        "mine",
    ]
    process = started(["-c", story, AT_THE_IMPORT, *arguments], tmp_path)
    assert ended(process) == (0, "")
    assert Path(tmp_path / "mine" / "report.html").exists()


def test_nothing_stays_in_the_folder_for_temporary_files(tmp_path):
    """Wherever the signal comes."""
    own = tmp_path / "tmp"
    own.mkdir()
    for module in ("pydantic", "line_sim.pictures.ahead", "line_sim.inspection.servers.live"):
        command = ["-c", AT_THE_IMPORT, module, int(signal.SIGTERM), 1, "run", DEFAULT, "--out", "mine"]
        assert ended(started(command, tmp_path, TMPDIR=str(own)))[0] in {130, 3}
    assert list(own.iterdir()) == []
