"""A model's versions and their life: found, loaded, available, retired.

A new version is loaded before the old one goes, so that there is always an answer; an old one goes
only when its last request has been answered.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from line_sim_serving.inference.refusal import not_found
from line_sim_serving.models.asked import Asked
from line_sim_serving.models.runner import LoadedModel
from line_sim_serving.models.states import State, VersionStatus, explain
from line_sim_serving.models.versions import VersionPolicy, complaint_about, find_versions

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """What is to be served: the folder of version folders, and which of them.

    A model without a base is served no longer.
    """

    base: Path | None
    policy: VersionPolicy = VersionPolicy()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class Loading:
    """How a version is loaded, and how a failed load is tried again."""

    load: Callable[[Path, Asked], LoadedModel]
    retries: int
    retry_interval_s: float
    clock: Callable[[], float]


@dataclass(slots=True)
class Servable:
    """A loaded version, and how many requests are using it."""

    name: str
    version: int
    engine: LoadedModel
    asked: Asked
    users: int = 0


@dataclass(frozen=True, slots=True)
class _Attempts:
    """How often a version was tried, and when it may be tried again (None: never)."""

    made: int = 0
    next_at: float | None = 0.0


class Model:
    """The versions of one model. `scan` and `step` are called by one thread, everything else by any."""

    def __init__(self, name: str, plan: ModelPlan, loading: Loading) -> None:
        self.name = name
        self._plan = plan
        self._scanned: ModelPlan | None = None
        self._loading = loading
        self._changed = threading.Condition()
        self._loaded: dict[int, Servable] = {}
        self._statuses: dict[int, VersionStatus] = {}
        self._attempts: dict[int, _Attempts] = {}
        self._found: Mapping[int, Path] = {}
        self._complaint = ""
        self._asked = Asked()

    # What requests ask

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

    def statuses(self) -> list[VersionStatus]:
        """Every version this process has ever seen, highest first."""
        with self._changed:
            return sorted(self._statuses.values(), key=lambda status: status.version, reverse=True)

    def answers(self, version: int) -> bool:
        """Whether a version is available."""
        with self._changed:
            return version in self._loaded

    # What the registry asks

    @property
    def plan(self) -> ModelPlan:
        """What is to be served at present."""
        return self._plan

    def follow(self, plan: ModelPlan) -> None:
        """Serve something else from now on; versions that are in both plans stay as they are."""
        with self._changed:
            if plan == self._plan:
                return
            self._plan = plan
            self._attempts.clear()
            self._changed.notify_all()

    def wait_until_settled(self, timeout_s: float | None) -> VersionStatus | None:
        """Wait until a version answers, all that are wanted have failed, or none is wanted any more.

        Gives the highest version's failure where none answers; None is also what the timeout gives.
        """
        with self._changed:
            self._changed.wait_for(self._is_settled, timeout_s)
            return self._failure()

    def is_settled(self) -> bool:
        """Whether a version answers, or there is no hope for one."""
        with self._changed:
            return self._is_settled()

    # What the caretaker does

    @property
    def is_over(self) -> bool:
        """Whether nothing is to be served any more, and nothing is."""
        with self._changed:
            return self._plan.base is None and not self._loaded

    def wait_for_change(self, known: ModelPlan, timeout_s: float) -> None:
        """Sleep until there is another plan than the one that is known, or for so long."""
        with self._changed:
            self._changed.wait_for(lambda: self._plan is not known, timeout_s)

    @property
    def next_try_at(self) -> float | None:
        """When a failed load is due again, on the clock; None when none is."""
        due = [attempts.next_at for attempts in self._attempts.values() if attempts.next_at is not None]
        return min(due, default=None)

    def scan(self, plan: ModelPlan) -> None:
        """Look into the plan's folder; where it cannot be read nothing changes."""
        found: Mapping[int, Path] | None = {}
        if plan.base is not None:
            try:
                found = find_versions(plan.base)
            except OSError:
                found = None
            self._complain(complaint_about(self.name, plan.base, found, plan.policy))
        if found is None:
            return
        with self._changed:
            self._found = found
            self._scanned = plan
            for version in set(self._attempts) - set(found):
                del self._attempts[version]
            self._changed.notify_all()

    def step(self, plan: ModelPlan) -> bool:
        """Load what is wanted and not there yet, then retire what is no longer wanted.

        Gives whether anything was loaded or retired.
        """
        before = set(self._loaded)
        wanted = plan.policy.choose(self._found)
        for version in wanted:
            if self._plan is not plan:
                break  # whatever else this plan wanted, nobody wants it any more
            if version not in self._loaded and self._may_be_tried(version):
                self._try_to_load(version)
        if not wanted or any(version in self._loaded for version in wanted):
            for version in set(self._loaded) - set(wanted):
                self._retire(version)
        return set(self._loaded) != before

    # How

    def _take(self, version: int | None) -> Servable:
        with self._changed:
            chosen = max(self._loaded, default=None) if version is None else version
            if chosen is None or chosen not in self._loaded:
                raise not_found(self.name, version)
            servable = self._loaded[chosen]
            servable.users += 1
            return servable

    def _is_settled(self) -> bool:
        return bool(self._loaded) or self._plan.base is None or self._failure() is not None

    def _failure(self) -> VersionStatus | None:
        """Give the highest wanted version's error, once all are given up and nothing else answers."""
        wanted = self._plan.policy.choose(self._found) if self._scanned is self._plan else []
        if self._loaded or not wanted:
            return None
        given_up = all(self._attempts.get(version, _Attempts()).next_at is None for version in wanted)
        return self._statuses[wanted[0]] if given_up else None

    def _may_be_tried(self, version: int) -> bool:
        due = self._attempts.get(version, _Attempts()).next_at
        return due is not None and self._loading.clock() >= due

    def _try_to_load(self, version: int) -> None:
        self._set(VersionStatus(version, State.LOADING))
        try:
            engine = self._loading.load(self._found[version], self._asked)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a folder, the others go on
            self._failed(version, error)
            return
        log.info("Successfully loaded servable version {name: %s version: %d}", self.name, version)
        with self._changed:
            self._attempts.pop(version, None)
            self._loaded[version] = Servable(self.name, version, engine, self._asked)
            self._set(VersionStatus(version, State.AVAILABLE))

    def _failed(self, version: int, error: Exception) -> None:
        """Write a failed try down: to be tried again, or given up."""
        code, text = explain(error)
        log.error("Loading servable {name: %s version: %d} failed: %s", self.name, version, text)
        with self._changed:
            made = self._attempts.get(version, _Attempts()).made + 1
            if made <= self._loading.retries:
                again_at = self._loading.clock() + self._loading.retry_interval_s
                self._attempts[version] = _Attempts(made, again_at)
                return
            self._attempts[version] = _Attempts(made, None)
            self._set(VersionStatus(version, State.END, code, text))

    def _retire(self, version: int) -> None:
        """Take a version out of sight; it is freed when its last request has been answered."""
        with self._changed:
            self._set(VersionStatus(version, State.UNLOADING))
            servable = self._loaded.pop(version)
        threading.Thread(target=self._unload, args=(servable,), name="unload", daemon=True).start()

    def _unload(self, servable: Servable) -> None:
        with self._changed:
            self._changed.wait_for(lambda: servable.users == 0)
        servable.engine.close()
        with self._changed:  # the version may have come back meanwhile
            if self._statuses[servable.version].state is State.UNLOADING:
                self._set(VersionStatus(servable.version, State.END))
        log.info("Done unloading servable version {name: %s version: %d}", self.name, servable.version)

    def _set(self, status: VersionStatus) -> None:
        with self._changed:  # a condition's lock may be taken again by its owner
            self._statuses[status.version] = status
            self._changed.notify_all()

    def _complain(self, complaint: str) -> None:
        """Log what is wrong with the folder, once for as long as it stays wrong."""
        if complaint and complaint != self._complaint:
            log.warning(complaint)
        self._complaint = complaint
