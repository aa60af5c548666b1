"""The line beside theory, as a table for a terminal or as a page in Markdown."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from line_sim.study.theory.validate import FAMILY_FALSE_ALARM, Checked, Result, Validation

HEADINGS = ("case", "quantity", "theory", "estimate", "interval", "z")


def validation_text(found: Validation) -> RenderableType:
    """Return the table and the verdict."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading in HEADINGS[:2] else "right", overflow="fold")
    for result in found.results:
        style = "" if result.agrees else "bold red"
        table.add_row(*(Text(cell, style=style) for cell in cells(result)))
    return Group(table, Text(), Text(verdict(found), style="bold"), Text(how(found)))


def cells(result: Result) -> tuple[str, ...]:
    """Return a result's cells, as `HEADINGS` names them."""
    outside = "" if result.agrees else " !"
    if not isinstance(result, Checked):
        held = f"{result.tried - result.failed:,}"
        return result.case, "holds exactly", f"{result.tried:,}", held, "exact", outside.strip()
    estimate, half = result.interval.estimate, result.interval.half_width
    interval = f"{estimate - half:.4f} to {estimate + half:.4f}"
    z = f"{result.interval.z(result.truth):+.2f}{outside}"
    return result.case, result.quantity, f"{result.truth:.5f}", f"{estimate:.5f}", interval, z


def verdict(found: Validation) -> str:
    """Say in a sentence what came of it."""
    n = len(found.results)
    outside = [result.case for result in found.results if not result.agrees]
    broken = "" if found.whole else "Interrupted: "
    if outside:
        return f"{broken}{len(outside)} of {n} numbers do not agree with theory: {'; '.join(outside)}"
    return f"{broken}all {n} numbers agree with theory."


def how(found: Validation) -> str:
    """Say how it was judged."""
    alone, together = 1 / found.level, 1 / FAMILY_FALSE_ALARM
    return (
        f"{found.parts:,} parts a case (some several times that), seed {found.seed}. Each interval misses a"
        f" right number once in {alone:,.0f}, all together once in {together:,.0f}; z counts standard errors."
    )


def validation_markdown(found: Validation) -> str:
    """Return the same as a table in Markdown, with the source of each case."""
    headings = ("case", "source", *HEADINGS[1:])
    rows = ((cell[0], result.source, *cell[1:]) for result in found.results for cell in (cells(result),))
    return "\n".join((*_markdown(headings, rows), "", f"{verdict(found)} {how(found)}", ""))


def _markdown(headings: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
