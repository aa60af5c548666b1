"""A run's files back to its records; damage is named with its line and a way out."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from line_sim.errors import RunFileError
from line_sim.line.line import ENDINGS
from line_sim.line.records import Call, Item, Outage, Visit
from line_sim.recording.csvtext import LATEST
from line_sim.recording.tables import BREAKDOWNS, CALLS, ITEMS, VISITS, Table
from line_sim.units import SECOND, Nanoseconds

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


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What a report must know of `run.json`: how the run ended and when, in ns; None: it was killed."""

    ended: str | None = None
    ended_at: Nanoseconds | None = None


def read_info(folder: Path) -> RunInfo:
    """Read `run.json`; a run that was killed before it could write one tells nothing of its end.

    Raises RunFileError when it is there but holds no JSON object, or no ending that a run can have.
    """
    path = folder / "run.json"
    if not path.exists():
        return RunInfo()
    info = _read_object(path)
    ended, ended_at = info.get("ended"), info.get("ended_at_s")
    if ended is not None and ended not in ENDINGS:
        raise RunFileError(f"{path}: ended is {ended!r}; it must be {', '.join(ENDINGS)} or null; restore it")
    if ended is None and ended_at is None:
        return RunInfo()
    moment = _moment(ended_at)
    if ended is None or moment is None:
        must = "null like ended" if ended is None else "seconds of line time"
        raise RunFileError(f"{path}: ended_at_s is {ended_at!s:.40}; it must be {must}; restore it")
    return RunInfo(ended, moment)


def _moment(seconds: object) -> Nanoseconds | None:
    """Return a moment of a run, None for what is none."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | Decimal):
        return None
    return round(seconds * SECOND) if 0 <= seconds * SECOND <= LATEST else None


def _read_object(path: Path) -> dict[str, Any]:
    """Read a JSON object; its decimal numbers stay as exact as they are written."""
    try:
        info = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
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
