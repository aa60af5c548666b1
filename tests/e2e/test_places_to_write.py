"""A run's output goes where there is no reader, no room, or no letter for it: the run does not suffer."""

import contextlib
import json
import os
import subprocess
import sys
import time
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


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder in which two runs lie."""
    place = tmp_path_factory.mktemp("made")
    for name, seed in (("one", "1"), ("two", "2")):
        assert into(subprocess.DEVNULL, [*RUN, "--seed", seed, "--out", name], place) == (0, "")
    return place


PRINTING = {
    "help": ["--help"],
    "version": ["--version"],
    "help of a command": ["run", "--help"],
    "check": ["check", DEFAULT],
    "schema": ["schema"],
    "report": ["report", "one"],
    "audit": ["audit", "one"],
    "compare": ["compare", "one", "two"],
    "validate": ["validate", "--only", "Erlang", "--parts", "1000"],
    "export": ["export", "--help"],
    "compare-inference": ["compare-inference", "--help"],
}


@pytest.mark.parametrize("command", PRINTING.values(), ids=PRINTING)
def test_whatever_a_command_prints_to(command, gone, made):
    """A reader who has gone is no failure, a full disk is one line, and nobody at all is nothing."""
    assert into(gone, [*COMMAND, *command], made) == (0, "")
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        assert into(full, [*COMMAND, *command], made) == (1, "Error: No space left on device\n")
    closed = ["bash", "-c", 'exec "$@" >&-', "closed", *COMMAND, *command]
    assert into(subprocess.DEVNULL, closed, made) == (0, "")


@pytest.mark.parametrize("streams", ["&>/dev/full", ">&- 2>&-", ">&- 2>&- <&-"])
def test_a_mistake_that_can_be_told_nowhere_has_its_exit_code(streams, tmp_path):
    """It is all that is left."""
    nowhere = ["bash", "-c", f'exec "$@" {streams}', "nowhere", *COMMAND]
    assert into(subprocess.DEVNULL, [*nowhere, "check", "nothing.yaml"], tmp_path)[0] == 2
    assert into(subprocess.DEVNULL, [*nowhere, "report", "nothing"], tmp_path)[0] == 4
    assert into(subprocess.DEVNULL, [*nowhere, "nonsense"], tmp_path)[0] == 2


def test_a_run_without_any_stream_keeps_its_files_clean(tmp_path):
    """A file of the run must not get the number of standard error: libraries would write into it."""
    story = (
        "import os, sys; from line_sim.cli import main\n"
        "import line_sim.simulation as it; tell = it.finished\n"
        "def finished(*all): os.write(2, b'a library speaks'); return tell(*all)\n"
        "it.finished = finished; main()"
    )
    run = [sys.executable, "-c", story, *RUN[len(COMMAND) :], "--out", "mine"]
    closed = ["bash", "-c", 'exec "$@" >&- 2>&- <&-', "closed", *run]
    assert into(subprocess.DEVNULL, closed, tmp_path)[0] == 0
    assert not [path for path in (tmp_path / "mine").iterdir() if b"a library" in path.read_bytes()]


def test_a_reader_who_does_not_read_stops_the_last_words_only(tmp_path):
    """The pipe is full before the run begins: the files are whole all the same, and Ctrl-C still ends it."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(write, b"." * 4096):
            pass
    os.set_blocking(write, True)
    process = subprocess.Popen(
        [*RUN, "--out", "mine"], cwd=tmp_path, stdout=write, stderr=subprocess.PIPE, text=True
    )
    os.close(write)
    while not (tmp_path / "mine" / "report.html").exists():
        assert process.poll() is None
        time.sleep(0.05)
    time.sleep(3)  # it waits with its summary for who reads, as every program does
    process.terminate()
    _, said = process.communicate(timeout=30)
    os.close(read)
    assert (process.returncode, said.strip()) == (130, "interrupted")


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
    why = "cannot be written (File too large); make room or get leave to write there"
    assert f"{why}, then run again, or 'line-sim report mine' tells what is there\n" in said
    assert said.count("\n") == 1
    assert into(subprocess.DEVNULL, [*COMMAND, "report", "mine"], tmp_path) == (0, "")


def told_of(folder, name, why):
    """Return the message about a file of a report that cannot be written."""
    return (
        f"Error: {folder}/{name}: cannot be written ({why}); make room or get leave to write there, "
        f"then 'line-sim report {folder}' makes it again\n"
    )


@pytest.mark.parametrize(("blocks", "name"), [(1, "latency.csv"), (4, "summary.json"), (40, "report.html")])
def test_a_report_that_finds_no_room_costs_nothing(blocks, name, made):
    """Exit 4, which file and the way out; the page and the numbers that were there stay as they were."""
    before = {path.name: path.read_bytes() for path in (made / "one").iterdir()}
    limited = ["bash", "-c", f'ulimit -f {blocks}; exec "$@"', "limited", *COMMAND, "report", "one"]
    code, said = into(subprocess.DEVNULL, limited, made)
    assert code == 4
    assert said == told_of("one", name, "File too large")
    assert {path.name: path.read_bytes() for path in (made / "one").iterdir()} == before
    assert into(subprocess.DEVNULL, [*COMMAND, "report", "one"], made) == (0, "")


def test_a_folder_without_leave_to_write_is_told(made):
    """As on a share that is mounted read-only: nothing is lost, and the way out is named."""
    before = {path.name: path.read_bytes() for path in (made / "two").iterdir()}
    refusing = (
        "import pathlib; open = pathlib.Path.open\n"
        "def refuse(path, mode='r', *rest, **more):\n"
        "    if set(mode) & set('wxa'): raise PermissionError(13, 'Permission denied', str(path))\n"
        "    return open(path, mode, *rest, **more)\n"
        "pathlib.Path.open = refuse; from line_sim.cli import main; main()"
    )
    code, said = into(subprocess.DEVNULL, [sys.executable, "-c", refusing, "report", "two"], made)
    assert code == 4
    assert said == told_of("two", "latency.csv", "Permission denied")
    assert {path.name: path.read_bytes() for path in (made / "two").iterdir()} == before
