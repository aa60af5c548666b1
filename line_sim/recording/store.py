"""Columns of numbers: few stay in memory, and what comes beyond goes to an unnamed file of the system's.

A million parts leave four million rows. Kept as Python objects they would take gigabytes; kept here they
cost what the columns in use at a moment cost.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from tempfile import TemporaryFile, gettempdir
from typing import IO, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.errors import RunFileError
from line_sim.recording.csvtext import line_ends
from line_sim.recording.narrow import narrow, widen

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


class _Put(NamedTuple):
    """A column of rows that were put away together: where in the file, of what type, and what to add to it.

    `type` None: it is nowhere, all its rows are `least`.
    """

    begin: int
    least: int
    type: np.dtype[Any] | None


class _Stretch(NamedTuple):
    """Rows of a station: how many, and the first of them among those that were put away together."""

    rows: int
    first: int
    columns: Mapping[str, _Put | Column]


class ColumnStore:
    """Tables as columns, parted by station. Words are kept once and stand in columns as their codes.

    `words` has each at the place that its code says, `line_ends` how many line ends are in it.
    So many bytes as `in_memory` says need no file. Close it to give back the room that it takes.
    Raises RunFileError where there is none.
    """

    def __init__(self, in_memory: int | None = None) -> None:
        self._left = IN_MEMORY if in_memory is None else in_memory
        self._file: IO[bytes] | None = None
        self._end = 0
        self._room = np.empty(0, dtype=np.uint8)
        self._stretches: dict[Key, list[_Stretch]] = defaultdict(list)
        self._types: dict[tuple[str, str], np.dtype[Any]] = {}
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
        """Keep some rows of a table, parted by their station where they have one."""
        rows = len(next(iter(columns.values())))
        for name, column in columns.items():
            self._types[file, name] = column.dtype
        for first in range(0, max(1, rows), AT_ONCE):
            self._keep(file, {name: column[first : first + AT_ONCE] for name, column in columns.items()})

    def _keep(self, file: str, columns: Block) -> None:
        stations = columns.get("station")
        if stations is None:
            put = self._put(columns)
            self._stretches[file, NO_STATION].append(_Stretch(len(next(iter(columns.values()))), 0, put))
            return
        few = len(self.words) <= 2**16  # then numpy counts instead of comparing
        order = np.argsort(stations.astype(np.uint16) if few else stations, kind="stable")
        codes = stations.take(order)
        put = self._put(columns, order)
        edges = [0, *(np.flatnonzero(codes[1:] != codes[:-1]) + 1).tolist(), len(codes)]
        for first, end in pairwise(edges):
            if first < end:
                self._stretches[file, int(codes[first])].append(_Stretch(end - first, first, put))

    def _put(self, columns: Block, order: npt.NDArray[np.intp] | None = None) -> Mapping[str, _Put | Column]:
        most = sum(column.nbytes for column in columns.values())
        if most <= self._left:
            self._left -= most
            return {name: _held(column, order) for name, column in columns.items()}
        self._left = 0  # what comes later goes behind it
        if most > len(self._room):
            self._room = np.empty(most, dtype=np.uint8)  # new memory costs more than what is done in it
        put = {}
        size = 0
        for name, column in columns.items():
            least, beyond = narrow(column)
            if len(beyond) < len(column):
                put[name] = _Put(0, least, None)
                continue
            put[name] = _Put(self._end + size, least, beyond.dtype)
            place = self._room[size : (size := size + beyond.nbytes)].view(beyond.dtype)
            if order is None:
                place[:] = beyond
            else:
                np.take(beyond, order, out=place, mode="clip")  # other modes make a column first
        try:
            self._file = self._file or TemporaryFile()  # noqa: SIM115 - lives as long as the store
            self._file.seek(self._end)
            self._file.write(self._room[:size].data)
        except OSError as error:
            raise RunFileError(
                f"{gettempdir()}: no room for the columns of a long run ({error.strerror});"
                " make room there or let TMPDIR name another folder"
            ) from error
        self._end += size
        return put

    def stations(self, file: str) -> list[int]:
        """Return the codes of the stations that a table has rows of."""
        return [station for name, station in self._stretches if name == file]

    def has(self, file: str, name: str) -> bool:
        """Return whether a table has a column."""
        return (file, name) in self._types

    def rows(self, key: Key) -> int:
        """Return how many rows there are."""
        return sum(stretch.rows for stretch in self._stretches.get(key, ()))

    def column(self, key: Key, name: str) -> Column:
        """Return a column in the order of the file's rows; an empty one where there are none.

        It may be the very one that is kept: nobody can write to that.
        """
        stretches = [stretch for stretch in self._stretches.get(key, ()) if stretch.rows]
        if len(stretches) == 1 and isinstance(held := stretches[0].columns[name], np.ndarray):
            return held[stretches[0].first :][: stretches[0].rows]
        column = np.empty(self.rows(key), dtype=self._types.get((key[0], name), np.dtype(np.int64)))
        begin = 0
        for stretch in stretches:
            end = begin + stretch.rows
            self._read(stretch.columns[name], stretch.first, column[begin:end])
            begin = end
        return column

    def _read(self, put: _Put | Column, first: int, into: Column) -> None:
        """Fill a column with the rows from `first` on of what was put away."""
        if isinstance(put, np.ndarray):
            into[:] = put[first : first + len(into)]
            return
        if put.type is None or self._file is None:
            widen(put.least, np.empty(0, dtype=np.uint8), into)
            return
        as_it_is = put.type == into.dtype
        told = into if as_it_is else np.empty(len(into), dtype=put.type)
        self._file.seek(put.begin + first * put.type.itemsize)
        self._file.readinto(told.view(np.uint8).data)  # type: ignore[attr-defined]
        if not as_it_is:
            widen(put.least, told, into)

    def close(self) -> None:
        """Give back what it takes."""
        if self._file is not None:
            self._file.close()

    def __del__(self) -> None:
        self.close()


def _held(column: Column, order: npt.NDArray[np.intp] | None) -> Column:
    """Return a column as it is kept in memory: nobody else's, and not to be written to."""
    mine = column.copy() if order is None else column.take(order)
    mine.flags.writeable = False
    return mine
