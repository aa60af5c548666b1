"""Results in the order of the jobs, whoever does them and whoever is over first."""

from collections.abc import Generator, Iterable
from typing import Any, Protocol

from line_sim.errors import LineSimError
from line_sim.line.interrupt import Interrupt
from line_sim.study.workers.chunks import Ahead, Outcome, Pace
from line_sim.study.workers.seam import J

LOOK_EVERY_S = 0.2
"""A signal handler only notes the wish: nothing else ends the wait for a result."""
MOST_OUT = 2_000
"""Chunks that are sent and whose results were not yielded yet: what one slow job may make wait."""
MOST_JOBS_OUT = 20_000


class Team(Protocol):
    """Whoever does chunks of jobs for one call of `in_order`; a chunk is known by its first job's number."""

    @property
    def count(self) -> int:
        """How many chunks are done at a time."""

    @property
    def has_room(self) -> bool:
        """Whether it takes another chunk now."""

    def send(self, first: int, jobs: list[Any]) -> None:
        """Have a chunk done. Raises LineSimError where nobody can."""

    def news(self, seconds: float) -> Iterable[tuple[int, Outcome[Any]]]:
        """Wait so long, at most, for chunks that are over. Raises LineSimError where one never will be."""

    def stop(self) -> None:
        """Tell the jobs at hand to stop; no chunk is sent any more."""


def in_order(team: Team, jobs: Iterable[J], interrupt: Interrupt) -> Generator[Any, None, None]:
    """Do the jobs as `Workers.in_order` says; an error is raised where its result would be."""
    ahead, pace = Ahead(jobs), Pace()
    sizes, came = dict[int, int](), dict[int, Outcome[Any]]()
    next_job = due = 0
    told = failed = False
    while True:
        while not (interrupt.wished or failed) and _few(sizes, next_job - due) and team.has_room:
            chunk = ahead.take(pace.jobs, team.count)
            if not chunk:
                break
            sizes[next_job] = len(chunk)
            team.send(next_job, chunk)
            next_job += len(chunk)
        if interrupt.wished and not told:
            told = True
            team.stop()
        if len(came) == len(sizes):
            break
        for first, outcome in team.news(LOOK_EVERY_S):
            if len(outcome.results) < sizes[first] and outcome.error is None and not told:
                outcome.error = LineSimError("a worker broke a run off, which nobody had told it")
            came[first] = outcome
            pace.saw(outcome)
            failed = failed or outcome.error is not None
        while due in came:
            yield from _one_by_one(came.pop(due))
            due += sizes.pop(due)
    for first in sorted(came):
        yield from _one_by_one(came.pop(first))


def _few(sizes: dict[int, int], jobs: int) -> bool:
    return len(sizes) < MOST_OUT and jobs < MOST_JOBS_OUT


def _one_by_one(outcome: Outcome[Any]) -> Generator[Any, None, None]:
    """Yield results and forget them; then raise what ended the chunk."""
    outcome.results.reverse()
    while outcome.results:
        yield outcome.results.pop()
    if outcome.error is not None:
        raise outcome.error
