"""A run's tables as the analysis sees them: a station at a time."""

from collections.abc import Callable, Hashable, Iterator
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar

import numpy as np

from line_sim.layout import Layout
from line_sim.recording.columns import NONE
from line_sim.recording.reader import RunRecords, RunTables, tables_of
from line_sim.recording.rows import BoolArray, Calls, FloatArray, IntArray, Items, Jobs, Outages, Visits
from line_sim.recording.store import NO_STATION, Key
from line_sim.recording.tables import BREAKDOWNS, CALLS, CREWS, ITEMS, VISITS
from line_sim.units import Nanoseconds

__all__ = [
    "NONE",
    "BoolArray",
    "Calls",
    "FloatArray",
    "IntArray",
    "Items",
    "Jobs",
    "Known",
    "Outages",
    "Parts",
    "RunColumns",
    "Visits",
    "columns_of",
    "distinct",
    "find",
    "or_end",
]

T = TypeVar("T")


class RunColumns:
    """A run's tables; `end` is the last moment of the run in ns.

    A station is named by its place in `Layout.stations`, NONE stands for every name that is not there.
    """

    def __init__(self, tables: RunTables, layout: Layout, end: Nanoseconds | None = None) -> None:
        self._tables = tables
        self._codes = [tables.store.code(station.name) for station in layout.places]
        self.items = Items(tables.store, ((ITEMS.file, NO_STATION),))
        self.end = self._last() if end is None else end
        self._found: dict[Hashable, Any] = {}

    def once(self, what: Hashable, make: Callable[[], T]) -> T:
        """Return what is found in the run's rows: it is looked for when it is first asked for, and kept."""
        if what not in self._found:
            self._found[what] = make()
        found: T = self._found[what]
        return found

    def visits(self, place: int) -> Visits:
        """Return the visits to a station."""
        return Visits(self._tables.store, self._keys(VISITS.file, place))

    def calls(self, place: int) -> Calls:
        """Return the calls of a station."""
        return Calls(self._tables.store, self._keys(CALLS.file, place))

    def outages(self, place: int) -> Outages:
        """Return the outages of a station's machines."""
        return Outages(self._tables.store, self._keys(BREAKDOWNS.file, place))

    def jobs(self, place: int) -> Jobs:
        """Return what a station's machines needed people for; nothing on a line without crews."""
        return Jobs(self._tables.store, self._keys(CREWS.file, place))

    @property
    def places(self) -> range:
        """Every place, that of unknown stations first."""
        return range(NONE, len(self._codes))

    def code(self, word: str) -> int:
        """Return the code of a word; -1 for one that stands nowhere."""
        return self._tables.store.code(word)

    @property
    def words(self) -> list[str]:
        """Every word, at the place that its code says."""
        return self._tables.store.words

    @cached_property
    def parts(self) -> "Parts":
        """Every part that the run tells of."""
        tables = chain.from_iterable((self.visits(place), self.calls(place)) for place in self.places)
        return Parts(self.items.item, (piece.item for table in tables for piece in table.pieces()))

    def _keys(self, file: str, place: int) -> tuple[Key, ...]:
        if place != NONE:
            return ((file, self._codes[place]),)
        stations = self._tables.store.stations(file)
        return tuple((file, code) for code in stations if code not in self._codes)

    def _last(self) -> Nanoseconds:
        return max([0, *(int(moments.max()) for moments in self._moments() if len(moments))])

    def _moments(self) -> Iterator[IntArray]:
        yield from (self.items.arrived, self.items.left)
        for place in self.places:
            visits, outages = self.visits(place), self.outages(place)
            yield from (visits.queued, visits.started, visits.finished, visits.left)
            yield from (self.calls(place).returned, outages.failed, outages.repaired)
            jobs = self.jobs(place)
            yield from (jobs.asked, jobs.began, jobs.ended)


class Parts:
    """The numbers of parts in order, each one's place among them, and whether items.csv tells of it."""

    def __init__(self, told: IntArray, others: Iterator[IntArray]) -> None:
        numbers = distinct(told)
        known = Known(numbers)
        untold = [distinct(some[~known.find(some)[1]]) for some in others if not known.has(some)]
        everybody = distinct(np.concatenate([numbers, *untold])) if untold else numbers
        self._known = Known(everybody) if untold else known
        self._told = known.find(everybody)[1] if untold else None

    def __len__(self) -> int:
        return len(self._known)

    @property
    def numbers(self) -> IntArray:
        """The numbers in order."""
        return self._known.values

    @property
    def told(self) -> BoolArray:
        """Whether items.csv tells of each."""
        return np.ones(len(self), dtype=np.bool_) if self._told is None else self._told

    @property
    def all_told(self) -> bool:
        """Whether it tells of all of them."""
        return self._told is None

    def place(self, numbers: IntArray) -> IntArray:
        """Return the place of each number; all of them must be there."""
        return self._known.find(numbers)[0]


class Known:
    """Different values in order, to be looked up again and again.

    Numbers that follow one another, as those of the parts of every run that is whole, take no room.
    """

    def __init__(self, ordered: IntArray) -> None:
        self._number = len(ordered)
        self._first = int(ordered[0]) if len(ordered) else 0
        whole = not len(ordered) or int(ordered[-1]) - self._first == len(ordered) - 1
        self._ordered = None if whole and bool(np.all(ordered[1:] > ordered[:-1])) else ordered

    def __len__(self) -> int:
        return self._number

    @property
    def values(self) -> IntArray:
        """The values."""
        if self._ordered is not None:
            return self._ordered
        return np.arange(self._first, self._first + self._number, dtype=np.int64)

    def has(self, wanted: IntArray) -> bool:
        """Return whether all of some values are there."""
        if self._ordered is not None or not len(wanted) or self._number == 0:
            return bool(self.find(wanted)[1].all())
        return bool(wanted.min() >= self._first and wanted.max() < self._first + self._number)

    def find(self, wanted: IntArray) -> tuple[IntArray, BoolArray]:
        """Return where each wanted value stands, and whether it stands there at all."""
        if self._number == 0:
            return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
        if self._ordered is None:
            where = wanted - self._first
            known = (where >= 0) & (where < self._number)
            return where if known.all() else np.clip(where, 0, self._number - 1), known
        where = np.minimum(np.searchsorted(self._ordered, wanted), self._number - 1)
        return where, self._ordered[where] == wanted


def columns_of(run: RunRecords | RunTables, layout: Layout, end: Nanoseconds | None = None) -> RunColumns:
    """Return a run as columns; without `end` the run ended with the last thing that happened."""
    return RunColumns(tables_of(run) if isinstance(run, RunRecords) else run, layout, end)


def or_end(times: IntArray, end: Nanoseconds) -> IntArray:
    """Put the end of the run where something has not happened."""
    open_ = times == NONE
    return np.where(open_, end, times) if open_.any() else times


def distinct(values: IntArray) -> IntArray:
    """Return the different values in order.

    Numbers of parts and moments are in order already, or nearly so: looking first, and sorting where they are
    not, takes a fraction of what `np.unique` takes for its hash table.
    """
    ordered = values if bool(np.all(values[1:] >= values[:-1])) else np.sort(values)
    repeated = ordered[1:] == ordered[:-1]
    return ordered[np.append(True, ~repeated)[: len(ordered)]] if repeated.any() else ordered


def find(ordered: IntArray, wanted: IntArray) -> tuple[IntArray, BoolArray]:
    """Return where each wanted value stands in an ordered column, and whether it stands there."""
    return Known(ordered).find(wanted)
