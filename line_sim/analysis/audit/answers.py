"""The audit of the calls: every inspected part has its own, within its time on the camera."""

import numpy as np

from line_sim.analysis.audit.check import Check, Fault, Run, faults, verdict
from line_sim.analysis.audit.gates import asked_apart, gate_faults, rides_of
from line_sim.analysis.audit.hours import is_on, next_shift
from line_sim.recording.rows import are_in_order
from line_sim.recording.run_columns import NONE, BoolArray, Calls, IntArray, Visits, find
from line_sim.units import counted


def calls_within_visits(run: Run) -> Check:
    """Each call lies within its part's time on the machine that made it; the last one's return ends that.

    At a gate it is put when the camera is done, and its return and the part's coming there end that.
    """
    columns = run.columns
    found, seen = [], 0
    for place in columns.places:
        calls, visits = columns.calls(place), columns.visits(place)
        if not len(calls) and (place == NONE or not run.layout.places[place].inspects):
            continue
        of = visits_of(run, place)
        if place != NONE and (gate := run.layout.gate_of(place)) is not None:
            seen += len(calls)
            found += _at_gate(run, place, gate, of)
            continue
        if place == NONE or not run.layout.places[place].inspects:
            visits, of = visits.where(np.zeros(len(visits), dtype=np.bool_)), np.full_like(of, NONE)
        seen += len(calls)
        found += faults(calls, "calls.csv", _outside(calls, visits, of, run), "a call outside its visit")
        found += faults(calls, "calls.csv", _told_twice(run, place), "a call is told of twice")
        found += _ends(run, place, visits, calls, of)
    return verdict(found, f"{counted(seen, 'calls')}, each between the start and the end of its visit")


def _at_gate(run: Run, place: int, gate: int, of: IntArray) -> list[Fault]:
    calls, visits = run.columns.calls(place), run.columns.visits(place)
    apart = asked_apart(calls, visits, of) | ((of == NONE) & (run.ended is not None))
    twice = _told_twice(run, place)
    return [
        *faults(calls, "calls.csv", apart, "a call that was not put when its picture was taken"),
        *faults(calls, "calls.csv", twice, "a call is told of twice"),
        *gate_faults(run, gate, calls, judged_visits(run, place)),
    ]


def judged_visits(run: Run, place: int) -> IntArray:
    """Return the row of the visit that each call of a place decides on, NONE where no row tells of it.

    It is the one in which the call was made, or else, at a gate, the one to the gate behind it.
    """
    of, gate = visits_of(run, place), run.layout.gate_of(place) if place != NONE else None
    if gate is None:
        return of
    known = of != NONE
    of[known] = rides_of(run, place, gate)[of[known]]
    return of


def visits_of(run: Run, place: int) -> IntArray:
    """Return the row of the visit that each call of a place belongs to, NONE where no row tells of it.

    Part and number of the visit say which; it must have been to the machine that made the call.
    """
    calls, visits = run.columns.calls(place), run.columns.visits(place)
    numbers, of = _numbered(visits, run), np.zeros(0, dtype=np.int64)
    if not are_in_order(numbers):
        of = np.lexsort((visits.visit, visits.item))
        numbers = numbers[of]
    where, known = find(numbers, _numbered(calls, run))
    if not known.any():
        return np.full(len(calls), NONE, dtype=np.int64)
    of = of[where] if len(of) else where
    return np.where(known & (visits.unit[of] == calls.unit), of, NONE)


def _numbered(table: Calls | Visits, run: Run) -> IntArray:
    """Return one number for each row's part and visit, visits from 2^20 on taken as one."""
    return run.columns.parts.place(table.item) * 2**20 + np.minimum(table.visit, 2**20 - 1)


def _outside(calls: Calls, visits: Visits, of: IntArray, run: Run) -> BoolArray:
    """Return the calls that do not lie within a visit."""
    known = of != NONE
    finished = visits.finished[of[known]]
    late = (finished != NONE) & (calls.returned[known] > finished)
    outside = np.full(len(calls), run.ended is not None)  # killed: the visit was not over, so never told
    outside[known] = (visits.started[of[known]] > calls.issued[known]) | late
    return outside


def _told_twice(run: Run, place: int) -> BoolArray:
    """Return the calls that repeat one before them: the same part, station and attempt of one visit."""
    calls = run.columns.calls(place)
    keys = (calls.item, calls.visit, calls.attempt)
    order = np.lexsort(keys[::-1])
    twice = np.zeros(len(calls), dtype=np.bool_)
    twice[order[1:]] = np.all([np.diff(key[order]) == 0 for key in keys], axis=0)
    return twice


def _amidst_off(run: Run, place: int, returned: IntArray, finished: IntArray) -> BoolArray:
    """Return the answers that were taken neither at once nor, coming while it was off, in the next shift."""
    late: BoolArray = finished != next_shift(run, place, returned)
    return late | is_on(run, place, returned)


def _ends(run: Run, place: int, visits: Visits, calls: Calls, of: IntArray) -> list[Fault]:
    """An inspection is finished at the moment its last call returned, or when its next shift begins."""
    finished, known = visits.finished, of != NONE
    returned = np.full(len(visits), NONE, dtype=np.int64)
    np.maximum.at(returned, of[known], calls.returned[known])
    silent, over = returned == NONE, finished != NONE
    apart = over & ~silent & (finished != returned)
    if apart.any():  # the end of a shift is still in it
        apart[apart] = _amidst_off(run, place, returned[apart], finished[apart])
    return [
        *faults(visits, "visits.csv", silent & over, "an inspection without a call"),
        *faults(visits, "visits.csv", apart, "finished at another moment than its call returned"),
    ]
