"""How real servers come onto a machine and leave it: installed once, started clean, ended whole."""

import os
import sys
import threading

import pytest
from real_servers import environments
from real_servers.environments import DONE, Environment, NoServerError, environment, make
from real_servers.pythons import fitting, looked_at
from real_servers.running import NotStartedError, Running, members
from real_servers.skipping import or_skipped


@pytest.fixture
def empty(tmp_path):
    """An environment to be made of a list of nothing, and that list."""
    (tmp_path / "empty.txt").write_text("")
    return Environment(tmp_path / "made", looked_at(sys.executable)), tmp_path / "empty.txt"


@pytest.fixture
def commands(monkeypatch):
    """Count what is run to install something."""
    ran, really = [], environments._run
    monkeypatch.setattr(
        environments, "_run", lambda *command, held: ran.append(command) or really(*command, held=held)
    )
    return ran


def test_two_that_want_the_same_make_it_once(empty, commands):
    """The second one waits, and finds it ready."""
    both = [threading.Thread(target=make, args=empty) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert empty[0].python.exists()
    assert [command[1:3] for command in commands] == [("-m", "venv"), ("-m", "pip")]


def test_one_that_was_interrupted_is_made_again(empty):
    """Whatever is there without the mark of the end is thrown away."""
    made, _ = empty
    (made.folder / "lib").mkdir(parents=True)
    (made.folder / "lib" / "half.py").write_text("")
    make(*empty)
    assert not (made.folder / "lib" / "half.py").exists()
    assert (made.folder / DONE).exists()


def test_what_cannot_be_installed_is_skipped_with_the_reason(tmp_path, monkeypatch, commands):
    """It is tried once; all others that want it are skipped for the same reason."""
    (tmp_path / "nothing.txt").write_text(f"line-sim-no-such-server==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(environments, "LOCKS", tmp_path)
    monkeypatch.setattr(environments, "_FAILED", {})
    monkeypatch.setenv("LINE_SIM_SERVERS", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    if fitting(shared=False) is None:
        pytest.skip("no Python 3.11 or 3.12")
    words = "no real server: nothing cannot be installed here: .*line-sim-no-such-server"
    for _ in range(2):
        with pytest.raises(pytest.skip.Exception, match=words), or_skipped():
            environment("nothing")
    assert len(commands) == 2


def test_a_machine_without_a_fitting_python_is_told(monkeypatch):
    """Nothing is installed then."""
    monkeypatch.setattr(environments, "fitting", lambda *, shared: None)
    monkeypatch.setattr(environments, "_FAILED", {})
    with pytest.raises(NoServerError, match=r"triton cannot be installed here: it needs Python 3\.11"):
        environment("triton", shared=True)


def test_a_server_sees_nothing_of_ours(tmp_path, monkeypatch):
    """No PYTHONPATH, no home: only what it is given."""
    monkeypatch.setenv("PYTHONPATH", "/ours")
    running = Running(["/usr/bin/env"], tmp_path, {"MINE": "1"})
    running.wait()
    seen = dict(line.split("=", 1) for line in running.log.read_text().splitlines())
    assert (seen["MINE"], seen["HOME"]) == ("1", str(tmp_path))
    assert not set(seen) & {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}


def test_what_a_server_has_started_ends_with_it(tmp_path):
    """Also where the server itself has ended before."""
    running = Running(["/bin/sh", "-c", "sleep 600 & exit 3"], tmp_path, {"PATH": os.defpath})
    assert running.wait() == 3
    assert len(members(running.pid)) == 1
    running.end()
    assert members(running.pid) == []


def test_a_server_that_ends_before_it_is_ready_is_told_by_its_last_words(tmp_path):
    """And not waited for."""
    running = Running(["/bin/sh", "-c", "echo no such model; exit 1"], tmp_path, {"PATH": os.defpath})
    with pytest.raises(NotStartedError, match="no such model"):
        running.wait_until(lambda: False)
    running.end()
