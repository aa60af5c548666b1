"""Where the machines' time went: a stacked bar a station, in states that add up to all of it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from line_sim.analysis.summary.summary import Summary
from line_sim.figures.flow import StationTime
from line_sim.layout import REVIEW, Layout
from line_sim.report.words import percent

_ROOM_FOR_A_LETTER = 3.0  # percent of the bar
STATES = {
    "working": ("W", "working"),
    "waiting": ("A", "waiting for an answer"),
    "changeover": ("C", "set up for another variant"),
    "blocked": ("B", "blocked: no room behind"),
    "down": ("D", "down"),
    "starved": ("S", "starved: nothing in front"),
    "people": ("P", "waiting for people: to work, or to be repaired"),
    "off": ("O", "off by its calendar"),
}
"""Each state's letter and words, in the order in which the bars show them."""


def states_of(layout: Layout) -> dict[str, tuple[str, str]]:
    """Return the states that the machines of a line may be in: not all know hours, set-ups or people."""
    keeps_hours = any(place.shifts is not None for place in layout.places)
    never = {"off": not keeps_hours, "changeover": not layout.changes_over, "people": not layout.crews}
    return {state: words for state, words in STATES.items() if not never.get(state)}


def seen_states_of(layout: Layout) -> dict[str, tuple[str, str]]:
    """Return those that a machine is seen in from one moment to the next: set-ups and waits are sums only."""
    sums = {"changeover", "people"}
    return {state: words for state, words in states_of(layout).items() if state not in sums}


OEE = ("availability", "performance", "quality_ratio", "oee_index")
"""The factors of a station's effectiveness and their product, as ISO 22400-2 names them."""


class Share(NamedTuple):
    """One state's part of a bar, in percent; the letter is left out where there is no room for it."""

    state: str
    letter: str
    percent: float
    text: str


class StationBar(NamedTuple):
    """A station's time; `shares` is empty where no time passed. `waiting` is None where nobody asks."""

    name: str
    units: int
    shares: tuple[Share, ...]
    cells: tuple[str, ...]


def station_bars(summary: Summary) -> tuple[StationBar, ...]:
    """Return a bar for every station, in the order of the line, the review bench last."""
    waiting = {station.name for station in summary.layout.places if station.decides}
    states = tuple(states_of(summary.layout))
    return tuple(_bar(time, states, time.station in waiting) for time in summary.stations)


def _bar(time: StationTime, states: tuple[str, ...], waits_here: bool) -> StationBar:
    known = time.shares()
    if known is None:
        return StationBar(time.station, time.units, (), ("",) * len(states))
    waits = known["inference_wait"] if waits_here else 0.0
    parts = {
        "working": known["busy"] - waits - known.get("changeover", 0.0),
        "waiting": waits,
        "changeover": known.get("changeover", 0.0),
        **{state: known.get(state, 0.0) for state in ("blocked", "down", "starved", "off")},
        "people": known.get("waits_for_crew", 0.0),
    }
    if time.missed is not None:
        parts["starved"] -= time.missed.to_work / time.total
        parts["down"] -= time.missed.to_repair / time.total
    cells = tuple(
        "" if state == "waiting" and not waits_here else f"{100 * parts[state]:.1f}" for state in states
    )
    return StationBar(time.station, time.units, tuple(_shares(parts)), cells)


def _shares(parts: dict[str, float]) -> Iterator[Share]:
    for state, (letter, words) in STATES.items():
        wide = round(100 * parts[state], 3)
        if wide > 0:
            room = letter if wide >= _ROOM_FOR_A_LETTER else ""
            yield Share(state, room, wide, f"{words}: {percent(parts[state])}")


def finding(summary: Summary) -> str:
    """Say in a sentence which machines had the least time to spare."""
    known = [(time, shares) for time in summary.stations if (shares := time.planned_shares())]
    if not known:
        return "No time has passed."
    gates = {gate.gate for gate in summary.gates}  # no machines
    time, shares = max(
        (pair for pair in known if pair[0].station not in gates),
        key=lambda pair: pair[1]["busy"] + pair[1]["down"],
    )
    busiest = f"{time.station} was busy or down for {percent(shares['busy'] + shares['down'])} of its time"
    time, shares = max(known, key=lambda pair: pair[1]["blocked"])
    if shares["blocked"] < 0.001:
        return f"{busiest}, more than any other; no station was blocked."
    return f"{busiest}, more than any other; {time.station} stood blocked for {percent(shares['blocked'])}."


def bottleneck(numbers: Mapping[str, Any]) -> str:
    """Return the name of the station that holds the line back; empty where none does."""
    return str((numbers.get("held_back_by") or {}).get("station") or "")


def effectiveness(numbers: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """Return a row a station: availability, performance, quality and their product, as percent.

    `numbers` is the data of `summary.json`; a factor that cannot be known is empty. So is what
    says nothing of a station: people at review make no parts, and see those that did not pass.
    """
    return tuple(
        (station, *("" if _says_nothing(station, factor) else _percent(oee.get(factor)) for factor in OEE))
        for station, oee in _effectiveness(numbers)
    )


def _says_nothing(station: str, factor: str) -> bool:
    return station == REVIEW and factor in {"quality_ratio", "oee_index"}


def _effectiveness(numbers: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from (numbers.get("oee") or {}).items()


def _percent(share: float | None) -> str:
    return "" if share is None else percent(share)
