"""Jobs that stories of a cluster have its workers do; workers import this by name."""

import os
import signal
import time
from pathlib import Path

from line_sim.errors import ScenarioError


def doubles(job, interrupt):
    """Do nearly nothing."""
    return 2 * job


def dies_at(job, interrupt, *, place, word: Path = Path("/")):
    """Have the worker killed at one job, once a file is there."""
    if job == place:
        while not word.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGKILL)
    return job


def dies_once_at(job, interrupt, *, place, mark: Path):
    """Have the worker killed at one job, the first time that it is done."""
    if job == place and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return job


def until_wished(job, interrupt, *, folder: Path):
    """Leave a mark, and go on until a stop is wished."""
    (folder / f"{job}").touch()
    while not interrupt.wished:
        time.sleep(0.01)
    return f"{job} stopped"


def quick_then(job, interrupt, *, folder: Path):
    """Be over at once with the first job, and never with the others."""
    return "first" if job == 0 else until_wished(job, interrupt, folder=folder)


def fails_at_7(job, interrupt):
    """Fail at one job."""
    if job == 7:
        raise ScenarioError("no such thing")
    return job
