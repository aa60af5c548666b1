"""The parts of a stretch: when each came, how long it waited outside, whether it was lost or defective."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from line_sim.analysis.by_part import ByPart
from line_sim.recording.run_columns import IntArray, Items, RunColumns, Visits, distinct, or_end
from line_sim.report.page.packing import microseconds, pack, signed, steps
from line_sim.report.page.playback.stretch import Stretch
from line_sim.units import Nanoseconds


class Parts(NamedTuple):
    """The packed parts of a stretch, and what had become of those that were gone before it."""

    packed: str
    before: dict[str, int]


def parts_in(run: RunColumns, stretch: Stretch, visits: Sequence[ByPart[Visits]]) -> Parts:
    """Return the parts of a stretch, of whom all visits to each place tell.

    Each is its number, when it came, and how long it waited outside (times 4; and 2 if it was lost, and 1 if
    it is defective). A killed run has parts without a story: they came when they first queued anywhere.
    """
    before, there = {"came": 0, "lost": 0, "shipped": 0, "scrapped": 0}, []
    for some in run.items.pieces():
        was_gone = or_end(some.left, run.end) < stretch.start
        there.append((some.arrived <= stretch.end) & ~was_gone)
        gone = some.where(was_gone)
        became = {"lost": gone.lost, "shipped": gone.shipped, "scrapped": gone.scrapped}
        counts = {"came": len(gone), **{name: int(which.sum()) for name, which in became.items()}}
        before = {name: before[name] + count for name, count in counts.items()}
    items = run.items.where(np.concatenate(there))
    seen, since = _first_seen(run, items, visits)
    came_in = _looked_up(seen, since, items.item, stretch.end + 1_000)
    outside = np.where(items.lost, 0, np.maximum(microseconds(came_in) - microseconds(items.arrived), 0))
    flags = 4 * outside + 2 * items.lost + ~items.good
    untold = ~run.parts.told[run.parts.place(seen)] & (since <= stretch.end)
    number = np.concatenate([items.item, seen[untold]])
    came = np.concatenate([microseconds(items.arrived), microseconds(since[untold])])
    flags = np.append(flags, np.zeros(int(untold.sum()), dtype=np.int64))
    order = np.lexsort((number, came))
    return Parts(pack([signed(steps(number[order])), steps(came[order]), flags[order]]), before)


def _first_seen(run: RunColumns, items: Items, visits: Sequence[ByPart[Visits]]) -> tuple[IntArray, IntArray]:
    """Return the parts that ever got a place, by their numbers, and when each first did.

    Where all have a story, those alone matter that lie between the first and the last of some items.
    """
    these = range(len(run.parts))
    if run.parts.all_told:
        mine = run.parts.place(items.item)
        these = range(int(mine.min(initial=len(run.parts))), int(mine.max(initial=-1)) + 1)
    tables = [place.of(these).table for place in visits]
    number = np.concatenate([table.item for table in tables])
    queued = np.concatenate([table.queued for table in tables])
    order = np.lexsort((queued, number))
    known = distinct(number)
    return known, queued[order][np.searchsorted(number[order], known)]


def _looked_up(numbers: IntArray, moments: IntArray, wanted: IntArray, otherwise: Nanoseconds) -> IntArray:
    """Return the moment of each wanted part; `otherwise` where there is none."""
    if not len(numbers):
        return np.full(len(wanted), otherwise, dtype=np.int64)
    at = np.clip(np.searchsorted(numbers, wanted), 0, len(numbers) - 1)
    return np.where(numbers[at] == wanted, moments[at], otherwise)
