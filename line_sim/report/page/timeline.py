"""Numbers over time or over a latency, as the page draws them: a still path, and the data to zoom into."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from line_sim.recording.run_columns import IntArray, distinct
from line_sim.report.page.axes import Axis, Tick
from line_sim.report.page.packing import microseconds, pack, signed, steps
from line_sim.report.words import TimeUnit
from line_sim.units import MICROSECOND, Nanoseconds

MOST_POINTS = 40_000
"""More are thinned out: their text would make the page heavy, and no screen shows them."""

_STILL = 700  # points of the path that is there before anybody zooms
_SIZE = 1000  # the side of the square that every chart is drawn in, before it is stretched


class Series(NamedTuple):
    """A curve of steps: `values[i]` from `moments[i]` (ns) on, both in the order of the moments."""

    name: str
    kind: str
    moments: IntArray
    values: IntArray
    scale: float = 1.0

    def thinned(self, *most: int) -> "list[Series]":
        """Return it with at most about so many points: of every stretch of them lowest, highest and last."""
        return Long(self.name, self.kind, len(self.moments), self._at_once, self.scale).thinned(*most)

    def _at_once(self) -> Iterator[tuple[IntArray, IntArray]]:
        yield self.moments, self.values


class Long(NamedTuple):
    """A series of `n` points that come piece by piece, whenever they are asked for."""

    name: str
    kind: str
    n: int
    pieces: Callable[[], Iterator[tuple[IntArray, IntArray]]]
    scale: float = 1.0

    def thinned(self, *most: int) -> list[Series]:
        """Return it with at most about so many points, as of a series that is there at once; read once."""
        kept = [_Kept(self.n, some) for some in most]
        for moments, values in self.pieces():
            for each in kept:
                each.take(moments, values)
        return [Series(self.name, self.kind, *each.points, self.scale) for each in kept]


class _Kept:
    """Of `n` points at most about so many: of every stretch of them the lowest, the highest and the last."""

    def __init__(self, n: int, most: int) -> None:
        self._edges = np.linspace(0, n, max(most // 3, 1) + 1).astype(np.int64) if n > most else None
        self._points: list[tuple[IntArray, IntArray]] = []
        self._moments, self._values = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        self._begin = self._number = 0

    @property
    def points(self) -> tuple[IntArray, IntArray]:
        """The moments and values of those that are kept."""
        moments, values = (np.concatenate(columns) for columns in zip(*self._points, strict=True))
        return moments, values

    def take(self, moments: IntArray, values: IntArray) -> None:
        """Take the next points."""
        if self._edges is None:
            self._points.append((moments, values))
            return
        moments, values = np.append(self._moments, moments), np.append(self._values, values)
        number = int(np.searchsorted(self._edges, self._begin + len(moments), side="right")) - 1
        if number > self._number:  # there is a whole stretch
            edges = self._edges[self._number : number + 1] - self._begin
            first = edges[: self._number == 0]
            chosen = distinct(np.concatenate([first, *_telling(values, edges)]))
            self._points.append((moments[chosen], values[chosen]))
        gone = int(self._edges[number]) - self._begin
        self._moments, self._values = moments[gone:], values[gone:]
        self._number, self._begin = number, self._begin + gone


def _telling(values: IntArray, edges: IntArray) -> Iterator[IntArray]:
    """Yield where the last, the first of the lowest and the first of the highest are between each two edges.

    Stretches of one length, and there are hardly more than two, are looked at together.
    """
    yield edges[1:] - 1
    lengths = np.diff(edges)
    for length in np.unique(lengths).tolist():
        begins = edges[:-1][lengths == length]
        stretches = sliding_window_view(values, length)[begins]
        yield begins + stretches.argmin(axis=1)
        yield begins + stretches.argmax(axis=1)


class Thin(NamedTuple):
    """A series of few points: those that are drawn at first, and those to zoom into."""

    still: Series
    whole: Series


def thin(series: Series | Long) -> Thin:
    """Return what a page holds of a series."""
    return Thin(*series.thinned(_STILL, MOST_POINTS))


class Curve(NamedTuple):
    """A series as the template writes it: its path in a square of 1000, high values up."""

    name: str
    kind: str
    path: str


class Mark(NamedTuple):
    """An upright line at a place of note, in percent, with the moment itself in microseconds."""

    at: float
    text: str
    moment: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: curves, ticks, marks, and `spec`, the data that the script zooms into."""

    name: str
    label: str
    across: str
    up: str
    curves: tuple[Curve, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    finding: str
    marks: tuple[Mark, ...] = ()
    spec: dict[str, Any] = field(default_factory=dict)


def chart(
    series: tuple[Thin, ...],
    x: Axis,
    y: Axis,
    unit: TimeUnit,
    *,
    name: str,
    label: str,
    across: str,
    up: str,
    suffix: str,
    finding: str,
    marks: tuple[tuple[int, str], ...] = (),
    week: Nanoseconds | None = None,
) -> Chart:
    """Draw series over an axis of time (ns); `suffix` stands behind a value that is read off.

    `week`: the axis is one of line time that is told by day and time, its 0 being at so many ns of the week.
    """
    return Chart(
        *(name, label, f"{across}, {unit.name}" if week is None else "day and time", up),
        curves=tuple(Curve(one.still.name, one.still.kind, _path(one.still, x, y)) for one in series),
        x_ticks=x.ticks(unit) if week is None else x.days(week),
        y_ticks=y.ticks(most=5),
        finding=finding,
        marks=tuple(Mark(x.place(moment), text, moment // MICROSECOND) for moment, text in marks),
        spec={
            "low": x.low / MICROSECOND,
            "high": x.high / MICROSECOND,
            "log": x.log,
            "unit": unit.name,
            "size": unit.size // MICROSECOND,
            "top": y.high,
            "suffix": suffix,
            **({} if week is None else {"week": True}),
            "series": [_packed(one.whole) for one in series],
        },
    )


def _packed(series: Series) -> dict[str, Any]:
    moments = steps(microseconds(series.moments))
    return {
        "name": series.name,
        "kind": series.kind,
        "scale": series.scale,
        "n": len(series.moments),
        "data": pack([moments, signed(steps(series.values))]),
    }


def _path(series: Series, x: Axis, y: Axis) -> str:
    """Return the steps as an SVG path, to the right end of the axis."""
    return " ".join(_moves(series, x, y))


def _moves(series: Series, x: Axis, y: Axis) -> Iterator[str]:
    move = _SIZE / 100
    for index, (moment, value) in enumerate(
        zip(series.moments.tolist(), series.values.tolist(), strict=True)
    ):
        across, down = move * x.place(moment), _SIZE - move * y.place(value * series.scale)
        yield f"M{across:.1f} {down:.1f}" if index == 0 else f"H{across:.1f}V{down:.1f}"
    if len(series.moments):
        yield f"H{_SIZE}"
