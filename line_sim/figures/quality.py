"""What was decided about the parts, and what the waiting had to do with it."""

from dataclasses import dataclass

import numpy as np

from line_sim.figures.latency import settled_calls
from line_sim.figures.rates import Rate
from line_sim.figures.window import Window
from line_sim.layout import Layout
from line_sim.recording.run_columns import NONE, BoolArray, Parts, RunColumns, find


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares of parts, each with its count and its denominator.

    - `escape`: defective parts among the parts shipped after the warm-up.
    - `overkill`: good parts sent to review, or scrapped by the inspection, among the good parts
      inspected after the warm-up; `model` had an answer that spoke against them, `latency` had none.
    - `first_pass`: truly good parts that the inspection let go on at once, among the parts inspected
      after the warm-up: first-pass yield as ISO 22400-2 has it (good parts of the first run, neither
      reworked nor scrapped / inspected parts).

    A part is inspected after the warm-up when its last inspection was finished then.
    """

    escape: Rate
    overkill: Rate
    overkill_model: Rate
    overkill_latency: Rate
    first_pass: Rate


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


def quality(run: RunColumns, layout: Layout, window: Window) -> Quality:
    """Return the quality shares after the warm-up."""
    items = run.items
    inspected = items.evaluated & _inspected(run, layout, window)
    stopped = items.reviewed | items.scrapped
    good = inspected & items.good
    overkill = good & stopped
    shipped = items.shipped & window.settled(items.left)
    return Quality(
        escape=_rate(shipped & ~items.good, shipped),
        overkill=_rate(overkill, good),
        overkill_model=_rate(overkill & items.answered, good),
        overkill_latency=_rate(overkill & ~items.answered, good),
        first_pass=_rate(good & ~stopped, inspected),
    )


def timeouts(run: RunColumns, window: Window) -> Rate:
    """Return how many of the calls after the warm-up timed out; calls of every outcome count."""
    calls = [settled_calls(run, place, window) for place in run.places]
    return Rate(sum(int(some.timed_out.sum()) for some in calls), sum(map(len, calls)))


def failures(run: RunColumns, window: Window) -> Rate:
    """Return how many of the calls after the warm-up met no server or an answer without use."""
    calls = [settled_calls(run, place, window) for place in run.places]
    useless = sum(int((~some.timed_out & ~some.answered).sum()) for some in calls)
    return Rate(useless, sum(map(len, calls)))


def counts(run: RunColumns) -> Counts:
    """Count the parts of the whole run.

    A killed run has visits of parts whose story was never told: they count as still on the line.
    """
    items = run.items
    told = np.unique(items.item)
    untold = 0
    if any(not find(told, run.visits(place).item)[1].all() for place in run.places):
        visited = (run.visits(place).item for place in run.places)
        untold = len(Parts(items.item, visited)) - len(told)
    lost, shipped, scrapped = (int(mask.sum()) for mask in (items.lost, items.shipped, items.scrapped))
    arrived = len(items) + untold
    on_line = int((~items.lost & ~items.shipped & ~items.scrapped).sum()) + untold
    return Counts(
        arrived, lost, shipped, scrapped, on_line, int(items.ship_lane.sum()), int(items.reviewed.sum())
    )


def _inspected(run: RunColumns, layout: Layout, window: Window) -> BoolArray:
    """Return for each part whether its last inspection so far was finished after the warm-up."""
    parts = run.parts
    last = np.full(len(parts), NONE, dtype=np.int64)
    for place, station in enumerate(layout.places):
        if station.inspects:
            visits = run.visits(place)
            np.maximum.at(last, parts.place(visits.item), visits.finished)
    settled: BoolArray = (last != NONE) & window.settled(last)
    return settled[parts.place(run.items.item)]


def _rate(some: BoolArray, of: BoolArray) -> Rate:
    return Rate(int(some.sum()), int(of.sum()))
