"""The audit of the way: each part from place to place along the layout's ways, without a gap or a detour."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from line_sim.analysis.audit.check import Check, Fault, Run, by_kind, faults, verdict
from line_sim.analysis.audit.quick.along import Along
from line_sim.analysis.audit.quick.some import Some, some_after_others
from line_sim.analysis.audit.steps import Steps, steps_of, turns_of
from line_sim.analysis.audit.verdicts import SHIPPED
from line_sim.analysis.by_part import OfSome
from line_sim.layout import Exit, Layout
from line_sim.recording.run_columns import NONE, BoolArray, IntArray, Items
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
    walker, turns = _Walker(run), turns_of(run.layout)
    in_doubt = (some for some in some_after_others(run.columns) if not walker.goes_along(some))
    found = by_kind([walker.follow(steps_of(some, turns), some.items) for some in in_doubt])
    after, turn, repaired, sent_back, rounds = (
        {place: noted.column for place, noted in told.items()} for told in walker.noted
    )
    return Walk(tuple(found), walker.begun, after, turn, repaired, sent_back, rounds)


class _Noted:
    """What is noted of each visit to a place; of a plain line it is the same of all, and takes no room."""

    def __init__(self, visits: int, kind: type[Any], usual: int | None = None) -> None:
        self._visits = visits
        self._kind = kind
        self._usual = usual if visits else 0
        self._told: npt.NDArray[Any] | None = None

    def note(self, rows: IntArray, values: npt.NDArray[Any]) -> None:
        """Note the values of some rows."""
        if not len(rows):
            return
        if self._usual is None:
            self._usual = int(values[0])
        if self._told is None and np.any(values != self._usual):
            self._told = np.full(self._visits, self._usual, dtype=self._kind)
        if self._told is not None:
            self._told[rows] = values

    @property
    def column(self) -> npt.NDArray[Any]:
        """The values of all rows, not to be written to."""
        if self._told is not None:
            return self._told
        return np.broadcast_to(np.array(self._usual, dtype=self._kind), (self._visits,))


class _Walker:
    """Follows some parts after others; `begun` are those that have been anywhere."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._leads = _leads(run.layout)
        self._ends = {way: _begins(run.layout, way) for way in Exit}
        self._bench = _Bench(run.layout)
        self._along = Along(run.layout)
        self.begun = 0
        visits = {place: len(run.columns.visits(place)) for place in run.columns.places}
        kinds = (np.int16, None), (np.int16, None), (np.bool_, 0), (np.bool_, 0), (np.int16, 0)
        self.noted = tuple(
            {place: _Noted(number, kind, usual) for place, number in visits.items()} for kind, usual in kinds
        )

    def goes_along(self, some: Some) -> bool:
        """Note what followed each visit of some parts if all went along the line; return whether they did."""
        places = self._along.way_of(some)
        after, turn, *_ = self.noted
        for number, place in enumerate(places):
            rows = some.visits[place].rows
            following = place + 1 if place + 1 in places else NOWHERE
            after[place].note(rows, np.full(len(rows), following))
            turn[place].note(rows, np.full(len(rows), number))
        self.begun += len(some.these) if places else 0
        return len(places) > 0

    def follow(self, steps: Steps, items: OfSome[Items]) -> list[list[Fault]]:
        """Note what followed each visit of some parts, and return what is wrong with their ways, by kinds."""
        first, last = steps.first, steps.last
        after, turn, repaired, sent_back, rounds = self.noted
        told = _Told(items, steps.these)
        _note(after, steps, np.where(last, NOWHERE, np.roll(steps.place, -1)))
        count = np.arange(len(first))
        _note(turn, steps, count - np.maximum.accumulate(np.where(first, count, 0)))
        came = steps.rounds - np.where(first, 0, np.roll(steps.rounds, 1))
        if steps.rounds.any():
            _note(repaired, steps, came == 1)
            _note(sent_back, steps, np.where(last, 0, np.roll(came == 1, -1)))
            _note(rounds, steps, steps.rounds)
        return [
            *self._first_steps(steps, first, told),
            *self._next_steps(steps, first),
            *self._back(steps, first, came),
            *self._last_steps(steps, first, told),
        ]

    def _first_steps(self, steps: Steps, first: BoolArray, told: "_Told") -> Iterator[list[Fault]]:
        """A part's first visit is at the entry, and not before it arrived."""
        arrived = told.of(told.items.arrived)[steps.who - steps.these.start]
        early = first & (arrived != NONE) & (steps.queued < arrived)
        astray = first & (steps.place != self._run.layout.entry)
        yield faults(steps, "visits.csv", astray, "the first visit is not at the first station")
        yield faults(steps, "visits.csv", early, "queued before it arrived")

    def _next_steps(self, steps: Steps, first: BoolArray) -> Iterator[list[Fault]]:
        """Every other visit begins when the one before ends, at a place to which a way leads from there."""
        gap = ~first & (steps.queued != np.roll(steps.left, 1))
        stray = ~first & ~self._leads[np.roll(steps.place, 1), steps.place]
        misnumbered = steps.visit != steps.number
        yield faults(steps, "visits.csv", misnumbered, "the visit has another number than it is")
        yield faults(steps, "visits.csv", gap, "not queued at the moment it left upstream")
        yield faults(steps, "visits.csv", stray, "a station left out or out of turn")

    def _back(self, steps: Steps, first: BoolArray, came: IntArray) -> Iterator[list[Fault]]:
        """Parts that come back from review go on only where they may."""
        back = ~first & (np.roll(steps.place, 1) == self._bench.place)
        if not (back.any() or came.any()):
            yield from ([], [], [])
            return
        sent_by = np.where(back, np.roll(steps.place, 2), NOWHERE)
        repaired = came == 1
        at_once = repaired & ~(back & (steps.place == self._bench.repairs_at))
        astray = back & ~repaired & ~self._bench.clears(sent_by, steps.place)
        yield faults(steps, "visits.csv", (came < 0) | (came > 1), "it was not repaired so often")
        yield faults(steps, "visits.csv", at_once, "to be repaired, and not back from review for it")
        yield faults(steps, "visits.csv", astray, "not behind the inspection that sent it to review")

    def _last_steps(self, steps: Steps, first: BoolArray, told: "_Told") -> Iterator[list[Fault]]:
        """A part leaves the line when it leaves its last station, where a way leads off the line."""
        last, items = np.flatnonzero(steps.last), told.items
        who, parts = steps.who[last] - steps.these.start, len(steps.these)
        place, sent_by = (np.full(parts, NOWHERE, dtype=np.int64) for _ in range(2))
        left, rounds = np.full(parts, NONE, dtype=np.int64), np.zeros(parts, dtype=np.int64)
        place[who], left[who], rounds[who] = (
            column[last] for column in (steps.place, steps.left, steps.rounds)
        )
        sent_by[who] = np.where(first[last], NOWHERE, steps.place[last - 1])
        seen = place != NOWHERE
        self.begun += int(np.count_nonzero(seen))

        def wrong(which: BoolArray, what: str) -> list[Fault]:
            which = which & seen
            if not which.any():
                return []
            there = np.zeros(len(steps.who), dtype=np.bool_)
            there[last] = which[who]
            return faults(steps, "visits.csv", there, what)

        left_at, repaired = told.of(items.left), told.of(items.reworked)
        waits = (place == self._bench.place) & (left_at == NONE)
        as_often = (repaired == rounds) | (waits & (repaired == rounds + 1))
        out, away = items.shipped, items.scrapped
        went_out = told.which(out)
        shipped = went_out & ~self._ends[Exit.SHIPPED][place]
        shipped |= went_out & (place == self._bench.place) & ~self._bench.clears(sent_by, SHIPPED)
        scrapped = told.which(away) & ~self._ends[Exit.SCRAPPED][place]
        unseen = (out | away) & ~seen[told.who]
        yield wrong(told.any & ~as_often, "reworked differs from items.csv")
        yield wrong(rounds > self._bench.at_most, "repaired too often")
        yield wrong(told.any & (left_at != left), "left_at differs from items.csv")
        yield wrong(shipped, "shipped before the end of the line")
        yield wrong(scrapped, "scrapped where nothing is scrapped")
        yield faults(items, "items.csv", unseen, "left the line without a visit")


class _Told:
    """What items.csv tells of some parts, by their places among these; of two rows of one the first."""

    def __init__(self, rows: OfSome[Items], these: range) -> None:
        self.items = rows.table
        self.who = rows.who - these.start
        self._parts = len(these)
        self.any = self.which(np.ones(len(self.who), dtype=np.bool_))

    def of(self, column: IntArray) -> IntArray:
        """Return a column's value of each part, NONE where nothing is told of it."""
        values = np.full(self._parts, NONE, dtype=np.int64)
        values[self.who[::-1]] = column[::-1]
        return values

    def which(self, rows: BoolArray) -> BoolArray:
        """Return the parts of which one of these rows tells."""
        which = np.zeros(self._parts, dtype=np.bool_)
        which[self.who[rows]] = True
        return which


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


def _begins(layout: Layout, way: Exit) -> BoolArray:
    """Return at which places a way off the line begins; the last two are unknown stations, and nowhere."""
    begins = np.zeros(len(layout.places) + 2, dtype=np.bool_)
    begins[list(layout.leading_to(way))] = True
    return begins


def _note(noted: Mapping[int, _Noted], steps: Steps, told: npt.NDArray[Any]) -> None:
    for place, rows, values in steps.by_place(told):
        noted[place].note(rows, values)
