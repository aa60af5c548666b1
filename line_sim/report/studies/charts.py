"""What `assets/charts.js` can draw, as plain data: every function here returns the `spec` of a `Chart`.

| function | draws |
|---|---|
| `lines` | values over a number: lines or steps, with bands or bars for their intervals |
| `rows` | a row a thing: its value as a dot, its interval as a bar, single values as small dots |
| `scatter` | points over two figures, with intervals both ways, links, and a front through the best |
| `heat` | a figure over two axes of words, a coloured cell each |
| `scheme` | a line as boxes and arrows |

Numbers are told in the unit that is shown: a share is handed over as percent, with the axis' unit `%`. None
is a value that is not known. A `tone` is `a` ... `f` (six colours, each with a dash or a sign of its own),
`good`, `bad` or `soft`. What a pointer is told is `tip`. An `href` (`#variant-3`) makes a point a link that
the keyboard reaches, too. Where charts are to be compared, give their axes the same ends (`span_of`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Spec = dict[str, Any]
Number = float | None


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: its title with the unit, from where to where (None: as the values ask for), its marks.

    `names` are (value, text) for marks that are words; `zero` keeps 0 on the axis; `unit` follows a value
    where it is read off.
    """

    title: str
    unit: str = ""
    low: Number = None
    high: Number = None
    log: bool = False
    zero: bool = False
    names: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """A value `y` at `x`, with the ends of its interval where it has one."""

    x: float
    y: Number
    low: Number = None
    high: Number = None
    tip: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Points in order of x, joined: straight or in `steps`; intervals as a `band` or as bars."""

    name: str
    points: tuple[Point, ...]
    tone: str = "a"
    steps: bool = False
    band: bool = False
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across a chart, at an x or a y, with words: a limit, a deadline, a warm-up."""

    text: str
    x: Number = None
    y: Number = None
    tone: str = "bad"


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: a value with its interval, single values, and what is written at its end."""

    name: str
    value: Number
    low: Number = None
    high: Number = None
    dots: tuple[float, ...] = ()
    text: str = ""
    note: str = ""
    tone: str = "a"
    tip: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A point over two figures, with the ends of its intervals where it has some."""

    x: float
    y: float
    name: str
    x_low: Number = None
    x_high: Number = None
    y_low: Number = None
    y_high: Number = None
    tone: str = "a"
    front: bool = False
    """On the front: drawn large, with its name beside it, and joined to the others there."""
    tip: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Square:
    """A cell of a heat map; `mark` (such as a star) stands beside its text."""

    value: Number
    text: str
    tip: str = ""
    href: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A place of a line: `kind` is station, inspection, review, source or sink; `lines` is said in it."""

    name: str
    lines: tuple[str, ...] = ()
    kind: str = "station"
    before: str = ""
    """What stands in front of it: `5 places`."""
    changed: bool = False
    """Drawn so that it is seen that the other line has it otherwise."""


def lines(x: Axis, y: Axis, series: Sequence[Series], marks: Iterable[Mark] = (), height: int = 260) -> Spec:
    """Values over a number, each series with its intervals."""
    return _spec("lines", height, x=x, y=y, series=series, marks=marks)


def rows(x: Axis, bars: Sequence[Bar], marks: Iterable[Mark] = (), *, own: bool = False) -> Spec:
    """A row a thing; with `own` each row has a scale of its own, and the axis is not drawn."""
    return _spec("rows", 0, x=x, bars=bars, marks=marks) | {"own": own}


def scatter(x: Axis, y: Axis, spots: Sequence[Spot], marks: Iterable[Mark] = (), height: int = 340) -> Spec:
    """Points over two figures; the spots on the front are joined in the order in which they come."""
    return _spec("scatter", height, x=x, y=y, spots=spots, marks=marks)


def heat(
    across: str,
    up: str,
    columns: Sequence[str],
    names: Sequence[str],
    cells: Sequence[Sequence[Square]],
    *,
    low: Number = None,
    high: Number = None,
) -> Spec:
    """A figure over two axes of words: `cells[row][column]`, the first row at the top; more is darker."""
    told = {"across": across, "up": up, "columns": list(columns), "names": list(names)}
    plain = [[_plain(cell) for cell in row] for row in cells]
    return {"kind": "heat", **told, "cells": plain, "low": low, "high": high}


def scheme(boxes: Sequence[Box]) -> Spec:
    """A line from its source to its ends, wrapped to the room there is."""
    return _spec("scheme", 0, boxes=boxes)


def span_of(values: Iterable[Number], *, zero: bool = False) -> tuple[float, float] | None:
    """Return the least and the greatest of the values that are known, for axes that are to be alike."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    ends = [*known, 0.0] if zero else known
    return min(ends), max(ends)


def _spec(kind: str, height: int, **parts: Any) -> Spec:
    told = {name: _part(part) for name, part in parts.items()}
    return {"kind": kind, "height": height, **told}


def _part(part: Any) -> Any:
    return _plain(part) if isinstance(part, Axis) else [_plain(one) for one in part]


def _plain(one: Any) -> dict[str, Any]:
    """Return a part as data, without what says nothing."""
    return asdict(one, dict_factory=lambda pairs: {k: v for k, v in pairs if not _says_nothing(v)})


def _says_nothing(value: object) -> bool:
    return value is None or value is False or value in ("", ())
