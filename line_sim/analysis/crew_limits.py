"""What crews can do at best, over all the stations that need them.

A part asks for so much of a person's time: the work on it, and its share of the repairs, at every station
that needs one for them. People who never wait for anything get that done for so many parts an hour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from line_sim.layout import Crew, Failures, Layout
from line_sim.layout.places import Place
from line_sim.units import HOUR


@dataclass(frozen=True, slots=True)
class CrewLimit:
    """One crew: how much time (ns) of a person a part takes that goes all along the line, its parts an hour.

    `load` is what the long run asks of it by what there is of it (None: not known).
    """

    name: str
    people: int
    mean: float
    uph: float
    load: float | None = None


def crew_limits(layout: Layout) -> tuple[CrewLimit, ...]:
    """Return the limits of the crews of a line; none of one whose measured times are gone."""
    found = (_limit(layout, crew) for crew in layout.crews)
    return tuple(limit for limit in found if limit is not None)


def loaded(limit: CrewLimit, layout: Layout, asked: Mapping[str, float]) -> CrewLimit:
    """Return a limit that knows what is asked of it; `asked` are the parts an hour of each place."""
    crew = next(each for each in layout.crews if each.name == limit.name)
    served = [place for place in layout.places if crew in {place.worked_by, place.repaired_by}]
    if not all(place.name in asked for place in served):
        return limit
    time = sum(asked[place.name] * (_of_a_part(layout, place, crew) or 0.0) for place in served)
    return replace(limit, load=time / _there(crew))


def crews_take_in(layout: Layout, visits: Sequence[float]) -> float:
    """Return for how many parts an hour the people of every crew are enough; infinite where nobody is needed.

    `visits` is how often a part comes to each place.
    """
    rates = [float("inf")]
    for crew in layout.crews:
        times = (_of_a_part(layout, place, crew) or 0.0 for place in layout.places)
        needed = sum(visit * time for visit, time in zip(visits, times, strict=True))
        rates += [_there(crew) / needed] if needed else []
    return min(rates)


def _limit(layout: Layout, crew: Crew) -> CrewLimit | None:
    each = [_of_a_part(layout, layout.places[place], crew) for place in layout.ship_lane]
    if None in each:
        return None
    mean = sum(time for time in each if time is not None)
    return CrewLimit(crew.name, crew.people, mean, _there(crew) / mean if mean else float("inf"))


def _there(crew: Crew) -> float:
    """Return for how long (ns) people of a crew are there in an hour of all time."""
    return crew.people * HOUR * (1.0 if crew.shifts is None else crew.shifts.share)


def _of_a_part(layout: Layout, place: Place, crew: Crew) -> float | None:
    """Return how much time (ns) of a crew a part takes at a place; None where a mean is not known.

    Who works there sets the machine up, too, and it ages meanwhile.
    """
    set_up = _set_up(layout, place)
    if place.planned is None or set_up is None:
        return None
    work = place.planned + set_up
    repairs = [_repair(work, way) for way in place.failures] if place.repaired_by == crew else []
    times = [work if place.worked_by == crew else 0.0, *repairs]
    return None if None in times else sum(time for time in times if time is not None)


def _set_up(layout: Layout, place: Place) -> float | None:
    """Return for how long (ns) a machine is set up for a part on average; None where that is not known."""
    if place.changeover is None or layout.mix is None:
        return 0.0
    mean = place.changeover.mean
    return None if mean is None else layout.mix.changes(place.units) * mean


def _repair(planned: float, way: Failures) -> float | None:
    if way.up is None or way.repair is None:
        return None
    return way.repair / way.up if way.by_parts else planned * way.repair / way.up
