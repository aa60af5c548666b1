"""Variants and set-ups, as the audit sees them: from the scenario's shares and the rows alone.

Said again from docs/line.md: the next batch is of the variant that is the furthest behind its share, the
first written of several; a machine is set up exactly where its last part was of another variant; what never
varies takes exactly as long as the scenario says.
"""

from collections.abc import Iterator

import numpy as np

from line_sim.analysis.audit.check import Check, Fault, Run, behind_first, faults, verdict
from line_sim.analysis.audit.crews import at_work
from line_sim.analysis.audit.hours import worked_visits
from line_sim.analysis.audit.parts import told_of
from line_sim.layout import Kind
from line_sim.recording.run_columns import NONE, IntArray, Visits
from line_sim.scenario.mix.mix import Mix
from line_sim.units import counted


def variants(run: Run) -> Check:
    """Every part is of a variant of the product; where they come in batches, of the one whose turn it is."""
    mix, items = run.layout.mix, run.columns.items
    if mix is None:
        return Check(True, "one kind of part")
    found = faults(items, "items.csv", ~items.says("variant", *mix.names), "the product has no such variant")
    if mix.batch is not None and len(items):
        codes = np.array([run.columns.code(name) for name in mix.names])
        turns = _turns(mix, int(items.item.max() - 1) // mix.batch + 1)
        due = codes[turns[(items.item - 1) // mix.batch]]
        found += faults(items, "items.csv", items.variant != due, "it was another variant's turn")
    order = "drawn one by one" if mix.batch is None else f"in batches of {mix.batch}"
    return verdict(found, f"{counted(len(items), 'parts')} of {counted(len(mix.names), 'variants')}, {order}")


def _turns(mix: Mix, batches: int) -> IntArray:
    """Return of which variant each batch is: the furthest behind, counted from the first batch on."""
    weights = np.array(mix.weights, dtype=np.int64)
    had = np.zeros(len(weights), dtype=np.int64)
    turns = np.empty(batches, dtype=np.int64)
    for number in range(batches):
        chosen = int(np.argmax(weights * (number + 1) - had * weights.sum()))
        had[chosen] += 1
        turns[number] = chosen
    return turns


def changeovers(run: Run) -> Check:
    """A machine is set up where its last part was of another variant, and only there, for as long as said."""
    found: list[Fault] = []
    seen = 0
    for place, station in enumerate(run.layout.places):
        if station.changeover is None:
            continue
        for visits, variant in _by_unit(run, place, station.units):
            known = (variant != NONE) & behind_first(variant[:-1] != NONE, visits)
            another = behind_first(variant[1:] != variant[:-1], visits)
            always, seen = station.changeover.always, seen + int(np.count_nonzero(another))
            known[:1] = True  # nothing has come before the first
            wrong = known & ~another & (visits.changeover != 0)
            found += faults(visits, "visits.csv", wrong, f"{station.name} was set up without need")
            if always is not None:
                wrong = known & another & (visits.changeover != always)
                found += faults(visits, "visits.csv", wrong, f"{station.name} was set up for another time")
    return verdict(found, f"{counted(seen, 'set-ups')}, each between two variants on one machine")


def _by_unit(run: Run, place: int, units: int) -> Iterator[tuple[Visits, IntArray]]:
    """Yield the visits that each machine began, in order, and the variant of each part (NONE: not told)."""
    visits, items = run.columns.visits(place), run.columns.items
    for unit in range(1, units + 1):
        mine = visits.where(visits.unit == unit)
        mine = mine.sorted_by(mine.started, _or_late(mine.finished), _or_late(mine.left), mine.row)
        yield mine, told_of(items, mine.item, items.variant)


def _or_late(moments: IntArray) -> IntArray:
    """Put the end of time where something has not happened."""
    return np.where(moments == NONE, np.iinfo(np.int64).max, moments)


def planned_work(run: Run) -> Check:
    """Where a variant's time never varies, each of its parts takes exactly that, and the set-up before it."""
    found: list[Fault] = []
    seen = 0
    for place, station in enumerate(run.layout.places):
        if station.kind not in {Kind.STATION, Kind.REVIEW} or run.layout.mix is None:
            continue
        if station.worked_by is not None and run.ended is None:
            continue  # a killed run may not tell how long somebody was waited for
        visits = run.columns.visits(place)
        visits = visits.where(visits.finished != NONE)
        for mine, always in _of_each(run, visits, [planned.always for planned in station.takes]):
            wrong = _took(run, place, mine) != always + mine.changeover
            found += faults(mine, "visits.csv", wrong, f"{station.name} took another time than is planned")
            seen += len(mine)
    return verdict(found, f"{counted(seen, 'visits')} whose time is known beforehand, to the nanosecond")


def _took(run: Run, place: int, visits: Visits) -> IntArray:
    """Return for how long each part was worked on."""
    if run.layout.places[place].worked_by is not None:
        return at_work(run, place, visits)
    worked = worked_visits(run, place, visits)
    return worked.finished - worked.started - visits.down


def _of_each(run: Run, visits: Visits, always: list[int | None]) -> Iterator[tuple[Visits, int]]:
    """Yield the visits of each variant whose time never varies, and that time."""
    names = run.layout.mix.names if run.layout.mix is not None else ()
    items = run.columns.items
    variant = told_of(items, visits.item, items.variant)
    for name, time in zip(names, always * len(names) if len(always) == 1 else always, strict=False):
        if time is not None:
            yield visits.where(variant == run.columns.code(name)), time
