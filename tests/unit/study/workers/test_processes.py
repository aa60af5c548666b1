"""Worker processes: their results come in order, their errors come home, a wish stops them."""

import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from threading import Timer

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


def test_a_wish_stops_the_jobs_at_hand_and_begins_no_more():
    """Two had begun; both tell how far they came."""
    interrupt = Interrupt()
    wish = Timer(0.5, setattr, (interrupt, "wished", True))
    wish.start()
    told = list(Processes(2).in_order(until_wished, ["first", "second", "never"], interrupt))
    wish.join()
    assert told == ["first stopped", "second stopped"]


def test_a_job_that_was_told_to_stop_before_it_began_gives_nothing():
    """Its process does not die of it, and what the other one has is kept."""
    interrupt = Interrupt()
    wish = Timer(0.5, setattr, (interrupt, "wished", True))
    wish.start()
    told = list(Processes(2).in_order(nothing_yet, ["first", "second"], interrupt))
    wish.join()
    assert told == ["second stopped"]


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
