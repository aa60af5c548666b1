"""The audit of what parts truly were: a defect comes at a station that makes some, and goes by a repair.

What a part was is told by each call about it and, in the end, by items.csv. Between two of these a good part
may become defective only at a station that makes defects and was done with it, or by a repair that failed; a
defective one may become good only by a repair.
"""

from dataclasses import dataclass

import numpy as np

from line_sim.analysis.audit.answers import visits_of
from line_sim.analysis.audit.check import Check, Fault, Lines, Run, faults, verdict
from line_sim.analysis.audit.route import NOWHERE, Walk
from line_sim.recording.run_columns import NONE, BoolArray, IntArray, Items
from line_sim.units import counted

_GOOD = "good"
_IN_THE_END = 2**15
"""The turn of what items.csv tells: behind all visits."""

_LOOK, _MAY_SPOIL, _SPOILS, _MAY_MEND = range(4)


def defects(run: Run, walk: Walk) -> Check:
    """Each part became what it was at a place where that can happen, and is told to have done so there."""
    items, events = run.columns.items, _events(run, walk)
    found = [*_changes(events), *_told(run, items), *_made(run, walk, items, events)]
    makers = [place for place in run.layout.places if place.makes_defects is not None]
    told = (
        f"{counted(len(items), 'parts')}, spoilt nowhere but at {', '.join(place.name for place in makers)}"
    )
    return verdict(found, told)


@dataclass(frozen=True, slots=True)
class _Events:
    """What happened to parts, a part behind the other, in the order of its turns.

    `who` is the part's place among `RunColumns.parts`, `what` one of the kinds above; `good` is what a look
    saw, `row` the line that tells it, `ends` whether that is of items.csv.
    """

    who: IntArray
    turn: IntArray
    what: IntArray
    good: BoolArray
    row: IntArray

    @property
    def ends(self) -> BoolArray:
        """Which are what items.csv tells."""
        return np.asarray(self.turn == _IN_THE_END)

    def first(self, which: BoolArray, parts: int) -> IntArray:
        """Return for each part the turn of the first of these; behind all where there is none."""
        found = np.full(parts, _IN_THE_END + 1)
        np.minimum.at(found, self.who[which], self.turn[which])
        return found

    def last(self, which: BoolArray, parts: int) -> IntArray:
        """Return for each part the turn of the last of these; NONE where there is none."""
        found = np.full(parts, NONE)
        np.maximum.at(found, self.who[which], self.turn[which])
        return found


def _events(run: Run, walk: Walk) -> _Events:
    """Gather the looks, what may have changed the parts in between, and what they were in the end."""
    columns, items = run.columns, run.columns.items
    found = [_rows(run, items.item, _IN_THE_END, _LOOK, items.says("true_state", _GOOD), items.row)]
    for place, station in enumerate(run.layout.places):
        calls, of = columns.calls(place), visits_of(run, place)
        calls, of = calls.where(of != NONE), of[of != NONE]
        seen = calls.says("true_state", _GOOD)
        found.append(_rows(run, calls.item, walk.turn[place][of], _LOOK, seen, calls.row))
        visits = columns.visits(place)
        done = visits.finished != NONE
        makes = station.makes_defects
        if makes is not None and makes.rate:
            found.append(_stay(run, walk, place, done, _SPOILS if makes.rate == 1 else _MAY_SPOIL))
        if run.layout.rework is not None and place == run.layout.bench:
            back = np.isin(walk.after[place], (run.layout.rework.to, NOWHERE))
            found.append(_stay(run, walk, place, done & back, _MAY_MEND))
    gathered = [np.concatenate([rows[at] for rows in found]) for at in range(5)]
    order = np.lexsort((gathered[1], gathered[0]))
    who, turn, what, good, row = (column[order] for column in gathered)
    return _Events(who, turn, what, good.astype(np.bool_), row)


def _stay(run: Run, walk: Walk, place: int, which: BoolArray, what: int) -> tuple[IntArray, ...]:
    """Return some visits to a place as events."""
    visits, turn = run.columns.visits(place).where(which), walk.turn[place][which]
    return _rows(run, visits.item, turn, what, np.ones(len(visits), dtype=np.bool_), visits.row)


def _rows(
    run: Run, item: IntArray, turn: IntArray | int, what: int, good: BoolArray, row: IntArray
) -> tuple[IntArray, ...]:
    """Return events as columns."""
    who = run.columns.parts.place(item)
    turns = np.broadcast_to(np.asarray(turn, dtype=np.int64), who.shape)
    return who, turns, np.full(len(who), what), good.astype(np.int64), row


def _changes(events: _Events) -> list[Fault]:
    """Find what a part cannot have become since the last look at it."""
    looks = np.flatnonzero(events.what == _LOOK)
    before, now = looks[:-1], looks[1:]
    same = events.who[before] == events.who[now]
    mended = _between(events.what == _MAY_MEND, before, now)
    spoilt = _between((events.what == _MAY_SPOIL) | (events.what == _SPOILS), before, now)
    surely = _between(events.what == _SPOILS, before, now)
    was, good = events.good[before], events.good[now]
    wrong = {
        "became defective where nothing spoils a part": was & ~good & (spoilt == 0) & (mended == 0),
        "became good without a repair": ~was & good & (mended == 0),
        "still good behind a station that spoils every part": good & (surely > 0) & (mended == 0),
    }
    found = []
    for what, which in wrong.items():
        for file, mine in (("items.csv", events.ends[now]), ("calls.csv", ~events.ends[now])):
            found += faults(Lines(events.row[now]), file, which & same & mine, what)
    return found


def _between(which: BoolArray, before: IntArray, now: IntArray) -> IntArray:
    """Return how many of these lie between pairs of events."""
    until = np.cumsum(which)
    return np.asarray(until[now] - until[before])


def _told(run: Run, items: Items) -> list[Fault]:
    """Find origins and kinds of defects that cannot be."""
    good, made = items.says("true_state", _GOOD), ~items.says("made_at", "")
    makers = {place.name: place.makes_defects for place in run.layout.places if place.makes_defects}
    found = faults(items, "items.csv", good & made, "a good part has a defect that was made somewhere")
    strange = made & ~items.says("made_at", *makers)
    found += faults(items, "items.csv", strange, "made_at is no station that makes defects")
    for name, makes in makers.items():
        if makes.kinds:
            other = items.says("made_at", name) & ~items.says("defect", *makes.kinds)
            found += faults(items, "items.csv", other, f"{name} makes no such defect")
    return found


def _made(run: Run, walk: Walk, items: Items, events: _Events) -> list[Fault]:
    """Find defects that cannot have been made where they are told to be from, by what the looks saw.

    A part that is defective already keeps its first defect, unless it is repaired.
    """
    parts, who = len(run.columns.parts), run.columns.parts.place(items.item)
    looks = (events.what == _LOOK) & ~events.ends
    seen_good, seen_bad = events.last(looks & events.good, parts), events.first(looks & ~events.good, parts)
    mended = events.last(events.what == _MAY_MEND, parts) != NONE
    bad, brought = ~items.says("true_state", _GOOD), items.says("made_at", "")
    was_good = bad & brought & (seen_good != NONE)[who] & ~mended[who]
    found = faults(items, "items.csv", was_good, "was seen good, and is told to have come with its defect")
    for place, station in enumerate(run.layout.places):
        if station.makes_defects is None:
            continue
        first, last = _stays(run, walk, place)
        here = items.says("made_at", station.name)
        found += faults(items, "items.csv", here & (last == NONE)[who], "never was where its defect was made")
        late = here & (last != NONE)[who] & (seen_good >= last)[who]
        found += faults(items, "items.csv", late, "was seen good behind where its defect was made")
        early = here & (last != NONE)[who] & (seen_bad <= first)[who] & ~mended[who]
        found += faults(items, "items.csv", early, "was defective before where its defect was made")
    return found


def _stays(run: Run, walk: Walk, place: int) -> tuple[IntArray, IntArray]:
    """Return for each part the turns of its first and last visit that was done at a place; NONE for none."""
    visits = run.columns.visits(place)
    done = visits.finished != NONE
    who, turn = run.columns.parts.place(visits.item[done]), walk.turn[place][done]
    first, last = (np.full(len(run.columns.parts), end) for end in (_IN_THE_END + 1, NONE))
    np.minimum.at(first, who, turn)
    np.maximum.at(last, who, turn)
    return first, last
