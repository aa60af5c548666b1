"""Numbers over time or over a latency, as the page draws them: a still path, and the data to zoom into."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from line_sim.recording.run_columns import IntArray
from line_sim.report.page.axes import Axis, Tick
from line_sim.report.page.packing import microseconds, pack, signed, steps
from line_sim.report.words import TimeUnit
from line_sim.units import MICROSECOND, Nanoseconds

MOST_POINTS = 40_000
"""More are thinned out: their text would make the page heavy, and no screen shows them."""

_STILL = 700  # points of the path that is there before anybody zooms
_SIZE = 1000  # the side of the square that every chart is drawn in, before it is stretched


@dataclass(frozen=True, slots=True)
class Series:
    """A curve of steps: `values[i]` from `moments[i]` (ns) on, both in the order of the moments."""

    name: str
    kind: str
    moments: IntArray
    values: IntArray
    scale: float = 1.0

    def thinned(self, most: int) -> "Series":
        """Return at most about `most` points: of every stretch of points its lowest, highest and last."""
        if len(self.moments) <= most:
            return self
        return Long(self.name, self.kind, len(self.moments), self._at_once, self.scale).thinned(most)

    def _at_once(self) -> Iterator[tuple[IntArray, IntArray]]:
        yield self.moments, self.values


@dataclass(frozen=True, slots=True)
class Long:
    """A series of `n` points that come piece by piece, whenever they are asked for."""

    name: str
    kind: str
    n: int
    pieces: Callable[[], Iterator[tuple[IntArray, IntArray]]]
    scale: float = 1.0

    def thinned(self, most: int) -> Series:
        """Return at most about `most` points, as of a series that is there at once."""
        if self.n <= most:
            points = list(self.pieces())
        else:
            edges = np.linspace(0, self.n, max(most // 3, 1) + 1).astype(int).tolist()
            points = list(self._kept(edges))
        moments, values = (np.concatenate(columns) for columns in zip(*points, strict=True))
        return Series(self.name, self.kind, moments, values, self.scale)

    def _kept(self, edges: list[int]) -> Iterator[tuple[IntArray, IntArray]]:
        """Yield of the points between each edge and the next the lowest, the highest and the last."""
        moments, values = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        begin = number = 0
        for piece in self.pieces():
            moments, values = (np.append(*both) for both in zip((moments, values), piece, strict=True))
            if number + 1 == len(edges) or begin + len(moments) < edges[number + 1]:
                continue  # there is no whole stretch yet
            kept = set() if number else {0}
            while number + 1 < len(edges) and edges[number + 1] <= begin + len(moments):
                first, last = edges[number] - begin, edges[number + 1] - begin
                part = values[first:last]
                kept |= {first + int(part.argmin()), first + int(part.argmax()), last - 1}
                number += 1
            chosen = np.array(sorted(kept), dtype=np.int64)
            yield moments[chosen], values[chosen]
            gone = edges[number] - begin
            moments, values, begin = moments[gone:], values[gone:], edges[number]


@dataclass(frozen=True, slots=True)
class Curve:
    """A series as the template writes it: its path in a square of 1000, high values up."""

    name: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Mark:
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
    series: tuple[Series | Long, ...],
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
        curves=tuple(Curve(one.name, one.kind, _path(one.thinned(_STILL), x, y)) for one in series),
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
            "series": [_packed(one.thinned(MOST_POINTS)) for one in series],
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
