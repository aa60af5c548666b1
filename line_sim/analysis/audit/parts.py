"""Audits that follow the parts: none is lost or doubled, each goes its way step by step."""

from functools import reduce
from itertools import pairwise

import numpy as np

from line_sim.analysis.audit.check import Check, Fault, Run, by_kind, faults, verdict
from line_sim.analysis.audit.hours import off_by_the_calendar
from line_sim.analysis.audit.quick.in_turn import Proved
from line_sim.figures.counts import Counts, counts
from line_sim.figures.stops.standing import DownTime
from line_sim.recording.rows import are_in_order
from line_sim.recording.run_columns import (
    NONE,
    BoolArray,
    IntArray,
    Items,
    Known,
    Visits,
    distinct,
    find,
    or_end,
)
from line_sim.units import counted

COMPLETED = "completed"
"""The ending of a run that let all its parts through."""


def conservation(run: Run) -> Check:
    """Every part that came in went out or is still on the line, and is told of once."""
    columns, items = run.columns, run.columns.items
    found = faults(items, "items.csv", repeated(items.item), "a part is told of twice")
    found += [fault for piece in items.pieces() for fault in _unfitting(piece)]
    told = Known(distinct(items.item))
    lost = distinct(np.concatenate([piece.item[piece.lost] for piece in items.pieces()]))
    for place in columns.places if len(lost) else ():
        visits = columns.visits(place)
        found += faults(visits, "visits.csv", find(lost, visits.item)[1], "a lost part was at a station")
    # a killed run may not have told of the parts that were on the line
    if run.ended is not None and not columns.parts.all_told:
        for place in columns.places:
            for table, file in ((columns.visits(place), "visits.csv"), (columns.calls(place), "calls.csv")):
                for piece in table.pieces():
                    found += faults(piece, file, ~told.find(piece.item)[1], "a part is not in items.csv")
    tally = counts(columns)
    found += _all_came(run, tally)
    return verdict(
        found,
        f"{counted(tally.arrived, 'parts')} in = {tally.lost:,} lost + {tally.shipped:,} shipped"
        f" + {tally.scrapped:,} scrapped + {tally.on_line:,} on the line",
    )


def _unfitting(items: Items) -> list[Fault]:
    gone = items.shipped | items.scrapped | items.lost
    return faults(items, "items.csv", gone == (items.left == NONE), "left_at does not fit disposition")


def _all_came(run: Run, tally: Counts) -> list[Fault]:
    """A run that let all its parts through has exactly as many as were asked for, and an empty line."""
    wanted = run.layout.run.items
    if run.ended != COMPLETED or wanted is None or (tally.arrived == wanted and not tally.on_line):
        return []
    came = f"{tally.arrived:,} of {counted(wanted, 'parts')} arrived"
    what = f"{came}, {tally.on_line} on the line of a completed run"
    return [Fault(what)]


def repeated(values: IntArray) -> BoolArray:
    """Return which values stand more than once in a column."""
    if np.all(values[1:] > values[:-1]):
        return np.zeros(len(values), dtype=np.bool_)
    ordered = np.sort(values)
    return find(distinct(ordered[1:][ordered[1:] == ordered[:-1]]), values)[1]


def visit_times(run: Run) -> Check:
    """Each visit's times are in order, at a station and machine that exist."""
    columns = run.columns
    seen = sum(len(columns.visits(place)) for place in columns.places)
    doubtful = [place for place in columns.places if not _are_timely(run.known(place))]
    pieces = ((place, piece) for place in doubtful for piece in columns.visits(place).pieces())
    found = by_kind([_untimely(run, place, piece) for place, piece in pieces])
    return verdict(found, f"{counted(seen, 'visits')}, each queued <= started <= finished <= left")


def _are_timely(known: Proved) -> bool:
    return known.in_turn and known.never_down


def _untimely(run: Run, place: int, visits: Visits) -> list[list[Fault]]:
    units = 0 if place == NONE else run.layout.places[place].units
    unit, down = visits.unit, visits.down
    moments = visits.queued, visits.started, visits.finished, visits.left
    _, started, finished, _ = moments
    latest = reduce(np.maximum, moments)
    too_much = (finished != NONE) & (down > finished - started)
    wrong = {
        "the line has no such station": np.full(len(visits), place == NONE),
        "there is no such unit": unit > units,
        "times are not in order": _out_of_order(unit, moments),
        "later than the run's end": latest > _latest(run),
        "down for longer than the visit": too_much,
    }
    return [faults(visits, "visits.csv", which, what) for what, which in wrong.items()]


def _latest(run: Run) -> int:
    """Return the run's end, with what run.json's float may have rounded off it (nothing for weeks)."""
    return run.columns.end + run.columns.end // 2**52


def _out_of_order(unit: IntArray, steps: tuple[IntArray, ...]) -> BoolArray:
    """Return the visits in which something comes before, or without, what it must follow."""
    wrong: BoolArray = (unit == NONE) != (steps[1] == NONE)
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
        known = run.known(place)
        if known.never_down and station.shifts is None and not len(columns.outages(place)):
            told_visits += known.finished
            continue
        stood = [_stood(run, place, unit) for unit in range(1, station.units + 1)]
        for visits in columns.visits(place).pieces():
            finished = visits.where(visits.finished != NONE)
            told_visits += len(finished)
            units, first, last, down = finished.unit, finished.started, finished.finished, finished.down
            wrong = np.zeros(len(finished), dtype=np.bool_)
            for unit, (still, off) in enumerate(stood, 1):
                mine = units == unit
                told = still.between(first[mine], last[mine]) - off.between(first[mine], last[mine])
                wrong[mine] = told != down[mine]
            found += faults(finished, "visits.csv", wrong, "down_s differs from breakdowns.csv")
    for place in columns.places:
        outages = columns.outages(place)
        told_outages += len(outages)
        backwards = (outages.repaired != NONE) & (outages.repaired < outages.failed)
        found += faults(outages, "breakdowns.csv", backwards, "repaired before it failed")
    agree = f"{counted(told_outages, 'outages')} {'agrees' if told_outages == 1 else 'agree'}"
    return verdict(found, f"{agree} with the down time of {counted(told_visits, 'visits')}")


def _stood(run: Run, place: int, unit: int) -> tuple[DownTime, DownTime]:
    """Return when a machine was down or off, and when it was off."""
    outages = run.columns.outages(place)
    outages = outages.where(outages.unit == unit)
    starts, ends = off_by_the_calendar(run, place)
    failed = np.append(outages.failed, starts)
    repaired = np.append(or_end(outages.repaired, run.columns.end), ends)
    return DownTime(failed, repaired), DownTime(starts, ends)


def told_of(items: Items, wanted: IntArray, column: IntArray) -> IntArray:
    """Return each wanted part's value of a column of the parts, NONE where the part is not told of."""
    numbers = items.item
    if not are_in_order(numbers):
        order = np.argsort(numbers, kind="stable")
        numbers, column = numbers[order], column[order]
    where, known = find(numbers, wanted)
    values = np.full(len(wanted), NONE, dtype=np.int64)
    values[known] = column[where[known]]
    return values
