"""How many parts were on the line, moment by moment."""

from line_sim.figures.statistics.measured import Average
from line_sim.figures.window import Window
from line_sim.figures.wip import OnLine
from line_sim.layout import Layout
from line_sim.recording.run_columns import RunColumns
from line_sim.report.page.axes import Axis
from line_sim.report.page.timeline import Chart, Long, chart, thin
from line_sim.report.words import TimeUnit, span
from line_sim.units import HOUR, MINUTE, SECOND, Nanoseconds


def wip_chart(run: RunColumns, window: Window, wip: Average, week: Nanoseconds | None = None) -> Chart | None:
    """Draw the work in process over the run; None where no time has passed.

    `week`: where line time 0 is in the week, if moments are to be told by day and time.
    """
    if run.end <= 0:
        return None
    on_line = OnLine(run)
    line = thin(Long("parts on the line", "wip", on_line.moments, on_line.pieces))
    seen = line.whole  # of which what is left out was no higher, nor as high before
    highest, top = int(seen.values.max(initial=0)), int(seen.moments[seen.values.argmax()])
    marks = ((window.start, "end of the warm-up"),) if window.start else ()
    return chart(
        (line,),
        Axis(0, run.end),
        Axis(0, max(highest, 1) * 1.05),
        clock_unit(run.end),
        name="wip",
        label="Parts on the line over time",
        across="line time",
        up="parts on the line",
        suffix="parts",
        finding=_finding(highest, top, wip),
        marks=marks,
        week=week,
    )


def week_of(layout: Layout) -> Nanoseconds | None:
    """Return where line time 0 is in the week (ns), where anybody has said something of days."""
    said = layout.run.starts_at is not None or layout.calendars
    return (layout.run.starts_at or 0) if said else None


def clock_unit(end: Nanoseconds) -> TimeUnit:
    """Choose the unit that a run's clock is told in."""
    if end < 5 * MINUTE:
        return TimeUnit("s", SECOND)
    return TimeUnit("min", MINUTE) if end < 5 * HOUR else TimeUnit("h", HOUR)


def _finding(highest: int, top: Nanoseconds, wip: Average) -> str:
    if not highest:
        return "No part was on the line."
    most = f"most were {highest:,}, first at {span(top)}"
    if wip.value is None:
        return f"{most.capitalize()}."
    return f"On average {wip.value:,.1f} parts were on the line in the time that counts; {most}."
