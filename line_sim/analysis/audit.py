"""The audit: what must hold in the files of every run, whatever line made them."""

from line_sim.analysis import audit_answers, audit_decisions, audit_machines, audit_parts, audit_route
from line_sim.analysis.check import Check, Run
from line_sim.analysis.columns import RunColumns, columns_of
from line_sim.analysis.facts import LineFacts
from line_sim.analysis.window import Window, window_of
from line_sim.recording.reader import RunRecords, RunTables
from line_sim.units import Nanoseconds


def audit(
    records: RunRecords | RunTables, facts: LineFacts, ended: str | None, end: Nanoseconds | None = None
) -> dict[str, Check]:
    """Check a run's records; `ended` is the word of how it ended (None: killed), `end` when, in ns."""
    columns = columns_of(records, facts, end)
    return audit_columns(columns, facts, window_of(columns, facts), ended)


def audit_columns(
    columns: RunColumns, facts: LineFacts, window: Window, ended: str | None
) -> dict[str, Check]:
    """Check a run's columns: the name of each check and its result, the most telling first."""
    run = Run(columns, facts, ended)
    return {
        "conservation": audit_parts.conservation(run),
        "visit_times": audit_parts.visit_times(run),
        "route": audit_route.route(run),
        "time_adds_up": audit_machines.time_adds_up(run, window),
        "capacity": audit_machines.capacity(run),
        "one_part_a_unit": audit_machines.one_part_a_unit(run),
        "order": audit_machines.order(run),
        "promptness": audit_machines.promptness(run),
        "calls_within_visits": audit_answers.calls_within_visits(run),
        "decisions": audit_decisions.decisions(run),
        "breakdowns": audit_parts.breakdowns(run),
        "sample_path_oracle": audit_machines.sample_path(run),
    }
