"""What became of the parts, of the whole run and within the window."""

from collections.abc import Sequence
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
    lost, shipped, scrapped, on_line, ship_lane, review_lane = _numbers_of(
        run, (LOST, SHIPPED, SCRAPPED, ~(GONE | LOST), SHIP_LANE, REVIEWED)
    )
    without = 0
    if not run.parts.all_told:
        with_story = distinct(run.items.item)
        visited = (piece.item for place in run.places for piece in run.visits(place).pieces())
        without = len(Parts(with_story, visited)) - len(with_story)
    return Counts(
        arrived=len(run.items) + without,
        lost=lost,
        shipped=shipped,
        scrapped=scrapped,
        on_line=on_line + without,
        ship_lane=ship_lane,
        review_lane=review_lane,
    )


def _numbers_of(run: RunColumns, conditions: Sequence[Condition], window: Window | None = None) -> list[int]:
    """Return of how many parts each condition holds, of those that left within a window if there is one."""
    numbers = [0] * len(conditions)
    for items in run.items.pieces():
        counts = items if window is None else items.where(window.left_within(items.left))
        for number, condition in enumerate(conditions):
            numbers[number] += int(np.count_nonzero(condition.of(counts)))
    return numbers


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
    shipped, scrapped, lost = _numbers_of(run, (SHIPPED, SCRAPPED, LOST), window)
    return Balance(before, shipped + scrapped + lost + after - before, shipped, scrapped, lost, after)
