"""Damage to a run's records, and the audit with and without its quick ways."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st

from line_sim.analysis import by_part
from line_sim.analysis.audit import audit as audits
from line_sim.analysis.audit.check import Check
from line_sim.analysis.audit.quick import along, in_turn, some
from line_sim.layout import Layout
from line_sim.recording.reader import RunRecords

FEW = 4
"""Rows that are looked at together where pieces have borders in runs of a few parts."""

Row = Any
Change = Callable[[tuple[Row, ...], int], tuple[Row, ...]]


@contextmanager
def in_small_pieces() -> Iterator[None]:
    """Let what is looked at together be few rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_turn, "_PIECE", FEW)
        patch.setattr(some, "TOGETHER", FEW)
        patch.setattr(by_part, "PIECE", FEW)
        patch.setattr(by_part, "_PIECE", 2)
        yield


@contextmanager
def row_by_row() -> Iterator[None]:
    """Let nothing be proved quickly."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audits, "proved_of", lambda *_: {})
        patch.setattr(along.Along, "way_of", lambda *_: range(0))
        patch.setattr(by_part, "_lead", lambda *_: None)
        yield


def both_ways(
    records: RunRecords, layout: Layout, how: str | None, end: int
) -> tuple[dict[str, Check], dict[str, Check]]:
    """Return the checks of an audit with its quick ways, and of one without."""
    with in_small_pieces():
        quick = audits.audit(records, layout, how, end)
    with row_by_row():
        return quick, audits.audit(records, layout, how, end)


def put(field: str, value: Callable[[Row], object]) -> Change:
    """Change a field of a row."""

    def change(rows: tuple[Row, ...], at: int) -> tuple[Row, ...]:
        return (*rows[:at], rows[at]._replace(**{field: value(rows[at])}), *rows[at + 1 :])

    return change


def moved(field: str, by: int) -> Change:
    """Move a moment; one that did not come stays away, and none is before the run."""
    return put(field, lambda row: None if (at := getattr(row, field)) is None else max(0, at + by))


def never_taken(rows: tuple[Row, ...], at: int) -> tuple[Row, ...]:
    """Let a part be on no machine, although it was finished there."""
    return put("unit", lambda _: None)(put("started_at", lambda _: None)(rows, at), at)


def left_out(rows: tuple[Row, ...], at: int) -> tuple[Row, ...]:
    """Leave a row out."""
    return (*rows[:at], *rows[at + 1 :])


def doubled(rows: tuple[Row, ...], at: int) -> tuple[Row, ...]:
    """Tell of a row twice."""
    return (*rows[: at + 1], *rows[at:])


def put_first(rows: tuple[Row, ...], at: int) -> tuple[Row, ...]:
    """Tell of a row before all others."""
    return (rows[at], *left_out(rows, at))


def exchanged(rows: tuple[Row, ...], at: int) -> tuple[Row, ...]:
    """Let two neighbours' parts change places."""
    if at + 1 == len(rows):
        return rows
    one, other = rows[at : at + 2]
    swapped = one._replace(item_id=other.item_id), other._replace(item_id=one.item_id)
    return (*rows[:at], *swapped, *rows[at + 2 :])


VISITS: dict[str, Change] = {
    **{
        f"{field} {word}": moved(field, by)
        for field in ("queued_at", "started_at", "finished_at", "left_at")
        for word, by in (("later", 1), ("earlier", -1), ("much later", 10**12), ("much earlier", -(10**9)))
    },
    **{
        f"{field} never": put(field, lambda _: None)
        for field in ("unit", "started_at", "finished_at", "left_at")
    },
    "never taken": never_taken,
    "another unit": put("unit", lambda _: 2),
    "down": put("down", lambda row: row.down + 1),
    "another visit": put("visit", lambda row: row.visit + 1),
    "repaired": put("reworked", lambda row: row.reworked + 1),
    "another station": put("station", lambda _: "s1"),
    "no such station": put("station", lambda _: "nowhere"),
    "another part": put("item_id", lambda row: row.item_id + 1),
    "an unknown part": put("item_id", lambda row: row.item_id + 1000),
    "left out": left_out,
    "told of twice": doubled,
    "told of first": put_first,
    "parts exchanged": exchanged,
}

ITEMS: dict[str, Change] = {
    "arrived later": moved("arrived_at", 1),
    "arrived much later": moved("arrived_at", 10**12),
    "left later": moved("left_at", 1),
    "left earlier": moved("left_at", -1),
    "left never": put("left_at", lambda _: None),
    "scrapped": put("disposition", lambda _: "scrapped"),
    "shipped": put("disposition", lambda _: "shipped"),
    "lost": put("disposition", lambda _: "lost"),
    "reviewed": put("lane", lambda _: "review"),
    "repaired": put("reworked", lambda row: row.reworked + 1),
    "another part": put("item_id", lambda row: row.item_id + 1),
    "an unknown part": put("item_id", lambda row: row.item_id + 1000),
    "left out": left_out,
    "told of twice": doubled,
    "told of first": put_first,
    "parts exchanged": exchanged,
}

OUTAGES: dict[str, Change] = {
    "failed later": moved("failed_at", 1),
    "repaired later": moved("repaired_at", 1),
    "another unit": put("unit", lambda _: 2),
    "left out": left_out,
}

DAMAGE = {"visits": VISITS, "items": ITEMS, "outages": OUTAGES}


def damage(records: RunRecords, table: str, change: str, at: int) -> RunRecords:
    """Return the records with a row of a table changed."""
    rows = DAMAGE[table][change](getattr(records, table), at)
    return replace(records, **{table: rows})


@st.composite
def damaged(draw: st.DrawFn, records: RunRecords) -> RunRecords:
    """Return the records with some rows changed, as they were, or with fewer."""
    for _ in range(draw(st.integers(0, 3))):
        table = draw(st.sampled_from(sorted(DAMAGE)))
        rows = len(getattr(records, table))
        if rows:
            at = draw(st.one_of(st.just(0), st.just(rows - 1), st.integers(0, rows - 1)))
            records = damage(records, table, draw(st.sampled_from(sorted(DAMAGE[table]))), at)
    return records
