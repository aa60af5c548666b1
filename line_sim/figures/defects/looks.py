"""What parts were when an inspection looked at them, and whether it let them go on.

On a line whose stations make defects a part may be good at one inspection and defective at the next: there
calls.csv tells what it was at each call. On any other it is at each what it is in the end, but for looks at
a part that has been repaired since: somebody found it defective then.
"""

from dataclasses import dataclass

import numpy as np

from line_sim.layout import Lane, Layout, Place
from line_sim.recording.run_columns import BoolArray, Calls, IntArray, RunColumns, find
from line_sim.truth import GOOD


@dataclass(frozen=True, slots=True)
class Looks:
    """An inspection's looks at parts in the order of time, one a visit.

    `good`: the part was truly good then; `passed`: it was let go on along the line, `reviewed`: it was sent
    to review; `last`: the inspection did not look at it again.
    """

    item: IntArray
    issued: IntArray
    good: BoolArray
    passed: BoolArray
    reviewed: BoolArray
    last: BoolArray


def looks_of(run: RunColumns, layout: Layout, place: int) -> Looks:
    """Return the looks of the inspection at a place: of each visit the last call decides."""
    calls = run.calls(place)
    calls = calls.sorted_by(calls.item, calls.visit, calls.issued, calls.attempt)
    calls = calls.where(_last_of_each(calls.item) | _last_of_each(calls.visit))
    order = np.argsort(calls.issued, kind="stable")
    sent = _sent(calls, layout.places[place])
    return Looks(
        item=calls.item[order],
        issued=calls.issued[order],
        good=_good_then(run, layout, place, calls)[order],
        passed=sent[Lane.SHIP][order],
        reviewed=sent[Lane.REVIEW][order],
        last=_last_of_each(calls.item)[order],
    )


def good_when_seen(run: RunColumns, layout: Layout, place: int, parts: IntArray) -> BoolArray:
    """Return which parts were good when an inspection last looked; those of which nothing is told are."""
    if not layout.makes_defects:
        return _good_in_the_end(run, parts)
    looks = looks_of(run, layout, place)
    return _of(looks.item[looks.last], looks.good[looks.last], parts)


def _good_then(run: RunColumns, layout: Layout, place: int, calls: Calls) -> BoolArray:
    if layout.makes_defects:
        return calls.says("true_state", GOOD)
    good = _good_in_the_end(run, calls.item)
    return np.asarray(good & ~_repaired_since(run, place, calls)) if layout.reworks else good


def _repaired_since(run: RunColumns, place: int, calls: Calls) -> BoolArray:
    """Return which calls were about parts that have been repaired since."""
    visits = run.visits(place)
    each = zip(visits.item.tolist(), visits.visit.tolist(), visits.reworked.tolist(), strict=True)
    repairs = {(item, visit): reworked for item, visit, reworked in each}
    asked = zip(calls.item.tolist(), calls.visit.tolist(), strict=True)
    then = np.array([repairs.get(look, 0) for look in asked], dtype=np.int64)
    order = np.argsort(run.items.item, kind="stable")
    at, known = find(run.items.item[order], calls.item)
    return np.asarray(known & (then < run.items.reworked[order][at])) if len(order) else known


def _good_in_the_end(run: RunColumns, parts: IntArray) -> BoolArray:
    return _of(run.items.item, run.items.good, parts)


def _of(numbers: IntArray, holds: BoolArray, parts: IntArray) -> BoolArray:
    """Return what holds of parts, by their numbers; of those that are not told of it does."""
    order = np.argsort(numbers, kind="stable")
    place, known = find(numbers[order], parts)
    return np.asarray(~known | holds[order][place] if len(order) else ~known)


def _sent(calls: Calls, station: Place) -> dict[Lane, BoolArray]:
    """Return which answers sent their parts on, and to review; none where it is not known how it judges."""
    if station.ship_when is None:
        return dict.fromkeys((Lane.SHIP, Lane.REVIEW), np.zeros(len(calls), dtype=np.bool_))
    usable = calls.answered & ~np.isnan(calls.score)
    fine = calls.says("label", *station.ship_when.labels) & (calls.score >= station.ship_when.score_at_least)
    judged = {Lane.SHIP: usable & fine, Lane.REVIEW: usable & ~fine}
    return {lane: mine | (~usable & (station.on_no_result == lane)) for lane, mine in judged.items()}


def _last_of_each(values: IntArray) -> BoolArray:
    """Return the rows behind which another value follows, or nothing."""
    return np.append(values[1:] != values[:-1], True)[: len(values)]
