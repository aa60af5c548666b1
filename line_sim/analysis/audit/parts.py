"""Audits that follow the parts: none is lost or doubled, each goes its way step by step."""

from itertools import pairwise

import numpy as np

from line_sim.analysis.audit.check import Check, Fault, Run, faults, verdict
from line_sim.analysis.audit.hours import off_by_the_calendar
from line_sim.figures.counts import counts
from line_sim.figures.stops.standing import DownTime
from line_sim.recording.run_columns import NONE, BoolArray, IntArray, Items, Visits, distinct, find, or_end
from line_sim.units import counted

COMPLETED = "completed"
"""The ending of a run that let all its parts through."""


def conservation(run: Run) -> Check:
    """Every part that came in went out or is still on the line, and is told of once."""
    columns, items = run.columns, run.columns.items
    found = faults(items, "items.csv", repeated(items.item), "a part is told of twice")
    gone = items.shipped | items.scrapped | items.lost
    found += faults(items, "items.csv", gone == (items.left == NONE), "left_at does not fit disposition")
    told, lost = distinct(items.item), distinct(items.item[items.lost])
    for place in columns.places:
        visits = columns.visits(place)
        found += faults(visits, "visits.csv", find(lost, visits.item)[1], "a lost part was at a station")
    if run.ended is not None:  # a killed run may not have told of the parts that were on the line
        for place in columns.places:
            for table, file in ((columns.visits(place), "visits.csv"), (columns.calls(place), "calls.csv")):
                found += faults(table, file, ~find(told, table.item)[1], "a part is not in items.csv")
    found += _all_came(run)
    tally = counts(columns)
    return verdict(
        found,
        f"{counted(tally.arrived, 'parts')} in = {tally.lost:,} lost + {tally.shipped:,} shipped"
        f" + {tally.scrapped:,} scrapped + {tally.on_line:,} on the line",
    )


def _all_came(run: Run) -> list[Fault]:
    """A run that let all its parts through has exactly as many as were asked for, and an empty line."""
    tally, wanted = counts(run.columns), run.layout.run.items
    if run.ended != COMPLETED or wanted is None or (tally.arrived == wanted and not tally.on_line):
        return []
    came = f"{tally.arrived:,} of {counted(wanted, 'parts')} arrived"
    what = f"{came}, {tally.on_line} on the line of a completed run"
    return [Fault(what)]


def repeated(values: IntArray) -> BoolArray:
    """Return which values stand more than once in a column."""
    ordered = np.sort(values)
    return find(distinct(ordered[1:][ordered[1:] == ordered[:-1]]), values)[1]


def visit_times(run: Run) -> Check:
    """Each visit's times are in order, at a station and machine that exist."""
    columns = run.columns
    found = []
    seen = 0
    for place in columns.places:
        visits = columns.visits(place)
        seen += len(visits)
        units = 0 if place == NONE else run.layout.places[place].units
        unknown = np.full(len(visits), place == NONE)
        found += faults(visits, "visits.csv", unknown, "the line has no such station")
        found += faults(visits, "visits.csv", visits.unit > units, "there is no such unit")
        found += faults(visits, "visits.csv", _out_of_order(visits), "times are not in order")
        late = _last_moments(visits) > _latest(run)
        found += faults(visits, "visits.csv", late, "later than the run's end")
        worked = visits.finished != NONE
        too_much = worked & (visits.down > visits.finished - visits.started)
        found += faults(visits, "visits.csv", too_much, "down for longer than the visit")
    return verdict(found, f"{counted(seen, 'visits')}, each queued <= started <= finished <= left")


def _latest(run: Run) -> int:
    """Return the run's end, with what run.json's float may have rounded off it (nothing for weeks)."""
    return run.columns.end + run.columns.end // 2**52


def _last_moments(visits: Visits) -> IntArray:
    latest = visits.queued
    for moments in (visits.started, visits.finished, visits.left):
        latest = np.maximum(latest, moments)
    return latest


def _out_of_order(visits: Visits) -> BoolArray:
    """Return the visits in which something comes before, or without, what it must follow."""
    steps = (visits.queued, visits.started, visits.finished, visits.left)
    wrong: BoolArray = (visits.unit == NONE) != (steps[1] == NONE)
    for earlier, later in pairwise(steps):
        wrong = wrong | ((later != NONE) & ((earlier == NONE) | (later < earlier)))
    return wrong


def breakdowns(run: Run) -> Check:
    """The down time of every finished visit is what breakdowns.csv says of that machine in that time.

    Time in which it was off anyway is not down time.
    """
    columns = run.columns
    found, told_visits, told_outages = [], 0, 0
    for place, station in enumerate(run.layout.places):
        finished = columns.visits(place)
        finished = finished.where(finished.finished != NONE)
        told_visits += len(finished)
        units = finished.unit
        wrong = np.zeros(len(finished), dtype=np.bool_)
        for unit in range(1, station.units + 1):
            mine = units == unit
            told = _down(run, place, unit, finished.started[mine], finished.finished[mine])
            wrong[mine] = told != finished.down[mine]
        found += faults(finished, "visits.csv", wrong, "down_s differs from breakdowns.csv")
    for place in columns.places:
        outages = columns.outages(place)
        told_outages += len(outages)
        backwards = (outages.repaired != NONE) & (outages.repaired < outages.failed)
        found += faults(outages, "breakdowns.csv", backwards, "repaired before it failed")
    agree = f"{counted(told_outages, 'outages')} {'agrees' if told_outages == 1 else 'agree'}"
    return verdict(found, f"{agree} with the down time of {counted(told_visits, 'visits')}")


def _down(run: Run, place: int, unit: int, first: IntArray, last: IntArray) -> IntArray:
    """Return for how long a machine was down between pairs of moments, its time off left out."""
    outages = run.columns.outages(place)
    outages = outages.where(outages.unit == unit)
    starts, ends = off_by_the_calendar(run, place)
    failed = np.append(outages.failed, starts)
    repaired = np.append(or_end(outages.repaired, run.columns.end), ends)
    still, off = DownTime(failed, repaired), DownTime(starts, ends)
    return still.between(first, last) - off.between(first, last)


def told_of(items: Items, wanted: IntArray, column: IntArray) -> IntArray:
    """Return each wanted part's value of a column of the parts, NONE where the part is not told of."""
    numbers = items.item
    order = np.argsort(numbers, kind="stable")
    where, known = find(numbers[order], wanted)
    values = np.full(len(wanted), NONE, dtype=np.int64)
    values[known] = column[order][where[known]]
    return values
