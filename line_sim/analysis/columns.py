"""Records as columns of whole nanoseconds, so that a hundred thousand parts take seconds.

`NONE` stands where something has not happened; row i of a table is record i of the file.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.analysis.facts import LineFacts
from line_sim.recording.reader import RunRecords
from line_sim.units import Nanoseconds

IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
ObjectArray: TypeAlias = npt.NDArray[np.object_]
"""A column of words or scores as they are, None where there is none."""

NONE = -1
"""Line time is never negative, machines count from 1: -1 is free to mean `not yet`."""

FIRST_ROW = 2
"""The line of a file on which its first record stands, under the header."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A table whose fields are columns of the same length."""

    row: IntArray

    def __len__(self) -> int:
        return len(self.row)

    def where(self, mask: BoolArray) -> Self:
        """Return the rows for which the mask is true."""
        return type(self)(**{field.name: getattr(self, field.name)[mask] for field in fields(self)})

    def sorted_by(self, *keys: IntArray) -> Self:
        """Return the rows in the order of the keys, the first key the weightiest; ties stay as they are."""
        order = np.lexsort(keys[::-1])
        return type(self)(**{field.name: getattr(self, field.name)[order] for field in fields(self)})


@dataclass(frozen=True, slots=True)
class Items(Columns):
    """The parts."""

    item: IntArray
    arrived: IntArray
    left: IntArray
    good: BoolArray
    shipped: BoolArray
    scrapped: BoolArray
    lost: BoolArray
    ship_lane: BoolArray
    reviewed: BoolArray
    evaluated: BoolArray
    answered: BoolArray
    on_line: BoolArray
    evaluation: ObjectArray
    lane: ObjectArray
    outcome: ObjectArray
    label: ObjectArray
    score: ObjectArray
    waited: IntArray


@dataclass(frozen=True, slots=True)
class Visits(Columns):
    """The visits; `station` is the place in `LineFacts.stations`, NONE for a name that is not there."""

    item: IntArray
    station: IntArray
    unit: IntArray
    queued: IntArray
    started: IntArray
    finished: IntArray
    left: IntArray
    down: IntArray


@dataclass(frozen=True, slots=True)
class Calls(Columns):
    """The inference calls."""

    item: IntArray
    station: IntArray
    unit: IntArray
    attempt: IntArray
    issued: IntArray
    latency: IntArray
    answered: BoolArray
    timed_out: BoolArray
    outcome: ObjectArray
    label: ObjectArray
    score: ObjectArray
    skew: IntArray


@dataclass(frozen=True, slots=True)
class Outages(Columns):
    """The times that machines were down."""

    station: IntArray
    unit: IntArray
    failed: IntArray
    repaired: IntArray


@dataclass(frozen=True, slots=True)
class RunColumns:
    """A run's four tables as columns; `end` is the last moment of the run in ns."""

    items: Items
    visits: Visits
    calls: Calls
    outages: Outages
    end: Nanoseconds


def columns_of(records: RunRecords, facts: LineFacts, end: Nanoseconds | None = None) -> RunColumns:
    """Turn records into columns; without `end` the run ended with the last thing that happened."""
    places = {station.name: place for place, station in enumerate(facts.stations)}
    items, visits = _items(records), _visits(records, places)
    calls, outages = _calls(records, places), _outages(records, places)
    happened = (
        *(items.arrived, items.left),
        *(visits.queued, visits.started, visits.finished, visits.left),
        *(calls.issued + calls.latency, outages.failed, outages.repaired),
    )
    last = max((int(column.max()) for column in happened if len(column)), default=0)
    return RunColumns(items, visits, calls, outages, max(last, 0) if end is None else end)


def integers(values: Iterable[int | None]) -> IntArray:
    """Return a column of whole numbers with NONE for None."""
    return np.array([NONE if value is None else value for value in values], dtype=np.int64)


def _columns(rows: tuple[tuple[Any, ...], ...], width: int) -> list[tuple[Any, ...]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width


def _row(rows: tuple[Any, ...]) -> IntArray:
    return np.arange(FIRST_ROW, FIRST_ROW + len(rows), dtype=np.int64)


def _equal(values: tuple[str, ...], word: str) -> BoolArray:
    return np.array([value == word for value in values], dtype=np.bool_)


def _objects(values: tuple[Any, ...]) -> ObjectArray:
    return np.array(values, dtype=np.object_)


def _places(names: tuple[str, ...], places: dict[str, int]) -> IntArray:
    return np.array([places.get(name, NONE) for name in names], dtype=np.int64)


def _items(records: RunRecords) -> Items:
    item, state, _, arrived, left, evaluation, label, score, outcome, waited, lane, disposition = _columns(
        records.items, 12
    )
    return Items(
        row=_row(records.items),
        item=integers(item),
        arrived=integers(arrived),
        left=integers(left),
        good=_equal(state, "good"),
        shipped=_equal(disposition, "shipped"),
        scrapped=_equal(disposition, "scrapped"),
        lost=_equal(disposition, "lost"),
        ship_lane=_equal(lane, "ship"),
        reviewed=_equal(lane, "review"),
        evaluated=~_equal(evaluation, ""),
        answered=_equal(outcome, "answered"),
        on_line=_equal(disposition, "on_line"),
        evaluation=_objects(evaluation),
        lane=_objects(lane),
        outcome=_objects(outcome),
        label=_objects(label),
        score=_objects(score),
        waited=integers(waited),
    )


def _visits(records: RunRecords, places: dict[str, int]) -> Visits:
    item, station, unit, queued, started, finished, left, down = _columns(records.visits, 8)
    return Visits(
        row=_row(records.visits),
        item=integers(item),
        station=_places(station, places),
        unit=integers(unit),
        queued=integers(queued),
        started=integers(started),
        finished=integers(finished),
        left=integers(left),
        down=integers(down),
    )


def _calls(records: RunRecords, places: dict[str, int]) -> Calls:
    item, station, unit, attempt, issued, latency, outcome, _, label, score, skew, _ = _columns(
        records.calls, 12
    )
    return Calls(
        row=_row(records.calls),
        item=integers(item),
        station=_places(station, places),
        unit=integers(unit),
        attempt=integers(attempt),
        issued=integers(issued),
        latency=integers(latency),
        answered=_equal(outcome, "answered"),
        timed_out=_equal(outcome, "timed_out"),
        outcome=_objects(outcome),
        label=_objects(label),
        score=_objects(score),
        skew=integers(skew),
    )


def _outages(records: RunRecords, places: dict[str, int]) -> Outages:
    station, unit, failed, repaired = _columns(records.outages, 4)
    return Outages(
        row=_row(records.outages),
        station=_places(station, places),
        unit=integers(unit),
        failed=integers(failed),
        repaired=integers(repaired),
    )


def or_end(times: IntArray, end: Nanoseconds) -> IntArray:
    """Put the end of the run where something has not happened."""
    return np.where(times == NONE, end, times)


def find(ordered: IntArray, wanted: IntArray) -> tuple[IntArray, BoolArray]:
    """Return where each wanted value stands in an ordered column, and whether it stands there."""
    where = np.searchsorted(ordered, wanted)
    if len(ordered) == 0:
        return where, np.zeros(len(wanted), dtype=np.bool_)
    where = np.minimum(where, len(ordered) - 1)
    return where, ordered[where] == wanted
