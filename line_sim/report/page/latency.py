"""How long the answers took, up to the deadline and beyond, and what that meant for the schedule."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from line_sim.analysis.summary.summary import Summary
from line_sim.figures.latency import LatencyRow, Observations, observations
from line_sim.layout import Place
from line_sim.recording.run_columns import IntArray, RunColumns
from line_sim.report.cells import STATISTICS, cell, notes
from line_sim.report.gates import at_the_gate
from line_sim.report.page.axes import Axis, Tick, round_up
from line_sim.report.page.timeline import Chart, Series, chart, thin
from line_sim.report.words import TimeUnit, length, percent, unit_for
from line_sim.units import MICROSECOND, Nanoseconds, counted, duration_text, every

_BARS = 40
_ROOM = 1.04  # the axis goes a little beyond the last value


class Column(NamedTuple):
    """A bar of the histogram, in percent of the chart, and what it says."""

    left: float
    width: float
    height: float
    text: str


class Histogram(NamedTuple):
    """Answered calls by latency, the deadline, and the share that timed out (`censored`, in percent)."""

    columns: tuple[Column, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    unit: str
    deadline: float | None
    deadline_text: str
    censored: float
    censored_text: str


class LatencySection(NamedTuple):
    """One inspection: its histogram, service against schedule, the table of both, the waiting at its gate."""

    station: str
    finding: str
    histogram: Histogram | None
    schedule: Chart | None
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    gate: str = ""


def latency_sections(summary: Summary, run: RunColumns) -> Iterator[LatencySection]:
    """Yield a section for every inspection of the line."""
    gates = {gate.station: f"{gate.gate}: {at_the_gate(gate)}." for gate in summary.gates}
    for place, station in enumerate(summary.layout.places):
        if not station.inspects:
            continue
        seen = observations(run, summary.layout, place, summary.window)
        rows = [row for row in summary.latency if row.station == station.name and row.population == "all"]
        headings, cells = _table(rows, station.deadline)
        yield LatencySection(
            station.name,
            _finding(rows, station),
            histogram(seen, station),
            _schedule(seen, place),
            headings,
            cells,
            tuple(notes(rows, station.planned)),
            gates.get(station.name, ""),
        )


def histogram(seen: Observations, station: Place) -> Histogram | None:
    """Count the answered calls in bars of a round width; None where no call was made."""
    n = len(seen.service)
    if not n:
        return None
    answered = seen.service[~seen.timed_out]
    longest = max(int(seen.service.max()), station.deadline or 0, MICROSECOND)
    width = round_up(longest / _BARS)
    # a deadline far beyond every answer would press them into one bar: show the answers, name the deadline
    if len(answered) and not seen.timed_out.any() and longest > 4 * int(answered.max()):
        longest = max(int(answered.max()), MICROSECOND)
        width = round_up(longest / _BARS)
    bars = int(longest // width) + 1
    axis = Axis(0.0, bars * width)
    counts = np.bincount((answered // width).astype(int), minlength=bars)[:bars]
    highest = int(counts.max()) / n or 1.0
    up = Axis(0.0, 100 * highest * _ROOM)
    unit = unit_for([longest])
    late = int(seen.timed_out.sum())
    deadline = station.deadline if station.deadline is not None and station.deadline <= axis.high else None
    return Histogram(
        columns=tuple(_columns(counts, n, width, axis, up, unit)),
        x_ticks=axis.ticks(unit),
        y_ticks=up.ticks(most=5),
        unit=unit.name,
        deadline=None if deadline is None else axis.place(deadline),
        deadline_text="" if station.deadline is None else f"deadline {duration_text(station.deadline)}",
        censored=round(100 * late / n, 3),
        censored_text=f"{percent(late / n)} timed out: {late:,} of {counted(n, 'calls')}" if late else "",
    )


def _columns(
    counts: IntArray, n: int, width: float, axis: Axis, up: Axis, unit: TimeUnit
) -> Iterator[Column]:
    for number, count in enumerate(counts.tolist()):
        if count:
            low, high = number * width, (number + 1) * width
            stretch = f"{low / unit.size:,.6g} to {high / unit.size:,.6g} {unit.name}"
            text = f"{stretch}: {counted(count, 'calls')}, {percent(count / n)}"
            yield Column(axis.place(low), axis.place(high) - axis.place(low), up.place(100 * count / n), text)


def _schedule(seen: Observations, place: int) -> Chart | None:
    """Draw the shares of calls answered within a time: from the call, and from when the part was due."""
    service = _ranked("from the call (service)", "service", seen.service, seen.timed_out)
    response = _ranked("from when it was due (response)", "response", seen.response, seen.planned_timed_out)
    curves = tuple(one for one in (service, response) if len(one.moments))
    if not curves:
        return None
    low = max(min(int(one.moments[0]) for one in curves), MICROSECOND)
    high = max(int(one.moments[-1]) for one in curves)
    axis = Axis(low / 1.2, max(high * 1.1, low * 2.0), log=True)
    unit = unit_for([high])
    return chart(
        tuple(map(thin, curves)),
        axis,
        Axis(0.0, 100.0),
        unit,
        name=f"schedule-{place}",
        label="Share of calls answered within a time, from the call and from when the part was due",
        across="time, logarithmic",
        up="% of calls answered",
        suffix="% answered",
        finding="The gap between the curves is what the line's own waiting hides: a part that comes late "
        "is asked about late.",
    )


def _ranked(
    name: str, kind: str, times: IntArray, timed_out: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
) -> Series:
    """Return the shares of all calls answered within each time, in hundredths of a percent."""
    answered = np.sort(np.maximum(times[~timed_out], 0))
    shares = (np.arange(1, len(answered) + 1) * 10_000 // max(len(times), 1)).astype(np.int64)
    return Series(name, kind, answered, shares, scale=0.01)


def _table(
    rows: list[LatencyRow], deadline: Nanoseconds | None
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return headings and rows: a statistic a row, a quantity a column."""
    headings, columns = [], []
    for quantity in dict.fromkeys(row.quantity for row in rows):
        mine = {row.statistic.removeprefix("restricted_"): row for row in rows if row.quantity == quantity}
        unit = unit_for(row.value or row.low or 0 for row in mine.values())
        headings.append(f"{quantity.replace('_', ' ')}, {unit.name}")
        columns.append([cell(mine[statistic], unit, deadline) for statistic in STATISTICS])
    return tuple(headings), tuple(zip(STATISTICS, *columns, strict=True))


def _finding(rows: list[LatencyRow], station: Place) -> str:
    service = {row.statistic: row for row in rows if row.quantity == "service"}
    if not service or not service["p50"].n:
        return "No call was answered or timed out in the time that counts."
    n, late = service["p50"].n, service["p50"].censored
    known = station.deadline is not None and not service["p50"].given_up_early(station.deadline)
    deadline = f" within {duration_text(station.deadline)}" if station.deadline is not None and known else ""
    if late == n:
        return f"No answer{deadline} came: {every(n, 'calls')} timed out."
    half, nine = service["p50"].value, service["p90"].value
    sentence = "More than half of the calls had no answer."
    if half is not None:
        rest = f", nine of ten within {length(nine)}" if nine is not None else ""
        sentence = f"Half of the calls were answered within {length(half)}{rest}."
    if not late:
        return f"{sentence} In time: {every(n, 'calls')}."
    return f"{sentence} {late:,} of {n:,} ({percent(late / n)}) had no answer{deadline}."
