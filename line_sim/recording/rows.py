"""The tables of a run as views: some rows, in some order; a column is read when it is asked for.

So a million parts take the memory of the few columns that are looked at in one moment; and where a look at
some rows after others will do (`pieces`), that of those. `NONE` stands where something has not happened;
words are codes.
"""

from collections.abc import Callable, Iterator
from functools import reduce
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

PIECE = 2**16
"""Rows that are looked at together: their columns fit into a processor's own memory."""

_FEW = 4 * PIECE
"""Of so many rows that stand together each column is read once, and kept as long as somebody has the rows."""


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

    def __init__(
        self,
        store: ColumnStore,
        keys: tuple[Key, ...],
        rows: IntArray | range | None = None,
        among: Self | None = None,
    ) -> None:
        """Make a view of some rows of a table; `among` is one of few rows together, if all are among them."""
        self._store = store
        self._keys = keys
        self._rows = rows
        self._among = among
        self._read: dict[str, npt.NDArray[Any]] = {}

    @classmethod
    def kinds(cls) -> dict[str, Kind]:
        """Return what each column holds, by the name that it is called by."""
        told = {column.name: column.kind for column in cls.table.possible}
        return {short: told[name] for short, name in cls._columns.items()}

    def tells(self, name: str) -> bool:
        """Whether a column is there, and not only what it usually says."""
        return self._store.has(self.table.file, self._columns[name])

    def __getattr__(self, name: str) -> IntArray:
        if name not in self._columns:
            there = ", ".join(self._columns)
            raise AttributeError(f"{self.table.file} has no column {name!r}; it has {there}")
        return self._column(self._columns[name])

    def __len__(self) -> int:
        if self._rows is not None:
            return len(self._rows)
        return self._all

    def _column(self, name: str) -> npt.NDArray[Any]:
        if name in self._usual and not self._store.has(self.table.file, name):
            usual = self._usual[name]
            return np.full(len(self), self._store.learn((usual,))[0] if isinstance(usual, str) else usual)
        match self._rows:
            case None:
                return self._stored(name, range(self._all))
            case range():
                return self._piece(name) if len(self._rows) <= _FEW else self._stored(name, self._rows)
            case _ if self._among is not None:
                return self._among._piece(name)[self._rows - self._among._first]  # noqa: SLF001 - of its kind
            case _:
                return self._stored(name, range(self._all))[self._rows]

    def _piece(self, name: str) -> npt.NDArray[Any]:
        """Return a column of few rows that stand together, which nobody can write to."""
        column = self._read.get(name)
        if column is None:
            column = self._read[name] = self._stored(name, range(self._first, self._first + len(self)))
            column.flags.writeable = False
        return column

    @property
    def _first(self) -> int:
        return self._rows.start if isinstance(self._rows, range) else 0

    @property
    def _all(self) -> int:
        return sum(self._store.rows(key) for key in self._keys)

    def _stored(self, name: str, rows: range) -> npt.NDArray[Any]:
        if len(self._keys) == 1:
            return self._store.column(self._keys[0], name, rows.start, rows.stop)
        stored = [self._store.column(key, name) for key in self._keys]
        return np.concatenate([np.zeros(0, np.int64), *stored])[rows.start : rows.stop]

    def says(self, field: str, *words: str) -> BoolArray:
        """Return for each row whether a field of text holds one of the words."""
        column = self._column(field)
        masks = [np.asarray(column == self._store.code(word)) for word in words]
        return reduce(np.logical_or, masks) if masks else np.zeros(len(column), dtype=np.bool_)

    @property
    def row(self) -> IntArray:
        """The line of the file on which each row begins."""
        return self._column(LINE)

    def where(self, mask: BoolArray) -> Self:
        """Return the rows for which the mask is true."""
        if mask.all():
            return self
        first, number = int(mask.argmax()), int(np.count_nonzero(mask))
        if mask[first : first + number].all():
            return self.stretch(first, first + number)
        return self.rows_at(np.flatnonzero(mask))

    def those(self, hold: Callable[[Self], BoolArray]) -> Self:
        """Return the rows of which something holds, asked of some rows at a time."""
        return self.where(np.concatenate([hold(piece) for piece in self.pieces()]))

    def stretch(self, begin: int, end: int) -> Self:
        """Return the rows from one on up to, and without, another."""
        rows = range(len(self)) if self._rows is None else self._rows
        return type(self)(self._store, self._keys, rows[begin:end])

    def pieces(self, most: int = PIECE, again: int = 0) -> Iterator[Self]:
        """Yield the rows piece by piece, in their order; of no rows one piece without any.

        Each piece but the first begins with so many rows of the one before again, to be neighbours.
        """
        for begin in range(0, max(len(self), 1), most):
            yield self.stretch(max(0, begin - again), begin + most)

    def sorted_by(self, *keys: IntArray) -> Self:
        """Return the rows in the order of the keys, the first key the weightiest; ties stay as they are."""
        return self if are_in_order(*keys) else self.rows_at(np.lexsort(keys[::-1]))

    def rows_at(self, rows: IntArray) -> Self:
        """Return some of these rows, told by their places among them, in any order."""
        match self._rows:
            case None:
                return type(self)(self._store, self._keys, rows)
            case range():
                among = self if len(self._rows) <= _FEW else None
                return type(self)(self._store, self._keys, rows + self._rows.start, among)
            case _:
                return type(self)(self._store, self._keys, self._rows[rows], self._among)


def are_in_order(*keys: IntArray) -> bool:
    """Whether rows stand in the order of their keys, the first key the weightiest.

    Most do, as they are written when things happen; to look takes a fraction of what sorting takes.
    """
    first, *others = keys
    if not np.all(first[1:] >= first[:-1]):
        return False
    equal = np.flatnonzero(first[1:] == first[:-1]) if others else np.zeros(0, dtype=np.int64)
    for key in others:
        before, behind = key[equal], key[equal + 1]
        if np.any(behind < before):
            return False
        equal = equal[behind == before]
    return True


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
