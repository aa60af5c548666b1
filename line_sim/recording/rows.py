"""The tables of a run as views: some rows, in some order; a column is read when it is asked for.

So a million parts take the memory of the few columns that are looked at in one moment. `NONE` stands
where something has not happened; words are codes.
"""

from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.recording.reader import LINE
from line_sim.recording.store import ColumnStore, Key

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
    def skew(self) -> IntArray:
        """By how much the loop was late in making the call."""
        return self._column("skew_s")

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
