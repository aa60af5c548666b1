"""What crews can do at best, over all the stations that need them.

A part asks for so much of a person's time: the work on it, set-ups in it, and its share of the repairs, at
every station that needs one for them. People who never wait for anything get that done for so many parts an
hour.
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
    time = sum(asked[place.name] * (_of_a_part(place, crew, _time(layout, place)) or 0.0) for place in served)
    return replace(limit, load=time / _there(crew))


def crews_take_in(layout: Layout, times: Sequence[float], visits: Sequence[float]) -> float:
    """Return for how many parts an hour the people of every crew are enough; infinite where nobody is needed.

    `times` is how long (ns) a part takes at each place, set-ups in it, `visits` how often one comes there.
    """
    rates = [float("inf")]
    for crew in layout.crews:
        each = zip(layout.places, times, visits, strict=True)
        needed = sum(visit * (_of_a_part(place, crew, time) or 0.0) for place, time, visit in each)
        rates += [_there(crew) / needed] if needed else []
    return min(rates)


def hardly_ever_up(layout: Layout) -> list[str]:
    """Say of which machines one way to stop or another is nearly always waiting for people, or repaired.

    A way by the calendar asks for repair / (up + repair) of a person's time, whatever the others do.
    """
    told = []
    for place in layout.places:
        crew, ways = place.repaired_by, [way for way in place.failures if way.by_calendar]
        if crew is None:
            continue
        there = 1.0 if crew.shifts is None else crew.shifts.share
        asked = sum((way.repair or 0.0) / (there * (way.up or 1.0) + (way.repair or 0.0)) for way in ways)
        if asked >= crew.people:
            what = f"its {len(ways)} ways to stop by the calendar ask for more than the {crew.people:,} of"
            told.append(
                f"! {place.name}: {what} {crew.name} can repair; it may never be up, "
                "and a run of so many parts may not end"
            )
    return told


def _limit(layout: Layout, crew: Crew) -> CrewLimit | None:
    on_way = [layout.places[place] for place in layout.ship_lane]
    each = [_of_a_part(place, crew, _time(layout, place)) for place in on_way]
    if None in each:
        return None
    mean = sum(time for time in each if time is not None)
    return CrewLimit(crew.name, crew.people, mean, _there(crew) / mean if mean else float("inf"))


def _there(crew: Crew) -> float:
    """Return for how long (ns) people of a crew are there in an hour of all time."""
    return crew.people * HOUR * (1.0 if crew.shifts is None else crew.shifts.share)


def _time(layout: Layout, place: Place) -> float | None:
    """Return how long (ns) a part of the mix that arrives takes at a place, set-ups in it; None: unknown."""
    if place.changeover is None or layout.mix is None or place.planned is None:
        return place.planned
    set_up = place.changeover.mean
    return None if set_up is None else place.planned + layout.mix.changes(place.units) * set_up


def _of_a_part(place: Place, crew: Crew, time: float | None) -> float | None:
    """Return how much time (ns) of a crew a part takes at a place; None where a mean is not known."""
    if time is None:
        return None
    repairs = [_repair(time, way) for way in place.failures] if place.repaired_by == crew else []
    times = [time if place.worked_by == crew else 0.0, *repairs]
    return None if None in times else sum(time for time in times if time is not None)


def _repair(time: float, way: Failures) -> float | None:
    if way.up is None or way.repair is None:
        return None
    return way.repair / way.up if way.by_parts else time * way.repair / way.up
