"""The chunks of one call as tasks of a Dask cluster; they may begin twice, and whoever does them may die."""

import pickle
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from distributed import Event, Future, KilledWorker

from line_sim.errors import ClusterError, LineSimError
from line_sim.study.workers.chunks import Outcome
from line_sim.study.workers.cluster import Cluster, gone
from line_sim.study.workers.identity import identity
from line_sim.study.workers.on_cluster import INSTALL, do_chunk
from line_sim.study.workers.order import MOST_OUT
from line_sim.study.workers.seam import Perform

CHUNKS_A_WORKER = 3
LOOK_EVERY_S = 1.0
PATIENCE_S = 10.0
LONGEST_FETCH_S = 60.0


@dataclass(slots=True)
class _Suspects:
    """Jobs of a chunk under which too many workers died; done again, one by one, they tell which it was."""

    jobs: deque[Any]
    outcome: Outcome[Any] = field(default_factory=Outcome)


class Tasks:
    """A team for `order.in_order`.

    A worker that dies has its tasks begun again elsewhere; Dask gives one up under which several died,
    and blames with it what else these workers had taken. So what was blamed is done again, nothing
    beside it, before the job that is to blame is named.
    """

    def __init__(self, cluster: Cluster, perform: Perform[Any, Any], call: str) -> None:
        self.count = cluster.count
        self._cluster = cluster
        self._client = cluster.client
        self._perform = pickle.dumps(perform)
        self._call = call
        self._wish = Event(call, client=self._client)
        self._stopped = self._lost = False
        self._sent = 0
        self._out = dict[int, tuple[list[Any], Future]]()
        self._suspects = dict[int, _Suspects]()
        self._over = SimpleQueue[int]()
        self._again: list[int] = []
        self._fetch_s = 2.0
        self._looked = monotonic()
        self._no_worker_since: float | None = None

    @property
    def has_room(self) -> bool:
        """Whether some worker would soon have nothing to do."""
        return not self._suspects and len(self._out) < min(MOST_OUT, CHUNKS_A_WORKER * self.count)

    def send(self, first: int, jobs: list[Any]) -> None:
        """Have a chunk done. Raises ClusterError where the scheduler has gone."""
        self._sent += 1
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Dask warns of a scenario that holds many measured times
                future = self._client.submit(
                    do_chunk,
                    self._perform,
                    pickle.dumps(jobs),
                    self._call,
                    identity(),
                    key=f"{self._call}-{first}-{self._sent}",
                    pure=False,
                )
        except Exception as error:  # whatever Dask raises when its scheduler is gone
            raise self._gone(error) from error
        self._out[first] = (jobs, future)
        future.add_done_callback(lambda _: self._over.put(first))

    def news(self, seconds: float) -> Iterator[tuple[int, Outcome[Any]]]:
        """Wait for chunks that are over; now and then, look after scheduler and workers."""
        over = self._told(seconds)
        self._look()
        for first in over:
            yield from self._taken(first)
        yield from self._tried()

    def stop(self) -> None:
        """Set the event to which every worker listens that does something for this call."""
        self._stopped = True
        try:
            self._wish.set()
        except Exception as error:  # whatever Dask raises when its scheduler is gone
            raise self._gone(error) from error

    def break_off(self) -> None:
        """Have the workers free; what they are at is waited for a little, so that it writes no more."""
        with suppress(Exception):  # whoever is here knows what is wrong, or does not care
            if self._out and not self._lost:
                self._wish.set()
                end = monotonic() + PATIENCE_S
                while self._out and monotonic() < end:
                    for first in self._told(LOOK_EVERY_S):
                        self._out.pop(first, None)
            if not self._lost:
                self._wish.clear()  # one that is set would stay with the scheduler for ever
        self._out.clear()

    def _told(self, seconds: float) -> list[int]:
        """Wait for a chunk that is over; return it and those that are over, too."""
        over, self._again = self._again, []
        with suppress(Empty):
            over.append(self._over.get(timeout=seconds))
            while True:
                over.append(self._over.get_nowait())
        return over

    def _taken(self, first: int) -> Iterator[tuple[int, Outcome[Any]]]:
        """Fetch what came of a chunk; where it went with its worker, it is looked for again later."""
        jobs, future = self._out[first]
        try:
            outcome = self._fetched(future)
        except TimeoutError:
            self._fetch_s = min(2 * self._fetch_s, LONGEST_FETCH_S)
            outcome = None
        except LineSimError:
            raise
        except Exception as error:  # whatever Dask raises when its scheduler is gone
            raise self._gone(error) from error
        if outcome is None:
            self._again.append(first)
            return
        del self._out[first]
        yield from self._judged(first, jobs, outcome)

    def _fetched(self, future: Future) -> Outcome[Any] | None:
        """Return what came of a chunk; None while it is made once more."""
        match future.status:
            case "finished":
                outcome: Outcome[Any] = pickle.loads(future.result(timeout=self._fetch_s))  # noqa: S301 - ours
                return outcome
            case "error":
                error = future.exception(timeout=self._fetch_s)
                return Outcome(error=error if isinstance(error, KilledWorker) else _unable(error))
            case "pending" | "lost":
                return None
        raise self._gone(None)

    def _judged(
        self, first: int, jobs: list[Any], outcome: Outcome[Any]
    ) -> Iterator[tuple[int, Outcome[Any]]]:
        """Tell what came of a chunk, unless workers died under it, or did before."""
        killed = isinstance(outcome.error, KilledWorker)
        suspects = self._suspects.get(first)
        if suspects is None and not killed:
            yield first, outcome
        elif suspects is None:
            self._suspects[first] = _Suspects(deque(jobs))
        else:
            suspects.outcome.results += outcome.results
            suspects.outcome.seconds += outcome.seconds
            suspects.outcome.error = _poison(jobs[0]) if killed else outcome.error

    def _tried(self) -> Iterator[tuple[int, Outcome[Any]]]:
        """Once nothing else is out, have the next suspect done; tell of chunks whose suspects are through."""
        while self._suspects and not self._out:
            first, suspects = next(iter(self._suspects.items()))
            if suspects.jobs and suspects.outcome.error is None and not self._stopped:
                self.send(first, [suspects.jobs.popleft()])
                return
            del self._suspects[first]
            yield first, suspects.outcome

    def _look(self) -> None:
        """Look after the workers. Raises ClusterError where there was none for too long."""
        if monotonic() - self._looked < LOOK_EVERY_S:
            return
        self._looked = monotonic()
        try:
            workers = self._cluster.workers()
            self.count = max(len(workers), 1)
            since = self._no_worker_since
            self._no_worker_since = None if workers else self._cluster.without_workers(since)
        except ClusterError:
            self._lost = True
            raise

    def _gone(self, error: BaseException | None) -> ClusterError:
        self._lost = True
        return gone(self._cluster.address, error)


def _unable(error: Exception) -> ClusterError:
    """Return the error of a task that came to no job: what a job raises comes home in its outcome."""
    what = (str(error).splitlines() or [""])[0]
    return ClusterError(f"a worker cannot do a run: {type(error).__name__}: {what:.200}; {INSTALL}")


def _poison(job: Any) -> LineSimError:
    return LineSimError(
        f"every worker that took the job {job!r:.200} ended in the middle of it, also with nothing beside it;"
        " is there memory enough on the workers? --jobs 1 runs it here"
    )
