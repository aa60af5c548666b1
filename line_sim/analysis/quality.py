"""What was decided about the parts, and what the waiting had to do with it."""

from dataclasses import dataclass

import numpy as np

from line_sim.analysis.columns import NONE, BoolArray, RunColumns
from line_sim.analysis.facts import LineFacts
from line_sim.analysis.latency import settled_calls
from line_sim.analysis.rates import Rate
from line_sim.analysis.window import Window


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


def quality(run: RunColumns, facts: LineFacts, window: Window) -> Quality:
    """Return the quality shares after the warm-up."""
    items = run.items
    inspected = items.evaluated & _inspected(run, facts, window)
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
    calls = settled_calls(run, window)
    return Rate(int(calls.timed_out.sum()), len(calls))


def failures(run: RunColumns, window: Window) -> Rate:
    """Return how many of the calls after the warm-up met no server or an answer without use."""
    calls = settled_calls(run, window)
    return Rate(int((~calls.timed_out & ~calls.answered).sum()), len(calls))


def counts(run: RunColumns) -> Counts:
    """Count the parts of the whole run.

    A killed run has visits of parts whose story was never told: they count as still on the line.
    """
    items = run.items
    untold = len(np.unique(run.visits.item[~np.isin(run.visits.item, items.item)]))
    lost, shipped, scrapped = (int(mask.sum()) for mask in (items.lost, items.shipped, items.scrapped))
    arrived = len(items) + untold
    on_line = int((~items.lost & ~items.shipped & ~items.scrapped).sum()) + untold
    return Counts(
        arrived, lost, shipped, scrapped, on_line, int(items.ship_lane.sum()), int(items.reviewed.sum())
    )


def _inspected(run: RunColumns, facts: LineFacts, window: Window) -> BoolArray:
    """Return for each part whether its last inspection so far was finished after the warm-up."""
    places = [place for place, station in enumerate(facts.line) if station.inspects]
    visits = run.visits.where(np.isin(run.visits.station, places) & (run.visits.finished != NONE))
    visits = visits.sorted_by(visits.item, visits.finished)
    is_last = np.append(visits.item[1:] != visits.item[:-1], True)[: len(visits)]
    last = visits.where(is_last)
    settled = last.item[window.settled(last.finished)]
    return np.isin(run.items.item, settled)


def _rate(some: BoolArray, of: BoolArray) -> Rate:
    return Rate(int(some.sum()), int(of.sum()))
