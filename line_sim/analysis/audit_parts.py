"""Audits that follow the parts: none is lost or doubled, each goes its way step by step."""

from collections import Counter
from itertools import pairwise

import numpy as np

from line_sim.analysis.check import Check, Fault, Run, behind_first, faults, verdict
from line_sim.analysis.columns import NONE, BoolArray, IntArray, Items, Visits, find
from line_sim.analysis.flow import down_time
from line_sim.analysis.quality import counts

COMPLETED = "completed"
"""The ending of a run that let all its parts through."""


def conservation(run: Run) -> Check:
    """Every part that came in went out or is still on the line, and is told of once."""
    columns, items = run.columns, run.columns.items
    found = faults(items, "items.csv", _repeated(items.item), "a part is told of twice")
    found += faults(
        items, "items.csv", _leaves(items) == (items.left == NONE), "left_at does not fit disposition"
    )
    lost = np.isin(columns.visits.item, items.item[items.lost])
    found += faults(columns.visits, "visits.csv", lost, "a lost part was at a station")
    if run.ended is not None:  # a killed run may not have told of the parts that were on the line
        for table, file in ((columns.visits, "visits.csv"), (columns.calls, "calls.csv")):
            found += faults(table, file, ~np.isin(table.item, items.item), "a part is not in items.csv")
    found += _all_came(run)
    tally = counts(columns)
    return verdict(
        found,
        f"{tally.arrived} parts in = {tally.lost} lost + {tally.shipped} shipped"
        f" + {tally.scrapped} scrapped + {tally.on_line} on the line",
    )


def _all_came(run: Run) -> list[Fault]:
    """A run that let all its parts through has exactly as many as were asked for, and an empty line."""
    tally, wanted = counts(run.columns), run.facts.items
    if run.ended != COMPLETED or wanted is None or (tally.arrived == wanted and not tally.on_line):
        return []
    what = f"{tally.arrived} of {wanted} parts arrived and {tally.on_line} are on the line of a completed run"
    return [Fault(what, ())]


def _repeated(values: IntArray) -> BoolArray:
    """Return which values stand more than once in a column."""
    several = [value for value, times in Counter(values.tolist()).items() if times > 1]
    return np.isin(values, several)


def _leaves(items: Items) -> BoolArray:
    return items.shipped | items.scrapped | items.lost


def visit_times(run: Run) -> Check:
    """Each visit's times are in order, at a station and machine that exist."""
    visits = run.columns.visits
    units = np.array([0, *(station.units for station in run.facts.stations)], dtype=np.int64)
    found = faults(visits, "visits.csv", visits.station == NONE, "the line has no such station")
    found += faults(visits, "visits.csv", visits.unit > units[visits.station + 1], "there is no such unit")
    found += faults(visits, "visits.csv", _out_of_order(visits), "times are not in order")
    found += faults(visits, "visits.csv", _last_moments(visits) > _latest(run), "later than the run's end")
    worked = visits.finished != NONE
    too_much = worked & (visits.down > visits.finished - visits.started)
    found += faults(visits, "visits.csv", too_much, "down for longer than the visit")
    return verdict(found, f"{len(visits)} visits, each queued <= started <= finished <= left")


def _latest(run: Run) -> int:
    """Return the run's end, with what run.json's float may have rounded off it (nothing for weeks)."""
    return run.columns.end + run.columns.end // 2**52


def _last_moments(visits: Visits) -> IntArray:
    steps = (visits.queued, visits.started, visits.finished, visits.left)
    return np.asarray(np.max(np.stack(steps), axis=0), dtype=np.int64)


def _out_of_order(visits: Visits) -> BoolArray:
    """Return the visits in which something comes before, or without, what it must follow."""
    steps = (visits.queued, visits.started, visits.finished, visits.left)
    wrong: BoolArray = (visits.unit == NONE) != (visits.started == NONE)
    for earlier, later in pairwise(steps):
        wrong = wrong | ((later != NONE) & ((earlier == NONE) | (later < earlier)))
    return wrong


def route(run: Run) -> Check:
    """Each part goes from station to station: it is queued at one the moment it leaves the one before."""
    facts = run.facts
    visits = run.columns.visits.sorted_by(run.columns.visits.item, run.columns.visits.station)
    same = visits.item[1:] == visits.item[:-1]
    here, after = visits.station[:-1], visits.station[1:]
    inspects = np.isin(here, [place for place, station in enumerate(facts.line) if station.inspects])
    to_review = inspects & (after == len(facts.line))
    along = (after == here + 1) & (after < len(facts.line))
    gap = behind_first(same & (visits.left[:-1] != visits.queued[1:]), visits)
    stray = behind_first(same & ~along & ~to_review, visits)
    found = faults(visits, "visits.csv", gap, "not queued at the moment it left upstream")
    found += faults(visits, "visits.csv", stray, "a station left out or out of turn")
    first = visits.where(np.append(True, ~same)[: len(visits)])
    found += _first_steps(run, first)
    found += _last_steps(run, visits.where(np.append(~same, True)[: len(visits)]))
    return verdict(found, f"{len(first)} parts, each from station to station without a gap")


def _first_steps(run: Run, first: Visits) -> list[Fault]:
    """A part's first visit is at the first station, and not before it arrived."""
    arrived = _told(run.columns.items, first.item, run.columns.items.arrived)
    early = (arrived != NONE) & (first.queued < arrived)
    return [
        *faults(first, "visits.csv", first.station != 0, "the first visit is not at the first station"),
        *faults(first, "visits.csv", early, "queued before it arrived"),
    ]


def _last_steps(run: Run, last: Visits) -> list[Fault]:
    """A part leaves the line when it leaves its last station; a shipped one from the line's end or review."""
    items, facts = run.columns.items, run.facts
    known = np.isin(last.item, items.item)
    left = _told(items, last.item, items.left)
    exits = [len(facts.line) - 1, len(facts.line)]
    shipped_early = np.isin(last.item, items.item[items.shipped]) & ~np.isin(last.station, exits)
    unseen = (items.shipped | items.scrapped) & ~np.isin(items.item, last.item)
    return [
        *faults(last, "visits.csv", known & (left != last.left), "left_at differs from items.csv"),
        *faults(last, "visits.csv", shipped_early, "shipped before the end of the line"),
        *faults(items, "items.csv", unseen, "left the line without a visit"),
    ]


def _told(items: Items, wanted: IntArray, column: IntArray) -> IntArray:
    """Return each wanted part's value of a column of the parts, NONE where the part is not told of."""
    order = np.argsort(items.item, kind="stable")
    where, known = find(items.item[order], wanted)
    values = np.full(len(wanted), NONE, dtype=np.int64)
    values[known] = column[order][where[known]]
    return values


def breakdowns(run: Run) -> Check:
    """The down time of every finished visit is what breakdowns.csv says of that machine in that time."""
    columns = run.columns
    visits = columns.visits.where(columns.visits.finished != NONE)
    wrong = np.zeros(len(visits), dtype=np.bool_)
    for place, station in enumerate(run.facts.stations):
        for unit in range(1, station.units + 1):
            mine = (visits.station == place) & (visits.unit == unit)
            told = down_time(columns, place, unit).between(visits.started[mine], visits.finished[mine])
            wrong[mine] = told != visits.down[mine]
    found = faults(visits, "visits.csv", wrong, "down_s differs from breakdowns.csv")
    outages = columns.outages
    backwards = (outages.repaired != NONE) & (outages.repaired < outages.failed)
    found += faults(outages, "breakdowns.csv", backwards, "repaired before it failed")
    return verdict(found, f"{len(outages)} outages agree with the down time of {len(visits)} visits")
