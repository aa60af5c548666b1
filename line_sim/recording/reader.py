"""A run's files back to its records or columns; damage is named with its line and a way out."""

import csv
import io
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import numpy as np

from line_sim.errors import RunFileError
from line_sim.line.line import ENDINGS
from line_sim.line.records import Call, Item, Job, Outage, Visit
from line_sim.recording.chunks import chunks
from line_sim.recording.columnar import parse_rows
from line_sim.recording.columns import LINE, columns_of_records, lines_of
from line_sim.recording.csvtext import line_ends
from line_sim.recording.store import Block, ColumnStore
from line_sim.recording.tables import BREAKDOWNS, CALLS, CREWS, ITEMS, TABLES, VISITS, WHOLE, Table
from line_sim.recording.whole import read_object
from line_sim.units import LATEST, SECOND, Nanoseconds

R = TypeVar("R", bound=tuple[Any, ...])


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
    jobs: tuple[Job, ...] = ()


def read_run(folder: Path) -> RunRecords:
    """Read the tables of a run's folder; only that of the crews may be missing.

    Raises RunFileError for a missing or damaged file, as `DIR/visits.csv:12: what is wrong; what to do`.
    """
    items, torn_items = read_table(folder, ITEMS)
    visits, torn_visits = read_table(folder, VISITS)
    calls, torn_calls = read_table(folder, CALLS)
    outages, torn_outages = read_table(folder, BREAKDOWNS)
    jobs, torn_jobs = read_table(folder, CREWS) if CREWS in _tables_in(folder) else ((), False)
    torn = torn_items or torn_visits or torn_calls or torn_outages or torn_jobs
    return RunRecords(items, visits, calls, outages, torn, jobs)


def _tables_in(folder: Path) -> tuple[Table[Any], ...]:
    """Return the tables that a run's folder should have: that of the crews where there is one."""
    return (*TABLES, CREWS) if (folder / CREWS.file).exists() else TABLES


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
    info = read_object(path, exact=True)
    ended, ended_at = info.get("ended"), info.get("ended_at_s")
    if ended is not None and not (isinstance(ended, str) and ended in ENDINGS):
        raise RunFileError(
            f"{path}: ended is {ended!r:.40}; it must be {', '.join(ENDINGS)} or null; restore it"
        )
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
    return (
        round(seconds * SECOND) if 0 <= seconds <= LATEST // SECOND else None
    )  # compared first: 1e999999 is one


def read_table(folder: Path, table: Table[R]) -> tuple[tuple[R, ...], bool]:
    """Read one table: its records, and whether a torn last row was left out. Raises RunFileError."""
    records: list[R] = []
    torn = False
    for piece, told in _pieces(folder / table.file, table):
        records += [record for _, record in _records(piece, told)]
        torn = piece.torn
    return tuple(records), torn


@dataclass(frozen=True, slots=True)
class RunTables:
    """The tables of a run as columns, let go of by `with`; `partial` as in RunRecords."""

    store: ColumnStore
    partial: bool = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.store.close()


def read_columns(folder: Path) -> RunTables:
    """Read the tables of a run's folder into columns; what it takes of memory hangs on no file's length.

    Raises RunFileError as `read_run` does.
    """
    store = ColumnStore()
    torn = [_fill(store, folder, table) for table in _tables_in(folder)]
    return RunTables(store, any(torn))


IN_MEMORY = 2**26  # bytes: a hundred thousand parts; what is longer goes to an unnamed file


def tables_of(records: RunRecords) -> RunTables:
    """Turn records into columns."""
    store = ColumnStore(IN_MEMORY)
    told = (records.items, records.visits, records.calls, records.outages, records.jobs)
    for table, rows in zip(WHOLE, told, strict=True):
        columns = columns_of_records(rows, table, store)
        store.append(table.file, {**columns, LINE: lines_of(columns, table, store)[:-1]})
    return RunTables(store, records.partial)


def _fill(store: ColumnStore, folder: Path, table: Table[Any]) -> bool:
    """Read a table into the store; return whether a torn last row was left out."""
    torn = False
    for piece, told_in in _pieces(folder / table.file, table):
        columns: Block | None = parse_rows(piece.data, told_in, store)
        lines = piece.line + np.arange(piece.data.count(b"\n"), dtype=np.int64)
        if columns is None:
            told = list(_records(piece, told_in))
            columns = columns_of_records([record for _, record in told], told_in, store)
            lines = np.array([line for line, _ in told], dtype=np.int64)
        store.append(table.file, {**columns, LINE: lines})
        torn = piece.torn
    return torn


class _Piece(NamedTuple):
    """Some whole rows of a file, and the line on which the first of them begins, as an editor counts."""

    path: Path
    line: int
    data: bytes
    torn: bool


def _pieces(path: Path, table: Table[R]) -> Iterator[tuple[_Piece, Table[R]]]:
    """Yield a file's rows piece by piece, the header taken away, and the table that the header tells of."""
    line = 1
    header = table.header.encode()
    for data, torn in chunks(path):
        if line > 1:
            piece = _Piece(path, line, data, torn)
        elif data.startswith(header):
            piece = _Piece(path, 2, data[len(header) :], torn)
        else:
            piece, table = _without_header(path, table, data, torn)
        yield piece, table
        line = piece.line + line_ends(piece.data)


def _without_header(path: Path, table: Table[R], data: bytes, torn: bool) -> tuple[_Piece, Table[R]]:
    """Check a header of more columns than the usual ones, or written in another way: quotes, line ends."""
    with _placed(path) as at:
        rows = csv.reader(io.StringIO(_decoded(data, path, 1), newline=""), strict=True)
        header = next(rows, None) or ()
        told = table.having(header)
        if tuple(header) != told.names:
            raise ValueError(f"the header is {','.join(header)!r:.200}, not {','.join(table.names)!r}")
        at.line = rows.line_num + 1
    lines = data.split(b"\n", at.line - 1)
    return _Piece(path, at.line, lines[-1], torn), told


def _records(piece: _Piece, table: Table[R]) -> Iterator[tuple[int, R]]:
    """Parse row after row; each with the line on which it begins."""
    text = _decoded(piece.data, piece.path, piece.line)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = len(table.columns)
    with _placed(piece.path) as at:
        at.line = piece.line
        for fields in rows:
            if len(fields) != columns:
                raise ValueError(f"{len(fields)} fields instead of {columns}")
            yield at.line, table.parse(fields)
            at.line = piece.line + rows.line_num


def _decoded(data: bytes, path: Path, line: int) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line += data.count(b"\n", 0, error.start)
        raise RunFileError(f"{path}:{line}: not UTF-8; save the file as UTF-8 or restore it") from error


@dataclass
class _Place:
    """The line that is being read."""

    line: int = 1


@contextmanager
def _placed(path: Path) -> Generator[_Place]:
    """Give what goes wrong inside its file and line."""
    at = _Place()
    try:
        yield at
    except (ValueError, csv.Error) as error:
        raise RunFileError(f"{path}:{at.line}: {error}; restore or delete the row") from error
