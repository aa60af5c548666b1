"""The audit of the way: each part from station to station, without a gap and without a detour."""

import numpy as np

from line_sim.analysis.audit.check import Check, Fault, Run, faults, verdict
from line_sim.analysis.audit.parts import told_of
from line_sim.recording.run_columns import NONE, BoolArray, IntArray, Visits, find

_NOWHERE = -2
"""The place of a part that has not been anywhere; NONE is that of a station which the line has not."""


def route(run: Run) -> Check:
    """Each part goes from station to station: it is queued at one the moment it leaves the one before."""
    way = _Way(run)
    found: list[Fault] = []
    for place in run.columns.places:
        found += way.follow(place)
    found += way.last_steps()
    return verdict(found, f"{way.begun} parts, each from station to station without a gap")


class _Way:
    """Where each part was last, and when it left: carried from station to station along the line."""

    def __init__(self, run: Run) -> None:
        self._run = run
        parts = len(run.columns.parts)
        self._place = np.full(parts, _NOWHERE, dtype=np.int16)
        self._left = np.full(parts, NONE, dtype=np.int64)
        self._line = np.zeros(parts, dtype=np.int64)
        self.begun = 0

    def follow(self, place: int) -> list[Fault]:
        """Move the parts on to a station; return what is wrong with their ways there."""
        visits = self._run.columns.visits(place)
        visits = visits.sorted_by(visits.item)
        who = self._run.columns.parts.place(visits.item)
        again = np.append(False, who[1:] == who[:-1])[: len(who)]
        left, queued = visits.left, visits.queued
        before = np.where(again, place, self._place[who])
        left_before = np.where(again, np.append(NONE, left)[: len(who)], self._left[who])
        came = before != _NOWHERE
        gap = came & (left_before != queued)
        found = faults(visits, "visits.csv", gap, "not queued at the moment it left upstream")
        stray = came & ~self._leads(before, place)
        found += faults(visits, "visits.csv", stray, "a station left out or out of turn")
        found += self._first_steps(visits, queued, ~came, place)
        last = np.append(~again[1:], True)[: len(who)]
        self._place[who[last]] = place
        self._left[who[last]] = left[last]
        self._line[who[last]] = visits.row[last]
        return found

    def _leads(self, before: IntArray, place: int) -> BoolArray:
        """Return from which places a part may come to this one."""
        line = self._run.layout.line
        if place == len(line):
            return np.isin(before, [i for i, station in enumerate(line) if station.inspects])
        return np.asarray((before == place - 1) & (place != NONE) & (before != NONE))

    def _first_steps(self, visits: Visits, queued: IntArray, first: BoolArray, place: int) -> list[Fault]:
        """A part's first visit is at the first station, and not before it arrived."""
        self.begun += int(first.sum())
        items = self._run.columns.items
        arrived = told_of(items, visits.item, items.arrived)
        early = first & (arrived != NONE) & (queued < arrived)
        astray = first & (place != 0)
        return [
            *faults(visits, "visits.csv", astray, "the first visit is not at the first station"),
            *faults(visits, "visits.csv", early, "queued before it arrived"),
        ]

    def last_steps(self) -> list[Fault]:
        """A part leaves the line when it leaves its last station; a shipped one from its end or review."""
        columns, line = self._run.columns, self._run.layout.line
        items, parts = columns.items, columns.parts
        left = told_of(items, parts.numbers, items.left)
        was = self._place != _NOWHERE
        shipped = find(np.unique(items.item[items.shipped]), parts.numbers)[1]
        early = was & shipped & ~np.isin(self._place, [len(line) - 1, len(line)])
        unseen = (items.shipped | items.scrapped) & ~was[parts.place(items.item)]
        return [
            *self._faults(was & parts.told & (left != self._left), "left_at differs from items.csv"),
            *self._faults(early, "shipped before the end of the line"),
            *faults(items, "items.csv", unseen, "left the line without a visit"),
        ]

    def _faults(self, wrong: BoolArray, what: str) -> list[Fault]:
        return faults(_Lines(self._line), "visits.csv", wrong, what)


class _Lines:
    """Rows of a file of which only the lines are left."""

    def __init__(self, row: IntArray) -> None:
        self.row = row
