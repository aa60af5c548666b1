"""The blocks that a study's page is made of: words, tiles, tables, charts, columns, what can be unfolded.

All are frozen data that says what is shown; `templates/blocks.html.j2` writes it, and every text is
escaped there. A chart is drawn from its numbers in the browser, so a table or a finding beside it tells
the same to whoever cannot see it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; `kind` is `finding` (what comes of it) or `note` (small print)."""

    text: str
    kind: str = "finding"


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that is read from afar; `tone` is good, bad or plain."""

    label: str
    value: str
    note: str = ""
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Tiles:
    """Figures beside each other; `label` names them for who hears the page."""

    tiles: tuple[Tile, ...]
    label: str = "Key figures"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table that is more than text: a link, small words below, a tone (good, bad, soft)."""

    text: str
    href: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading; `number` sets its cells to the right."""

    text: str
    number: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, the first cell its heading; `anchor` can be linked to: `#variant-3`."""

    cells: tuple[str | Cell, ...]
    anchor: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption."""

    caption: str
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that `charts` made: `name` is unique on the page, `finding` says in words what it shows."""

    name: str
    title: str
    spec: Mapping[str, Any]
    finding: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    """A legend: (tone, words), as in the chart's series."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a stacked bar: a state of a machine, its letter, its percent, what is said of it."""

    state: str
    letter: str
    percent: float
    text: str


@dataclass(frozen=True, slots=True)
class Stack:
    """A bar of shares that make up 100 %."""

    name: str
    shares: tuple[Share, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stacks:
    """Bars of shares below each other, in the run page's colours of states, and what the colours mean."""

    title: str
    stacks: tuple[Stack, ...]
    legend: tuple[tuple[str, str, str], ...] = ()
    """(state, letter, words)"""


@dataclass(frozen=True, slots=True)
class Plain:
    """Text as it stands, such as a scenario; `label` names it."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and texts below each other, a text maybe with a link."""

    facts: tuple[tuple[str, str | Cell], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """Blocks below each other, with a title, beside other columns."""

    title: str
    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns side by side, below each other where there is no room; `many` makes them small multiples."""

    columns: tuple[Column, ...]
    many: bool = False


@dataclass(frozen=True, slots=True)
class Unfolds:
    """Blocks that stay hidden until they are asked for; `anchor` can be linked to, which opens them."""

    summary: str
    blocks: tuple["Block", ...]
    anchor: str = ""


Block: TypeAlias = Words | Tiles | Table | Chart | Stacks | Plain | Facts | Columns | Unfolds


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page, which the contents name: `anchor` is its id, `short` its name there."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    short: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its kind (`comparison`), what it is of, its answer in a sentence, and all that bears it out.

    `chip` is how the study ended, `whole` whether all of it is told; `seconds` are sentences below the
    answer, `warnings` what to be careful with.
    """

    kind: str
    name: str
    headline: str
    sections: tuple[Section, ...]
    seconds: tuple[str, ...] = ()
    about: str = ""
    chip: str = ""
    whole: bool = True
    warnings: tuple[str, ...] = ()
    tiles: tuple[Tile, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    """What a script of the page's own reads, beside the charts: `told.more` there."""


def charts_in(blocks: tuple[Block, ...]) -> list[Chart]:
    """Return every chart in blocks, however deep."""
    found: list[Chart] = []
    for block in blocks:
        match block:
            case Chart():
                found.append(block)
            case Columns(columns):
                found += [chart for column in columns for chart in charts_in(column.blocks)]
            case Unfolds(blocks=inside):
                found += charts_in(inside)
    return found
