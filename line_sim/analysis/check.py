"""One check of an audit: whether it held, what was looked at, and the rows that speak against it."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from line_sim.analysis.columns import BoolArray, Columns, RunColumns
from line_sim.analysis.facts import LineFacts

MOST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check; `rows` are at most ten places such as `visits.csv:12`."""

    passed: bool
    detail: str
    rows: tuple[str, ...] = ()


class Run(NamedTuple):
    """What every check looks at: the run's columns, the line's facts, how the run ended (None: killed)."""

    columns: RunColumns
    facts: LineFacts
    ended: str | None


class Fault(NamedTuple):
    """Something that must not be, and the rows where it is."""

    what: str
    rows: tuple[str, ...]


def faults(table: Columns, file: str, wrong: BoolArray, what: str) -> list[Fault]:
    """Return the fault of the rows for which `wrong` is true; none when there is no such row."""
    if not wrong.any():
        return []
    rows = sorted(table.row[wrong].tolist())
    return [Fault(f"{what} ({len(rows)} rows)", tuple(f"{file}:{row}" for row in rows[:MOST_ROWS]))]


def verdict(found: list[Fault], looked_at: str) -> Check:
    """Return the check: passed with what was looked at, or failed with what was found."""
    if not found:
        return Check(True, looked_at)
    rows = tuple(row for fault in found for row in fault.rows)
    return Check(False, "; ".join(fault.what for fault in found), rows[:MOST_ROWS])


def behind_first(mask: BoolArray, table: Columns) -> BoolArray:
    """Make a mask about pairs of neighbours one about each pair's second row."""
    return np.append(False, mask)[: len(table)]
