"""The audit: what must hold in the files of every run, whatever line made them."""

from collections.abc import Sequence

from line_sim.analysis.audit import (
    answers,
    crews,
    decisions,
    hours,
    machines,
    max_plus,
    parts,
    route,
    servers,
)
from line_sim.analysis.audit.check import Check, Run
from line_sim.analysis.audit.defects import truth
from line_sim.analysis.audit.mix import variants
from line_sim.analysis.audit.quick.in_turn import proved_of
from line_sim.figures.flow import StationTime, station_times
from line_sim.figures.window import Window, window_of
from line_sim.layout import Layout
from line_sim.recording.reader import RunRecords, RunTables
from line_sim.recording.run_columns import RunColumns, columns_of
from line_sim.units import Nanoseconds


def audit(
    records: RunRecords | RunTables, layout: Layout, ended: str | None, end: Nanoseconds | None = None
) -> dict[str, Check]:
    """Check a run's records; `ended` is the word of how it ended (None: killed), `end` when, in ns."""
    columns = columns_of(records, layout, end)
    return audit_columns(columns, layout, window_of(columns, layout), ended)


def audit_columns(
    columns: RunColumns,
    layout: Layout,
    window: Window,
    ended: str | None,
    times: Sequence[StationTime] | None = None,
) -> dict[str, Check]:
    """Check a run's columns: the name of each check and its result, the most telling first.

    `times` are what is told of the stations' times in the window; without them they are worked out.
    """
    run = Run(columns, layout, ended, proved_of(columns, layout, window))
    walk = route.walk_of(run)
    times = tuple(station_times(columns, layout, window)) if times is None else times
    checks = {
        "conservation": parts.conservation(run),
        "visit_times": parts.visit_times(run),
        "route": route.route(walk),
        "time_adds_up": machines.time_adds_up(run, window, times),
        "capacity": machines.capacity(run, walk),
        "one_part_a_unit": machines.one_part_a_unit(run),
        "order": machines.order(run, walk),
        "promptness": machines.promptness(run, walk),
        "calls_within_visits": answers.calls_within_visits(run),
        **({"servers": servers.servers(run)} if layout.servers else {}),
        "decisions": decisions.decisions(run, walk),
        "breakdowns": parts.breakdowns(run),
        "sample_path_oracle": max_plus.sample_path(run),
    }
    if layout.crews:
        checks["crews"] = crews.crews(run)
    if layout.makes_defects:
        checks["defects"] = truth.defects(run, walk)
    if layout.calendars:
        checks["calendars"] = hours.calendars(run)
    if any(way.by_parts for place in layout.places for way in place.failures):
        checks["parts_between_stops"] = hours.parts_between_stops(run)
    if layout.mix is not None:
        checks["variants"] = variants.variants(run)
        checks["planned_work"] = variants.planned_work(run)
    if layout.changes_over:
        checks["changeovers"] = variants.changeovers(run)
    return checks
