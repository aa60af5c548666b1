"""Processes of this machine that do jobs side by side.

The processes are started afresh (`spawn`), not forked: the parent may draw a progress bar in a thread,
and a fork would copy its locks. So a script that calls this must guard its main part with
`if __name__ == "__main__":`.
"""

import math
import os
import pickle
import signal
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self

from line_sim.errors import LineSimError
from line_sim.line.interrupt import Interrupt
from line_sim.study.workers.chunks import Outcome, done
from line_sim.study.workers.order import in_order
from line_sim.study.workers.seam import J, Perform, R

PATIENCE_S = 10.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Processes:
    """So many processes of this machine; 1: this one, and no other.

    They are started as there are jobs for them, and are there until the end: of the `with`, or, where
    nobody wrote one, of the call.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._workers: list[_Worker] = []
        self._open = False

    def __enter__(self) -> Self:
        self._open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        self._dismiss()

    def in_order(
        self, perform: Perform[J, R], jobs: Iterable[J], interrupt: Interrupt
    ) -> Generator[R, None, None]:
        """Do the jobs as `Workers` says."""
        if self.count == 1:
            for job in jobs:
                if interrupt.wished:
                    return
                yield perform(job, interrupt)
            return
        team = _Team(pickle.dumps(perform), self._workers, self.count)
        try:
            yield from in_order(team, jobs, interrupt)
        finally:
            try:
                team.break_off()
            finally:
                if not self._open:
                    self._dismiss()

    def _dismiss(self) -> None:
        for worker in self._workers:
            worker.stop()
        while self._workers:
            self._workers.pop().dismiss()


class _Worker:
    """A process, the pipe for its chunks and outcomes, and the one by which it is told to stop."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self.jobs, theirs = context.Pipe()
        told, self._tell = context.Pipe(duplex=False)
        self._process = context.Process(target=_work, args=(theirs, told), daemon=True)
        self._chunk = 0
        # A Ctrl-C goes to every process of the terminal; only the parent decides what it means. What Python
        # starts beside the first process lets signals through again, so that has to be there before.
        resource_tracker.ensure_running()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        told.close()

    def stop(self) -> None:
        """Tell it to stop what it is doing: the chunk that it was given last."""
        with suppress(OSError):
            self._tell.send(self._chunk)

    def give(self, perform: bytes, jobs: list[Any]) -> None:
        """Hand it a chunk. Raises LineSimError when it has died."""
        self._chunk += 1
        packed = pickle.dumps(jobs)
        try:
            self.jobs.send((self._chunk, perform, packed))
        except OSError:
            raise self._died() from None

    def take(self) -> Outcome[Any]:
        """Return what came of its chunk. Raises LineSimError when it died."""
        try:
            outcome: Outcome[Any] = pickle.loads(self.jobs.recv_bytes())  # noqa: S301 - from our own process
        except (EOFError, OSError):
            raise self._died() from None
        return outcome

    def comes_back(self) -> bool:
        """Wait until it is done with its chunk, of which nobody wants to know; False when it is not."""
        try:
            return self.jobs.poll(PATIENCE_S) and bool(self.take())
        except (LineSimError, OSError):
            return False

    def _died(self) -> LineSimError:
        self._process.join(PATIENCE_S)
        return LineSimError(
            f"a process of the study ended in the middle of a run (exit code {self._process.exitcode});"
            " is there memory enough? --jobs 1 runs one after the other"
        )

    def dismiss(self) -> None:
        """Let it go; what it has at hand is broken off."""
        self._tell.close()
        self.jobs.close()
        self._process.join(PATIENCE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


class _Team:
    """The processes at work on one call; each has one chunk at a time, so that no pipe is ever full."""

    def __init__(self, perform: bytes, workers: list[_Worker], count: int) -> None:
        self.count = count
        self._perform = perform
        self._workers = workers
        self._busy = dict[Connection, tuple[int, _Worker]]()

    @property
    def has_room(self) -> bool:
        """Whether a process is free, or may be started."""
        return len(self._busy) < self.count

    def send(self, first: int, jobs: list[Any]) -> None:
        """Give a chunk to a process that is free. Raises LineSimError when it has died."""
        idle = next((each for each in self._workers if each.jobs not in self._busy), None)
        if idle is None:
            idle = _Worker()
            self._workers.append(idle)
        self._busy[idle.jobs] = (first, idle)
        idle.give(self._perform, jobs)

    def news(self, seconds: float) -> Iterator[tuple[int, Outcome[Any]]]:
        """Wait for processes that are done. Raises LineSimError when one has died."""
        ready = wait(list(self._busy), seconds)
        for pipe in [pipe for pipe in self._busy if pipe in ready]:
            first, worker = self._busy[pipe]
            outcome = worker.take()
            del self._busy[pipe]
            yield first, outcome

    def stop(self) -> None:
        """Tell every process that has a chunk."""
        for _, worker in self._busy.values():
            worker.stop()

    def break_off(self) -> None:
        """Have the processes free for the next call; one that does not stop, or has died, is let go."""
        self.stop()
        for _, worker in self._busy.values():
            if not worker.comes_back():
                self._workers.remove(worker)
                worker.dismiss()
        self._busy.clear()


class _AtHand:
    """The chunk that a process has at hand, and the wish to stop it, which may come before it or after."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stopped = 0.0
        self._number = 0
        self._interrupt = Interrupt()

    def begins(self, number: int) -> Interrupt:
        """Return the interrupt of a chunk that begins now."""
        with self._lock:
            self._number, self._interrupt = number, Interrupt()
            self._interrupt.wished = number <= self._stopped
            return self._interrupt

    def stop(self, number: float) -> None:
        """Stop every chunk up to this one."""
        with self._lock:
            self._stopped = max(self._stopped, number)
            if self._number <= number:
                self._interrupt.wished = True


def _work(jobs: Connection, told: Connection) -> None:
    """Do chunks of jobs until there is nobody who sends any."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    at_hand = _AtHand()
    Thread(target=_listen, args=(told, at_hand), daemon=True).start()
    with suppress(EOFError, OSError):  # the parent has gone
        while True:
            chunk, perform, packed = jobs.recv()
            jobs.send_bytes(done(perform, packed, at_hand.begins(chunk)))


def _listen(told: Connection, at_hand: _AtHand) -> None:
    """Stop the chunks that are told, and everything when the parent is gone."""
    with suppress(EOFError, OSError):
        while True:
            at_hand.stop(told.recv())
    at_hand.stop(math.inf)
