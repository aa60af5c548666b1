"""A comparison for a person, and as plain data."""

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from line_sim.figures.names import unit_of
from line_sim.study.comparison.compare import Change, Comparison, Row
from line_sim.study.replications.text import end_text, value_text
from line_sim.study.student import CONFIDENCE, FAMILY


def comparison_text(found: Comparison) -> RenderableType:
    """Return the page: what was changed, the table, how it was judged."""
    parts: list[RenderableType] = [Text(f"A  {found.one}"), Text(f"B  {found.other}"), Text()]
    parts += [Text(line) for line in _changes(found)]
    parts += [Text(), _table(found), Text()]
    parts += [Text(line) for line in _remarks(found)]
    return Group(*parts)


def _changes(found: Comparison) -> Iterator[str]:
    if found.changes is None:
        return
    if not found.changes:
        yield "The scenarios do not differ."
        return
    yield "What differs (A -> B):"
    for key, one, other in found.changes:
        yield f"  {key}: {one} -> {other}"


def _table(found: Comparison) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", overflow="fold")
    for heading in ("A", "B", "B - A", "95 % interval"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for row in found.rows:
        label = f"{row.kpi}, {unit_of(row.kpi)}".removesuffix(", share")
        table.add_row(Text(label), *_cells(row), "*" if row.stands else "")
    return table


def _cells(row: Row) -> Iterator[str]:
    unit = unit_of(row.kpi)
    change, half = row.difference.mean, row.difference.half_width
    like = max(abs(change), half or 0) or max(abs(row.one), abs(row.other))
    yield value_text(row.one, unit, like)
    yield value_text(row.other, unit, like)
    yield "0" if change == 0 else _signed(change, value_text(change, unit, like))
    if row.difference.interval is None:
        yield row.difference.lack.short if row.difference.lack else "none: one pair"
    elif half == 0:
        yield "exactly"
    else:
        yield " to ".join(_signed(end, end_text(end, unit, like)) for end in row.difference.interval)


def _signed(value: float, text: str) -> str:
    return f"{'+' if value > 0 else ''}{text}"


def _remarks(found: Comparison) -> Iterator[str]:
    yield f"By {found.method}."
    whole = f"Holm, {100 * FAMILY:g} % for the whole table"
    yield f"* more than chance, with {len(found.rows)} looked at ({whole})."
    yield "Each interval is that of one figure by itself."
    for note in found.notes:
        yield f"! {note}"


def comparison_json(found: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data."""
    return {
        "a": found.one,
        "b": found.other,
        "method": found.method,
        "pairs": found.pairs,
        "confidence": CONFIDENCE,
        "family_wise_error": FAMILY,
        "correction": "Holm",
        "changes": None if found.changes is None else [_change_json(change) for change in found.changes],
        "notes": list(found.notes),
        "kpis": {row.kpi: _row_json(row) for row in found.rows},
    }


def _change_json(change: Change) -> dict[str, str]:
    return dict(zip(("key", "a", "b"), change, strict=True))


def _row_json(row: Row) -> dict[str, Any]:
    low, high = row.difference.interval or (None, None)
    return {
        "unit": unit_of(row.kpi),
        "a": row.one,
        "b": row.other,
        "difference": row.difference.mean,
        "half_width": row.difference.half_width,
        "ci_low": low,
        "ci_high": high,
        "ci_note": row.difference.lack.text if row.difference.lack else None,
        "p_value": row.difference.p_value,
        "significant": row.stands,
        "a_values": list(row.ones),
        "b_values": list(row.others),
    }
