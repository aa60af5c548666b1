"""The audit of the way: each part from place to place along the layout's ways, without a gap or a detour."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from line_sim.analysis.audit.check import Check, Fault, Lines, Run, faults, verdict
from line_sim.analysis.audit.parts import told_of
from line_sim.analysis.audit.steps import Steps, steps_of
from line_sim.analysis.audit.verdicts import SHIPPED
from line_sim.layout import Exit, Layout
from line_sim.recording.run_columns import NONE, BoolArray, IntArray
from line_sim.units import counted

NOWHERE = -2
"""The place of a part that goes nowhere from here; NONE is that of a station which the line has not."""


@dataclass(frozen=True, slots=True)
class Walk:
    """How all parts went: what is wrong with that, how many came in, and what followed each visit.

    `after` has for each place and each row of its visits the place of the part's next visit, NOWHERE
    where there is none; `turn` says which of its part's visits it is, the first being 0, `rounds` how
    often the part had been repaired by then, `repaired` whether it came for that, and `sent_back` whether it
    went on for that.
    """

    found: tuple[Fault, ...]
    begun: int
    after: dict[int, IntArray]
    turn: dict[int, IntArray]
    repaired: dict[int, BoolArray]
    sent_back: dict[int, BoolArray]
    rounds: dict[int, IntArray]


def route(walk: Walk) -> Check:
    """Each part goes from station to station: it is queued at one the moment it leaves the one before."""
    told = counted(walk.begun, "parts")
    return verdict([*walk.found], f"{told}, each from station to station without a gap")


def walk_of(run: Run) -> Walk:
    """Follow every part from visit to visit."""
    walker = _Walker(run)
    for steps in steps_of(run):
        walker.follow(steps)
    found = (*walker.found, *walker.last_steps())
    repaired, sent_back = (
        {place: told.astype(np.bool_) for place, told in noted.items()}
        for noted in (walker.repaired, walker.sent_back)
    )
    return Walk(found, int(walker.seen.sum()), walker.after, walker.turn, repaired, sent_back, walker.rounds)


class _Walker:
    """What is known of the parts followed so far."""

    def __init__(self, run: Run) -> None:
        items, parts = run.columns.items, run.columns.parts
        self._run = run
        self._leads = _leads(run.layout)
        self._bench = _Bench(run.layout)
        self._arrived = told_of(items, parts.numbers, items.arrived)
        self._last_place = np.full(len(parts), NOWHERE, dtype=np.int16)
        self._last_sent_by = np.full(len(parts), NOWHERE, dtype=np.int16)
        self._rounds = np.zeros(len(parts), dtype=np.int64)
        self._last_left = np.full(len(parts), NONE, dtype=np.int64)
        self._last_line = np.zeros(len(parts), dtype=np.int64)
        self.found: list[Fault] = []
        self.after = {place: self._for_visits(place) for place in run.columns.places}
        self.turn = {place: self._for_visits(place) for place in run.columns.places}
        self.repaired = {place: 0 * self._for_visits(place) for place in run.columns.places}
        self.sent_back = {place: 0 * self._for_visits(place) for place in run.columns.places}
        self.rounds = {place: 0 * self._for_visits(place) for place in run.columns.places}

    @property
    def seen(self) -> BoolArray:
        """Which parts have been anywhere."""
        return np.asarray(self._last_place != NOWHERE)

    def _for_visits(self, place: int) -> IntArray:
        return np.full(len(self._run.columns.visits(place)), NOWHERE, dtype=np.int16)

    def follow(self, steps: Steps) -> None:
        """Note what is wrong with some parts' ways, what followed each visit, and where they were last."""
        first, last = steps.first, steps.last
        self.found += self._first_steps(steps, first)
        self.found += self._next_steps(steps, first)
        _note(self.after, steps, np.where(last, NOWHERE, np.roll(steps.place, -1)))
        count = np.arange(len(first))
        _note(self.turn, steps, count - np.maximum.accumulate(np.where(first, count, 0)))
        self._back(steps, first)
        who = steps.who[last]
        self._last_place[who] = steps.place[last]
        self._last_left[who] = steps.left[last]
        self._last_line[who] = steps.row[last]

    def _back(self, steps: Steps, first: BoolArray) -> None:
        """Note which parts came back from review, and find those that went on where they may not."""
        before = np.where(first, NOWHERE, np.roll(steps.place, 1))
        sent_by = np.where(before == self._bench.place, np.roll(steps.place, 2), NOWHERE)
        more = steps.rounds - np.where(first, 0, np.roll(steps.rounds, 1))
        repaired, back = more == 1, before == self._bench.place
        _note(self.repaired, steps, repaired.astype(np.int64))
        _note(self.sent_back, steps, np.where(steps.last, 0, np.roll(repaired, -1)))
        _note(self.rounds, steps, steps.rounds)
        who = steps.who[steps.last]
        self._rounds[who] = steps.rounds[steps.last]
        self._last_sent_by[who] = np.where(first, NOWHERE, np.roll(steps.place, 1))[steps.last]
        at_once = repaired & ~(back & (steps.place == self._bench.repairs_at))
        astray = back & ~repaired & ~self._bench.clears(sent_by, steps.place)
        self.found += faults(steps, "visits.csv", (more < 0) | (more > 1), "it was not repaired so often")
        self.found += faults(steps, "visits.csv", at_once, "to be repaired, and not back from review for it")
        self.found += faults(steps, "visits.csv", astray, "not behind the inspection that sent it to review")

    def _first_steps(self, steps: Steps, first: BoolArray) -> list[Fault]:
        """A part's first visit is at the entry, and not before it arrived."""
        arrived = self._arrived[steps.who]
        early = first & (arrived != NONE) & (steps.queued < arrived)
        astray = first & (steps.place != self._run.layout.entry)
        return [
            *faults(steps, "visits.csv", astray, "the first visit is not at the first station"),
            *faults(steps, "visits.csv", early, "queued before it arrived"),
        ]

    def _next_steps(self, steps: Steps, first: BoolArray) -> list[Fault]:
        """Every other visit begins when the one before ends, at a place to which a way leads from there."""
        gap = ~first & (steps.queued != np.roll(steps.left, 1))
        stray = ~first & ~self._leads[np.roll(steps.place, 1), steps.place]
        misnumbered = steps.visit != steps.number
        return [
            *faults(steps, "visits.csv", misnumbered, "the visit has another number than it is"),
            *faults(steps, "visits.csv", gap, "not queued at the moment it left upstream"),
            *faults(steps, "visits.csv", stray, "a station left out or out of turn"),
        ]

    def last_steps(self) -> list[Fault]:
        """A part leaves the line when it leaves its last station, where a way leads off the line."""
        items, parts = self._run.columns.items, self._run.columns.parts
        left = told_of(items, parts.numbers, items.left)
        unseen = (items.shipped | items.scrapped) & ~self.seen[parts.place(items.item)]
        rounds = told_of(items, parts.numbers, items.reworked)
        waits = (self._last_place == self._bench.place) & (left == NONE)
        told = (rounds == self._rounds) | (waits & (rounds == self._rounds + 1))
        return [
            *self._faults(parts.told & ~told, "reworked differs from items.csv"),
            *self._faults(self._rounds > self._bench.at_most, "repaired too often"),
            *self._faults(parts.told & (left != self._last_left), "left_at differs from items.csv"),
            *self._faults(self._off(Exit.SHIPPED, items.shipped), "shipped before the end of the line"),
            *self._faults(self._off(Exit.SCRAPPED, items.scrapped), "scrapped where nothing is scrapped"),
            *faults(items, "items.csv", unseen, "left the line without a visit"),
        ]

    def _off(self, way: Exit, gone: BoolArray) -> BoolArray:
        """Return the parts that are told to have left the line where that way does not begin."""
        items, parts = self._run.columns.items, self._run.columns.parts
        left_so = np.zeros(len(parts), dtype=np.bool_)
        left_so[parts.place(items.item[gone])] = True
        at_an_end = np.isin(self._last_place, self._run.layout.leading_to(way))
        if way is Exit.SHIPPED:
            at_an_end &= (self._last_place != self._bench.place) | self._bench.clears(
                self._last_sent_by, SHIPPED
            )
        return left_so & ~at_an_end

    def _faults(self, wrong: BoolArray, what: str) -> list[Fault]:
        return faults(Lines(self._last_line), "visits.csv", wrong & self.seen, what)


class _Bench:
    """Where the review bench sends parts, said once more: behind the inspection, or to be repaired."""

    def __init__(self, layout: Layout) -> None:
        known = layout.bench is not None and layout.joined is None
        self.place = layout.bench if known and layout.bench is not None else NOWHERE - 1
        self.at_most = 0 if layout.rework is None else layout.rework.at_most
        self.repairs_at = NOWHERE if layout.rework is None else layout.rework.to
        last = len(layout.line) - 1
        behind = [SHIPPED if place == last or not layout.rejoins else place + 1 for place in range(last + 1)]
        self._behind = np.array([*behind, *[NOWHERE] * 3])  # of places that send nothing there

    def clears(self, sent_by: npt.NDArray[Any], to: IntArray | int) -> BoolArray:
        """Whether what these inspections sent goes there once it is cleared."""
        return np.asarray(self._behind[sent_by] == to)


def _leads(layout: Layout) -> BoolArray:
    """Return which place a way leads to from which; the last row and column are those of unknown stations."""
    leads = np.zeros((len(layout.places) + 1,) * 2, dtype=np.bool_)
    for way in layout.ways:
        if isinstance(way.to, int):
            leads[way.start, way.to] = True
    return leads


def _note(columns: dict[int, IntArray], steps: Steps, told: IntArray) -> None:
    for place, rows, values in steps.by_place(told):
        columns[place][rows] = values
