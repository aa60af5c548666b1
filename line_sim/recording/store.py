"""Columns of numbers, in memory while they are few and in an unnamed file of the system's when they are many.

A million parts leave four million rows. Kept as Python objects they would take gigabytes; kept here they
cost what the columns in use at a moment cost.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
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
NO_STATION = -1
NO_WORD = -1


class _Stretch(NamedTuple):
    """Some rows of a station: which is their first, and where in the file each column of them begins."""

    first: int
    columns: dict[str, int]


class ColumnStore:
    """Tables as columns, parted by station. Words are kept once and stand in columns as their codes.

    `words` has each at the place that its code says, `line_ends` how many line ends are in it.
    Close it to give back the room that it takes. Raises RunFileError where there is none.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - lives as long as the store
        self._end = 0
        self._stretches: dict[Key, list[_Stretch]] = defaultdict(list)
        self._rows: dict[Key, int] = defaultdict(int)
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
        stations = columns.get("station")
        if stations is None:
            self._write((file, NO_STATION), columns)
            return
        order = np.argsort(stations, kind="stable")
        ordered = {name: column[order] for name, column in columns.items()}
        codes = ordered["station"]
        edges = [0, *(np.flatnonzero(codes[1:] != codes[:-1]) + 1).tolist(), len(codes)]
        for begin, end in pairwise(edges):
            if begin < end:
                mine = {name: column[begin:end] for name, column in ordered.items()}
                self._write((file, int(codes[begin])), mine)

    def _write(self, key: Key, columns: Block) -> None:
        begins = {}
        rows, end = 0, self._end
        for name, column in columns.items():
            begins[name] = end
            rows, end = len(column), end + column.nbytes
            self._types[key[0], name] = column.dtype
        self._put(columns.values())
        self._stretches[key].append(_Stretch(self._rows[key], begins))
        self._rows[key] += rows
        self._end = end

    def _put(self, columns: Iterable[Column]) -> None:
        try:
            self._file.seek(self._end)
            self._file.write(b"".join([column.tobytes() for column in columns]))
        except OSError as error:
            raise RunFileError(
                f"{gettempdir()}: no room for the columns of a long run ({error.strerror});"
                " make room there or let TMPDIR name another folder"
            ) from error

    def stations(self, file: str) -> list[int]:
        """Return the codes of the stations that a table has rows of."""
        return [station for name, station in self._stretches if name == file]

    def has(self, file: str, name: str) -> bool:
        """Return whether a table has a column."""
        return (file, name) in self._types

    def rows(self, key: Key) -> int:
        """Return how many rows there are."""
        return self._rows.get(key, 0)

    def column(self, key: Key, name: str, begin: int = 0, end: int | None = None) -> Column:
        """Return a column in the order of the file's rows, or of these rows; an empty one of none."""
        end = self.rows(key) if end is None else end
        column = np.empty(end - begin, dtype=self._types.get((key[0], name), np.dtype(np.int64)))
        stretches = self._stretches.get(key, ())
        at, number = begin, max(0, bisect_right(stretches, begin, key=lambda each: each.first) - 1)
        while at < end:
            stretch = stretches[number]
            number += 1
            over = min(end, stretches[number].first if number < len(stretches) else end)
            self._file.seek(stretch.columns[name] + (at - stretch.first) * column.itemsize)
            self._file.readinto(column[at - begin : over - begin].view(np.uint8).data)
            at = over
        return column

    def close(self) -> None:
        """Give back what it takes."""
        self._file.close()

    def __del__(self) -> None:
        self.close()
