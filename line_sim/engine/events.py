"""About how many events a run has, before it is made."""

from line_sim.layout import Layout
from line_sim.units import SECOND

EACH = 2
"""Events of a part at a place: it comes in, and it is done."""


def events_of(layout: Layout) -> int:
    """Return about how many events a run of a line has, to a factor of some two."""
    return EACH * parts_of(layout) * len(layout.places)


def parts_of(layout: Layout) -> int:
    """Return how many parts a run lets in, or about how many come in its time."""
    run = layout.run
    if run.items is not None:
        return run.items
    share = 1.0 if layout.saturated or layout.comes is None else layout.comes.share
    return int((run.duration or 0) * share / _between(layout))


def _between(layout: Layout) -> float:
    """Return the time in ns between two parts: the takt, or the cycle of the slowest place if that is longer.

    Answers are not in it; a line where nothing else takes time is taken for one of a part a second.
    """
    slowest = max((place.planned or 0.0) / place.units for place in layout.line)
    return max(layout.takt or 0.0, slowest) or float(SECOND)
