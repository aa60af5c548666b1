"""Lanes and mistakes: counts, shares with their intervals, and what became of good and defective parts."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from line_sim.analysis.summary.summary import Summary
from line_sim.figures.catalogue import AnyFigure
from line_sim.figures.defects.catches import Defects
from line_sim.figures.statistics.rates import Rate
from line_sim.recording.run_columns import RunColumns
from line_sim.report.catches import HEADINGS, TITLE_OF_CATCHES, catch_rate, cells, where_from
from line_sim.report.page.axes import Axis, round_up
from line_sim.report.words import percent
from line_sim.units import counted

VERDICTS = {
    "OK": "OK",
    "NotOK": "NotOK",
    "NotDecidable": "NotDecidable (score too low)",
    "Undefined": "Undefined (no usable answer)",
}


class RateRow(NamedTuple):
    """A share: its value and interval as text, and where they stand on the track, in percent."""

    name: str
    meaning: str
    counted: str
    value: str
    interval: str
    at: float | None = None
    low: float = 0.0
    high: float = 0.0


class VerdictRow(NamedTuple):
    """What the inspection made of the good and of the defective parts."""

    verdict: str
    good: int
    defective: int


class CatchRow(NamedTuple):
    """What an inspection made of the parts by what they were when it looked, and the share that it caught."""

    station: str
    cells: tuple[str, ...]
    rate: str


class QualitySection(NamedTuple):
    """The shares on one scale (`scale` says up to where), the lanes, and the verdicts.

    `catches` are what each inspection caught, under their headings, and `defects` says where those were from;
    both are empty of a line whose stations make none.
    """

    rates: tuple[RateRow, ...]
    scale: str
    lanes: tuple[tuple[str, str, str], ...]
    verdicts: tuple[VerdictRow, ...]
    catches: tuple[CatchRow, ...] = ()
    headings: tuple[str, ...] = HEADINGS
    catches_title: str = TITLE_OF_CATCHES
    defects: str = ""


def quality_section(summary: Summary, run: RunColumns) -> QualitySection:
    """Return the section; rates of parts after the warm-up, lanes and verdicts of the whole run."""
    shares = list(summary.figures.shares())
    highest = max((rate.ci[1] for figure, _, rate in shares if rate.ci and not figure.good), default=0.0)
    top = min(round_up(max(highest, 0.001)), 1.0)
    axis = Axis(0.0, top)
    rows = tuple(_row(figure, share.among.words, rate, axis) for figure, share, rate in shares)
    defects = summary.defects
    return QualitySection(
        rows,
        percent(top),
        tuple(_lanes(summary)),
        tuple(_verdicts(run)),
        tuple(_caught(defects)),
        defects=where_from(defects) if defects else "",
    )


def _caught(defects: Defects | None) -> Iterator[CatchRow]:
    for each in defects.catches if defects else ():
        yield CatchRow(each.station, cells(each), catch_rate(each))


def _row(figure: AnyFigure, of: str, rate: Rate, axis: Axis) -> RateRow:
    name, meaning = figure.title, figure.meaning
    if rate.value is None:
        return RateRow(name, meaning, f"no {of}", "", "")
    if rate.ci is None:
        told = rate.lack.short if rate.lack else ""
        return RateRow(name, meaning, f"{rate.count:,} of {counted(rate.n, of)}", percent(rate.value), told)
    low, high = rate.ci
    row = RateRow(
        name,
        meaning,
        f"{rate.count:,} of {counted(rate.n, of)}",
        percent(rate.value),
        f"{100 * low:.1f} to {100 * high:.1f} %",
    )
    if high > axis.high:
        return row
    return RateRow(
        *(row.name, row.meaning, row.counted, row.value, row.interval),
        *(axis.place(rate.value), axis.place(low), axis.place(high)),
    )


def _lanes(summary: Summary) -> Iterator[tuple[str, str, str]]:
    counts = summary.counts
    for name, count in (
        *(("Ship lane", counts.ship_lane), ("Review lane", counts.review_lane)),
        *(("Shipped", counts.shipped), ("Scrapped", counts.scrapped)),
        *(("Lost: no room on the line", counts.lost), ("Still on the line", counts.on_line)),
    ):
        rate = Rate(count, counts.arrived)
        sure = (
            f"{percent(rate.value)} ({100 * rate.ci[0]:.1f} to {100 * rate.ci[1]:.1f})"
            if rate.value is not None and rate.ci
            else ""
        )
        yield name, f"{count:,}", sure


def _verdicts(run: RunColumns) -> Iterator[VerdictRow]:
    told = np.zeros((len(VERDICTS), 2), dtype=np.int64)
    for items in run.items.pieces():
        said, good = items.evaluation, items.good
        for row, verdict in enumerate(VERDICTS):
            who = said == run.code(verdict)
            if who.any():
                told[row] += np.count_nonzero(who & good), np.count_nonzero(who & ~good)
    for words, (of_good, of_defective) in zip(VERDICTS.values(), told.tolist(), strict=True):
        if of_good or of_defective:
            yield VerdictRow(words, of_good, of_defective)
