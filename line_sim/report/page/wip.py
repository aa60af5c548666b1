"""How many parts were on the line, moment by moment."""

import numpy as np

from line_sim.figures.window import Window
from line_sim.recording.run_columns import NONE, IntArray, RunColumns, Visits
from line_sim.report.page.axes import Axis
from line_sim.report.page.timeline import Chart, Series, chart
from line_sim.report.words import TimeUnit, span
from line_sim.units import HOUR, MINUTE, SECOND, Nanoseconds


def wip_chart(run: RunColumns, window: Window) -> Chart | None:
    """Draw the work in process over the run; None where no time has passed."""
    if run.end <= 0:
        return None
    moments, counts = wip(run)
    highest = int(counts.max(initial=0))
    marks = ((window.start, "end of the warm-up"),) if window.start else ()
    return chart(
        (Series("parts on the line", "wip", moments, counts),),
        Axis(0, run.end),
        Axis(0, max(highest, 1) * 1.05),
        clock_unit(run.end),
        name="wip",
        label="Parts on the line over time",
        across="line time",
        up="parts on the line",
        suffix="parts",
        finding=_finding(moments, counts, run.end),
        marks=marks,
    )


def wip(run: RunColumns) -> tuple[IntArray, IntArray]:
    """Return moments, in order, and the parts on the line from each of them on.

    A killed run has parts without a story; they came when they first queued. Lost parts never came.
    """
    items = run.items.where(~run.items.lost)
    left = items.left
    came = np.concatenate([items.arrived, _first_seen(run)])
    went = left[left != NONE]
    moments = np.concatenate([came, went])
    change = np.concatenate([np.ones(len(came), dtype=np.int64), -np.ones(len(went), dtype=np.int64)])
    order = np.lexsort([change, moments])
    moments, counts = moments[order], np.cumsum(change[order])
    last = np.append(moments[1:] != moments[:-1], True)[: len(moments)]
    start = np.zeros(1, dtype=np.int64)
    if len(moments) and moments[0] == 0:
        start = start[:0]
    return np.concatenate([start, moments[last]]), np.concatenate([start, counts[last]])


def _first_seen(run: RunColumns) -> IntArray:
    """Return when the parts without a story first queued anywhere."""
    seen = [_untold(run.visits(place), run) for place in run.places]
    numbers, moments = (np.concatenate(columns) for columns in zip(*seen, strict=True))
    order = np.lexsort([moments, numbers])
    numbers, moments = numbers[order], moments[order]
    return np.asarray(moments[np.append(True, numbers[1:] != numbers[:-1])[: len(numbers)]], dtype=np.int64)


def _untold(visits: Visits, run: RunColumns) -> tuple[IntArray, IntArray]:
    """Return part and queueing of the visits of parts without a story."""
    untold = visits.where(~run.parts.told[run.parts.place(visits.item)])
    return untold.item, untold.queued


def clock_unit(end: Nanoseconds) -> TimeUnit:
    """Choose the unit that a run's clock is told in."""
    if end < 5 * MINUTE:
        return TimeUnit("s", SECOND)
    return TimeUnit("min", MINUTE) if end < 5 * HOUR else TimeUnit("h", HOUR)


def _finding(moments: IntArray, counts: IntArray, end: Nanoseconds) -> str:
    if not len(moments) or not counts.any():
        return "No part was on the line."
    mean = float(counts @ np.diff(np.append(moments, end))) / end
    top = int(counts.argmax())
    most = f"most were {counts[top]:,}, first at {span(int(moments[top]))}"
    return f"On average {mean:,.1f} parts were on the line; {most}."
