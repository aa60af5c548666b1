"""What a scenario's parts must be to one another.

The rules read the scenario as it is written, so that they can be asked of one that has other
mistakes too; where a value is not of its kind they leave it to the model to say so.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from line_sim.scenario.defects.making import kinds_can_be_shown
from line_sim.scenario.fields import duration_or_none
from line_sim.scenario.gateways.kind import GatewayKind
from line_sim.scenario.gateways.kinds import KINDS
from line_sim.scenario.gateways.shared import SERVERS
from line_sim.scenario.mix.agreement import variants_agree, written_times
from line_sim.scenario.stops.agreement import Broken, calendars_are_there, ways_have_names
from line_sim.scenario.stops.crews import crews_are_there
from line_sim.units import duration_text

REVIEW = "review"
"""The review bench is a station of this name, so that no other may be."""


_MOST_NAMED = 10
MOST_UNITS = 20_000
MOST_LIVE_CALLS = 1_000


def gate_name(inspection: str) -> str:
    """Return what the gate of an inspection is called where it stands beside the stations."""
    return f"{inspection} gate"


def broken_rules(written: object) -> list[Broken]:
    """Return everything in a scenario's plain data that does not fit together."""
    scenario = _mapping(written)
    entries = _entries(scenario)
    return [
        *_names(entries),
        *_gates(entries),
        *_servers(scenario, entries),
        *_review(scenario, entries),
        *_rework(scenario, entries),
        *_clock(scenario, entries),
        *_warm_up(scenario),
        *_time_passes(scenario, entries),
        *_too_many(entries),
        *calendars_are_there(scenario, entries),
        *ways_have_names(entries),
        *variants_agree(scenario, entries),
        *crews_are_there(scenario, entries),
        *kinds_can_be_shown(scenario, entries, live=any(_is_live(entry) for entry in entries)),
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


def _is_live(entry: Mapping[str, Any]) -> bool:
    kind = _kind(entry)
    return kind is not None and kind.live


def _names(entries: list[Mapping[str, Any]]) -> Iterator[Broken]:
    first: dict[str, int] = {REVIEW: -1}
    for index, entry in enumerate(entries):
        key = _named_by(entry)
        name = entry.get(key)
        if not isinstance(name, str):
            continue
        if name == REVIEW:
            yield ("line", index, key), "that is the name of the review bench; choose another", name
        elif name in first:
            yield ("line", index, key), f"line[{first[name]}] has that name already; choose another", name
        first.setdefault(name, index)


_NO_GATE = "it is only for an inspection with decides: at_gate; write that, or take it away (gate: null)"


def _gates(entries: list[Mapping[str, Any]]) -> Iterator[Broken]:
    """A gate belongs to an inspection that decides there, and has a name of its own among the stations."""
    names = [entry.get("inspection", entry.get("station")) for entry in entries]
    for index, entry in enumerate(entries):
        if "inspection" not in entry:
            continue
        decides, gate = entry.get("decides"), entry.get("gate")
        if decides == "at_gate" and gate is None:
            message = "is missing; decides is at_gate, so write how many places and what travel its belt has"
            yield ("line", index, "gate"), message, None
        elif gate is not None and decides != "at_gate":
            yield ("line", index, "gate"), _NO_GATE, gate
        name = names[index]
        if decides == "at_gate" and isinstance(name, str) and gate_name(name) in names:
            other = names.index(gate_name(name))
            key = "inspection" if "inspection" in entries[other] else "station"
            message = f"that is the name of the gate of line[{index}]; choose another"
            yield ("line", other, key), message, gate_name(name)


def _servers(scenario: Mapping[str, Any], entries: list[Mapping[str, Any]]) -> Iterator[Broken]:
    """Every server that is asked is there, and none has the name of a place: tables tell of both."""
    known = [name for name in _mapping(scenario.get(SERVERS)) if isinstance(name, str)]
    names = [(index, entry.get(_named_by(entry))) for index, entry in enumerate(entries)]
    taken = {name: f"line[{index}]" for index, name in names if isinstance(name, str)}
    for name in known:
        if name in taken or name == REVIEW:
            of = taken.get(name, "the review bench")
            yield (SERVERS, name), f"is the name of {of}, too; choose another", name
    for index, entry in enumerate(entries):
        asked = _mapping(entry.get("gateway")).get("server")
        if "inspection" in entry and isinstance(asked, str) and asked not in known:
            key = ("line", index, "gateway", "server")
            yield key, f"there is no server of that name; {_instead(asked, known)}", asked


def _instead(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1)
    if near:
        return f"did you mean '{near[0]}'?"
    if known:
        return f"the servers are {', '.join(known)}"
    return f"write it under servers: {{{name}: {{modelled: {{service: 30 ms}}}}}}"


def _review(scenario: Mapping[str, Any], entries: list[Mapping[str, Any]]) -> Iterator[Broken]:
    inspected = [index for index, entry in enumerate(entries) if "inspection" in entry]
    if inspected and scenario.get("review") is None:
        yield (REVIEW,), f"is missing; line[{inspected[0]}] is an inspection and sends parts there", None


def _rework(scenario: Mapping[str, Any], entries: list[Mapping[str, Any]]) -> Iterator[Broken]:
    """What is repaired is repaired at a place of the line."""
    to = _mapping(_mapping(scenario.get(REVIEW)).get("rework")).get("to")
    names = [name for entry in entries if isinstance(name := entry.get(_named_by(entry)), str)]
    if isinstance(to, str) and names and to not in names:
        near = get_close_matches(to, names, n=1)
        which = f"did you mean {near[0]}?" if near else f"it must be one of {', '.join(names[:_MOST_NAMED])}"
        yield (REVIEW, "rework", "to"), f"the line has no station of that name; {which}", to


def _named_by(entry: Mapping[str, Any]) -> str:
    return "inspection" if "inspection" in entry else "station"


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
    if endless and entries and not any(_takes_time(scenario, entry) for entry in entries):
        message = "no station of this saturated line needs any time, so it would never pass; use run.items"
        yield ("run", "duration"), message, run["duration"]


def _too_many(entries: list[Mapping[str, Any]]) -> Iterator[Broken]:
    """Each unit takes memory, each call that may be out at a real server a thread."""
    units = live = 0
    for index, entry in enumerate(entries):
        own = entry.get("units", 1)
        if type(own) is not int or own < 1:
            continue
        units += own
        if units > MOST_UNITS >= units - own:
            yield ("line", index, "units"), f"with it the line has more than {MOST_UNITS:,} units", own
        kind = _kind(entry)
        if kind is None or not kind.live:
            continue
        calls, key, value = _calls(entry, own)
        live += calls
        if live > MOST_LIVE_CALLS >= live - calls:
            what = "calls may be out at" if key == "gate" else "units of the line wait for"
            message = f"with it more than {MOST_LIVE_CALLS:,} {what} real servers"
            yield ("line", index, key), message, value


def _calls(entry: Mapping[str, Any], units: int) -> tuple[int, str, object]:
    """Return how many calls of an inspection may be out at once, and what says so: its key and value."""
    gate = _mapping(entry.get("gate"))
    places = gate.get("places")
    if type(places) is int and places > 0:
        return units + places, "gate", gate
    return units, "units", units


def _options(scenario: Mapping[str, Any], written: object) -> Mapping[str, Any]:
    """Return the options of a gateway, or those of the server that it names."""
    if isinstance(written, str):
        server = _mapping(_mapping(scenario.get(SERVERS)).get(written))
        return _mapping(server.get("modelled"))
    return _mapping(written)


def _takes_time(scenario: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    belts = (_mapping(entry.get(key)).get("travel", 0) for key in ("buffer", "gate"))
    parts = (entry.get("cycle", 0), entry.get("acquisition", 0))
    times = (*(time for part in parts for time in written_times(part)), entry.get("changeover") or 0, *belts)
    gateway = _mapping(entry.get("gateway"))
    answers = (KINDS[key].takes_time(_options(scenario, gateway[key])) for key in gateway if key in KINDS)
    return any(duration_or_none(time) != 0 for time in times) or any(answers)
