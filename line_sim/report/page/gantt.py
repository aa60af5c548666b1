"""Every machine's bars with the calls in them, packed for the script that draws them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from line_sim.figures.stops.standing import off_periods, off_time
from line_sim.inspection.outcome import OUTCOME_NAMES
from line_sim.layout import Layout, Place
from line_sim.recording.run_columns import NONE, Calls, IntArray, Outages, RunColumns, Visits, or_end
from line_sim.report.page.moments import Moment, moments_of
from line_sim.report.page.packing import microseconds, pack, signed, steps
from line_sim.report.page.wip import clock_unit, week_of
from line_sim.report.words import span
from line_sim.units import MICROSECOND, MILLISECOND, Nanoseconds

MOST_VISITS = 200_000
"""More would make the page too heavy: the chart then ends before the run does, and says so."""

_AT_FIRST = 10  # parts in the stretch that is shown first
_SCORE_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Gantt:
    """The chart's data; `cut` says where it ends when that is before the run does."""

    spec: dict[str, Any]
    moments: tuple[Moment, ...]
    cut: str


@dataclass(frozen=True, slots=True)
class _Lane:
    """A machine's row: the place of its station, its unit, its name."""

    place: int
    unit: int
    name: str


def gantt(run: RunColumns, layout: Layout) -> Gantt | None:
    """Return the chart of a run; None where no part was ever on a machine."""
    started = [_on_machine(run.visits(place)).started for place in range(len(layout.places))]
    visits = sum(map(len, started))
    if not visits or run.end <= 0:
        return None
    end = int(np.sort(np.concatenate(started))[MOST_VISITS]) if visits > MOST_VISITS else run.end
    lanes = [
        _Lane(place, unit, f"{station.name} {unit}" if station.units > 1 else station.name)
        for place, station in enumerate(layout.places)
        for unit in range(1, station.units + 1)
    ]
    length = min(max(end * _AT_FIRST // max(len(run.items), 1), MILLISECOND), end)
    moments = moments_of(
        run,
        {(lane.place, lane.unit): lane.name for lane in lanes},
        length,
        end,
        week_of(layout),
        {place: off_time(station, run.end) for place, station in enumerate(layout.places) if station.shifts},
    )
    labels = sorted({run.words[code] for place in range(len(layout.places)) for code in _labels(run, place)})
    unit = clock_unit(end)
    spec = {
        "end": end // MICROSECOND,
        "unit": unit.name,
        "size": unit.size // MICROSECOND,
        "labels": labels,
        "outcomes": list(OUTCOME_NAMES),
        "at": moments[0].at if moments else 0,
        "length": length // MICROSECOND,
        "lanes": [_lane(run, lane, labels, end) | _off(layout.places[lane.place], end) for lane in lanes],
    }
    cut = f"{visits:,} visits are too many for one page: the chart ends at {span(end)}."
    return Gantt(spec, moments, cut if end < run.end else "")


def _on_machine(visits: Visits) -> Visits:
    return visits.where(visits.started != NONE)


def _labels(run: RunColumns, place: int) -> list[int]:
    return [int(code) for code in np.unique(run.calls(place).label)]


def _lane(run: RunColumns, lane: _Lane, labels: list[str], end: Nanoseconds) -> dict[str, Any]:
    visits, calls, outages = run.visits(lane.place), run.calls(lane.place), run.outages(lane.place)
    visits = visits.where((visits.unit == lane.unit) & (visits.started != NONE) & (visits.started <= end))
    calls = calls.where((calls.unit == lane.unit) & (calls.issued <= end))
    outages = outages.where((outages.unit == lane.unit) & (outages.failed <= end))
    return {
        "name": lane.name,
        "visits": _visits(visits.sorted_by(visits.started, visits.item), end),
        "calls": _calls(calls.sorted_by(calls.issued, calls.item), run, labels),
        "outages": _outages(outages.sorted_by(outages.failed), end),
    }


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


def _off(station: Place, end: Nanoseconds) -> dict[str, str]:
    """Pack from when and for how long a station is off; nothing of one that always works."""
    if station.shifts is None:
        return {}
    starts, ends = (microseconds(moments) for moments in off_periods(station.shifts, end))
    return {"off": pack([steps(starts), ends - starts])}


def _outages(outages: Outages, end: Nanoseconds) -> str:
    failed = microseconds(outages.failed)
    return pack([steps(failed), np.maximum(microseconds(or_end(outages.repaired, end)) - failed, 0)])
