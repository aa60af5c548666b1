"""A run's files back to its records; damage is named with its line and a way out."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from line_sim.errors import RunFileError
from line_sim.line.records import Call, Item, Outage, Visit
from line_sim.recording.tables import BREAKDOWNS, CALLS, ITEMS, VISITS, Table

R = TypeVar("R")

_LONGEST_TORN_ROW = 100  # lines: a quoted text may hold line ends, but no row of ours holds more


@dataclass(frozen=True, slots=True)
class RunRecords:
    """Everything a run recorded, in the order in which it ended.

    `partial`: the last row of a file was torn off (the run was killed) and has been left out.
    """

    items: tuple[Item, ...]
    visits: tuple[Visit, ...]
    calls: tuple[Call, ...]
    outages: tuple[Outage, ...]
    partial: bool = False


def read_run(folder: Path) -> RunRecords:
    """Read the four tables of a run's folder.

    Raises RunFileError for a missing or damaged file, as `DIR/visits.csv:12: what is wrong; what to do`.
    """
    items, torn_items = read_table(folder, ITEMS)
    visits, torn_visits = read_table(folder, VISITS)
    calls, torn_calls = read_table(folder, CALLS)
    outages, torn_outages = read_table(folder, BREAKDOWNS)
    return RunRecords(items, visits, calls, outages, torn_items or torn_visits or torn_calls or torn_outages)


def read_info(folder: Path) -> dict[str, Any]:
    """Read `run.json`; a run that was killed before it could write one gives an empty mapping.

    Raises RunFileError when it is there but not a JSON object.
    """
    path = folder / "run.json"
    if not path.exists():
        return {}
    try:
        info = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunFileError(f"{path}: not readable as JSON ({error}); restore or delete it") from error
    if not isinstance(info, dict):
        raise RunFileError(f"{path}: not a JSON object; restore or delete it")
    return info


def read_table(folder: Path, table: Table[R]) -> tuple[tuple[R, ...], bool]:
    """Read one table: its records, and whether a torn last row was left out. Raises RunFileError."""
    path = folder / table.file
    text, torn = _read_text(path)
    return tuple(_records(path, table, text)), torn


def _read_text(path: Path) -> tuple[str, bool]:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise RunFileError(f"{path}: there is no such file; is this the folder of a run?") from error
    except OSError as error:
        raise RunFileError(f"{path}: the file cannot be read ({error.strerror})") from error
    end = _end_of_whole_rows(data)
    try:
        return data[:end].decode("utf-8-sig"), end < len(data)  # spreadsheets add a byte order mark
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RunFileError(f"{path}:{line}: not UTF-8; save the file as UTF-8 or restore it") from error


def _end_of_whole_rows(data: bytes) -> int:
    """Return where the last row with its line end is over; a line end inside quotes is none."""
    end = data.rfind(b"\n") + 1
    quotes = data.count(b'"', 0, end)
    shortened = end
    for _ in range(_LONGEST_TORN_ROW):
        if quotes % 2 == 0:
            return shortened
        before = data.rfind(b"\n", 0, shortened - 1) + 1
        quotes -= data.count(b'"', before, shortened)
        shortened = before
    return end  # a stray quote far up is damage, not a torn end: the CSV reader names it


def _records(path: Path, table: Table[R], text: str) -> Iterator[R]:
    """Parse row after row. `line` is where a row begins, as an editor counts."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = next(rows, None) or ()
        if tuple(header) != table.columns:
            raise ValueError(f"the header is {','.join(header)!r}, not {','.join(table.columns)!r}")  # noqa: TRY301 - one place adds file and line
        columns = len(table.columns)
        line = rows.line_num + 1
        for fields in rows:
            if len(fields) != columns:
                raise ValueError(f"{len(fields)} fields instead of {columns}")  # noqa: TRY301 - as above
            yield table.parse(fields)
            line = rows.line_num + 1
    except (ValueError, csv.Error) as error:
        raise RunFileError(f"{path}:{line}: {error}; restore or delete the row") from error
