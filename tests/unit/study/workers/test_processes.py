"""Worker processes: their results come in order, their errors come home, a wish stops them."""

import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from line_sim.errors import LineSimError, ScenarioError
from line_sim.line.interrupt import Interrupt
from line_sim.study.workers import Processes

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def doubles(job, interrupt):
    """Give even jobs a rest, so that they are over later."""
    time.sleep(0.05 * (job % 2 == 0))
    return 2 * job


def fails_at(job, interrupt, *, place):
    """Fail at one job."""
    if job == place:
        raise ScenarioError("no such thing")
    return job


def dies(job, interrupt):
    """End without a word."""
    os._exit(3)


def until_wished(job, interrupt):
    """Say when the wish came; it always comes in the end."""
    while not interrupt.wished:
        time.sleep(0.01)
    return f"{job} stopped"


def nothing_yet(job, interrupt):
    """Be told to stop before there is anything to save; the second job has something."""
    until_wished(job, interrupt)
    with interrupt.at_once() if job == "first" else nullcontext():
        return f"{job} stopped"


def blocked(job, interrupt):
    """Say which signals do not reach the process, whatever it does about those that do."""
    return [number in signal.pthread_sigmask(signal.SIG_BLOCK, ()) for number in SIGNALS]


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_jobs(workers):
    """Whoever is over first."""
    assert list(Processes(workers).in_order(doubles, range(6), Interrupt())) == [0, 2, 4, 6, 8, 10]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_job_is_raised_where_the_results_are_read(workers):
    """As the very error it was."""
    with pytest.raises(ScenarioError, match="no such thing"):
        list(Processes(workers).in_order(partial(fails_at, place=1), range(4), Interrupt()))


def test_a_process_that_dies_is_told_with_a_way_out():
    """Nobody waits for it for ever."""
    with pytest.raises(LineSimError, match=r"exit code 3.*--jobs 1"):
        list(Processes(2).in_order(dies, range(2), Interrupt()))


def begun(job, interrupt, *, work, folder):
    """Leave a mark of the job, and do it."""
    (folder / job).touch()
    return work(job, interrupt)


def results_where_a_stop_is_wished(work, jobs, folder):
    """Have two processes at work, and wish a stop once both are at it."""
    interrupt = Interrupt()

    def wish():
        while len(list(folder.iterdir())) < 2:
            time.sleep(0.02)
        interrupt.wished = True

    wishing = Thread(target=wish)
    wishing.start()
    told = list(Processes(2).in_order(partial(begun, work=work, folder=folder), jobs, interrupt))
    wishing.join()
    return told


def test_a_wish_stops_the_jobs_at_hand_and_begins_no_more(tmp_path):
    """Two had begun; both tell how far they came."""
    told = results_where_a_stop_is_wished(until_wished, ["first", "second", "never"], tmp_path)
    assert told == ["first stopped", "second stopped"]
    assert not (tmp_path / "never").exists()


def test_a_job_that_was_told_to_stop_before_it_began_gives_nothing(tmp_path):
    """Its process does not die of it, and what the other one has is kept."""
    assert results_where_a_stop_is_wished(nothing_yet, ["first", "second"], tmp_path) == ["second stopped"]


def pid(job, interrupt):
    """Say which process it is."""
    return os.getpid()


def test_processes_stay_from_one_call_to_the_next():
    """None is started twice, also after a call whose reader has read enough; afterwards none is left."""
    with Processes(2) as workers:
        first = set(workers.in_order(pid, range(8), Interrupt()))
        some = workers.in_order(doubles, range(8), Interrupt())
        assert next(some) == 0
        some.close()
        later = set(workers.in_order(pid, range(8), Interrupt()))
    assert first == later
    assert len(first | later) <= 2
    assert os.getpid() not in first
    for each in first:
        with pytest.raises(ProcessLookupError):
            os.kill(each, 0)


def test_jobs_that_are_at_hand_when_the_reader_leaves_are_told_to_stop():
    """The next call finds their processes free."""
    with Processes(2) as workers:
        ahead = workers.in_order(first_then_until_wished, range(4), Interrupt())
        assert next(ahead) == "first"
        ahead.close()
        assert list(workers.in_order(doubles, range(3), Interrupt())) == [0, 2, 4]


def first_then_until_wished(job, interrupt):
    """Be over at once with the first job, and never with the others."""
    return "first" if job == 0 else until_wished(job, interrupt)


def test_an_error_tells_what_happened_in_the_process():
    """Its traceback there comes as a note."""
    with pytest.raises(ScenarioError) as raised:
        list(Processes(2).in_order(partial(fails_at, place=0), range(4), Interrupt()))
    assert "in fails_at" in "".join(raised.value.__notes__)


_ORPHANS = """
import sys
from functools import partial
from pathlib import Path
from test_processes import marks
from line_sim.line.interrupt import Interrupt
from line_sim.study.workers import Processes

if __name__ == "__main__":
    list(Processes(2).in_order(partial(marks, folder=Path(sys.argv[1])), range(2), Interrupt()))
"""


def marks(job, interrupt, *, folder):
    """Leave a mark of the process, and go on until a stop is wished."""
    (folder / str(os.getpid())).touch()
    return until_wished(job, interrupt)


def test_processes_end_when_whoever_started_them_is_killed(tmp_path):
    """SIGKILL asks nobody; they stop their runs by themselves."""
    (tmp_path / "orphans.py").write_text(_ORPHANS)
    seen = tmp_path / "seen"
    seen.mkdir()
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    parent = subprocess.Popen(
        [sys.executable, "orphans.py", str(seen)], cwd=tmp_path, env={**os.environ, "PYTHONPATH": paths}
    )
    while len(list(seen.iterdir())) < 2:
        assert parent.poll() is None
        time.sleep(0.02)
    parent.kill()
    parent.wait()
    for each in seen.iterdir():
        while is_there(int(each.name)):
            time.sleep(0.02)


def is_there(process):
    """Whether a process still runs; one that ended and was not waited for does not."""
    try:
        return "(zombie)" not in Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


_FRESH = """
import signal
from test_processes import blocked
from line_sim.line.interrupt import Interrupt
from line_sim.study.workers import Processes

if __name__ == "__main__":
    print(list(Processes(2).in_order(blocked, range(2), Interrupt())))
"""


def test_signals_reach_no_process_from_its_first_moment(tmp_path):
    """Not the very first of a program either, beside which Python starts a process of its own."""
    (tmp_path / "fresh.py").write_text(_FRESH)
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    done = subprocess.run(
        [sys.executable, "fresh.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[[True, True], [True, True]]\n"
