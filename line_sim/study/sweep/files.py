"""The tables of a sweep: sweep.csv and runs.csv, on the disk as each run is over, and back."""

import csv
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from line_sim.errors import RunFileError
from line_sim.recording.csvtext import LINE_END, text_field
from line_sim.scenario.dump import flow
from line_sim.study.going_on import way_on
from line_sim.study.growing import closed_at_its_end, told_where_unwritable
from line_sim.study.sweep.collected import Runs
from line_sim.study.sweep.jobs import FAILED, Told

CSV, RUNS = "sweep.csv", "runs.csv"
_RUNS_HEADER = f"variant,replication,seed,ended,audit_passed,outages,error{LINE_END}"
_END = LINE_END.encode()
_FIGURE = re.compile(rb"-?[0-9]{1,17}(?:\.[0-9]{1,25})?(?:e\+[0-9]{2}|e-[0-9]{2,3})?")
"""A figure as it is written: `repr` of a float that is no wonder."""


class Tables:
    """Both tables, open: rows are added at their ends. A run counts once its row in runs.csv is whole."""

    def __init__(self, folder: Path, runs: Sequence[Runs]) -> None:
        self._folder, self._runs = folder, runs
        self._before = [_before(each) for each in runs]
        self._then = way_on("sweep", folder)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Open them; begin them where they are not there. Raises RunFileError where that cannot be."""
        with ExitStack() as stack:
            self._ends = self._open(stack, RUNS, _RUNS_HEADER)
            self._rows = self._open(stack, CSV, _header(self._runs))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def _open(self, stack: ExitStack, name: str, header: str) -> BinaryIO:
        path = self._folder / name
        if path.exists() and not path.is_file():
            raise RunFileError(f"{path}: it is no file; {_DAMAGED}")
        with told_where_unwritable(path, self._then):
            opened = path.open("r+b" if path.exists() else "x+b")
            file = stack.enter_context(closed_at_its_end(opened, path, self._then))
            if _is_begun(file, header.encode()):
                file.write(header.encode())
                file.flush()
        return file

    def add(self, told: Told) -> None:
        """Add the rows of a run. Raises RunFileError when they cannot be written."""
        with told_where_unwritable(self._folder / CSV, self._then):
            self._rows.write(self._text(told).encode())
            self._rows.flush()
            self._ends.write(_run_row(told).encode())
            self._ends.flush()

    def _text(self, told: Told) -> str:
        if told.error:
            return ""
        before = _row_start(self._before[told.variant - 1], told)
        return "".join(
            f"{before}{name},{_value(told.figures.get(name))}{LINE_END}"
            for name in self._runs[told.variant - 1].names
        )

    def recorded(self) -> Iterator[Told]:
        """Yield the runs that are recorded, in order, and cut off behind them what is torn.

        Raises RunFileError for tables that no such sweep has written.
        """
        ends = _lines(self._ends, self._folder / RUNS)
        rows = _lines(self._rows, self._folder / CSV)
        _expect(next(ends, b""), _RUNS_HEADER.encode(), self._folder / RUNS)
        _expect(next(rows, b""), _header(self._runs).encode(), self._folder / CSV)
        whole_ends, whole_rows = len(_RUNS_HEADER.encode()), len(_header(self._runs).encode())
        for number, end in enumerate(ends, start=2):
            if not end.endswith(_END):
                break
            told = _read_run(end, f"{self._folder / RUNS}:{number}", len(self._runs))
            values = list(self._read_rows(told, rows))
            if len(values) < len(self._names(told)):
                break
            figures = {name: value for (name, value, _) in values if value is not None}
            whole_ends += len(end)
            whole_rows += sum(length for _, _, length in values)
            yield _with(told, figures)
        self._cut(self._ends, whole_ends)
        self._cut(self._rows, whole_rows)

    def _names(self, told: Told) -> tuple[str, ...]:
        return () if told.error else self._runs[told.variant - 1].names

    def _read_rows(self, told: Told, rows: Iterator[bytes]) -> Iterator[tuple[str, float | None, int]]:
        before = _row_start(self._before[told.variant - 1], told)
        for name in self._names(told):
            row = next(rows, b"")
            if not row.endswith(_END):
                return
            start, value = f"{before}{name},".encode(), row[: -len(_END)]
            number = value.removeprefix(start)
            if number and not _FIGURE.fullmatch(number):
                shown = f"{self._folder / CSV}: {row.decode(errors='replace').strip()!r:.100}"
                raise RunFileError(f"{shown} does not belong where it stands; {_DAMAGED}")
            yield name, float(number) if number else None, len(row)

    def _cut(self, file: BinaryIO, length: int) -> None:
        file.truncate(length)
        file.seek(0, os.SEEK_END)


_DAMAGED = "restore the file, or begin a new sweep"


def _is_begun(file: BinaryIO, header: bytes) -> bool:
    """Whether a table has no more than a part of its header; it is empty then, and to be begun again."""
    file.seek(0)
    there = file.read(len(header))
    if len(there) == len(header) or not header.startswith(there):
        return False
    file.seek(0)
    file.truncate()
    return True


def _lines(file: BinaryIO, path: Path) -> Iterator[bytes]:
    try:
        file.seek(0)
        for line in file:  # noqa: UP028 - `yield from` would close the file with the iterator
            yield line
    except OSError as error:
        raise RunFileError(f"{path}: cannot be read ({error.strerror})") from error


def _expect(found: bytes, wanted: bytes, path: Path) -> None:
    if found != wanted:
        header = wanted.decode().strip()
        raise RunFileError(f"{path}:1: the header is not {header}; {_DAMAGED}")


def _header(runs: Sequence[Runs]) -> str:
    keys = [text_field(key) for key in (runs[0].variant.settings if runs else ())]
    return ",".join(("variant", *keys, "replication", "seed", "kpi", "value")) + LINE_END


def _before(runs: Runs) -> str:
    """Return what all rows of a variant begin with."""
    settings = [text_field(setting_text(value)) for value in runs.variant.settings.values()]
    return ",".join((str(runs.variant.number), *settings))


def setting_text(value: object) -> str:
    """Write a setting in a table: a text as it is, all else as an override has it."""
    return value if isinstance(value, str) else flow(value)


def _row_start(before: str, told: Told) -> str:
    return f"{before},{told.replication},{told.seed},"


def _value(value: float | None) -> str:
    return "" if value is None else repr(value)


_PASSED = {True: "true", False: "false", None: ""}


def _run_row(told: Told) -> str:
    passed = "" if told.error else _PASSED[told.audit_passed]
    outages = text_field(json.dumps(dict(told.outages), ensure_ascii=False)) if told.outages else ""
    fields = (told.variant, told.replication, told.seed, told.ended, passed, outages, text_field(told.error))
    return ",".join(map(str, fields)) + LINE_END


def _read_run(row: bytes, place: str, variants: int) -> Told:
    try:
        (fields,) = csv.reader([row.decode()], strict=True)
        variant, replication, seed, ended, passed, outages, error = fields
        seen: Mapping[str, int] = json.loads(outages) if outages else {}
        told = Told(
            *(int(variant), int(replication), int(seed), ended, True, _audited(passed), {}, seen),
            error=error or ("no reason was kept" if ended == FAILED else ""),
        )
    except (ValueError, csv.Error) as error:
        raise RunFileError(f"{place}: {error}; {_DAMAGED}") from error
    if not 1 <= told.variant <= variants:
        raise RunFileError(f"{place}: there is no variant {variant}; {_DAMAGED}")
    return told


def _audited(text: str) -> bool | None:
    """Return whether the audit passed; None of a run that was not audited. Raises ValueError."""
    known = {text: passed for passed, text in _PASSED.items()}
    if text not in known:
        raise ValueError(f"audit_passed is {text!r:.40}")
    return known[text]


def _with(told: Told, figures: Mapping[str, float | None]) -> Told:
    return Told(
        *(told.variant, told.replication, told.seed, told.ended, told.whole, told.audit_passed),
        *(dict(figures), told.outages, told.error),
    )
