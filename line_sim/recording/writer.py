"""The folder of a run: created empty, filled while the line runs, whole at any moment it may be killed."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Generic, NamedTuple, Self, TypeVar

from line_sim.errors import ScenarioError
from line_sim.inspection.servers.last_words import is_all_there_is
from line_sim.line.records import LOST, Call, Item, Job, Outage, Visit
from line_sim.recording.blocks import FEWEST, NotABlockError, block_text
from line_sim.recording.columns import NotAColumnError, columns_of, values_of
from line_sim.recording.kept import Kept
from line_sim.recording.reader import RunTables, read_columns
from line_sim.recording.store import Block, ColumnStore
from line_sim.recording.tables import TABLES, Table
from line_sim.recording.whole import RUN_AGAIN, unwritable, write_json, write_whole

FLUSH_EVERY_S = 1.0
MOST_WAITING_ROWS = 4_000  # keeps a fast run's memory flat between two flushes

R = TypeVar("R", bound=tuple[Any, ...])


class _Taken(NamedTuple):
    """Records as rows of text, and as columns where they were made on the way."""

    records: list[Any]
    text: bytes | memoryview
    columns: Block | None = None


class _Rows(Generic[R]):
    """An open CSV file and the records that wait to be written to it; they become text in one go."""

    def __init__(self, folder: Path, table: Table[R], store: ColumnStore) -> None:
        self.waiting: list[R] = []
        self.ready: list[_Taken] = []
        self.table = table
        self._store = store
        self._file: BinaryIO = (folder / table.file).open("xb")
        self.write(table.header.encode())

    def take(self) -> list[_Taken]:
        """Take what is rows already, and what waits to become some."""
        taken = self.ready.copy()
        self.ready.clear()
        return [*taken, self._of_waiting()] if self.waiting else taken

    def _of_waiting(self) -> _Taken:
        records = self.waiting.copy()
        self.waiting.clear()
        if len(records) >= FEWEST:
            with suppress(NotAColumnError, NotABlockError):
                values = values_of(records, self.table)
                columns = columns_of(values, self.table, self._store)
                return _Taken(records, block_text(values, columns, self.table, self._store.words), columns)
        return _Taken(records, "".join(map(self.table.row, records)).encode())

    def write(self, text: bytes | memoryview) -> None:
        """Hand rows to the operating system: from there a kill cannot take them back."""
        if text:
            try:
                self._file.write(text)
                self._file.flush()
            except OSError as error:
                path = Path(self._file.name)
                raise unwritable(path, error, _or_what_is_there(path.parent)) from error

    def close(self) -> None:
        """Close the file; what could not be written has been told."""
        with suppress(OSError):
            self._file.close()


class RunFolder:
    """An observer that keeps every record in the files of one run.

    `tables` are those of its line: see `tables_for`. `clock` gives seconds of wall time that never go
    backwards (`time.monotonic`). Rows reach the operating system at the first record that comes a second
    or more after the last flush; a line that waits for something outside flushes while it waits.
    Raises ScenarioError when the folder holds anything already or cannot be made, RunFileError when
    the disk is full.
    """

    def __init__(self, path: Path, clock: Callable[[], float], tables: Sequence[Table[Any]] = TABLES) -> None:
        self.path = path
        self._clock = clock
        create_empty(path)
        self._kept = Kept(tables)
        self.of_line = tables
        opened = [_Rows(path, table, self._kept.store) for table in tables]
        self._items, self._visits, self._calls, self._outages, *crews = opened
        self._jobs: list[Job] = crews[0].waiting if crews else []
        self._tables: tuple[_Rows[Any], ...] = (
            *crews,
            self._outages,
            self._calls,
            self._visits,
            self._items,
        )
        self._due = clock() + FLUSH_EVERY_S

    def on_item(self, item: Item) -> None:
        """Keep a part's story.

        A part's story is told just before its last visit is over, so it waits for that: a flush in
        between could leave a killed run with a story that lacks its end. A lost part has no visits.
        """
        if item.disposition == LOST:
            self._keep(self._items.waiting, item)
        else:
            self._items.waiting.append(item)

    def on_visit(self, visit: Visit) -> None:
        """Keep a part's visit to a station."""
        waiting = self._visits.waiting
        waiting.append(visit)
        if len(waiting) >= MOST_WAITING_ROWS or self._clock() >= self._due:
            self.flush()

    def on_call(self, call: Call) -> None:
        """Keep an inference call."""
        self._keep(self._calls.waiting, call)

    def on_outage(self, outage: Outage) -> None:
        """Keep an outage."""
        self._keep(self._outages.waiting, outage)

    def on_job(self, job: Job) -> None:
        """Keep what a person of a crew was needed for."""
        self._keep(self._jobs, job)

    def _keep(self, waiting: list[R], record: R) -> None:
        waiting.append(record)
        if len(waiting) >= MOST_WAITING_ROWS or self._clock() >= self._due:
            self.flush()

    @property
    def store(self) -> ColumnStore:
        """The store whose words the columns of this run stand for."""
        return self._kept.store

    def keep_text(self, file: str, text: memoryview) -> None:
        """Keep rows that are text already, which stays as it is until the next flush."""
        rows = next(rows for rows in self._tables if rows.table.file == file)
        rows.ready.append(_Taken([], text))

    def keep_columns(self, table: Table[Any], columns: Block) -> None:
        """Keep the columns of such rows, in the order of their text; a thread of its own may do so."""
        self._kept.add(table, (), columns)

    def flush(self) -> None:
        """Write out every row that waits.

        Items go last: killed in between, a run has visits of parts without a story (they count as
        still on the line), never a story without its visits. All text is made first, so that there
        is little time in between.
        """
        taken = [(rows, told) for rows in self._tables for told in rows.take()]
        for rows, told in taken:
            rows.write(told.text)
        for rows, told in taken:
            if told.records:
                self._kept.add(rows.table, told.records, told.columns)
        self._due = self._clock() + FLUSH_EVERY_S

    def tables(self) -> RunTables:
        """Return all that was written as columns: the ones kept, or else read from the files."""
        store = self._kept.settled()
        return read_columns(self.path) if store is None else RunTables(store)

    def close(self) -> None:
        """Write out every row and close the files."""
        try:
            self.flush()
        finally:
            self._close_files()

    def _close_files(self) -> None:
        for rows in self._tables:
            rows.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the files; what broke the line off at once, as a kill would, leaves what was written."""
        torn = kind is not None and not issubclass(kind, Exception)  # a part may be half handed over
        if torn:
            self._close_files()
        else:
            self.close()

    def write_scenario(self, text: str) -> None:
        """Keep the scenario as run, overrides in it, as `scenario.yaml`."""
        write_whole(self.path / "scenario.yaml", text)

    def write_info(self, info: Mapping[str, Any]) -> None:
        """Keep versions, machine, server and why the run ended as `run.json`; may be written again."""
        write_json(self.path / "run.json", info, _or_what_is_there(self.path))


def _or_what_is_there(folder: Path) -> str:
    return f"{RUN_AGAIN}, or 'line-sim report {folder}' tells what is there"


def refuse_folder_in_use(path: Path) -> None:
    """Raise ScenarioError where a run cannot begin, so that nothing of the user's is written over."""
    try:
        in_use = path.exists() and any(path.iterdir()) and not is_all_there_is(path)
    except OSError as error:
        raise ScenarioError(
            f"{path}: the folder cannot be used ({error.strerror}); choose another with --out"
        ) from error
    if in_use:
        raise ScenarioError(f"{path}: the folder is not empty; choose a new one with --out")


def make_first_free(paths: Iterable[Path]) -> Path:
    """Make the first of these folders that is not there yet; no other process gets the same one."""
    for path in paths:
        with suppress(FileExistsError):
            _make(path, exist_ok=False)
            return path
    raise ScenarioError("every folder that the run might take is there already; choose one with --out")


def remove_if_empty(path: Path) -> None:
    """Take a folder away again that nothing was put into, and what was made above it."""
    with suppress(OSError):
        os.removedirs(path)


def create_empty(path: Path) -> None:
    """Make a folder, or take one that is empty. Raises ScenarioError as `refuse_folder_in_use` does."""
    refuse_folder_in_use(path)
    _make(path, exist_ok=True)


def _make(path: Path, *, exist_ok: bool) -> None:
    try:
        path.mkdir(parents=True, exist_ok=exist_ok)
    except OSError as error:
        if isinstance(error, FileExistsError) and not exist_ok:
            raise
        raise ScenarioError(
            f"{path}: the folder cannot be made ({error.strerror}); choose another with --out"
        ) from error
