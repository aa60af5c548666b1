"""The figures of a run that studies compare, by name: those of summary.json, flow time and WIP."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from line_sim.errors import ScenarioError
from line_sim.layout import layout_of
from line_sim.scenario import Scenario
from line_sim.study.comparison.parts import flow_time, read_parts, stretch_of, wip

Figures = dict[str, float | None]
"""Name to value; None where a run cannot tell it."""

SHARES = ("busy", "inference_wait", "blocked", "starved", "down")
QUANTITIES = ("service", "response")
STATISTICS = ("mean", "p50", "p90", "p95", "p99")


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure: its name, what it is, its unit (`share` of 1), and where summary.json has it."""

    name: str
    meaning: str
    unit: str
    place: tuple[str, ...] = ()


MAIN = (
    Kpi("uph", "units shipped per hour", "UPH", ("throughput", "uph")),
    Kpi("loss", "share of the output that waiting for answers costs", "share", ("throttle", "loss")),
    Kpi("flow_time", "mean time from arrival to leaving", "s"),
    Kpi("wip", "mean number of parts on the line", "parts"),
    Kpi("timeout_rate", "calls without an answer in time", "share", ("timeouts", "rate")),
    Kpi("escape_rate", "defective among the shipped", "share", ("quality", "escape_rate")),
    Kpi("overkill_rate", "good parts that did not pass", "share", ("quality", "overkill_rate")),
    Kpi("overkill_model", "of it by the model's word", "share", ("quality", "overkill_model")),
    Kpi("overkill_latency", "of it for want of an answer", "share", ("quality", "overkill_latency")),
    Kpi("first_pass_yield", "good parts let go on at once", "share", ("quality", "first_pass_yield")),
)
"""The figures that are told of every line; each station has more, see `unit_of`."""

MAIN_NAMES = tuple(kpi.name for kpi in MAIN)
_UNITS = {kpi.name: kpi.unit for kpi in MAIN}


def figures_of(summary: Mapping[str, Any], folder: Path) -> Figures:
    """Return every figure of a run from its summary (as summary.json has it) and its items.csv."""
    parts = read_parts(folder, stretch_of(dict(summary)))
    mine: Figures = {"flow_time": flow_time(parts), "wip": wip(parts)}
    main = {kpi.name: _at(summary, kpi.place) if kpi.place else mine[kpi.name] for kpi in MAIN}
    return {**main, **dict(_station_figures(summary))}


def unit_of(name: str) -> str:
    """Return a figure's unit: those of stations are `NAME.busy` and such (shares), `NAME.service.p95` (s)."""
    if name in _UNITS:
        return _UNITS[name]
    return "share" if name.rpartition(".")[2] in SHARES else "s"


def names_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of all figures of a line, in the order in which `figures_of` tells them."""
    layout = layout_of(scenario)
    shares = (
        f"{station.name}.{share}"
        for station in layout.places
        for share in SHARES
        if share != "inference_wait" or station.inspects
    )
    times = (
        f"{station.name}.{quantity}.{statistic}"
        for station in layout.inspections
        for quantity in QUANTITIES
        for statistic in STATISTICS
    )
    return (*MAIN_NAMES, *shares, *times)


def refuse_unknown(names: Iterable[str], scenario: Scenario, option: str) -> None:
    """Raise ScenarioError for a name that no run of the line tells."""
    known = names_of(scenario)
    for name in names:
        if name not in known:
            raise ScenarioError(f"{option} {name}: there is no such figure; there are {', '.join(known)}")


def _at(data: Any, place: tuple[str, ...]) -> float | None:
    for key in place:
        data = data[key]
    return None if data is None else float(data)


def _station_figures(summary: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    for station, shares in summary["stations"].items():
        for share in SHARES:
            if share != "inference_wait" or station in summary["latency"]:
                yield f"{station}.{share}", shares[share]
    for station, quantities in summary["latency"].items():
        for quantity in QUANTITIES:
            told = quantities[quantity]["all"]
            for statistic in STATISTICS:
                row = told.get(statistic) or told.get(f"restricted_{statistic}") or {}
                yield f"{station}.{quantity}.{statistic}", row.get("value_s")
