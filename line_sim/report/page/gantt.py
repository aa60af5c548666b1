"""Every machine's bars with the calls in them, packed for the script, and the moments worth a look."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from line_sim.analysis.columns import NONE, Calls, IntArray, Outages, RunColumns, Visits, or_end
from line_sim.analysis.facts import LineFacts
from line_sim.inspection.outcome import OUTCOME_NAMES
from line_sim.report.page.packing import microseconds, pack, signed, steps
from line_sim.report.words import span
from line_sim.units import MICROSECOND, MILLISECOND, SECOND, Nanoseconds

MOST_VISITS = 200_000
"""More would make the page too heavy: the chart then ends before the run does, and says so."""

_AT_FIRST = 10  # parts in the stretch that is shown first
_SCORE_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Moment:
    """Something worth a look; `at` and `length` (microseconds) are the stretch to show, `lane` the row."""

    what: str
    where: str
    when: str
    at: int
    length: int
    lane: int


@dataclass(frozen=True, slots=True)
class Gantt:
    """The chart's data; `cut` says where it ends when that is before the run does."""

    spec: dict[str, Any]
    moments: tuple[Moment, ...]
    cut: str


def gantt(run: RunColumns, facts: LineFacts) -> Gantt | None:
    """Return the chart of a run; None where no part was ever on a machine."""
    visits = run.visits.where((run.visits.started != NONE) & (run.visits.station != NONE))
    if not len(visits) or run.end <= 0:
        return None
    end = _last_shown(visits, run.end)
    lanes = [
        (place, unit, f"{station.name} {unit}" if station.units > 1 else station.name)
        for place, station in enumerate(facts.stations)
        for unit in range(1, station.units + 1)
    ]
    labels = sorted({str(label) for label in run.calls.label.tolist()})
    length = max(int(end * _AT_FIRST // max(len(run.items), 1)), MILLISECOND)
    moments = tuple(
        _moments(run, facts, {(place, unit): row for row, (place, unit, _) in enumerate(lanes)}, length, end)
    )
    at = moments[0].at if moments else 0
    spec = {
        "end": end // MICROSECOND,
        "labels": labels,
        "outcomes": list(OUTCOME_NAMES),
        "at": at,
        "length": min(length, end) // MICROSECOND,
        "lanes": [_lane(run, visits, place, unit, name, labels, end) for place, unit, name in lanes],
    }
    cut = f"{len(visits):,} visits are too many for one page: the chart ends at {span(end)}."
    return Gantt(spec, moments, cut if end < run.end else "")


def _last_shown(visits: Visits, end: Nanoseconds) -> Nanoseconds:
    if len(visits) <= MOST_VISITS:
        return end
    return int(np.sort(visits.started)[MOST_VISITS])


def _lane(
    run: RunColumns, visits: Visits, place: int, unit: int, name: str, labels: list[str], end: Nanoseconds
) -> dict[str, Any]:
    mine = visits.where((visits.station == place) & (visits.unit == unit) & (visits.started <= end))
    calls, outages = run.calls, run.outages
    asked = calls.where((calls.station == place) & (calls.unit == unit) & (calls.issued <= end))
    fails = outages.where((outages.station == place) & (outages.unit == unit) & (outages.failed <= end))
    return {
        "name": name,
        "visits": _visits(mine.sorted_by(mine.started, mine.item), end),
        "calls": _calls(asked.sorted_by(asked.issued, asked.item), labels),
        "outages": _outages(fails.sorted_by(fails.failed), end),
    }


def _visits(visits: Visits, end: Nanoseconds) -> str:
    """Pack item, start, work (doubled, odd while it is not finished) and time blocked."""
    started = microseconds(visits.started)
    finished = microseconds(or_end(visits.finished, end))
    left = np.maximum(microseconds(or_end(visits.left, end)), finished)
    open_ = (visits.finished == NONE).astype(np.int64)
    work = np.maximum(finished - started, 0)
    return pack([signed(steps(visits.item)), steps(started), 2 * work + open_, left - finished])


def _calls(calls: Calls, labels: list[str]) -> str:
    """Pack item, issue, latency, outcome, label and score (0: none, else thousandths and one)."""
    outcomes = {name: index for index, name in enumerate(OUTCOME_NAMES)}
    known = {label: index for index, label in enumerate(labels)}
    scores = [
        0 if s is None else 1 + round(_SCORE_STEPS * min(max(s, 0.0), 1.0)) for s in calls.score.tolist()
    ]
    return pack(
        [
            signed(steps(calls.item)),
            steps(microseconds(calls.issued)),
            microseconds(calls.latency),
            _integers([outcomes[str(outcome)] for outcome in calls.outcome.tolist()]),
            _integers([known[str(label)] for label in calls.label.tolist()]),
            _integers(scores),
        ]
    )


def _outages(outages: Outages, end: Nanoseconds) -> str:
    failed = microseconds(outages.failed)
    return pack([steps(failed), np.maximum(microseconds(or_end(outages.repaired, end)) - failed, 0)])


def _integers(values: list[int]) -> IntArray:
    return np.array(values, dtype=np.int64)


def _moments(
    run: RunColumns, facts: LineFacts, rows: dict[tuple[int, int], int], length: Nanoseconds, end: Nanoseconds
) -> Iterator[Moment]:
    """Yield the first timeouts, the slowest answers, the longest outages and blocked times."""

    def moment(what: str, place: int, unit: int, at: int, lasts: int, item: int | None = None) -> Moment:
        shown = min(max(length, 2 * lasts), end)
        start = min(max(at + lasts // 2 - shown // 2, 0), end - shown)
        part = "" if item is None else f", part {item:,}"
        name = facts.stations[place].name
        where = f"{name} {unit}{part}" if facts.stations[place].units > 1 else f"{name}{part}"
        return Moment(
            *(what, where, f"{at / SECOND:,.3f} s"),
            start // MICROSECOND,
            shown // MICROSECOND,
            rows[place, unit],
        )

    calls = run.calls.where((run.calls.station != NONE) & (run.calls.issued + run.calls.latency <= end))
    for row in np.flatnonzero(calls.timed_out)[:3].tolist():
        yield moment("an answer that came too late", *_call(calls, row))
    slowest = np.argsort(-np.where(calls.answered, calls.latency, -1), kind="stable")
    for row in [row for row in slowest[:3].tolist() if calls.answered[row]]:
        yield moment(f"a slow answer: {calls.latency[row] / MILLISECOND:,.1f} ms", *_call(calls, row))
    outages = run.outages.where((run.outages.station != NONE) & (run.outages.failed < end))
    lasted = np.minimum(or_end(outages.repaired, end), end) - outages.failed
    for row in np.argsort(-lasted, kind="stable")[:2].tolist():
        told = f"down for {span(int(lasted[row]))}"
        yield moment(
            told,
            int(outages.station[row]),
            int(outages.unit[row]),
            int(outages.failed[row]),
            int(lasted[row]),
        )
    visits = run.visits.where(
        (run.visits.finished != NONE) & (run.visits.station != NONE) & (run.visits.finished < end)
    )
    blocked = np.minimum(or_end(visits.left, end), end) - visits.finished
    for row in [row for row in np.argsort(-blocked, kind="stable")[:2].tolist() if blocked[row] > 0]:
        told = f"blocked for {span(int(blocked[row]))}"
        yield moment(
            *(told, int(visits.station[row]), int(visits.unit[row]), int(visits.finished[row])),
            *(int(blocked[row]), int(visits.item[row])),
        )


def _call(calls: Calls, row: int) -> tuple[int, int, int, int, int]:
    place, unit, issued = int(calls.station[row]), int(calls.unit[row]), int(calls.issued[row])
    return place, unit, issued, int(calls.latency[row]), int(calls.item[row])
