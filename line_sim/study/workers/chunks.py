"""Jobs are sent in chunks of about a second of work, so that sending costs little of it."""

import pickle
import traceback
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from time import perf_counter
from typing import Any, Generic

from line_sim.line.interrupt import Interrupt
from line_sim.study.workers.seam import J, Perform, R

WORK_S = 1.0
MOST_JOBS = 1_000
GROWS_BY = 4
"""No chunk has more than so many times the jobs of those before: one quick job says little of the next."""


@dataclass(slots=True)
class Outcome(Generic[R]):
    """What came of a chunk: the results of its jobs up to an error, or to a wish to stop.

    `seconds` is what that took where it was done.
    """

    results: list[R] = field(default_factory=list)
    error: Exception | None = None
    seconds: float = 0.0


def do(perform: Perform[J, R], jobs: Iterable[J], interrupt: Interrupt) -> Outcome[R]:
    """Do the jobs of a chunk one after the other."""
    outcome, began = Outcome[R](), perf_counter()
    for job in jobs:
        if interrupt.wished:
            break
        try:
            outcome.results.append(perform(job, interrupt))
        except KeyboardInterrupt:  # it was told to stop before there was anything to save
            break
        except Exception as error:  # noqa: BLE001 - raised again where it is wanted
            error.add_note(traceback.format_exc())
            outcome.error = error
            break
    outcome.seconds = perf_counter() - began
    return outcome


def done(perform: bytes, jobs: bytes, interrupt: Interrupt) -> bytes:
    """Do a chunk that came as bytes and return its outcome as bytes."""
    try:
        work, chunk = pickle.loads(perform), pickle.loads(jobs)  # noqa: S301 - from whoever started us
    except Exception as error:  # noqa: BLE001 - a module that is not here, say: raised where it is wanted
        error.add_note(traceback.format_exc())
        return packed(Outcome[Any](error=error))
    return packed(do(work, chunk, interrupt))


def packed(outcome: Outcome[Any]) -> bytes:
    """Return an outcome as bytes; one that cannot be sent home becomes an error that says so."""
    with suppress(Exception):  # pickle raises nearly anything
        if outcome.error is not None:
            pickle.loads(pickle.dumps(outcome.error))  # noqa: S301 - our own; some can be written and not read
        return pickle.dumps(outcome)
    what = "error" if outcome.error else "result"
    wrong = RuntimeError(
        f"the {what} of a job cannot be sent home: {outcome.error or outcome.results[:1]!r:.500}"
    )
    for note in getattr(outcome.error, "__notes__", ()):
        wrong.add_note(note)
    return pickle.dumps(Outcome[Any](error=wrong, seconds=outcome.seconds))


class Pace:
    """How many jobs make a chunk: one at first, then as many as `WORK_S` of work, as far as is known."""

    def __init__(self) -> None:
        self.jobs = 1
        self._a_job: float | None = None

    def saw(self, outcome: Outcome[Any]) -> None:
        """Learn from a chunk that is over."""
        if not outcome.results:
            return
        a_job = outcome.seconds / len(outcome.results)
        self._a_job = a_job if self._a_job is None else (self._a_job + a_job) / 2
        fitting = int(WORK_S / self._a_job) if self._a_job > WORK_S / MOST_JOBS else MOST_JOBS
        self.jobs = max(1, min(fitting, GROWS_BY * len(outcome.results), MOST_JOBS))


class Ahead(Generic[J]):
    """The jobs that nobody has yet, read a little ahead, so that their end is seen coming."""

    def __init__(self, jobs: Iterable[J]) -> None:
        self._source = iter(jobs)
        self._read = deque[J]()

    def take(self, jobs: int, workers: int) -> list[J]:
        """Return a chunk; towards the end they become smaller, so that every worker has some."""
        many = 2 * jobs * workers
        self._read.extend(islice(self._source, many - len(self._read)) if len(self._read) < many else ())
        fair = -(-len(self._read) // (2 * workers))
        return [self._read.popleft() for _ in range(min(jobs, fair))]
