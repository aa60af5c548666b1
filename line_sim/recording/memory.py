"""An observer that keeps every record in memory."""

from line_sim.line.records import Call, Item, Job, Outage, Visit
from line_sim.recording.reader import RunRecords


class Memory:
    """Keeps what it is told, in the order in which it is told."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._visits: list[Visit] = []
        self._calls: list[Call] = []
        self._outages: list[Outage] = []
        self._jobs: list[Job] = []
        self.on_item = self._items.append
        self.on_visit = self._visits.append
        self.on_call = self._calls.append
        self.on_outage = self._outages.append
        self.on_job = self._jobs.append

    @property
    def records(self) -> RunRecords:
        """Everything kept so far."""
        items, visits, calls = tuple(self._items), tuple(self._visits), tuple(self._calls)
        return RunRecords(items, visits, calls, tuple(self._outages), jobs=tuple(self._jobs))
