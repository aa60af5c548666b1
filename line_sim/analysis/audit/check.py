"""One check of an audit: whether it held, what was looked at, and the rows that speak against it."""

from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple, Protocol

import numpy as np

from line_sim.analysis.audit.quick.in_turn import UNKNOWN, Proved
from line_sim.layout import Layout
from line_sim.recording.run_columns import BoolArray, IntArray, RunColumns
from line_sim.units import counted

MOST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check; `rows` are at most ten places such as `visits.csv:12`."""

    passed: bool
    detail: str
    rows: tuple[str, ...] = ()


class Run(NamedTuple):
    """What every check looks at: the run's columns, the line's layout, how the run ended (None: killed).

    `proved` is what need not be looked for any more, by place.
    """

    columns: RunColumns
    layout: Layout
    ended: str | None
    proved: Mapping[int, Proved] = MappingProxyType({})

    def known(self, place: int) -> Proved:
        """Return what is proved of a place."""
        return self.proved.get(place, UNKNOWN)


class Fault(NamedTuple):
    """Something that must not be, and the lines of the file where it is."""

    what: str
    file: str = ""
    lines: tuple[int, ...] = ()


class Rows(Protocol):
    """Anything that knows on which lines of its file its rows begin."""

    @property
    def row(self) -> IntArray:
        """The lines."""


class Lines:
    """Rows of a file of which only the lines are left."""

    def __init__(self, row: IntArray) -> None:
        self.row = row


def faults(table: Rows, file: str, wrong: BoolArray, what: str) -> list[Fault]:
    """Return the fault of the rows for which `wrong` is true; none when there is no such row."""
    if not wrong.any():
        return []
    return [Fault(what, file, tuple(np.sort(table.row[wrong]).tolist()))]


def by_kind(pieces: Iterable[Sequence[list[Fault]]]) -> list[Fault]:
    """Return the faults of pieces of a table by their kinds, which each piece tells in the same order."""
    return [fault for kind in zip(*pieces, strict=True) for fault in chain.from_iterable(kind)]


def verdict(found: list[Fault], looked_at: str) -> Check:
    """Return the check: passed with what was looked at, or failed with what was found and where."""
    if not found:
        return Check(True, looked_at)
    places: dict[str, list[tuple[str, int]]] = {}
    for fault in found:
        places.setdefault(fault.what, []).extend((fault.file, line) for line in fault.lines)
    details = [f"{what} ({counted(len(at), 'rows')})" if at else what for what, at in places.items()]
    rows = [f"{file}:{line}" for at in places.values() for file, line in sorted(at)]
    return Check(False, "; ".join(details), tuple(rows[:MOST_ROWS]))


def behind_first(mask: BoolArray, table: Sized) -> BoolArray:
    """Make a mask about pairs of neighbours one about each pair's second row."""
    return np.append(False, mask)[: len(table)]
