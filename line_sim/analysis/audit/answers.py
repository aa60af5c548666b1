"""The audit of the calls: every inspected part has its own, within its time on the camera."""

import numpy as np

from line_sim.analysis.audit.check import Check, Fault, Run, faults, verdict
from line_sim.recording.run_columns import NONE, BoolArray, Calls, IntArray, Visits, find


def calls_within_visits(run: Run) -> Check:
    """Each call lies within its part's time on the machine that made it; the last one's return ends that."""
    columns = run.columns
    found, seen = [], 0
    for place in columns.places:
        inspects = place != NONE and place < len(run.layout.line) and run.layout.line[place].inspects
        calls, visits = columns.calls(place), columns.visits(place)
        if not inspects:
            visits = visits.where(np.zeros(len(visits), dtype=np.bool_))
        seen += len(calls)
        found += faults(calls, "calls.csv", _outside(calls, visits, run), "a call outside its visit")
        found += faults(calls, "calls.csv", _attempted_twice(calls), "a call is told of twice")
        found += _ends(visits, calls, run)
    return verdict(found, f"{seen} calls, each between the start and the end of its visit")


def _machine(table: Calls | Visits, run: Run) -> IntArray:
    """Return one number for each row's part and machine, units from 2^16 on taken as one."""
    return run.columns.parts.place(table.item) * 2**16 + np.minimum(table.unit, 2**16 - 2) + 1


def _outside(calls: Calls, visits: Visits, run: Run) -> BoolArray:
    """Return the calls that do not lie within a visit."""
    machines = _machine(visits, run)
    order = np.argsort(machines, kind="stable")
    where, known = _last(machines[order], _machine(calls, run))
    outside = np.full(len(calls), run.ended is not None)  # killed: the visit was not over, so never told
    started, finished = visits.started[order][where], visits.finished[order][where]
    late = (finished != NONE) & (calls.returned[known] > finished)
    outside[known] = (started > calls.issued[known]) | late
    return outside


def _last(ordered: IntArray, wanted: IntArray) -> tuple[IntArray, BoolArray]:
    """Return the last place of each wanted value that stands in an ordered column, and which ones do."""
    _, known = find(np.unique(ordered), wanted)
    return np.searchsorted(ordered, wanted[known], side="right") - 1, known


def _attempted_twice(calls: Calls) -> BoolArray:
    """Return the calls that repeat one before them: the same part, station and attempt."""
    items, attempts = calls.item, calls.attempt
    order = np.lexsort((attempts, items))
    again = np.zeros(len(calls), dtype=np.bool_)
    again[order[1:]] = (np.diff(items[order]) == 0) & (np.diff(attempts[order]) == 0)
    return again


def _ends(visits: Visits, calls: Calls, run: Run) -> list[Fault]:
    """An inspection is finished at the moment its last call returned."""
    machines, returned = _machine(calls, run), calls.returned
    order = np.lexsort((returned, machines))
    finished = visits.finished
    where, called = _last(machines[order], _machine(visits, run))
    apart = np.zeros(len(visits), dtype=np.bool_)
    apart[called] = (finished[called] != NONE) & (finished[called] != returned[order][where])
    return [
        *faults(visits, "visits.csv", ~called & (finished != NONE), "an inspection without a call"),
        *faults(visits, "visits.csv", apart, "finished at another moment than its call returned"),
    ]
