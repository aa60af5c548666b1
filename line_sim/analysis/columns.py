"""A run's tables as the analysis sees them: a column is read when it is asked for, a station at a time.

So a million parts take the memory of the few columns that are looked at in one moment. `NONE` stands
where something has not happened; words are codes, `code_of` gives that of a word.
"""

from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.analysis.facts import LineFacts
from line_sim.recording.columnar import NONE as NONE  # noqa: PLC0414 - the word of every user of columns
from line_sim.recording.reader import LINE, RunRecords, RunTables, tables_of
from line_sim.recording.store import NO_STATION, ColumnStore, Key
from line_sim.recording.tables import BREAKDOWNS, CALLS, ITEMS, VISITS
from line_sim.units import Nanoseconds

IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
FloatArray: TypeAlias = npt.NDArray[np.float64]


class Columns:
    """Some rows of a table, in some order: a view that holds their places and nothing else."""

    def __init__(self, store: ColumnStore, keys: tuple[Key, ...], rows: IntArray | None = None) -> None:
        self._store = store
        self._keys = keys
        self._rows = rows

    def __len__(self) -> int:
        if self._rows is not None:
            return len(self._rows)
        return sum(self._store.rows(key) for key in self._keys)

    def _column(self, name: str) -> npt.NDArray[Any]:
        stored = [self._store.column(key, name) for key in self._keys]
        column = stored[0] if len(stored) == 1 else np.concatenate([np.zeros(0, np.int64), *stored])
        return column if self._rows is None else column[self._rows]

    def _is(self, name: str, word: str) -> BoolArray:
        return np.asarray(self._column(name) == self._store.code(word))

    @property
    def row(self) -> IntArray:
        """The line of the file on which each row begins."""
        return self._column(LINE)

    def where(self, mask: BoolArray) -> Self:
        """Return the rows for which the mask is true."""
        if mask.all():
            return self
        rows = np.flatnonzero(mask) if self._rows is None else self._rows[mask]
        return type(self)(self._store, self._keys, rows)

    def sorted_by(self, *keys: IntArray) -> Self:
        """Return the rows in the order of the keys, the first key the weightiest; ties stay as they are."""
        if len(keys) == 1 and bool(np.all(keys[0][1:] >= keys[0][:-1])):
            return self
        order = np.lexsort(keys[::-1])
        return type(self)(self._store, self._keys, order if self._rows is None else self._rows[order])


class _OfParts(Columns):
    """Rows that each belong to a part."""

    @property
    def item(self) -> IntArray:
        """The part's number."""
        return self._column("item_id")


class Items(_OfParts):
    """The parts."""

    @property
    def arrived(self) -> IntArray:
        """When it arrived."""
        return self._column("arrived_at")

    @property
    def left(self) -> IntArray:
        """When it left the line."""
        return self._column("left_at")

    @property
    def good(self) -> BoolArray:
        """Whether it truly is good."""
        return self._is("true_state", "good")

    @property
    def defect(self) -> IntArray:
        """The code of the kind of its defect."""
        return self._column("defect")

    @property
    def shipped(self) -> BoolArray:
        """Whether it was shipped."""
        return self._is("disposition", "shipped")

    @property
    def scrapped(self) -> BoolArray:
        """Whether it was scrapped."""
        return self._is("disposition", "scrapped")

    @property
    def lost(self) -> BoolArray:
        """Whether it found no room."""
        return self._is("disposition", "lost")

    @property
    def ship_lane(self) -> BoolArray:
        """Whether it went on along the line to its end."""
        return self._is("lane", "ship")

    @property
    def reviewed(self) -> BoolArray:
        """Whether it was sent to review."""
        return self._is("lane", "review")

    @property
    def evaluated(self) -> BoolArray:
        """Whether an inspection has judged it."""
        return ~self._is("evaluation", "")

    @property
    def answered(self) -> BoolArray:
        """Whether its last inspection got a usable answer."""
        return self._is("inference_outcome", "answered")

    @property
    def evaluation(self) -> IntArray:
        """The code of its last evaluation."""
        return self._column("evaluation")

    @property
    def lane(self) -> IntArray:
        """The code of its lane."""
        return self._column("lane")

    @property
    def outcome(self) -> IntArray:
        """The code of its last call's outcome."""
        return self._column("inference_outcome")

    @property
    def label(self) -> IntArray:
        """The code of the network's label."""
        return self._column("label")

    @property
    def score(self) -> FloatArray:
        """The score, NaN without one."""
        return self._column("score")

    @property
    def waited(self) -> IntArray:
        """How long its last inspection waited for the answer."""
        return self._column("inference_s")


class Visits(_OfParts):
    """The visits to a station."""

    @property
    def unit(self) -> IntArray:
        """The machine."""
        return self._column("unit")

    @property
    def queued(self) -> IntArray:
        """When it got a place in front."""
        return self._column("queued_at")

    @property
    def started(self) -> IntArray:
        """When a machine took it."""
        return self._column("started_at")

    @property
    def finished(self) -> IntArray:
        """When the work was done."""
        return self._column("finished_at")

    @property
    def left(self) -> IntArray:
        """When it left the machine."""
        return self._column("left_at")

    @property
    def down(self) -> IntArray:
        """For how long the machine was down meanwhile."""
        return self._column("down_s")


class Calls(_OfParts):
    """The inference calls of a station."""

    @property
    def unit(self) -> IntArray:
        """The camera."""
        return self._column("unit")

    @property
    def attempt(self) -> IntArray:
        """The number of the attempt."""
        return self._column("attempt")

    @property
    def issued(self) -> IntArray:
        """When the call was made."""
        return self._column("issued_at")

    @property
    def latency(self) -> IntArray:
        """How long it took."""
        return self._column("latency_s")

    @property
    def returned(self) -> IntArray:
        """When it returned."""
        return self.issued + self.latency

    @property
    def answered(self) -> BoolArray:
        """Whether a usable answer came in time."""
        return self._is("outcome", "answered")

    @property
    def timed_out(self) -> BoolArray:
        """Whether the deadline passed first."""
        return self._is("outcome", "timed_out")

    @property
    def outcome(self) -> IntArray:
        """The code of the outcome."""
        return self._column("outcome")

    @property
    def label(self) -> IntArray:
        """The code of the label."""
        return self._column("label")

    @property
    def score(self) -> FloatArray:
        """The score, NaN without one."""
        return self._column("score")


class Outages(Columns):
    """The times that a station's machines were down."""

    @property
    def unit(self) -> IntArray:
        """The machine."""
        return self._column("unit")

    @property
    def failed(self) -> IntArray:
        """When it failed."""
        return self._column("failed_at")

    @property
    def repaired(self) -> IntArray:
        """When it was up again."""
        return self._column("repaired_at")


class RunColumns:
    """A run's four tables; `end` is the last moment of the run in ns.

    A station is named by its place in `LineFacts.stations`, NONE stands for every name that is not there.
    """

    def __init__(self, tables: RunTables, facts: LineFacts, end: Nanoseconds | None = None) -> None:
        self._tables = tables
        self._codes = [tables.store.code(station.name) for station in facts.stations]
        self.items = Items(tables.store, ((ITEMS.file, NO_STATION),))
        self.end = self._last() if end is None else end

    def visits(self, place: int) -> Visits:
        """Return the visits to a station."""
        return Visits(self._tables.store, self._keys(VISITS.file, place))

    def calls(self, place: int) -> Calls:
        """Return the calls of a station."""
        return Calls(self._tables.store, self._keys(CALLS.file, place))

    def outages(self, place: int) -> Outages:
        """Return the outages of a station's machines."""
        return Outages(self._tables.store, self._keys(BREAKDOWNS.file, place))

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
        return Parts(self.items.item, (table.item for table in tables))

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


class Parts:
    """The numbers of parts in order, each one's place among them, and whether items.csv tells of it."""

    def __init__(self, told: IntArray, others: Iterator[IntArray]) -> None:
        self.numbers: IntArray = np.unique(told)
        for numbers in others:
            _, known = find(self.numbers, numbers)
            if not known.all():
                self.numbers = np.union1d(self.numbers, numbers[~known])
        _, self.told = find(np.unique(told), self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)

    def place(self, numbers: IntArray) -> IntArray:
        """Return the place of each number; all of them must be there."""
        return find(self.numbers, numbers)[0]


def columns_of(run: RunRecords | RunTables, facts: LineFacts, end: Nanoseconds | None = None) -> RunColumns:
    """Return a run as columns; without `end` the run ended with the last thing that happened."""
    return RunColumns(tables_of(run) if isinstance(run, RunRecords) else run, facts, end)


def or_end(times: IntArray, end: Nanoseconds) -> IntArray:
    """Put the end of the run where something has not happened."""
    return np.where(times == NONE, end, times)


def find(ordered: IntArray, wanted: IntArray) -> tuple[IntArray, BoolArray]:
    """Return where each wanted value stands in an ordered column, and whether it stands there."""
    if len(ordered) == 0:
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
    if ordered[-1] - ordered[0] == len(ordered) - 1 and bool(np.all(ordered[1:] > ordered[:-1])):
        where = wanted - ordered[0]  # one number after the other, as in every run that is whole
    else:
        where = np.searchsorted(ordered, wanted)
    where = np.clip(where, 0, len(ordered) - 1)
    return where, ordered[where] == wanted
