"""What ways to stop and calendars must be to the rest of a scenario, asked of it as it is written."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from line_sim.scenario.fields import Key

Broken = tuple[Key, str, object]
"""Where, what is wrong, and the value that stands there."""


def calendars_are_there(
    scenario: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]
) -> Iterator[Broken]:
    """Every calendar that somebody has is one of the scenario's; what is always there has none."""
    told = scenario.get("calendars")
    known = [name for name in told if isinstance(name, str)] if isinstance(told, Mapping) else []
    review, arrivals = scenario.get("review"), scenario.get("arrivals")
    has: list[tuple[Key, object]] = [(("line", place), entry) for place, entry in enumerate(entries)]
    for key, written in (*has, (("review",), review), (("arrivals",), arrivals)):
        name = written.get("calendar") if isinstance(written, Mapping) else None
        if isinstance(name, str) and name not in known:
            there = f"the calendars are {', '.join(known)}" if known else "the scenario has no calendars"
            yield (*key, "calendar"), f"there is no such calendar; {there}", name
    if isinstance(arrivals, Mapping) and arrivals.get("saturated") is True and arrivals.get("calendar"):
        message = "a part is always waiting on a saturated line; give its first station the calendar"
        yield ("arrivals", "calendar"), message, arrivals["calendar"]


def ways_have_names(entries: Sequence[Mapping[str, Any]]) -> Iterator[Broken]:
    """No two ways in which a station stops are called the same; one without a name is called its number."""
    for place, entry in enumerate(entries):
        ways = entry.get("breakdowns")
        if not isinstance(ways, list | tuple):
            continue
        first: dict[object, int] = {}
        for index, way in enumerate(ways):
            name = way.get("name") if isinstance(way, Mapping) else None
            called = name if isinstance(name, str) else str(index + 1)
            if called in first:
                key: Key = ("line", place, "breakdowns", index)
                taken = f"breakdowns[{first[called]}] is called {called} already; choose another name"
                yield (*key, "name") if isinstance(name, str) else key, taken, name
            first.setdefault(called, index)
