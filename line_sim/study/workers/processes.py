"""Processes that do jobs side by side; the results come in the order of the jobs.

The processes are started afresh (`spawn`), not forked: the parent may draw a progress bar in a thread,
and a fork would copy its locks. So a script that calls this must guard its main part with
`if __name__ == "__main__":`.
"""

import os
import signal
import traceback
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from threading import Thread
from types import TracebackType
from typing import Any, Generic, Self

from line_sim.errors import LineSimError
from line_sim.line.interrupt import Interrupt
from line_sim.study.workers.seam import J, Perform, R

LOOK_EVERY_S = 0.2  # a signal handler only notes the wish: nothing else ends the wait for a result
PATIENCE_S = 10.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Processes:
    """So many processes of this machine; 1: this one, and no other."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

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
        with closing(_Workers(perform, self.count)) as team:
            yield from team.results(jobs, interrupt)


class _NothingToSaveError(Exception):
    """The job was told to stop before it had begun."""


class _Worker(Generic[J, R]):
    """A process, the pipe for its jobs and results, and the one by which it is told to stop."""

    def __init__(self, perform: Perform[J, R]) -> None:
        context = get_context("spawn")
        self.jobs, theirs = context.Pipe()
        told, self._tell = context.Pipe(duplex=False)
        self._process = context.Process(target=_work, args=(perform, theirs, told), daemon=True)
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
        """Tell it to stop what it is doing."""
        with suppress(OSError):
            self._tell.send(None)

    def give(self, job: J) -> None:
        """Hand it a job. Raises LineSimError when it has died."""
        try:
            self.jobs.send(job)
        except OSError:
            raise self._died() from None

    def take(self) -> R:
        """Return what came of its job. Raises what the job raised, and LineSimError when it died."""
        try:
            result: R
            result, error = self.jobs.recv()
        except (EOFError, OSError):
            raise self._died() from None
        if error is not None:
            raise error
        return result

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


class _Workers(Generic[J, R]):
    def __init__(self, perform: Perform[J, R], workers: int) -> None:
        self._workers: list[_Worker[J, R]] = []
        try:
            for _ in range(workers):
                self._workers.append(_Worker(perform))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let every process go."""
        for worker in self._workers:
            worker.stop()
        for worker in self._workers:
            worker.dismiss()

    def results(self, jobs: Iterable[J], interrupt: Interrupt) -> Iterator[R]:
        """Hand out the jobs as processes become free; yield the results in order."""
        queue = enumerate(jobs)
        idle, busy = list(self._workers), dict[Connection, tuple[int, _Worker[J, R]]]()
        finished: dict[int, R] = {}
        due, told = 0, False
        while True:
            while idle and not interrupt.wished and (job := next(queue, None)) is not None:
                worker = idle.pop()
                worker.give(job[1])
                busy[worker.jobs] = (job[0], worker)
            if interrupt.wished and not told:
                told = True
                for worker in self._workers:
                    worker.stop()
            if not busy:
                break
            ready = wait(list(busy), LOOK_EVERY_S)
            for number, worker in [busy.pop(pipe) for pipe in list(busy) if pipe in ready]:
                with suppress(_NothingToSaveError):
                    finished[number] = worker.take()
                idle.append(worker)
            while due in finished:
                yield finished.pop(due)
                due += 1
        yield from (finished[number] for number in sorted(finished))


def _work(perform: Perform[Any, Any], jobs: Connection, told: Connection) -> None:
    """Do jobs until there is nobody who sends any."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    interrupt = Interrupt()
    Thread(target=_listen, args=(told, interrupt), daemon=True).start()
    while True:
        try:
            job = jobs.recv()
        except (EOFError, OSError):
            return
        answer: tuple[Any, Exception | None]
        try:
            answer = (perform(job, interrupt), None)
        except KeyboardInterrupt:
            answer = (None, _NothingToSaveError())
        except Exception as error:  # noqa: BLE001 - raised again where it is wanted
            error.add_note(traceback.format_exc())
            answer = (None, error)
        with suppress(OSError):  # the parent has gone
            jobs.send(answer)


def _listen(told: Connection, interrupt: Interrupt) -> None:
    """Wish the stop when told, and also when the parent is gone."""
    with suppress(EOFError, OSError):
        told.recv()
    interrupt.wished = True
