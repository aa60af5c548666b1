"""Every machine's bars with the calls in them, packed for the script that draws them."""

from typing import Any, NamedTuple

import numpy as np

from line_sim.figures.stops.standing import off_periods, off_time
from line_sim.inspection.outcome import OUTCOME_NAMES
from line_sim.layout import Layout, Place
from line_sim.recording.run_columns import NONE, Calls, IntArray, Outages, RunColumns, Visits, or_end
from line_sim.report.page.moments import Moment, moments_of
from line_sim.report.page.packing import microseconds, pack, signed, steps
from line_sim.report.page.playback.rows import Row, near, rows_of, visits_on
from line_sim.report.page.playback.stretch import Stretch
from line_sim.report.page.wip import clock_unit, week_of
from line_sim.report.words import span
from line_sim.units import MICROSECOND, MILLISECOND, Nanoseconds

_AT_FIRST = 10  # parts in the stretch that is shown first
_SCORE_STEPS = 1000


class Gantt(NamedTuple):
    """The chart's data; `cut` says which stretch it is where that is not the whole run.

    `drawn` are the visits of each row, `near` those of each place among which they are.
    """

    spec: dict[str, Any]
    moments: tuple[Moment, ...]
    cut: str
    drawn: tuple[Visits, ...]
    near: tuple[Visits, ...]


def gantt(run: RunColumns, layout: Layout, stretch: Stretch) -> Gantt | None:
    """Return the chart of a stretch of a run; None where no part was ever on a machine."""
    shown = stretch.end - stretch.start
    if not stretch.visits or shown <= 0:
        return None
    rows = rows_of(layout)
    length = min(max(shown * _AT_FIRST // max(len(run.items), 1), MILLISECOND), shown)
    names = {(row.place, row.unit): row.name for row in rows}
    off = {place: off_time(station, run.end) for place, station in enumerate(layout.places) if station.shifts}
    seen = tuple(near(run, place, stretch) for place in range(len(layout.places)))
    moments = moments_of(run, seen, names, length, stretch, week_of(layout), off)
    labels = sorted({run.words[code] for place in range(len(layout.places)) for code in _labels(run, place)})
    unit = clock_unit(stretch.end)
    drawn = tuple(visits_on(run, row, stretch, seen[row.place]) for row in rows)
    spec = {
        "begin": stretch.start // MICROSECOND,
        "end": stretch.end // MICROSECOND,
        "unit": unit.name,
        "size": unit.size // MICROSECOND,
        "labels": labels,
        "outcomes": list(OUTCOME_NAMES),
        "at": moments[0].at if moments else stretch.start // MICROSECOND,
        "length": length // MICROSECOND,
        "lanes": [
            _lane(run, row, visits, labels, stretch) | _of(layout.places[row.place], layout, stretch)
            for row, visits in zip(rows, drawn, strict=True)
        ],
    }
    whole = stretch.start == 0 and stretch.end == run.end
    return Gantt(spec, moments, "" if whole else _cut(stretch), drawn, seen)


def _cut(stretch: Stretch) -> str:
    return (
        f"{stretch.visits:,} visits are too many for one page: it holds line time {span(stretch.start)} to "
        f"{span(stretch.end)}, the stretch in which the machines lost most of their time (blocked, down, or "
        "waiting for answers that were of no use)."
    )


def _labels(run: RunColumns, place: int) -> list[int]:
    return [int(code) for code in np.unique(run.calls(place).label)]


def _lane(run: RunColumns, row: Row, visits: Visits, labels: list[str], stretch: Stretch) -> dict[str, Any]:
    calls, outages = run.calls(row.place), run.outages(row.place)
    calls = calls.where(
        (calls.unit == row.unit) & (calls.issued <= stretch.end) & (calls.returned >= stretch.start)
    )
    back = or_end(outages.repaired, run.end) >= stretch.start
    outages = outages.where((outages.unit == row.unit) & (outages.failed <= stretch.end) & back)
    return {
        "name": row.name,
        "visits": _visits(visits, stretch.end),
        "calls": _calls(calls.sorted_by(calls.issued, calls.item), run, labels),
        "outages": _outages(outages.sorted_by(outages.failed), stretch.end),
    }


def _sort(place: Place, layout: Layout) -> dict[str, int]:
    """Say of which sort a row is, where that is another one: parts only wait at a gate, and ride to it.

    Of a camera whose parts ride on it tells how many of its calls may be out at once.
    """
    if place.at_gate:
        gate = layout.places[layout.places.index(place) + 1]
        return {"rides": place.units + gate.buffer}
    return {"gate": 1} if place.is_gate else {}


def _of(place: Place, layout: Layout, stretch: Stretch) -> dict[str, Any]:
    """Say what is special about a row: its sort, and when it is off."""
    return _sort(place, layout) | _off(place, stretch)


def _visits(visits: Visits, end: Nanoseconds) -> str:
    """Pack item, start, work (doubled, odd while it is not finished) and time blocked."""
    started = microseconds(visits.started)
    finished = microseconds(or_end(visits.finished, end))
    left = np.maximum(microseconds(or_end(visits.left, end)), finished)
    open_ = (visits.finished == NONE).astype(np.int64)
    work = np.maximum(finished - started, 0)
    return pack([signed(steps(visits.item)), steps(started), 2 * work + open_, left - finished])


def _calls(calls: Calls, run: RunColumns, labels: list[str]) -> str:
    """Pack item, issue, latency, outcome, label and score (0: none, else thousandths and one)."""
    outcomes = {run.code(name): index for index, name in enumerate(OUTCOME_NAMES)}
    known = {run.code(label): index for index, label in enumerate(labels)}
    scores = np.nan_to_num(1 + np.round(_SCORE_STEPS * np.clip(calls.score, 0.0, 1.0)), nan=0.0)
    return pack(
        [
            signed(steps(calls.item)),
            steps(microseconds(calls.issued)),
            microseconds(calls.latency),
            _looked_up(calls.outcome, outcomes),
            _looked_up(calls.label, known),
            scores.astype(np.int64),
        ]
    )


def _looked_up(codes: IntArray, places: dict[int, int]) -> IntArray:
    return np.array([places[int(code)] for code in codes.tolist()], dtype=np.int64)


def _off(station: Place, stretch: Stretch) -> dict[str, str]:
    """Pack from when and for how long a station is off; nothing of one that always works.

    What goes on beyond the stretch is told a microsecond longer, so that it is off at its end, too.
    """
    if station.shifts is None:
        return {}
    starts, ends = off_periods(station.shifts, stretch.end + MICROSECOND)
    seen = (starts <= stretch.end) & (ends >= stretch.start)
    starts, ends = microseconds(starts[seen]), microseconds(ends[seen])
    return {"off": pack([steps(starts), ends - starts])}


def _outages(outages: Outages, end: Nanoseconds) -> str:
    failed = microseconds(outages.failed)
    return pack([steps(failed), np.maximum(microseconds(or_end(outages.repaired, end)) - failed, 0)])
