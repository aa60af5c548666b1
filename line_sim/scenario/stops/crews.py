"""Crews: people whom several stations share, as the scenario says it."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, Tag

from line_sim.scenario.fields import Key, Name, Record, Units
from line_sim.scenario.stops.agreement import Broken
from line_sim.scenario.stops.calendars import Calendar
from line_sim.scenario.stops.week import common

Task: TypeAlias = Literal["work", "repair"]
"""What a station needs a person for."""

WORK: Task = "work"
REPAIR: Task = "repair"
CREWS = "crews"
"""The key of a scenario under which they stand."""


class Crew(Record):
    """People who do the same, and when they are there."""

    people: Units = Field(description="How many there are.")
    calendar: Name | None = Field(
        None,
        description="When they are there, one of calendars; what they have begun stands while they are off. "
        "Default: always.",
    )


def _form_of_crew(value: object) -> str:
    return "<people>" if isinstance(value, Mapping | Crew) else "<number>"


CrewSaid = Annotated[
    Annotated[Units, Tag("<number>")] | Annotated[Crew, Tag("<people>")], Discriminator(_form_of_crew)
]
"""A number of people who are always there, or more about them."""


class CrewMap(dict[str, Any]):
    """Something by the names of crews; nobody changes it, so that it can be hashed like all of a scenario."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash the names and what stands behind them, whatever their order."""
        return hash(frozenset(self.items()))


def _each_once(tasks: tuple[Task, ...]) -> tuple[Task, ...]:
    if len(set(tasks)) < len(tasks):
        raise ValueError("it must be [work], [repair] or [work, repair]")
    return tasks


def _one_crew_a_task(needs: dict[str, tuple[Task, ...]]) -> CrewMap:
    tasks = [task for each in needs.values() for task in each]
    if len(set(tasks)) < len(tasks):
        raise ValueError("it must name one crew for work and one for repair, no two for the same")
    return CrewMap(needs)


Crews = Annotated[dict[Name, CrewSaid], AfterValidator(CrewMap)]
Needs = Annotated[
    dict[Name, Annotated[tuple[Task, ...], Field(min_length=1), AfterValidator(_each_once)]],
    Field(min_length=1),
    AfterValidator(_one_crew_a_task),
]
"""For what a station needs a person, by crew."""


def crew_of(said: int | Crew) -> Crew:
    """Return what is said of a crew; a number is that of its people."""
    return said if isinstance(said, Crew) else Crew(people=said)


def crew_for(needs: Mapping[str, Sequence[Task]] | None, task: Task) -> str | None:
    """Return the crew of which a station needs a person for something; None: nobody is needed."""
    return next((name for name, tasks in (needs or {}).items() if task in tasks), None)


def never_together(
    place: int,
    calendar: str | None,
    needs: Mapping[str, Sequence[Task]] | None,
    crews: Mapping[str, Any] | None,
    calendars: Mapping[str, Calendar] | None,
) -> Iterator[Broken]:
    """A station and the people who work there must be there at some time together."""
    name = crew_for(needs, WORK)
    people = None if name is None else crew_of((crews or {})[name]).calendar
    if name is None or calendar is None or people is None:
        return
    hours = calendars or {}
    if not common(hours[calendar].on, hours[people].on):
        message = f"is needed for work, but is never there when the station is: {people} and {calendar}"
        yield ("line", place, "crew", name), f"{message} have no time in common", None


def crews_are_there(scenario: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> Iterator[Broken]:
    """Every crew that a station needs is one of the scenario's; each has a name and hours that fit."""
    told = scenario.get(CREWS)
    crews = told if isinstance(told, Mapping) else {}
    known = [name for name in crews if isinstance(name, str)]
    yield from _names(scenario, entries, known)
    yield from _calendars(scenario, crews)
    for place, entry in enumerate(entries):
        needs = entry.get("crew")
        for name in needs if isinstance(needs, Mapping) else ():
            if isinstance(name, str) and name not in known:
                yield (
                    ("line", place, "crew", name),
                    f"there is no crew of that name; {_instead(name, known)}",
                    None,
                )


def _names(
    scenario: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], known: Sequence[str]
) -> Iterator[Broken]:
    taken = {"review": "the review bench"}
    servers = scenario.get("servers")
    taken |= {str(name): f"servers.{name}" for name in (servers if isinstance(servers, Mapping) else ())}
    for index, entry in enumerate(entries):
        name = entry.get("inspection", entry.get("station"))
        taken[str(name)] = f"line[{index}]"
        if entry.get("decides") == "at_gate":
            taken[f"{name} gate"] = f"the gate of line[{index}]"
    for name in known:
        if name in taken:
            yield (CREWS, name), f"is the name of {taken[name]}, too; choose another", None


def _calendars(scenario: Mapping[str, Any], crews: Mapping[Any, Any]) -> Iterator[Broken]:
    told = scenario.get("calendars")
    known = [name for name in told if isinstance(name, str)] if isinstance(told, Mapping) else []
    for name, crew in crews.items():
        calendar = crew.get("calendar") if isinstance(crew, Mapping) else None
        if isinstance(calendar, str) and calendar not in known:
            there = f"the calendars are {', '.join(known)}" if known else "the scenario has no calendars"
            key: Key = (CREWS, str(name), "calendar")
            yield key, f"there is no such calendar; {there}", calendar


def _instead(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, 1)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"the crews are {', '.join(known)}" if known else f"write it under crews: {{{name}: 2}}"
