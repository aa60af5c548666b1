"""The ways of a line: from which place a part goes where, and on which lane.

This is the one home of the order of a line: whoever asks which station follows asks here. A way may lead
back to a place upstream; nothing here takes it that places are in the order of the ways.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from line_sim.layout.places import Place


class Lane(StrEnum):
    """On which lane a part leaves a place: the ship lane, which is the line itself, or another."""

    SHIP = "ship"
    REVIEW = "review"
    SCRAP = "scrap"
    STOP = "stop"


class Exit(StrEnum):
    """Where a part leaves the line, in the words of items.csv; `HALT`: it stays, and stops the run."""

    SHIPPED = "shipped"
    SCRAPPED = "scrapped"
    HALT = "halt"


class Way(NamedTuple):
    """From a place, on a lane, to another place or off the line; places are told by their index."""

    start: int
    lane: Lane
    to: int | Exit


def ways_of(line: Sequence[Place], review: Place | None) -> tuple[Way, ...]:
    """Return the ways of stations one behind the other, with a review bench (the last place) beside them."""
    bench = None if review is None else len(line)
    return tuple(way for start, to in _steps(len(line)) for way in _from(line[start], start, to, bench)) + (
        () if bench is None else _from_bench(bench)
    )


def _steps(places: int) -> Iterator[tuple[int, int | Exit]]:
    yield from pairwise(range(places))
    yield places - 1, Exit.SHIPPED


def _from(place: Place, start: int, to: int | Exit, bench: int | None) -> Iterator[Way]:
    yield Way(start, Lane.SHIP, to)
    if place.decides:
        if bench is not None:
            yield Way(start, Lane.REVIEW, bench)
        yield Way(start, Lane.SCRAP, Exit.SCRAPPED)
        yield Way(start, Lane.STOP, Exit.HALT)


def _from_bench(bench: int) -> tuple[Way, ...]:
    return Way(bench, Lane.SHIP, Exit.SHIPPED), Way(bench, Lane.SCRAP, Exit.SCRAPPED)
