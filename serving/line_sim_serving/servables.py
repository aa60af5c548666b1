"""A model's versions and their life: found, loaded, available, retired.

A new version is loaded before the old one goes, so that there is always an answer; an old one goes
only when its last request has been answered.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import grpc

from line_sim_serving.engine import Engine
from line_sim_serving.refusal import Refusal, not_found
from line_sim_serving.versions import complaint_about, find_versions, latest

log = logging.getLogger(__name__)


class State(IntEnum):
    """Where a version is in its life; the numbers of TensorFlow Serving's ModelVersionStatus."""

    START = 10
    LOADING = 20
    AVAILABLE = 30
    UNLOADING = 40
    END = 50


@dataclass(frozen=True, slots=True)
class VersionStatus:
    """One version's state; `code` is a gRPC status number, not 0 where its load failed."""

    version: int
    state: State
    code: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How a failed load is tried again."""

    retries: int
    interval_s: float


@dataclass(slots=True)
class Servable:
    """A loaded version, and how many requests are using it."""

    name: str
    version: int
    engine: Engine
    users: int = 0


@dataclass(frozen=True, slots=True)
class _Attempts:
    """How often a version was tried, and when it may be tried again (None: never)."""

    made: int = 0
    next_at: float | None = 0.0


class Model:
    """The versions of one model. `step` is called by one thread, everything else by any."""

    def __init__(
        self,
        name: str,
        base: Path,
        load: Callable[[Path], Engine],
        retry: RetryPolicy,
        clock: Callable[[], float],
    ) -> None:
        self.name = name
        self._base = base
        self._load = load
        self._retry = retry
        self._clock = clock
        self._changed = threading.Condition()
        self._loaded: dict[int, Servable] = {}
        self._statuses: dict[int, VersionStatus] = {}
        self._attempts: dict[int, _Attempts] = {}
        self._found: Mapping[int, Path] = {}
        self._complaint = ""

    @property
    def available(self) -> bool:
        """Whether at least one version answers."""
        return bool(self._loaded)

    @property
    def failure(self) -> VersionStatus | None:
        """The wanted version's error, once it has been given up and nothing else answers."""
        wanted = latest(self._found)
        if self.available or not wanted or self._may_be_tried(wanted[0]):
            return None
        return self._statuses[wanted[0]]

    @property
    def next_try_at(self) -> float | None:
        """When a failed load is due again, on the clock; None when none is."""
        due = [attempts.next_at for attempts in self._attempts.values() if attempts.next_at is not None]
        return min(due, default=None)

    def statuses(self) -> list[VersionStatus]:
        """Every version this process has ever seen, highest first."""
        with self._changed:
            return sorted(self._statuses.values(), key=lambda status: status.version, reverse=True)

    @contextmanager
    def lease(self, version: int | None) -> Iterator[Servable]:
        """Hold a version (None: the highest available) for one request; it is not unloaded meanwhile.

        Raises Refusal NOT_FOUND.
        """
        servable = self._take(version)
        try:
            yield servable
        finally:
            with self._changed:
                servable.users -= 1
                self._changed.notify_all()

    def scan(self) -> None:
        """Look into the folder; where it cannot be read nothing changes."""
        try:
            found: Mapping[int, Path] | None = find_versions(self._base)
        except OSError:
            found = None
        self._complain(complaint_about(self.name, self._base, found))
        if found is None:
            return
        self._found = found
        for version in set(self._attempts) - set(found):
            del self._attempts[version]

    def step(self) -> bool:
        """Load what is wanted and not there yet, then retire what is no longer wanted.

        Gives whether anything was loaded or retired.
        """
        before = set(self._loaded)
        wanted = latest(self._found)
        for version in wanted:
            if version not in self._loaded and self._may_be_tried(version):
                self._try_to_load(version)
        if not wanted or any(version in self._loaded for version in wanted):
            for version in set(self._loaded) - set(wanted):
                self._retire(version)
        return set(self._loaded) != before

    def _take(self, version: int | None) -> Servable:
        with self._changed:
            chosen = max(self._loaded, default=None) if version is None else version
            if chosen is None or chosen not in self._loaded:
                raise not_found(self.name, version)
            servable = self._loaded[chosen]
            servable.users += 1
            return servable

    def _may_be_tried(self, version: int) -> bool:
        due = self._attempts.get(version, _Attempts()).next_at
        return due is not None and self._clock() >= due

    def _try_to_load(self, version: int) -> None:
        self._set(VersionStatus(version, State.LOADING))
        try:
            engine = self._load(self._found[version])
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a folder, the others go on
            self._failed(version, error)
            return
        self._attempts.pop(version, None)
        with self._changed:
            self._loaded[version] = Servable(self.name, version, engine)
        self._set(VersionStatus(version, State.AVAILABLE))
        log.info("Successfully loaded servable version {name: %s version: %d}", self.name, version)

    def _failed(self, version: int, error: Exception) -> None:
        """Write a failed try down: to be tried again, or given up."""
        made = self._attempts.get(version, _Attempts()).made + 1
        code, text = _explain(error)
        log.error("Loading servable {name: %s version: %d} failed: %s", self.name, version, text)
        if made <= self._retry.retries:
            self._attempts[version] = _Attempts(made, self._clock() + self._retry.interval_s)
            return
        self._attempts[version] = _Attempts(made, None)
        self._set(VersionStatus(version, State.END, code, text))

    def _retire(self, version: int) -> None:
        """Take a version out of sight, wait for its last request, free it."""
        self._set(VersionStatus(version, State.UNLOADING))
        with self._changed:
            servable = self._loaded.pop(version)
            self._changed.wait_for(lambda: servable.users == 0)
        servable.engine.close()
        self._set(VersionStatus(version, State.END))
        log.info("Done unloading servable version {name: %s version: %d}", self.name, version)

    def _set(self, status: VersionStatus) -> None:
        with self._changed:
            self._statuses[status.version] = status

    def _complain(self, complaint: str) -> None:
        """Log what is wrong with the folder, once for as long as it stays wrong."""
        if complaint and complaint != self._complaint:
            log.warning(complaint)
        self._complaint = complaint


def _explain(error: Exception) -> tuple[int, str]:
    """Give a load error its gRPC status number and text."""
    if isinstance(error, Refusal):
        return int(error.code.value[0]), error.text
    code = getattr(error, "error_code", grpc.StatusCode.UNKNOWN.value[0])
    return int(code), str(getattr(error, "message", error))
