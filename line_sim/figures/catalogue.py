"""Every figure that a run tells, said once: summary, page, studies, live count and docs all read it here.

A new figure is one entry here and one test. What a figure is over, how it is made and how its interval is
made is its fold's business (`folds`); the words are those that a reader sees.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from line_sim.figures.folds import (
    Elsewhere,
    Fold,
    HourlyRate,
    Mean,
    Measured,
    Share,
    TimeAverage,
)
from line_sim.figures.populations import (
    EVERY_CALL,
    GOOD,
    GOOD_INSPECTED_PARTS,
    INSPECTED_PARTS,
    LEFT_PARTS,
    LOST,
    SHIPPED,
    SHIPPED_PARTS,
    STOPPED,
    TIMED_CALLS,
    TIMED_OUT,
    USELESS,
    WITH_ANSWER,
)
from line_sim.layout import Layout

Unit: TypeAlias = Literal["UPH", "share", "s", "parts"]
Key: TypeAlias = tuple[str, ...]
"""The keys of `summary.json` that lead to something."""

M_co = TypeVar("M_co", bound=Measured, covariant=True)


@dataclass(frozen=True)
class Figure(Generic[M_co]):
    """A figure of a run.

    - `name` is typed by a user and stands in tables, `title` and `meaning` are read; `label` is the title
      where room is short. `part_of` is a figure of which this is a part, `by` says which.
    - `place` is where its value stands in summary.json, its interval beside it with `_ci` behind; `counted`
      is where the count stands that a share is made of.
    - `main` figures are told without being asked for; `tile` ones stand at the top of the page.
    - `bad_from` is the value from which it is shown as bad; `good`: the more the better; `rare`: told
      only where it is not 0.
    """

    name: str
    title: str
    meaning: str
    unit: Unit
    fold: Fold[M_co]
    place: Key
    counted: Key = ()
    label: str = ""
    part_of: str = ""
    by: str = ""
    main: bool = True
    tile: bool = False
    bad_from: float | None = None
    good: bool = False
    rare: bool = False


UPH = Figure(
    "uph",
    "Output",
    "units shipped per hour",
    "UPH",
    HourlyRate(SHIPPED),
    ("throughput", "uph"),
    good=True,
)
LOSS = Figure(
    "loss",
    "Lost to inference",
    "share of the output that waiting for answers costs",
    "share",
    Elsewhere(),
    ("throttle", "loss"),
)
FLOW_TIME = Figure(
    "flow_time",
    "Flow time",
    "mean time from arrival to leaving",
    "s",
    Mean(LEFT_PARTS, lambda parts: parts.left - parts.arrived, lambda parts: parts.left),
    ("flow_time", "mean_s"),
)
WIP = Figure(
    "wip",
    "Parts on the line",
    "mean number of parts on the line; who waits outside for room counts",
    "parts",
    TimeAverage(~LOST),
    ("wip", "mean"),
    label="on the line",
)
INFERENCE_TIME = Figure(
    "inference_time",
    "Wait for an answer",
    "mean time that a call took; one that timed out took what was waited",
    "s",
    Mean(TIMED_CALLS, lambda calls: calls.latency, lambda calls: calls.issued),
    ("inference_time", "mean_s"),
)
TIMEOUT_RATE = Figure(
    "timeout_rate",
    "Timeouts",
    "calls without an answer within the deadline",
    "share",
    Share(TIMED_OUT, EVERY_CALL),
    ("timeouts", "rate"),
    ("timeouts", "n"),
    tile=True,
    bad_from=0.05,
)
USELESS_RATE = Figure(
    "useless_rate",
    "No use",
    "calls that met no server or an unreadable answer",
    "share",
    Share(USELESS, EVERY_CALL),
    ("useless", "rate"),
    ("useless", "n"),
    main=False,
    rare=True,
)
ESCAPE_RATE = Figure(
    "escape_rate",
    "Escapes",
    "defective parts that were shipped",
    "share",
    Share(~GOOD, SHIPPED_PARTS),
    ("quality", "escape_rate"),
    ("quality", "n", "escapes"),
    tile=True,
)
OVERKILL_RATE = Figure(
    "overkill_rate",
    "Overkill",
    "good parts that did not pass",
    "share",
    Share(STOPPED, GOOD_INSPECTED_PARTS),
    ("quality", "overkill_rate"),
    ("quality", "n", "overkill"),
)
OVERKILL_MODEL = Figure(
    "overkill_model",
    "Overkill by the model",
    "of these: its answer spoke against them",
    "share",
    Share(STOPPED & WITH_ANSWER, GOOD_INSPECTED_PARTS),
    ("quality", "overkill_model"),
    ("quality", "n", "overkill_model"),
    part_of="overkill_rate",
    by="by the model",
)
OVERKILL_LATENCY = Figure(
    "overkill_latency",
    "Overkill for want of an answer",
    "of these: none came in time",
    "share",
    Share(STOPPED & ~WITH_ANSWER, GOOD_INSPECTED_PARTS),
    ("quality", "overkill_latency"),
    ("quality", "n", "overkill_latency"),
    part_of="overkill_rate",
    by="for want of an answer",
)
FIRST_PASS_YIELD = Figure(
    "first_pass_yield",
    "First-pass yield",
    "good parts that passed at once",
    "share",
    Share(GOOD & ~STOPPED, INSPECTED_PARTS),
    ("quality", "first_pass_yield"),
    ("quality", "n", "first_pass"),
    label="first pass",
    good=True,
)

CATALOGUE: tuple[Figure[Measured], ...] = (
    *(UPH, LOSS, FLOW_TIME, WIP, INFERENCE_TIME),
    *(TIMEOUT_RATE, USELESS_RATE, ESCAPE_RATE),
    *(OVERKILL_RATE, OVERKILL_MODEL, OVERKILL_LATENCY, FIRST_PASS_YIELD),
)
"""The figures that are told of every line, in the order in which they are told."""

MAIN = tuple(figure for figure in CATALOGUE if figure.main)

STATION = "STATION"
"""Stands for a station's name."""


@dataclass(frozen=True)
class StationFigure:
    """A figure that every station has, or every inspection: `NAME.busy`, `NAME.service.p95`.

    `place` has STATION where the station's name stands in summary.json.
    """

    name: str
    meaning: str
    unit: Unit
    place: Key
    inspections: bool = False

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

STATISTICS = ("mean", "p50", "p90", "p95", "p99")
SHARES_OF_TIME = tuple(
    StationFigure(state, meaning, "share", ("stations", STATION, state), state == "inference_wait")
    for state, meaning in STATES.items()
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


def station_figures(layout: Layout) -> Iterable[tuple[str, Key, Unit]]:
    """Yield name, place and unit of every figure that the stations of a line have."""
    for family in (SHARES_OF_TIME, LATENCIES):
        for station in layout.places:
            for figure in family:
                if station.inspects or not figure.inspections:
                    yield (*figure.of(station.name), figure.unit)


def names_of(layout: Layout) -> tuple[str, ...]:
    """Return the names of all figures of a line, in the order in which they are told."""
    return (*(figure.name for figure in CATALOGUE), *(name for name, _, _ in station_figures(layout)))


def unit_of(name: str) -> Unit:
    """Return a figure's unit; of a station's by what stands behind the station's name."""
    for figure in CATALOGUE:
        if figure.name == name:
            return figure.unit
    return "share" if name.rpartition(".")[2] in STATES else "s"


def figures_of(numbers: Any, layout: Layout) -> dict[str, float | None]:
    """Return every figure of a run by name, from the data of its summary.json; None where it is not known."""
    places = {figure.name: figure.place for figure in CATALOGUE}
    places |= {name: place for name, place, _ in station_figures(layout)}
    return {name: _at(numbers, place) for name, place in places.items()}


def _at(data: Any, place: Key) -> float | None:
    """Return what stands at a place; the mean of calls that were cut off is the restricted one."""
    for key in place:
        if key == "mean" and isinstance(data, dict) and "restricted_mean" in data:
            key = "restricted_mean"  # noqa: PLW2901 - the other name of the same thing
        data = data.get(key) if isinstance(data, dict) else None
    return None if data is None else float(data)
