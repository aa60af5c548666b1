"""What a scenario's parts must be to one another.

The rules read the scenario as it is written, so that they can be asked of one that has other
mistakes too; where a value is not of its kind they leave it to the model to say so.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from line_sim.scenario.fields import duration_or_none
from line_sim.scenario.gateways.kind import GatewayKind
from line_sim.scenario.gateways.kinds import KINDS
from line_sim.scenario.stops.agreement import Broken, calendars_are_there, ways_have_names
from line_sim.units import duration_text

REVIEW = "review"
"""The review bench is a station of this name, so that no other may be."""


MOST_UNITS = 20_000
MOST_LIVE_UNITS = 1_000


def broken_rules(written: object) -> list[Broken]:
    """Return everything in a scenario's plain data that does not fit together."""
    scenario = _mapping(written)
    entries = _entries(scenario)
    return [
        *_names(entries),
        *_review(scenario, entries),
        *_clock(scenario, entries),
        *_warm_up(scenario),
        *_time_passes(scenario, entries),
        *_too_many(entries),
        *calendars_are_there(scenario, entries),
        *ways_have_names(entries),
    ]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _entries(scenario: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    line = scenario.get("line")
    return [_mapping(entry) for entry in line] if isinstance(line, list | tuple) else []


def _kind(entry: Mapping[str, Any]) -> type[GatewayKind] | None:
    """Return the kind of an inspection's gateway; None where there is none, or an unknown one."""
    gateway = _mapping(entry.get("gateway"))
    return KINDS.get(next(iter(gateway))) if "inspection" in entry and len(gateway) == 1 else None


def _names(entries: list[Mapping[str, Any]]) -> Iterator[Broken]:
    first: dict[str, int] = {REVIEW: -1}
    for index, entry in enumerate(entries):
        key = "inspection" if "inspection" in entry else "station"
        name = entry.get(key)
        if not isinstance(name, str):
            continue
        if name == REVIEW:
            yield ("line", index, key), "that is the name of the review bench; choose another", name
        elif name in first:
            yield ("line", index, key), f"line[{first[name]}] has that name already; choose another", name
        first.setdefault(name, index)


def _review(scenario: Mapping[str, Any], entries: list[Mapping[str, Any]]) -> Iterator[Broken]:
    inspected = [index for index, entry in enumerate(entries) if "inspection" in entry]
    if inspected and scenario.get("review") is None:
        yield (REVIEW,), f"is missing; line[{inspected[0]}] is an inspection and sends parts there", None


def _clock(scenario: Mapping[str, Any], entries: list[Mapping[str, Any]]) -> Iterator[Broken]:
    run = _mapping(scenario.get("run"))
    clock, pace = run.get("clock"), run.get("pace", 1)
    live = [index for index, entry in enumerate(entries) if (kind := _kind(entry)) and kind.live]
    if clock == "virtual" and live:
        message = f"line[{live[0]}] waits for a real server; use coupled, or a modelled gateway"
        yield ("run", "clock"), message, clock
    if pace == 1:
        return
    if clock != "realtime":
        yield ("run", "pace"), "only the realtime clock has a pace; set run.clock to realtime", pace
    elif live:
        message = (
            f"line[{live[0]}] waits for a real server, which cannot be hurried; use 1, or a modelled gateway"
        )
        yield ("run", "pace"), message, pace


def _warm_up(scenario: Mapping[str, Any]) -> Iterator[Broken]:
    run = _mapping(scenario.get("run"))
    warm_up, duration = duration_or_none(run.get("warm_up")), duration_or_none(run.get("duration"))
    if warm_up is not None and duration is not None and 0 < duration <= warm_up:
        message = f"it must be shorter than run.duration, {duration_text(duration)}"
        yield ("run", "warm_up"), message, run["warm_up"]


def _time_passes(scenario: Mapping[str, Any], entries: list[Mapping[str, Any]]) -> Iterator[Broken]:
    """A line that always has a part and needs no time for it would never come to its duration."""
    run, arrivals = _mapping(scenario.get("run")), _mapping(scenario.get("arrivals"))
    endless = arrivals.get("saturated") is True and run.get("duration") is not None
    if endless and entries and not any(map(_takes_time, entries)):
        message = "no station of this saturated line needs any time, so it would never pass; use run.items"
        yield ("run", "duration"), message, run["duration"]


def _too_many(entries: list[Mapping[str, Any]]) -> Iterator[Broken]:
    """Each unit takes memory, each unit that waits for a real server a thread."""
    units = live = 0
    for index, entry in enumerate(entries):
        own = entry.get("units", 1)
        if type(own) is not int or own < 1:
            continue
        units += own
        if units > MOST_UNITS >= units - own:
            yield ("line", index, "units"), f"with it the line has more than {MOST_UNITS:,} units", own
        kind = _kind(entry)
        live += own if kind is not None and kind.live else 0
        if live > MOST_LIVE_UNITS >= live - own:
            message = f"with it more than {MOST_LIVE_UNITS:,} units of the line wait for real servers"
            yield ("line", index, "units"), message, own


def _takes_time(entry: Mapping[str, Any]) -> bool:
    travel = _mapping(entry.get("buffer")).get("travel", 0)
    times = (entry.get("cycle", 0), entry.get("acquisition", 0), travel)
    gateway = _mapping(entry.get("gateway"))
    answers = (KINDS[key].takes_time(_mapping(gateway[key])) for key in gateway if key in KINDS)
    return any(duration_or_none(time) != 0 for time in times) or any(answers)
