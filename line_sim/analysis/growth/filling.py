"""When a run saw a place full, and what a line that always has a part took in before that."""

import numpy as np

from line_sim.figures.flow import batch_rates
from line_sim.figures.statistics.batch_means import batch_means
from line_sim.figures.window import Window
from line_sim.layout import Layout
from line_sim.recording.run_columns import NONE, RunColumns
from line_sim.units import HOUR, Nanoseconds


def first_full(run: RunColumns, layout: Layout, place: int) -> Nanoseconds | None:
    """Return when all places and machines of a place were taken for the first time, in ns; None: never.

    A belt holds parts up before that: where one has stepped on as soon as the first place was free.
    """
    visits, station = run.visits(place), layout.places[place]
    came, left = np.sort(visits.queued), visits.left
    gone = np.sort(left[left != NONE])
    there = np.arange(1, len(came) + 1) - np.searchsorted(gone, came, side="right")
    held = there >= station.buffer + (
        0 if station.is_gate else station.units
    )  # who is at a gate is on its belt
    if station.belt is not None:
        held[1:] |= np.diff(came) == station.belt.first_cell
    full = np.flatnonzero(held)
    return int(came[full[0]]) if len(full) else None


def taken_in(run: RunColumns, layout: Layout, window: Window, at_best: float) -> float:
    """Return the parts an hour that a saturated line takes in while its review bench has room.

    That is `at_best` unless it was seen to be less: blocked and starved machines may cost a line more than
    its slowest station alone. Of too short a time nothing is seen.
    """
    full = None if layout.bench is None else first_full(run, layout, layout.bench)
    until = window.end if full is None else min(window.end, full)
    if until <= window.start:
        return at_best
    before = Window(window.start, until, until)
    started = run.visits(layout.entry).started
    began = started[(started != NONE) & before.left_within(started)]
    rates = batch_rates([began], before)
    if rates is None:
        return at_best
    found = batch_means(rates.tolist())
    return at_best if found.high >= at_best else len(began) * HOUR / before.length
