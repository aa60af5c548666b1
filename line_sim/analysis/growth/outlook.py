"""What the means say of the long run: the load of every place, what fills up, and what the line then makes.

A place that more parts come to than it makes fills up. When it is full it holds up the places before it, and
in the end the line takes in no more than its most loaded place lets through.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from line_sim.analysis.growth.flows import no_more_than, traffic
from line_sim.analysis.growth.means import PlaceMeans
from line_sim.layout import Layout
from line_sim.units import HOUR, LONGEST, Nanoseconds

_HAIR = 1e-6
"""A load of exactly 1 is none that grows; so much is left to rounding."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of a place and what its units can make, in parts an hour, repairs taken off.

    Where the belt in front of them brings fewer parts, `makes` is that, and `by_units` what they could make.
    All that is per hour of all time; the place is on for a `share` of it. `by_people`: what is shared by its
    stations are people, and too few.
    """

    place: str
    asked: float
    makes: float
    units: int = 1
    by_units: float | None = None
    share: float = 1.0
    by_people: bool = False

    @property
    def value(self) -> float:
        """The load: what is asked by what it makes; above 1 it fills up."""
        return self.asked / self.makes if self.makes else float("inf")


@dataclass(frozen=True, slots=True)
class Filling:
    """A place that fills up: its load, by how many parts an hour, and when (ns) its waiting places are taken.

    `sure` is false where the load rests on answers that a run has seen too few of. `full_at` is None where
    that is more than a century away, and where the belt in front holds parts up from the first ones on.
    """

    place: str
    load: Load
    per_hour: float
    places: int
    full_at: Nanoseconds | None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Outlook:
    """The long run by the means; rates in parts an hour.

    `entering` is what comes to the line, `takes_in` what it lets in when all is full that fills up;
    `at_first_uph` is shipped before that, `long_run_uph` at best after it. `limit` is the place whose load
    is the highest, with what `entering` asks of it.
    """

    loads: tuple[Load, ...]
    fills: tuple[Filling, ...]
    entering: float
    takes_in: float
    at_first_uph: float
    long_run_uph: float
    limit: Load

    @property
    def overloaded(self) -> bool:
        """Whether more is asked than the line can take in."""
        return self.entering > self.takes_in * (1 + _HAIR)


THE_LINE = "line"
"""In the place of one: the line as a whole takes in less than any of its places could make."""


def held_up(ahead: Outlook, takes_in: float, *, by_people: bool = False) -> Outlook:
    """Return the outlook of a line whose places, or people, hold it up, so that it takes in only so much."""
    load = Load(THE_LINE, ahead.entering, takes_in, by_people=by_people)
    outside = Filling(THE_LINE, load, ahead.entering - takes_in, 0, 0)
    share = takes_in / ahead.takes_in
    uph = ahead.long_run_uph * share
    return replace(ahead, fills=(outside,), takes_in=takes_in, at_first_uph=uph, long_run_uph=uph, limit=load)


def line_rate(layout: Layout, means: Sequence[PlaceMeans], defective: float) -> float:
    """Return what stations and inspections can take in an hour, review left out: a saturated line's input.

    Infinite where none of them needs any time.
    """
    visits, _ = traffic(layout, means, 1.0, defective)
    on_line = zip(means[: len(layout.line)], visits, strict=False)
    return min(place.makes / visit for place, visit in on_line if visit)


def outlook(layout: Layout, means: Sequence[PlaceMeans], entering: float, defective: float) -> Outlook | None:
    """Return the long run of a line to which `entering` parts an hour come; None of a line without any work.

    `defective` is the share of the parts that are.
    """
    if entering == float("inf"):
        return None
    visits, shipped = traffic(layout, means, 1.0, defective)
    coming, at_first = traffic(layout, means, entering, defective, no_more_than(means))
    loads = tuple(_load(place, entering * visit) for place, visit in zip(means, visits, strict=True))
    bounds = [place.makes / visit for place, visit in zip(means, visits, strict=True) if visit]
    takes_in = min([entering, *bounds])
    fills = tuple(
        _filling(place, asked)
        for place, asked in zip(means, coming, strict=True)
        if asked > place.makes * (1 + _HAIR)
    )
    limit = max(loads, key=lambda load: load.value)
    return Outlook(loads, fills, entering, takes_in, at_first, takes_in * shipped, limit)


def _load(place: PlaceMeans, asked: float) -> Load:
    by_units = place.by_units if place.makes < place.by_units else None
    return Load(place.name, asked, place.makes, place.units, by_units, place.share)


def _filling(place: PlaceMeans, asked: float) -> Filling:
    more = asked - place.makes
    load = _load(place, asked)
    full_at = (place.buffer + place.units) * HOUR / more
    known = load.by_units is None and full_at <= LONGEST
    return Filling(place.name, load, more, place.buffer, round(full_at) if known else None)
