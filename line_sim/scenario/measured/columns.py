"""Measured times from a column of a CSV file, for the empirical distribution."""

import csv
import io
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, TextIO, TypeAlias

import numpy as np

from line_sim.regular import open_regular, size_text
from line_sim.scenario.measured.naming import metric_place, not_one_of, unit_of
from line_sim.units import (
    LONGEST,
    MINUTE,
    SECOND,
    UNITS,
    Nanoseconds,
    NotADurationError,
    duration_text,
    parse_duration,
)

MOST_BYTES = 64 * 1024 * 1024
MOST_BYTES_OF_ALL = 256 * 1024 * 1024
MOST_TIMES = 10_000_000
LONGEST_UNASKED = 10 * MINUTE
"""A middle time above this is asked about where nobody has said a unit."""
LONGEST_ANSWER_UNASKED = 10 * SECOND
"""The same for the times of an inference server's answers."""

Times: TypeAlias = "array[int]"
"""Whole nanoseconds, eight bytes each."""

_PLACES = {"s": 9, "ms": 6, "us": 3, "ns": 0}
"""Decimal places of a unit down to the nanosecond."""

_ALSO_A_MINIMUM = "min"
"""A column of this name may hold minutes, or the shortest times."""

_OTHER_FORMATS = {
    b"\x1f\x8b": "is compressed (gzip); unpack it first",
    b"PK\x03\x04": "is a spreadsheet or an archive; save it as CSV",
    b"\xff\xfe": "is UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "is UTF-16 text; save it as UTF-8",
}


class ColumnError(ValueError):
    """The file or the column cannot be used; `part` says which of the two keys is to blame."""

    def __init__(self, part: str, message: str) -> None:
        super().__init__(message)
        self.part = part


@dataclass(frozen=True)
class Measured:
    """The times of a column; `unsaid`: some are bare numbers that nobody has named a unit for."""

    times: Times
    unsaid: bool = False

    @cached_property
    def mean(self) -> float:
        """The average time in ns."""
        return sum(self.times) / len(self.times)

    def _middle(self) -> Nanoseconds:
        times = np.asarray(self.times)
        return int(np.partition(times, len(times) // 2)[len(times) // 2])

    def ask_beyond(self, longest: Nanoseconds) -> None:
        """Raise ColumnError where the middle time is longer than this in seconds that nobody has stated."""
        if self.unsaid and (middle := self._middle()) > longest:
            what = f"its middle time would be {duration_text(middle)}"
            raise ColumnError("column", f"{NO_UNIT}, and {what}; {SAY_UNIT}")


NO_UNIT = "its name leaves the unit open"
SAY_UNIT = "say the unit beside it, such as unit: ms, or unit: s if these are seconds"
NOT_READ = Measured(array("q"))


class MeasuredFiles:
    """The columns that one scenario draws from, each read once."""

    def __init__(self) -> None:
        self._read: dict[tuple[Path, str, str | None], Measured] = {}
        self._bytes = 0

    def read(self, path: Path, column: str, unit: str | None) -> Measured:
        """Return a column as `read_times` does. Raises ColumnError, for too many as well."""
        which = (path, column, unit)
        if which not in self._read:
            self._bytes += _size(path)
            if self._bytes > MOST_BYTES_OF_ALL:
                most = size_text(MOST_BYTES_OF_ALL)
                raise ColumnError(
                    "file", f"the columns read for one scenario are of more than {most} of files"
                )
            self._read[which] = read_times(path, column, unit)
        return self._read[which]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0  # reading it will say why


def read_times(path: Path, column: str, unit: str | None = None) -> Measured:
    """Read every time of a column: durations such as `250 ms`, or bare numbers.

    Those are of `unit`, or else of the unit that the column's name ends in, or else seconds. The file is a
    CSV with a header row. Raises ColumnError, with the line, for anything that is not a time of 0 or more,
    and when no time is above 0.
    """
    try:
        with io.TextIOWrapper(open_regular(path, MOST_BYTES), "utf-8-sig", newline="") as file:
            _refuse_other_formats(path, file.buffer)
            return _Reading(path, file, column, unit).measured()
    except OSError as error:
        raise ColumnError("file", f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ColumnError("file", f"{path} is not UTF-8 text") from error


def _refuse_other_formats(path: Path, file: BinaryIO) -> None:
    begin = file.read(4)
    file.seek(0)
    for mark, what in _OTHER_FORMATS.items():
        if begin.startswith(mark):
            raise ColumnError("file", f"{path} {what}")


class _Reading:
    """One pass over a file."""

    def __init__(self, path: Path, file: TextIO, column: str, unit: str | None) -> None:
        self._path, self._column = path, column
        self._rows = csv.reader(file)
        told = unit_of(column)
        self._unit = unit or told or "s"
        self._guessed = unit is None and told in {None, _ALSO_A_MINIMUM}

    def measured(self) -> Measured:
        """Return the times of the column. Raises as `read_times` does."""
        try:
            header = [name.strip() for name in next(filter(_holds_anything, self._rows), [])]
            if header.count(self._column) != 1:
                raise ColumnError("column", f"it {not_one_of(header, self._column, self._path)}")
            times, bare = self._times(header.index(self._column), metric_place(header))
        except csv.Error as error:
            raise self._wrong(f": {error}; this is no CSV file") from error
        if not any(times):
            raise ColumnError("column", f"no time in this column of {self._path} is above 0")
        return Measured(times, unsaid=bare and self._guessed)

    def _times(self, place: int, metric: int | None) -> tuple[Times, bool]:
        """Return the times, and whether some have no unit of their own."""
        times, bare, read = array("q"), False, _bare_reader(self._unit)
        metrics: dict[str, None] = {}
        for row in self._rows:
            time = read(row[place]) if len(row) > place else None
            if time is not None:
                bare = True
            elif _holds_anything(row):
                time, with_unit = self._odd(row, place)
                bare = bare or not with_unit
            else:
                continue
            times.append(time)
            if metric is not None and len(row) > metric:
                self._refuse_another(row[metric], metrics)
            if len(times) > MOST_TIMES:
                raise ColumnError("file", f"{self._path} has more than {MOST_TIMES:,} times")
        return times, bare

    def _refuse_another(self, metric: str, known: dict[str, None]) -> None:
        known.setdefault(metric)
        if len(known) > 1:
            raise ColumnError(
                "column",
                f"it holds the values of several metrics, such as {', '.join(known)}"[:200]
                + f" ({self._path}:{self._rows.line_num}); keep the rows of one",
            )

    def _odd(self, row: list[str], place: int) -> tuple[Nanoseconds, bool]:
        """Read what is no plain number; say whether it has a unit of its own."""
        if len(row) <= place:
            raise self._wrong(" has no value in this column")
        field = row[place]
        with_unit = field.strip()[-1:].isalpha()
        try:
            time = parse_duration(field if with_unit else f"{field} {self._unit}")
        except NotADurationError as error:
            raise self._wrong(f": {NotADurationError(field, error.why)}") from error
        if time < 0:
            raise self._wrong(f" has {field.strip()}; times must be 0 or more")
        return time, with_unit

    def _wrong(self, message: str) -> ColumnError:
        return ColumnError("file", f"{self._path}:{self._rows.line_num}{message}")


def _holds_anything(row: list[str]) -> bool:
    return any(field and not field.isspace() for field in row)


def _bare_reader(unit: str) -> Callable[[str], Nanoseconds | None]:
    """Return what reads a plain decimal number of a unit to the nanosecond, fast; None for anything else."""
    scale, places = UNITS[unit], _PLACES.get(unit, 0)
    most_digits = 18 - places

    def read(field: str) -> Nanoseconds | None:
        whole, _, rest = field.partition(".")
        if not whole.isdecimal() or not field.isascii() or len(whole) > most_digits or len(rest) > places:
            return None
        if not rest:
            time = int(whole) * scale
        elif rest.isdecimal():
            time = int(whole) * scale + int(rest) * 10 ** (places - len(rest))
        else:
            return None
        return time if time <= LONGEST else None

    return read
