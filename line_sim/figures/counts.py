"""What became of the parts of the whole run."""

from dataclasses import dataclass

import numpy as np

from line_sim.figures.conditions import Condition, Is
from line_sim.figures.populations import GONE, LOST, REVIEWED, SCRAPPED, SHIPPED
from line_sim.recording.run_columns import Parts, RunColumns, distinct, find

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
    items = run.items

    def count(of: Condition) -> int:
        return int(np.count_nonzero(of.of(items)))

    with_story = distinct(items.item)
    without = 0
    if any(not find(with_story, run.visits(place).item)[1].all() for place in run.places):
        visited = (run.visits(place).item for place in run.places)
        without = len(Parts(items.item, visited)) - len(with_story)
    return Counts(
        arrived=len(items) + without,
        lost=count(LOST),
        shipped=count(SHIPPED),
        scrapped=count(SCRAPPED),
        on_line=count(~(GONE | LOST)) + without,
        ship_lane=count(SHIP_LANE),
        review_lane=count(REVIEWED),
    )
