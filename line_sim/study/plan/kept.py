"""The runs of a plan on disk: `runs.csv`, a row a run, as soon as it is over; and what they are runs of.

From these and the study beside them a plan goes on where it was: `--resume`.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from math import isfinite
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from line_sim.errors import RunFileError
from line_sim.recording.csvtext import LINE_END, text_field
from line_sim.recording.whole import read_object, write_json
from line_sim.regular import read_regular
from line_sim.study.design.kept import kept_study, refuse_others
from line_sim.study.design.study import Study
from line_sim.study.going_on import way_on
from line_sim.study.growing import closed_at_its_end, told_where_unwritable
from line_sim.study.plan.procedure.demands import Sample, Term
from line_sim.study.plan.sampling import Done

CSV, ABOUT = "runs.csv", "runs.json"
MOST_BYTES = 4 * 1024**3
FIXED = ("confirms", "design", "replication", "seed", "ended")
Runs = dict[tuple[bool, int], list[Sample]]
"""Runs by whether they confirm, and design; in their order from the first on."""


class KeptRuns:
    """The file that runs are added to; a context manager. `ratios` says of each figure if it is a ratio."""

    def __init__(self, folder: Path, ratios: Mapping[str, bool]) -> None:
        self._path = folder / CSV
        self._ratios = ratios
        self._then = way_on("plan", folder)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Open it, and begin it where it is empty. Raises RunFileError where that cannot be."""
        with ExitStack() as stack, told_where_unwritable(self._path, self._then):
            opened = self._path.open("a", encoding="utf-8", newline="")
            self._file = stack.enter_context(closed_at_its_end(opened, self._path, self._then))
            if not self._file.tell():
                self._write(",".join(map(text_field, columns(self._ratios))))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def _write(self, row: str) -> None:
        self._file.write(row + LINE_END)
        self._file.flush()

    def add(self, done: Done, *, confirms: bool) -> None:
        """Add a run. Raises RunFileError when it cannot be written."""
        fixed = (
            int(confirms),
            done.design,
            done.replication,
            done.sample.seed,
            text_field(done.sample.ended),
        )
        cells = [*map(str, fixed), *_cells(done.sample, self._ratios)]
        with told_where_unwritable(self._path, self._then):
            self._write(",".join(cells))


def columns(ratios: Mapping[str, bool]) -> list[str]:
    """Return the names of the columns; a ratio has two: the count, and what it is of."""
    named = ([f"{kpi}.count", f"{kpi}.of"] if ratio else [kpi] for kpi, ratio in ratios.items())
    return [*FIXED, *(name for names in named for name in names)]


def _cells(sample: Sample, ratios: Mapping[str, bool]) -> Iterator[str]:
    for kpi, ratio in ratios.items():
        term = sample.terms[kpi]
        yield "" if term is None else repr(term.over)
        if ratio:
            yield "" if term is None else repr(term.under)


def begin(folder: Path, mark: Mapping[str, Any]) -> None:
    """Write down what the runs of a new folder are runs of."""
    write_json(folder / ABOUT, mark)


def begun_study(folder: Path) -> Study:
    """Return the study of a plan's folder. Raises RunFileError where it is none of a plan."""
    return kept_study(folder, ABOUT)


def kept_runs(folder: Path, mark: Mapping[str, Any], ratios: Mapping[str, bool]) -> Runs:
    """Read the runs of a folder; the rest of a row that was being written is dropped, in the file, too.

    Raises ScenarioError where they are runs of something else, RunFileError for a file that is none.
    """
    refuse_others(folder, read_object(folder / ABOUT, "is this the folder of a plan?"), mark)
    path = folder / CSV
    if not path.exists():
        return {}
    text = _whole_rows(path)
    try:
        header, *rows = csv.reader(io.StringIO(text, newline="")) if text else iter([columns(ratios)])
    except csv.Error as error:
        raise RunFileError(f"{path}: no table ({error}); restore it or plan anew") from error
    if header != columns(ratios):
        raise RunFileError(f"{path}:1: not the columns {', '.join(columns(ratios))}; restore or delete it")
    found: Runs = {}
    for line, row in enumerate(rows, 2):
        try:
            confirms, design, replication, sample = _row(row, ratios)
        except (ValueError, IndexError) as error:
            raise RunFileError(f"{path}:{line}: no run ({error}); restore it or plan anew") from error
        runs = found.setdefault((confirms, design), [])
        if replication != len(runs) + 1:
            raise RunFileError(
                f"{path}:{line}: replication {len(runs) + 1} is missing; restore it or plan anew"
            )
        runs.append(sample)
    return found


def _whole_rows(path: Path) -> str:
    try:
        raw = read_regular(path, MOST_BYTES)
        whole = raw[: raw.rfind(b"\n") + 1]
        if len(whole) < len(raw):
            with path.open("r+b") as file:
                file.truncate(len(whole))
        return whole.decode("utf-8")
    except (OSError, ValueError) as error:
        raise RunFileError(f"{path}: cannot be read ({error}); restore it or plan anew") from error


def _row(row: Sequence[str], ratios: Mapping[str, bool]) -> tuple[bool, int, int, Sample]:
    if len(row) != len(columns(ratios)):
        raise ValueError(f"{len(row)} columns")
    cells, terms = iter(row[len(FIXED) :]), dict[str, Term | None]()
    for kpi, ratio in ratios.items():
        over, under = next(cells), next(cells) if ratio else "1"
        terms[kpi] = Term(_number(over), _number(under)) if over else None
    return row[0] == "1", int(row[1]), int(row[2]), Sample(int(row[3]), row[4], terms)


def _number(text: str) -> float:
    number: object = json.loads(text)
    if not isinstance(number, int | float) or isinstance(number, bool) or not isfinite(number):
        raise ValueError(f"{text} is no number")
    return number
