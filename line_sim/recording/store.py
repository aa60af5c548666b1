"""Columns of numbers, in memory while they are few and in an unnamed file of the system's when they are many.

A million parts leave four million rows. Kept as Python objects they would take gigabytes; kept here they
cost what the columns in use at a moment cost.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from tempfile import SpooledTemporaryFile, gettempdir
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.errors import RunFileError
from line_sim.recording.csvtext import line_ends

Column: TypeAlias = npt.NDArray[Any]
Block: TypeAlias = Mapping[str, Column]
"""Some rows of a table: its columns by name."""

Key: TypeAlias = tuple[str, int]
"""A file, and the code of the station that its rows are of (NO_STATION where they are of none)."""

IN_MEMORY = 2**20  # bytes: not two thousand parts
AT_ONCE = 2**16
"""Rows of a table that are put away together at the most: no copy of more is made."""
NO_STATION = -1
NO_WORD = -1


class _Stretch(NamedTuple):
    """Some rows of a station: those from `first` on of so many that were put away together, at `begin`.

    There the columns of all of them stand one behind the other. A long run has many thousand stretches: each
    is a few numbers, and what all of a table have in common is said once.
    """

    rows: int
    first: int
    together: int
    begin: int


class _Stored(NamedTuple):
    """A column of a table: of what type it is, and the bytes that a row has in the columns before it."""

    type: np.dtype[Any]
    before: int


class ColumnStore:
    """Tables as columns, parted by station. Words are kept once and stand in columns as their codes.

    `words` has each at the place that its code says, `line_ends` how many line ends are in it.
    What is no longer than `in_memory` bytes needs no file. Close it to give back the room that it takes.
    Raises RunFileError where there is none.
    """

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._file = SpooledTemporaryFile(max_size=in_memory)  # noqa: SIM115 - lives as long as the store
        self._end = 0
        self._room = np.empty(0, dtype=np.uint8)
        self._stretches: dict[Key, list[_Stretch]] = defaultdict(list)
        self._columns: dict[str, dict[str, _Stored]] = {}
        self._codes: dict[str, int] = {}
        self.words: list[str] = []
        self.line_ends: list[int] = []

    def code(self, word: str) -> int:
        """Return the code of a word, NO_WORD for one that no column holds."""
        return self._codes.get(word, NO_WORD)

    def learn(self, words: Sequence[str]) -> npt.NDArray[np.int32]:
        """Return the codes of words, new ones where they are new."""
        try:
            return self._known(words)
        except KeyError:
            for word in dict.fromkeys(words):
                if word not in self._codes:
                    self._codes[str(word)] = len(self.words)
                    self.words.append(str(word))
                    self.line_ends.append(line_ends(word))
            return self._known(words)

    def _known(self, words: Sequence[str]) -> npt.NDArray[np.int32]:
        return np.fromiter(map(self._codes.__getitem__, words), np.int32, len(words))

    def append(self, file: str, columns: Block) -> None:
        """Keep some rows of a table, parted by their station where they have one.

        A table has the same columns each time.
        """
        stored = self._columns.setdefault(file, _one_behind_the_other(columns))
        told = [np.asarray(columns[name], dtype=column.type) for name, column in stored.items()]
        for first in range(0, max(1, len(told[0])), AT_ONCE):
            some = slice(first, first + AT_ONCE)
            stations = columns["station"][some] if "station" in columns else None
            self._keep(file, [column[some] for column in told], stations)

    def _keep(self, file: str, told: Sequence[Column], stations: Column | None) -> None:
        rows, begin = len(told[0]), self._end
        if stations is None:
            self._put(told)
            self._stretches[file, NO_STATION].append(_Stretch(rows, 0, rows, begin))
            return
        few = len(self.words) <= 2**16  # then numpy counts instead of comparing
        order = np.argsort(stations.astype(np.uint16) if few else stations, kind="stable")
        codes = stations.take(order)
        self._put(told, order)
        edges = [0, *(np.flatnonzero(codes[1:] != codes[:-1]) + 1).tolist(), len(codes)]
        for first, end in pairwise(edges):
            if first < end:
                mine = _Stretch(end - first, first, rows, begin)
                self._stretches[file, int(codes[first])].append(mine)

    def _put(self, columns: Sequence[Column], order: npt.NDArray[np.intp] | None = None) -> None:
        size = sum(column.nbytes for column in columns)
        if size > len(self._room):
            self._room = np.empty(size, dtype=np.uint8)  # new memory costs more than what is done in it
        end = 0
        for column in columns:
            place = self._room[end : (end := end + column.nbytes)].view(column.dtype)
            if order is None:
                place[:] = column
            else:
                np.take(column, order, out=place, mode="clip")  # the others make a column first
        try:
            self._file.seek(self._end)
            self._file.write(self._room[:size].data)
        except OSError as error:
            raise RunFileError(
                f"{gettempdir()}: no room for the columns of a long run ({error.strerror});"
                " make room there or let TMPDIR name another folder"
            ) from error
        self._end += size

    def stations(self, file: str) -> list[int]:
        """Return the codes of the stations that a table has rows of."""
        return [station for name, station in self._stretches if name == file]

    def has(self, file: str, name: str) -> bool:
        """Return whether a table has a column."""
        return name in self._columns.get(file, ())

    def rows(self, key: Key) -> int:
        """Return how many rows there are."""
        return sum(stretch.rows for stretch in self._stretches.get(key, ()))

    def column(self, key: Key, name: str) -> Column:
        """Return a column in the order of the file's rows; an empty one where there are none."""
        stored = self._columns.get(key[0], {}).get(name, _Stored(np.dtype(np.int64), 0))
        column = np.empty(self.rows(key), dtype=stored.type)
        begin = 0
        for stretch in self._stretches.get(key, ()):
            if stretch.rows:
                before = stretch.together * stored.before + stretch.first * stored.type.itemsize
                self._file.seek(stretch.begin + before)
                self._file.readinto(column[begin : begin + stretch.rows].view(np.uint8).data)
            begin += stretch.rows
        return column

    def close(self) -> None:
        """Give back what it takes."""
        self._file.close()

    def __del__(self) -> None:
        self.close()


def _one_behind_the_other(columns: Block) -> dict[str, _Stored]:
    sizes = accumulate((column.itemsize for column in columns.values()), initial=0)
    return {
        name: _Stored(column.dtype, size)
        for (name, column), size in zip(columns.items(), sizes, strict=False)
    }
