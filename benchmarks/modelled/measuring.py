"""How long something takes: processor and wall time, of a call in this process or of a whole command.

It imports nothing but the standard library, as it runs in the environment of each peer, and as a process
that is small itself: what a child's memory is counted with starts with its parent's.
"""

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ENOUGH_S = 0.5
"""A call that takes less is made again, up to `MOST` times, and the median told."""
MOST = 9
WARM_UP_PARTS = 2_000
NOT_THERE = 3
"""The exit code of a program that is asked for an engine that this line-sim has not."""

WATCH_EVERY_S = 0.05
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Spent:
    """What a piece of work took: seconds of all its processors, seconds by the clock, and bytes at most."""

    processor: float
    wall: float
    peak: int = 0


class NotThereError(Exception):
    """What is to be measured is not there; the message says what."""


class NotDoneError(Exception):
    """A command that did not do what it was asked; its last words are the message."""


def median(spent: Iterable[Spent]) -> Spent:
    """Return the median of each number."""
    columns = zip(*((one.processor, one.wall, one.peak) for one in spent), strict=True)
    processor, wall, peak = map(statistics.median, columns)
    return Spent(processor, wall, int(peak))


def timed(work: Callable[[Path], object]) -> Spent:
    """Do the work in an empty folder; return what it took."""
    gc.collect()
    with tempfile.TemporaryDirectory() as folder:
        processor, wall = time.process_time(), time.perf_counter()
        work(Path(folder))
        return Spent(time.process_time() - processor, time.perf_counter() - wall)


def tell(run: Callable[[int, Path], object], parts: int) -> None:
    """Warm up, measure the run of so many parts and print it as JSON: what `in_process` reads."""
    timed(lambda folder: run(WARM_UP_PARTS, folder))
    found: list[Spent] = []
    while not found or (len(found) < MOST and sum(one.wall for one in found) < ENOUGH_S):
        found.append(timed(lambda folder: run(parts, folder)))
    json.dump(asdict(median(found)), sys.stdout)


def in_process(python: Path, program: Path, *arguments: str) -> Spent:
    """Have a fresh process of a program measure itself with `tell`."""
    command = [str(python), str(program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == NOT_THERE:
        raise NotThereError("not there")
    if done.returncode:
        raise NotDoneError(done.stderr.strip()[-500:] or f"exit code {done.returncode}")
    return Spent(**json.loads(done.stdout))


def whole_command(command: Sequence[str | Path], surroundings: dict[str, str] | None = None) -> Spent:
    """Run a command to its end; return what it and all its children took, start-up and all.

    Its peak is the most memory that all of them held at one moment, looked at every 50 ms; what two of
    them share counts twice. Where one of them alone held more in between, it is that.
    """
    began = time.perf_counter()
    with tempfile.TemporaryFile() as words:
        child = subprocess.Popen(
            list(map(str, command)), stdout=words, stderr=words, env={**os.environ, **(surroundings or {})}
        )
        watch = _Watch(child.pid)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        peak = max(watch.stop(), used.ru_maxrss * 1024)
        if child.returncode:
            words.seek(0)
            last = words.read().decode(errors="replace").strip()[-500:]
            raise NotDoneError(last or f"exit code {child.returncode}")
    return Spent(used.ru_utime + used.ru_stime, wall, peak)


class _Watch:
    """Looks at the memory of a process and its descendants until it is told to stop."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._most = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """Return the most bytes that there were at once."""
        self._over.set()
        self._thread.join()
        return self._most

    def _look(self) -> None:
        while not self._over.wait(WATCH_EVERY_S):
            self._most = max(self._most, sum(map(_resident, _family(self._pid))))


def _family(pid: int) -> list[int]:
    """Return a process and all that came of it."""
    found = [pid]
    for one in found:  # it grows while it is gone through
        try:
            tasks = Path(f"/proc/{one}/task").iterdir()
            found += [int(child) for task in tasks for child in (task / "children").read_text().split()]
        except OSError:
            continue  # it has just ended
    return found


def _resident(pid: int) -> int:
    """Return the bytes of memory that a process holds; 0 where it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0
