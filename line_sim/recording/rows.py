"""The tables of a run as views: some rows, in some order; a column is read when it is asked for.

So a million parts take the memory of the few columns that are looked at in one moment. `NONE` stands
where something has not happened; words are codes.
"""

from typing import Any, ClassVar, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.line.fields import Kind
from line_sim.recording.columns import LINE
from line_sim.recording.store import ColumnStore, Key
from line_sim.recording.tables import BREAKDOWNS, CALLS, CREWS, ITEMS, VISITS, Table
from line_sim.truth import GOOD

IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
FloatArray: TypeAlias = npt.NDArray[np.float64]


class Columns:
    """Some rows of a table, in some order: a view that holds their places and nothing else.

    Every column that its record has is there, called as in the file but without `_at`, `_s` and `_id`:
    `visits.started`, `calls.latency`, `items.item`.
    """

    table: ClassVar[Table[Any]]
    _columns: ClassVar[dict[str, str]]
    _usual: ClassVar[dict[str, Any]]

    def __init_subclass__(cls) -> None:
        told = [column for column in cls.table.possible if column.between is None]
        cls._columns = {_short(column.name): column.name for column in told}
        cls._usual = {column.name: column.extra.usual for column in told if column.extra is not None}

    def __init__(self, store: ColumnStore, keys: tuple[Key, ...], rows: IntArray | None = None) -> None:
        self._store = store
        self._keys = keys
        self._rows = rows

    @classmethod
    def kinds(cls) -> dict[str, Kind]:
        """Return what each column holds, by the name that it is called by."""
        told = {column.name: column.kind for column in cls.table.possible}
        return {short: told[name] for short, name in cls._columns.items()}

    def __getattr__(self, name: str) -> IntArray:
        if name not in self._columns:
            there = ", ".join(self._columns)
            raise AttributeError(f"{self.table.file} has no column {name!r}; it has {there}")
        return self._column(self._columns[name])

    def __len__(self) -> int:
        if self._rows is not None:
            return len(self._rows)
        return sum(self._store.rows(key) for key in self._keys)

    def _column(self, name: str) -> npt.NDArray[Any]:
        if name in self._usual and not self._store.has(self.table.file, name):
            usual = self._usual[name]
            return np.full(len(self), self._store.learn((usual,))[0] if isinstance(usual, str) else usual)
        stored = [self._store.column(key, name) for key in self._keys]
        column = stored[0] if len(stored) == 1 else np.concatenate([np.zeros(0, np.int64), *stored])
        return column if self._rows is None else column[self._rows]

    def says(self, field: str, *words: str) -> BoolArray:
        """Return for each row whether a field of text holds one of the words."""
        column = self._column(field)
        masks = [np.asarray(column == self._store.code(word)) for word in words]
        return np.logical_or.reduce(masks) if masks else np.zeros(len(column), dtype=np.bool_)

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


def _short(name: str) -> str:
    return name.removesuffix("_at").removesuffix("_s").removesuffix("_id")


class Items(Columns):
    """The parts."""

    table = ITEMS
    score: FloatArray

    @property
    def good(self) -> BoolArray:
        """Whether it truly is good."""
        return self.says("true_state", GOOD)

    @property
    def shipped(self) -> BoolArray:
        """Whether it was shipped."""
        return self.says("disposition", "shipped")

    @property
    def scrapped(self) -> BoolArray:
        """Whether it was scrapped."""
        return self.says("disposition", "scrapped")

    @property
    def lost(self) -> BoolArray:
        """Whether it found no room."""
        return self.says("disposition", "lost")

    @property
    def reviewed(self) -> BoolArray:
        """Whether it was sent to review."""
        return self.says("lane", "review")

    @property
    def outcome(self) -> IntArray:
        """The code of its last call's outcome."""
        return self.inference_outcome

    @property
    def waited(self) -> IntArray:
        """How long its last inspection waited for the answer."""
        return self.inference


class Visits(Columns):
    """The visits to a station."""

    table = VISITS


class Calls(Columns):
    """The inference calls of a station."""

    table = CALLS
    score: FloatArray

    @property
    def returned(self) -> IntArray:
        """When it returned."""
        return self.issued + self.latency

    @property
    def answered(self) -> BoolArray:
        """Whether a usable answer came in time."""
        return self.says("outcome", "answered")

    @property
    def timed_out(self) -> BoolArray:
        """Whether the deadline passed first."""
        return self.says("outcome", "timed_out")


class Jobs(Columns):
    """What a station's machines needed people for."""

    table = CREWS


class Outages(Columns):
    """The times that a station's machines were down."""

    table = BREAKDOWNS
