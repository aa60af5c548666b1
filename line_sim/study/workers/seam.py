"""What every kind of workers can do; the studies know nothing else of them."""

from collections.abc import Callable, Generator, Iterable
from types import TracebackType
from typing import Protocol, Self, TypeVar

from line_sim.line.interrupt import Interrupt

J = TypeVar("J")
R = TypeVar("R")
Perform = Callable[[J, Interrupt], R]
"""Does a job; must be picklable. The interrupt tells it to stop half-way."""


class Workers(Protocol):
    """So many at a time do jobs; open (as a context manager) for as long as there are any."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @property
    def count(self) -> int:
        """How many jobs are done at a time."""

    def in_order(
        self, perform: Perform[J, R], jobs: Iterable[J], interrupt: Interrupt
    ) -> Generator[R, None, None]:
        """Do the jobs and yield their results in the order of the jobs, which are read ahead of them.

        Once a stop is wished no job is begun; those at hand are told to stop, and what they give is
        yielded; of one that had nothing to give yet, nothing is. A generator that is closed begins no
        job any more. Raises what `perform` raises, and LineSimError when a worker dies.
        """
