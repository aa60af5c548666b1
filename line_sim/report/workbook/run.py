"""summary.xlsx of a run: its figures, its stations, latencies and tables, as sheets."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from line_sim.figures.catalogue import CATALOGUE, AnyFigure
from line_sim.figures.names import value_at
from line_sim.line.fields import Kind
from line_sim.recording.tables import CREWS, TABLES, Column, Table
from line_sim.recording.whole import by_report
from line_sim.report.workbook.sheets import Sheet, Value, write_workbook

NAME = "summary.xlsx"
_FIGURES = ("figure", "name", "value", "unit", "95 % from", "95 % to", "count", "note")
_TIMES = frozenset({Kind.MOMENT, Kind.DURATION, Kind.LAG})
_WHOLE = frozenset({Kind.COUNT, Kind.ORDINAL})
_SHARES = frozenset(
    {
        *("busy", "inference_wait", "blocked", "starved", "down", "off", "waits_for_crew", "changeover"),
        *("availability", "performance", "quality_ratio", "oee_index", "first_pass_yield"),
    }
)


def write_run_workbook(folder: Path, numbers: Mapping[str, Any]) -> Path:
    """Write the workbook of a run beside its files; `numbers` is the data of its summary.json.

    Raises RunFileError where it cannot be written.
    """
    return write_workbook(folder / NAME, run_sheets(folder, numbers), by_report(folder))


def run_sheets(folder: Path, numbers: Mapping[str, Any]) -> Iterator[Sheet]:
    """Yield the sheets of a run in order; tables that its line has no use for are left out."""
    yield Sheet("summary", _FIGURES, _figures(numbers), width=14)
    yield Sheet("run", ("what", "value"), _facts(numbers), width=24)
    yield _named("stations", "station", _stations(numbers))
    yield _csv("latency", folder / "latency.csv", {"n": Kind.COUNT, "censored": Kind.COUNT})
    for name in ("variants", "crews", "inspections"):
        if numbers.get(name):
            yield _named(name if name != "inspections" else "defects", name.removesuffix("s"), numbers[name])
    for table in (*TABLES, CREWS):
        if (folder / table.file).exists():
            yield _table(table, folder)


def _figures(numbers: Mapping[str, Any]) -> Iterator[Sequence[Value]]:
    for figure in CATALOGUE:
        value = value_at(numbers, figure.place)
        low, high, note = _interval(figure, numbers)
        n = value_at(numbers, figure.counted) if figure.counted else None
        yield (figure.title, figure.name, value, figure.unit, low, high, n, note)


def _interval(figure: AnyFigure, numbers: Mapping[str, Any]) -> tuple[float | None, float | None, str]:
    """Return the ends of a figure's interval, and why there is none or what is special about it."""
    *above, last = figure.place
    section: Any = numbers
    for key in above:
        section = section.get(key) if isinstance(section, Mapping) else None
    if not isinstance(section, Mapping):
        return None, None, ""
    stem = last.removesuffix("_s")
    ends = section.get(f"{last}_ci") or section.get(f"{stem}_ci") or section.get(f"{stem}_ci_s")
    note = section.get(f"{last}_ci_note") or section.get(f"{stem}_ci_note") or ""
    low, high = ends if isinstance(ends, list | tuple) and len(ends) == 2 else (None, None)
    return low, high, str(note)


def _facts(numbers: Mapping[str, Any]) -> Iterator[Sequence[Value]]:
    for key in ("scenario", "seed", "clock", "ended"):
        value = numbers.get(key)
        yield (key, None if value is None else str(value))  # a seed may have more digits than Excel keeps
    for key, value in numbers["window"].items():
        yield (f"window {key.removesuffix('_s').replace('_', ' ')}, s", value)
    yield ("audit passed", bool(numbers["audit"]["passed"]))
    for warning in numbers["warnings"]:
        yield ("warning", str(warning))


def _stations(numbers: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    oee = numbers.get("oee") or {}
    return {name: {**known, **(oee.get(name) or {})} for name, known in numbers["stations"].items()}


def _named(name: str, what: str, rows: Mapping[str, Any]) -> Sheet:
    """Return a sheet of a row a name, with a column for every number that any of them has."""
    flat = {key: dict(_flat(row)) for key, row in rows.items()}
    columns = list(dict.fromkeys(column for row in flat.values() for column in row))
    told = [(key, *(row.get(column) for column in columns)) for key, row in flat.items()]
    return Sheet(name, (what, *map(_headed, columns)), told)


def _flat(row: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Value]]:
    for key, value in row.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        elif key.endswith("_ci"):
            ends = value if isinstance(value, list | tuple) and len(value) == 2 else (None, None)
            yield from ((f"{above}{key} {end}", each) for end, each in zip(("from", "to"), ends, strict=True))
        elif not isinstance(value, list | tuple):
            yield f"{above}{key}", value


def _headed(column: str) -> str:
    """Return a heading with its unit: `busy, share`, `flow_time_ci from, s`."""
    last = column.rpartition(".")[2].partition(" ")[0]
    stem = last.removesuffix("_ci")
    if stem in _SHARES or stem.endswith("_rate"):
        return f"{column}, share"
    if stem == "uph":
        return f"{column}, UPH"
    if not stem.endswith("_s"):
        return column
    return f"{column.replace(last, last.replace(stem, stem.removesuffix('_s')))}, s"


def _table(table: Table[Any], folder: Path) -> Sheet:
    kinds = {column.name: column for column in table.possible}
    name = table.file.removesuffix(".csv")
    return _csv(name if table is not CREWS else "crew jobs", folder / table.file, kinds)


def _csv(name: str, path: Path, kinds: Mapping[str, Column | Kind]) -> Sheet:
    """Return a table of the run's as a sheet, read as it is written out."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = tuple(next(csv.reader(file), ()))
    found = [_kind(column, kinds) for column in header]
    headings = tuple(map(_table_heading, header, found))
    return Sheet(name, headings, _rows(path, found))


def _kind(column: str, kinds: Mapping[str, Column | Kind]) -> Kind:
    known = kinds.get(column)
    if isinstance(known, Column):
        return known.kind
    return known or (Kind.DURATION if column.endswith("_s") else Kind.WORD)


def _table_heading(column: str, kind: Kind) -> str:
    return f"{column.removesuffix('_s')}, s" if kind in _TIMES else column


def _rows(path: Path, kinds: Sequence[Kind]) -> Iterator[Sequence[Value]]:
    """Yield the rows of a table; one that a kill tore off at the end is left out."""
    with path.open("rb") as raw:
        raw.seek(-1, 2)
        torn = raw.read(1) != b"\n"
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        told = csv.reader(file)
        next(told, None)
        yield from (_typed(row, kinds) for row in _whole(told, torn=torn))


def _whole(rows: Iterable[list[str]], *, torn: bool) -> Iterator[list[str]]:
    before: list[str] | None = None
    for row in rows:
        if before is not None:
            yield before
        before = row
    if before is not None and not torn:
        yield before


def _typed(row: Sequence[str], kinds: Sequence[Kind]) -> list[Value]:
    return [_value(text, kind) for text, kind in zip(row, kinds, strict=False)]


def _value(text: str, kind: Kind) -> Value:
    if not text or kind is Kind.WORD:
        return text
    return int(text) if kind in _WHOLE else float(text)
