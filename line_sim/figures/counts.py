"""What became of the parts, of the whole run and within the window."""

from dataclasses import dataclass

import numpy as np

from line_sim.figures.conditions import Condition, Is
from line_sim.figures.populations import GONE, LOST, REVIEWED, SCRAPPED, SHIPPED
from line_sim.figures.window import Window
from line_sim.figures.wip import parts_on_line_at
from line_sim.recording.run_columns import Parts, RunColumns, distinct

SHIP_LANE = Is("lane", "ship")


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the parts of the whole run: arrived = lost + shipped + scrapped + on_line."""

    arrived: int
    lost: int
    shipped: int
    scrapped: int
    on_line: int
    ship_lane: int
    review_lane: int


def counts(run: RunColumns) -> Counts:
    """Count the parts of the whole run.

    A killed run has visits of parts whose story was never told: they count as still on the line.
    """

    def count(of: Condition) -> int:
        return sum(int(np.count_nonzero(of.of(items))) for items in run.items.pieces())

    without = 0
    if not run.parts.all_told:
        with_story = distinct(run.items.item)
        visited = (run.visits(place) for place in run.places)
        without = len(Parts(with_story, visited)) - len(with_story)
    return Counts(
        arrived=len(run.items) + without,
        lost=count(LOST),
        shipped=count(SHIPPED),
        scrapped=count(SCRAPPED),
        on_line=count(~(GONE | LOST)) + without,
        ship_lane=count(SHIP_LANE),
        review_lane=count(REVIEWED),
    )


@dataclass(frozen=True, slots=True)
class Balance:
    """The parts of the window: before + came = shipped + scrapped + lost + after.

    `before` and `after` were on the line when it began and when it ended, or waited outside for room.
    """

    before: int
    came: int
    shipped: int
    scrapped: int
    lost: int
    after: int


def balance(run: RunColumns, window: Window) -> Balance:
    """Count what became of the parts within the window."""
    before, after = parts_on_line_at(run, [window.start, window.end])
    before = before if window.start else 0
    gone = [0, 0, 0]
    for items in run.items.pieces():
        left = window.left_within(items.left)
        gone = [
            number + int(np.count_nonzero(of.of(items) & left))
            for number, of in zip(gone, (SHIPPED, SCRAPPED, LOST), strict=True)
        ]
    shipped, scrapped, lost = gone
    return Balance(before, shipped + scrapped + lost + after - before, shipped, scrapped, lost, after)
