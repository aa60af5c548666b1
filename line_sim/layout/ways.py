"""The ways of a line: from which place a part goes where, and on which lane.

This is the one home of the order of a line: whoever asks which station follows asks here. A way may lead
back to a place upstream; nothing here takes it that places are in the order of the ways.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    REWORK = "rework"


class Exit(StrEnum):
    """Where a part leaves the line, in the words of items.csv; `HALT`: it stays, and stops the run."""

    SHIPPED = "shipped"
    SCRAPPED = "scrapped"
    HALT = "halt"


class Way(NamedTuple):
    """From a place, on a lane, to another place or off the line; places are told by their index.

    Only parts that were sent there from `sent_by` take it, an inspection or its gate; None: all parts do.
    """

    start: int
    lane: Lane
    to: int | Exit
    sent_by: int | None = None


@dataclass(frozen=True, slots=True)
class Rework:
    """Where parts are repaired, how many can wait there apart from others, and how often each may be.

    `share` is that of the parts found defective that are repaired, `defective` that of those that are not
    good afterwards.
    """

    to: int
    places: int = 0
    at_most: int = 1
    share: float = 1.0
    defective: float = 0.0


def ways_of(
    line: Sequence[Place], review: Place | None, *, rejoins: bool = True, rework: Rework | None = None
) -> tuple[Way, ...]:
    """Return the ways of stations one behind the other, with a review bench (the last place) beside them.

    `rejoins`: what is cleared there goes on behind the inspection that sent it, else off the line.
    """
    bench = None if review is None else len(line)
    steps = tuple(_steps(len(line)))
    ways = [way for start, to in steps for way in _from(line[start], start, to, bench)]
    if bench is not None:
        behind = {start: to for start, to in steps if line[start].decides}
        ways += _cleared(bench, behind if rejoins else {})
        ways.append(Way(bench, Lane.SCRAP, Exit.SCRAPPED))
        if rework is not None:
            ways.append(Way(bench, Lane.REWORK, rework.to))
    return tuple(ways)


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


def _cleared(bench: int, behind: Mapping[int, int | Exit]) -> Iterator[Way]:
    """Yield the ways of parts that are cleared, one for all where there is only one."""
    ends = set(behind.values())
    if len(ends) > 1:
        yield from (Way(bench, Lane.SHIP, to, sent_by) for sent_by, to in behind.items())
    else:
        yield Way(bench, Lane.SHIP, next(iter(ends), Exit.SHIPPED))
