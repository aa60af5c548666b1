"""Measured times from a column of a CSV file, for the empirical distribution."""

import csv
from pathlib import Path

from line_sim.units import Nanoseconds, parse_duration

_MOST_BYTES = 64 * 1024 * 1024


class ColumnError(ValueError):
    """The file or the column cannot be used; `part` says which of the two keys is to blame."""

    def __init__(self, part: str, message: str) -> None:
        super().__init__(message)
        self.part = part


def read_times(path: Path, column: str) -> tuple[Nanoseconds, ...]:
    """Read every time of a column: durations such as `250 ms`, or numbers of seconds.

    The file is a CSV with a header row. Raises ColumnError, with the line, for anything that is not
    a time of 0 or more, and when no time is above 0.
    """
    rows = list(csv.reader(_text(path).splitlines()))
    header = [name.strip() for name in rows[0]] if rows else []
    if column not in header:
        raise ColumnError("column", f"it is no column of {path}; it has {', '.join(header) or 'none'}")
    place = header.index(column)
    times = tuple(_time(row, place, path, line) for line, row in enumerate(rows[1:], start=2) if row)
    if not any(times):
        raise ColumnError("column", f"no time in this column of {path} is above 0")
    return times


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ColumnError("file", f"{path} is larger than {_MOST_BYTES // 1024**2} MiB")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ColumnError("file", f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ColumnError("file", f"{path} is not UTF-8 text") from error


def _time(row: list[str], place: int, path: Path, line: int) -> Nanoseconds:
    try:
        time = parse_duration(row[place])
    except IndexError:
        raise ColumnError("file", f"{path}:{line} has no value in this column") from None
    except ValueError as error:
        raise ColumnError("file", f"{path}:{line}: {error}") from error
    if time < 0:
        raise ColumnError("file", f"{path}:{line} has {row[place].strip()}; times must be 0 or more")
    return time
