"""The figures that every station of a line has, and all figures by the names that a user types."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from line_sim.figures.catalogue import CATALOGUE, Key, Unit
from line_sim.figures.mix.by_variant import VARIANTS, variant_figures
from line_sim.layout import Layout, Place

STATION = "STATION"
"""Stands for a station's name."""


@dataclass(frozen=True)
class StationFigure:
    """A figure that every station has, or some have: `NAME.busy`, `NAME.service.p95`.

    `place` has STATION where the station's name stands in summary.json. `inspections`: only those have it
    that ask; `waits`: only those at which parts wait for their answers; `staffed`: only those that need
    people; `sets_up`: only those whose machines are set up between two variants.
    """

    name: str
    meaning: str
    unit: Unit
    place: Key
    inspections: bool = False
    waits: bool = False
    staffed: bool = False
    sets_up: bool = False

    def has(self, station: Place) -> bool:
        """Whether a place has it."""
        if self.sets_up and station.changeover is None:
            return False
        needed = station.worked_by is not None or station.repaired_by is not None or not self.staffed
        return needed and (station.inspects or not self.inspections) and (station.decides or not self.waits)

    def of(self, station: str) -> tuple[str, Key]:
        """Return its name and place for a station."""
        return f"{station}.{self.name}", tuple(station if key == STATION else key for key in self.place)


STATES = {
    "busy": "working on a part",
    "inference_wait": "waiting for an answer; a part of busy",
    "blocked": "held up by a finished part that finds no room behind",
    "starved": "without a part",
    "down": "broken down",
}
"""What a station's machines can be, and what that means."""

OFF = "off"
ALL_STATES = {**STATES, OFF: "off by its calendar: planned not to work"}
"""The same of stations that have a calendar."""

WAITS_FOR_CREW = "waits_for_crew"
_WAITS = "waiting for somebody to work (a part of starved) or to repair it (a part of down)"
CHANGEOVER = "changeover"
"""Being set up for another variant: a part of busy, told of stations whose machines are set up."""

STATISTICS = ("mean", "p50", "p90", "p95", "p99")
SHARES_OF_TIME = (
    *(
        StationFigure(state, meaning, "share", ("stations", STATION, state), waits=state == "inference_wait")
        for state, meaning in ALL_STATES.items()
    ),
    StationFigure(WAITS_FOR_CREW, _WAITS, "share", ("stations", STATION, WAITS_FOR_CREW), staffed=True),
)
SET_UPS = (
    StationFigure(
        CHANGEOVER,
        "being set up for another variant; a part of busy",
        "share",
        ("stations", STATION, CHANGEOVER),
        sets_up=True,
    ),
)
LATENCIES = tuple(
    StationFigure(
        f"{quantity}.{statistic}",
        f"{statistic} of {meaning}",
        "s",
        ("latency", STATION, quantity, "all", statistic, "value_s"),
        inspections=True,
    )
    for quantity, meaning in (("service", "call to return"), ("response", "due to decided"))
    for statistic in STATISTICS
)

CATCHES = tuple(
    StationFigure(name, meaning, "share", ("inspections", STATION, name), inspections=True)
    for name, meaning in (
        ("defective_rate", "of the parts that it looked at, those that were defective then"),
        ("catch_rate", "of these, those that it did not let go on"),
        ("false_alarm_rate", "of the others, which were good then, those that it did not let go on"),
    )
)
"""What an inspection catches, of lines on which stations make defects."""


def station_figures(layout: Layout) -> Iterator[tuple[str, Key, Unit]]:
    """Yield name, place and unit of every figure that stations, crews and variants of a line have."""
    for family in (SHARES_OF_TIME, SET_UPS, LATENCIES, CATCHES if layout.makes_defects else ()):
        for station in layout.places:
            for figure in family:
                if figure.has(station):
                    yield (*figure.of(station.name), figure.unit)
    for crew in layout.crews:
        yield f"{crew.name}.busy", ("crews", crew.name, "busy"), "share"
    yield from variant_figures(layout)


def names_of(layout: Layout) -> tuple[str, ...]:
    """Return the names of all figures of a line, in the order in which they are told."""
    return (*(figure.name for figure in CATALOGUE), *(name for name, _, _ in station_figures(layout)))


def unit_of(name: str) -> Unit:
    """Return a figure's unit; of a station's or variant's by what stands behind the name of that."""
    last = name.rpartition(".")[2] if name.startswith(f"{VARIANTS}.") else name
    for figure in CATALOGUE:
        if figure.name == last:
            return figure.unit
    shares = {figure.name for figure in (*SHARES_OF_TIME, *SET_UPS, *CATCHES)}
    return "share" if name.rpartition(".")[2] in shares else "s"


def title_of(name: str) -> str:
    """Return what a figure is called: `Output`, `camera: busy`, `A: Flow time`."""
    titles = {figure.name: figure.title for figure in CATALOGUE}
    if name in titles:
        return titles[name]
    head, _, last = name.removeprefix(f"{VARIANTS}.").rpartition(".")
    if last in STATISTICS:
        return f"{head.replace('.', ', ')}: {last}"
    return f"{head}: {titles.get(last, last.replace('_', ' '))}" if head else name


def figures_of(numbers: Any, layout: Layout) -> dict[str, float | None]:
    """Return every figure of a run by name, from the data of its summary.json; None where it is not known."""
    places = {figure.name: figure.place for figure in CATALOGUE}
    places |= {name: place for name, place, _ in station_figures(layout)}
    return {name: value_at(numbers, place) for name, place in places.items()}


def value_at(data: Any, place: Key) -> float | None:
    """Return what stands at a place; the mean of calls that were cut off is the restricted one."""
    for key in place:
        if key == "mean" and isinstance(data, dict) and "restricted_mean" in data:
            key = "restricted_mean"  # noqa: PLW2901 - the other name of the same thing
        data = data.get(key) if isinstance(data, dict) else None
    return None if data is None else float(data)
