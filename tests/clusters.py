"""A Dask cluster on loopback: a scheduler and workers, real processes that are ended whatever happens."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

WAIT_S = 300.0
"""No story takes so long; whoever waits longer would wait for ever."""


class Loopback:
    """A scheduler and its workers; each has a session of its own, so that no child of theirs stays behind."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
        self._environment = {"PYTHONPATH": paths} | environment
        self.processes: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start(
            *("scheduler", "--host", "127.0.0.1", "--port", "0"),
            *("--no-dashboard", "--scheduler-file", str(self.file)),
        )
        self.workers: list[subprocess.Popen[bytes]] = []

    def add_worker(self, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker of one thread, without a nanny unless that is asked for."""
        nanny = () if "--nanny" in options else ("--no-nanny",)
        worker = self._start(
            *("worker", "--scheduler-file", str(self.file), "--nthreads", "1", "--no-dashboard"),
            *("--host", "127.0.0.1", "--local-directory", str(self.folder), *nanny, *options),
            **environment,
        )
        self.workers.append(worker)
        return worker

    def _start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self.folder / "dask.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                env={**os.environ, **self._environment, **environment},
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def ready(self) -> str:
        """Wait until the scheduler can be reached; return its scheduler file."""
        wait_until(self.file.exists)
        return str(self.file)

    def end(self) -> None:
        """End everything at once."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def loopback(folder: Path, workers: int = 2, **environment: str) -> Generator[Loopback]:
    """Open a cluster of so many workers."""
    cluster = Loopback(folder, **environment)
    try:
        for _ in range(workers):
            cluster.add_worker()
        cluster.ready()
        yield cluster
    finally:
        cluster.end()


def wait_until(true: object) -> None:
    """Wait for something that comes to be."""
    end = time.monotonic() + WAIT_S
    while not true():  # type: ignore[operator]
        if time.monotonic() > end:
            pytest.fail("it never came")
        time.sleep(0.05)
