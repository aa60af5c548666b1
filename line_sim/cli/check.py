"""`line-sim check`: read a scenario, show the line, what it can make, and where it would fill up."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from line_sim.cli.options import scenario_argument, set_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from line_sim.analysis.growth.long_run import Long
    from line_sim.analysis.growth.means import Answers
    from line_sim.analysis.growth.outlook import Load
    from line_sim.analysis.limits import Limits
    from line_sim.scenario import Scenario


@click.command(short_help="Check a scenario; show the line and what it can make.")
@scenario_argument
@set_option
@click.option(
    "--answers-of",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of a run: a real server is taken to answer as it did there.",
)
def check(scenario: Path, overrides: tuple[str, ...], folder: Path | None) -> None:
    """Read SCENARIO, show every mistake in it at once, else the line, its limits and where it fills up."""
    from line_sim.inspection.offline.replay import read_recordings
    from line_sim.pictures.opening import glance_at_pictures
    from line_sim.report.diagram import diagram
    from line_sim.scenario import load
    from line_sim.simulation import answers_in

    loaded = load(scenario, overrides)
    notes = glance_at_pictures(loaded)
    read_recordings(loaded)
    answers = {} if folder is None else answers_in(folder)
    click.echo(f"{scenario}: {loaded.name}\n")
    click.echo(diagram(loaded))
    click.echo("")
    _show_limits(loaded, answers)
    for note in notes:
        click.echo(note)


def _show_limits(scenario: "Scenario", answers: "Mapping[str, Answers]") -> None:
    from line_sim.analysis.limits import limits
    from line_sim.scenario.gateways.modelled import ModelledGateway

    unknown = [
        spec
        for spec in scenario.inspections
        if not isinstance(spec.gateway, ModelledGateway) and spec.name not in answers
    ]
    if not unknown:
        told = "Limits, with the answers of that run" if answers else "Limits"
        waits = round(max((found.wait.mid for found in answers.values()), default=0.0))
        _show(told, limits(scenario, waits, answers))
        return
    longest = max(spec.deadline or 0 for spec in unknown)
    _show("Limits, if answers were right and took no time", limits(scenario, None, answers))
    if longest:
        _show("Limits, if no answer came before its deadline", limits(scenario, longest, answers))


def _show(title: str, found: "Limits") -> None:
    click.echo(title)
    for row in _rows(found):
        click.echo(row)
    best = found.bottleneck.uph
    _show_rate("at best (the bottleneck alone)", best)
    if found.zero_buffer_uph is not None:
        _show_rate("at least (even without buffers)", found.zero_buffer_uph)
    if found.demand_uph is not None:
        _show_rate("demand", found.demand_uph, f"  ({found.demand_uph / best:.0%} of the bottleneck)")
    if found.long_run is not None:
        _show_long_run(found.long_run)
    click.echo("")


def _rows(found: "Limits") -> "Iterator[str]":
    """Yield a row a station: its time, what it makes, its load; review last, which the limits leave out."""
    from line_sim.layout import REVIEW
    from line_sim.layout.places import belt_to
    from line_sim.units import HOUR, milliseconds_text

    loads = {_limiting(load): load for load in found.long_run.outlook.loads} if found.long_run else {}
    review = loads.get(REVIEW) or loads.get(belt_to(REVIEW))
    width = max(len(name) for name in (REVIEW, *(station.name for station in found.stations)))
    for station in found.stations:
        mark = "  <- bottleneck" if station is found.bottleneck else ""
        made = f"{milliseconds_text(station.mean):>12} a part  {_uph(station.uph)}"
        load = loads.get(station.name)
        hours = f"  on {station.share:.0%} of the time" if station.share < 1 else ""
        yield f"  {station.name:<{width}}  {made}{_loaded(load) if load else ''}{hours}{mark}"
    if review is not None and review.makes != float("inf"):
        look = milliseconds_text(review.units * HOUR * review.share / (review.by_units or review.makes))
        made = f"{look:>12} a part  {review.makes:>10,.0f} UPH"
        hours = f"  on {review.share:.0%} of the time" if review.share < 1 else ""
        yield f"  {REVIEW:<{width}}  {made}{_loaded(review)} by {review.asked:,.0f} an hour sent there{hours}"


def _limiting(load: "Load") -> str:
    """Return the row that a load belongs to: that of the belt, where it brings less than the units make."""
    from line_sim.layout.places import belt_to

    return load.place if load.by_units is None else belt_to(load.place)


def _uph(makes: float) -> str:
    """Write what a station makes, in 14 characters; what takes no time knows no limit."""
    return f"{'no limit':>14}" if makes == float("inf") else f"{makes:>10,.0f} UPH"


def _loaded(load: "Load") -> str:
    return f"  loaded {100 * load.value:>4.0f} %"


def _show_long_run(found: "Long") -> None:
    from line_sim.analysis.growth.words import few_outages, filling_up

    _show_rate("in the long run, at most", found.outlook.long_run_uph)
    for sentence in filling_up(found):
        click.echo(f"  ! {sentence}")
    for outages in found.outages:
        if not outages.enough:
            click.echo(f"  ! {few_outages(outages, found.outlook.takes_in)}")


def _show_rate(what: str, uph: float, remark: str = "") -> None:
    click.echo(f"  {what:<34}  {uph:>10,.0f} UPH{remark}")
