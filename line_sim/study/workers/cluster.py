"""The workers of a running Dask cluster; needs the extra `line-sim[cluster]`."""

import logging
import uuid
import warnings
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import TYPE_CHECKING, Self

from line_sim.errors import ClusterError, ScenarioError
from line_sim.line.interrupt import Interrupt
from line_sim.study.workers.identity import identity
from line_sim.study.workers.on_cluster import INSTALL
from line_sim.study.workers.order import LOOK_EVERY_S, in_order
from line_sim.study.workers.seam import J, Perform, R

if TYPE_CHECKING:
    from distributed import Client

MISSING = "Dask is needed for a cluster: pip install 'line-sim[cluster]'"
PATIENCE_S = 60.0
"""So long is a cluster without any worker waited for."""
ANSWER_S = 10.0
"""So long may its scheduler take to be reached, and to answer."""
_NOISY = {"distributed", "tornado", "asyncio", "bokeh"}


class Cluster:
    """The workers of the Dask scheduler at `address`: `tcp://HOST:PORT`, or the path of its scheduler file.

    `say` is told what one would otherwise wait for in the dark; a cluster without workers is waited for at
    most `patience` seconds. While it is open, Dask's own log is silent.
    """

    def __init__(
        self, address: str, *, say: Callable[[str], None] = lambda _: None, patience: float = PATIENCE_S
    ) -> None:
        self.address = address
        self.say = say
        self.patience = patience
        self._client: Client | None = None

    def __enter__(self) -> Self:
        """Reach the scheduler. Raises ScenarioError without Dask, or for no address, ClusterError."""
        place = self._place()
        try:
            from distributed import Client  # noqa: PLC0415 - an extra, and slow
        except ImportError as error:
            raise ScenarioError(MISSING) from error
        _be_quiet()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of other versions of Dask; ours are compared below
                self._client = Client(**place, timeout=ANSWER_S, set_as_default=False, name="line-sim")
        except (OSError, ValueError, KeyError) as error:
            raise ClusterError(
                f"{self.address}: no Dask scheduler can be reached there ({_first_line(error)});"
                " 'dask scheduler' starts one and says its address"
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            with suppress(Exception):  # the scheduler may have gone
                self._client.close(timeout=2)
            self._client = None

    @property
    def count(self) -> int:
        """How many workers there are now, and 1 at least."""
        with suppress(ClusterError):
            return max(len(self.workers()), 1)
        return 1

    def workers(self) -> list[str]:
        """Return the addresses of the workers. Raises ClusterError where the scheduler does not answer."""
        try:
            return sorted(self.client.nthreads(callback_timeout=ANSWER_S))
        except Exception as error:  # Dask says in many ways that its scheduler has gone
            raise gone(self.address, error) from error

    @property
    def client(self) -> "Client":
        """Dask's own view of it, while it is open."""
        if self._client is None:
            raise ValueError("the cluster is not open")
        return self._client

    def in_order(
        self, perform: Perform[J, R], jobs: Iterable[J], interrupt: Interrupt
    ) -> Generator[R, None, None]:
        """Do the jobs as `Workers` says.

        Raises ClusterError where the scheduler goes, no worker is left or one has other versions, and
        LineSimError for a job under which workers die again and again.
        """
        from line_sim.study.workers.tasks import Tasks  # noqa: PLC0415

        if not self._await_workers(interrupt):
            return
        self._refuse_others()
        tasks = Tasks(self, perform, f"line-sim-{uuid.uuid4().hex}")
        try:
            yield from in_order(tasks, jobs, interrupt)
        finally:
            tasks.break_off()

    def _await_workers(self, interrupt: Interrupt) -> bool:
        """Wait for the first worker; False where a stop is wished before."""
        since = None
        while not interrupt.wished:
            if self.workers():
                return True
            since = self.without_workers(since)
            sleep(LOOK_EVERY_S)
        return False

    def without_workers(self, since: float | None) -> float:
        """Say that there is none; return since when. Raises ClusterError once that has been too long."""
        if since is None:
            self.say(f"{self.address} has no worker; waiting for one, at most {self.patience:g} s")
            return monotonic()
        if monotonic() - since > self.patience:
            raise ClusterError(
                f"{self.address}: no worker for {self.patience:g} s;"
                f" start some, 'dask worker {self.address} --nthreads 1', and begin again"
            )
        return since

    def _refuse_others(self) -> None:
        """Raise ClusterError where a worker has other versions; those that come later say it themselves."""
        try:
            found = self.client.get_versions(packages=["line_sim"])["workers"]
        except Exception as error:  # whatever Dask raises when its scheduler is gone
            raise gone(self.address, error) from error
        ours = identity()
        for worker, told in sorted(found.items()):
            has = told["packages"]
            if has["line_sim"] is None:
                raise ClusterError(f"worker {worker} has no line-sim; {INSTALL}")
            python = ".".join(has["python"].split(".")[:2])
            theirs = type(ours)(has["line_sim"], ours.code, python, has["numpy"])
            if others := ours.differences(theirs):
                raise ClusterError(f"worker {worker} has {others}; {INSTALL}")

    def _place(self) -> dict[str, str]:
        if "://" in self.address:
            return {"address": self.address}
        if Path(self.address).is_file():
            return {"scheduler_file": self.address}
        raise ScenarioError(
            f"--cluster {self.address}: neither an address, such as tcp://HOST:8786, nor a scheduler file"
        )


def gone(address: str, error: BaseException | None) -> ClusterError:
    """Return the error of a scheduler that has gone."""
    why = f" ({_first_line(error)})" if error is not None and str(error) else ""
    return ClusterError(
        f"{address}: the scheduler has gone, or does not answer any more{why};"
        " what is on disk stays; what was not written is lost"
    )


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _be_quiet() -> None:
    """Keep Dask's log off the terminal: what matters of it, our errors say."""
    for name in [*_NOISY, *logging.root.manager.loggerDict]:
        if name.split(".")[0] in _NOISY:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
