"""Columns of numbers: few stay in memory, and what comes beyond goes to an unnamed file of the system's.

A million parts leave four million rows. Kept as Python objects they would take gigabytes; kept here they
cost what the columns in use at a moment cost.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from tempfile import TemporaryFile, gettempdir
from typing import IO, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.errors import RunFileError
from line_sim.recording.csvtext import line_ends
from line_sim.recording.narrow import narrow, shorten, widen

Column: TypeAlias = npt.NDArray[Any]
Block: TypeAlias = Mapping[str, Column]
"""Some rows of a table: its columns by name."""

Key: TypeAlias = tuple[str, int]
"""A file, and the code of the station that its rows are of (NO_STATION where they are of none)."""

IN_MEMORY = 2**20  # bytes: not two thousand parts
AT_ONCE = 2**17
"""Rows of a table that are put away together: fewer wait for others, and no copy of more is made."""
FEW_STATIONS = 16
"""So many are looked for one by one: that is quicker than to sort."""
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
    """Rows of a station: how many, and the first of them among all its rows and among those put away."""

    rows: int
    begin: int
    first: int
    columns: Mapping[str, _Put | Column]


class _Waiting:
    """Rows of a table that wait for more of them, in columns that are filled again and again.

    New memory costs more than what is done in it.
    """

    def __init__(self, like: Block) -> None:
        self._columns = {name: np.empty(AT_ONCE, column.dtype) for name, column in like.items()}
        self._most = AT_ONCE
        self._rows = 0

    @property
    def left(self) -> int:
        """For how many more there is room."""
        return self._most - self._rows

    @property
    def rows(self) -> Block:
        """Those that wait."""
        return {name: column[: self._rows] for name, column in self._columns.items()}

    def take(self, columns: Block, first: int) -> int:
        """Take rows, from the first one on, as many as there is room for; return how many."""
        end = min(self._rows + _rows(columns) - first, self._most)
        rows = end - self._rows
        for name, column in columns.items():
            self._columns[name][self._rows : end] = column[first : first + rows]
        self._rows = end
        return rows

    def begin_anew(self) -> None:
        """Let none wait."""
        self._rows = 0


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
        self._waiting: dict[str, _Waiting] = {}
        self._stretches: dict[Key, list[_Stretch]] = defaultdict(list)
        self._begins: dict[Key, list[int]] = defaultdict(list)
        self._rows: dict[Key, int] = defaultdict(int)
        self._types: dict[tuple[str, str], np.dtype[Any]] = {}
        self._most: dict[tuple[str, str], int] = {}
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
        """Keep a copy of some rows of a table, parted by their station where they have one."""
        at, rows = 0, _rows(columns)
        for name, column in columns.items():
            self._types[file, name] = column.dtype
        while at < rows:
            waiting = self._waiting.get(file) or self._waiting.setdefault(file, _Waiting(columns))
            at += waiting.take(columns, at)
            if waiting.left == 0:
                self._put_away(waiting.rows, file)
                waiting.begin_anew()

    def settle(self) -> None:
        """Put away what waits for more: whoever asks for rows has it done. Raises RunFileError."""
        for file in tuple(self._waiting):
            rows = self._waiting.pop(file).rows
            if _rows(rows):
                self._put_away(rows, file)
        self._room = np.empty(0, dtype=np.uint8)

    def most(self, file: str, name: str) -> int:
        """Return the largest number of a column of those that are settled, 0 if none is larger; no score."""
        return self._most.get((file, name), 0)

    def _put_away(self, columns: Block, file: str) -> None:
        for name, column in columns.items():
            if column.dtype != np.float64:
                self._most[file, name] = max(self.most(file, name), int(column.max()))
        stations = columns.get("station")
        if stations is None:
            self._stretch((file, NO_STATION), _rows(columns), 0, self._put(columns))
            return
        counts = np.bincount(stations)
        codes = np.flatnonzero(counts)
        put = self._put(columns, _parted(stations, codes) if len(codes) > 1 else None)
        first = 0
        for code, rows in zip(codes.tolist(), counts[codes].tolist(), strict=True):
            self._stretch((file, code), rows, first, put)
            first += rows

    def _stretch(self, key: Key, rows: int, first: int, put: Mapping[str, _Put | Column]) -> None:
        self._begins[key].append(self._rows[key])
        self._stretches[key].append(_Stretch(rows, self._rows[key], first, put))
        self._rows[key] += rows

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
            least, kind = narrow(column)
            if kind is None:
                put[name] = _Put(0, least, None)
                continue
            put[name] = _Put(self._end + size, least, kind)
            place = self._room[size : (size := size + len(column) * kind.itemsize)].view(kind)
            if kind != column.dtype:
                shorten(column if order is None else column.take(order), least, place)
            elif order is None:
                place[:] = column
            else:
                np.take(column, order, out=place, mode="clip")  # other modes make a column first
        try:
            self._file = self._file or TemporaryFile(buffering=0)  # noqa: SIM115 - lives as long as the store
            self._file.seek(self._end)
            rest = self._room[:size].data
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise RunFileError(
                f"{gettempdir()}: no room for the columns of a long run ({error.strerror});"
                " make room there or let TMPDIR name another folder"
            ) from error
        self._end += size
        return put

    def stations(self, file: str) -> list[int]:
        """Return the codes of the stations that a table has rows of."""
        self.settle()
        return [station for name, station in self._stretches if name == file]

    def has(self, file: str, name: str) -> bool:
        """Return whether a table has a column."""
        return (file, name) in self._types

    def rows(self, key: Key) -> int:
        """Return how many rows there are."""
        if self._waiting:
            self.settle()
        return self._rows.get(key, 0)

    def column(self, key: Key, name: str, begin: int = 0, end: int | None = None) -> Column:
        """Return a column in the order of the file's rows, or of these rows; an empty one of none.

        It may be the very one that is kept: nobody can write to that.
        """
        rows = self.rows(key)
        end = rows if end is None else end
        stretches = self._stretches.get(key, ())
        number = max(0, bisect_right(self._begins.get(key, ()), begin) - 1)
        if number < len(stretches) and end <= stretches[number].begin + stretches[number].rows:
            kept = stretches[number].columns[name]
            if isinstance(kept, np.ndarray):
                return kept[stretches[number].first + begin - stretches[number].begin :][: end - begin]
        column = np.empty(end - begin, dtype=self._types.get((key[0], name), np.dtype(np.int64)))
        at = begin
        while at < end:
            stretch = stretches[number]
            over = min(end, stretch.begin + stretch.rows)
            first = stretch.first + at - stretch.begin
            self._read(stretch.columns[name], first, column[at - begin : over - begin])
            at, number = over, number + 1
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
        self._waiting.clear()
        if self._file is not None:
            self._file.close()

    def __del__(self) -> None:
        self.close()


def _rows(columns: Block) -> int:
    return len(next(iter(columns.values())))


def _parted(stations: Column, codes: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return the numbers of rows, those of each station together, the station of the lowest code first."""
    if len(codes) <= FEW_STATIONS:
        return np.concatenate([np.flatnonzero(stations == code) for code in codes])
    few = int(codes[-1]) < 2**16  # then numpy counts instead of comparing
    return np.argsort(stations.astype(np.uint16) if few else stations, kind="stable")


def _held(column: Column, order: npt.NDArray[np.intp] | None) -> Column:
    """Return a column as it is kept in memory: nobody else's, and not to be written to."""
    mine = column.copy() if order is None else column.take(order)
    mine.flags.writeable = False
    return mine
