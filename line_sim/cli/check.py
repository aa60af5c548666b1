"""`line-sim check`: read a scenario, show the line and what it can make."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from line_sim.cli.options import scenario_argument, set_option

if TYPE_CHECKING:
    from line_sim.analysis.limits import Limits
    from line_sim.scenario import Scenario


@click.command(short_help="Check a scenario; show the line and what it can make.")
@scenario_argument
@set_option
def check(scenario: Path, overrides: tuple[str, ...]) -> None:
    """Read SCENARIO, show every mistake in it at once, else the line and its limits."""
    from line_sim.pictures.opening import glance_at_pictures
    from line_sim.report.diagram import diagram
    from line_sim.scenario import load

    loaded = load(scenario, overrides)
    notes = glance_at_pictures(loaded)
    click.echo(f"{scenario}: {loaded.name}\n")
    click.echo(diagram(loaded))
    click.echo("")
    _show_limits(loaded)
    for note in notes:
        click.echo(note)


def _show_limits(scenario: "Scenario") -> None:
    from line_sim.analysis.limits import limits

    if not scenario.live:
        _show("Limits", limits(scenario))
    else:
        longest = max(spec.deadline or 0 for spec in scenario.inspections)
        _show("Limits, if answers took no time", limits(scenario))
        _show("Limits, if every answer took its whole deadline", limits(scenario, longest))
    _show_review(scenario)


def _show_review(scenario: "Scenario") -> None:
    """Say what the limits leave out: how many parts are sent to review is known only after a run."""
    from line_sim.units import HOUR

    review = scenario.review
    if review is None or not review.time.mean_ns:
        return
    click.echo("Not in these limits: review, which holds up the inspection while it is full")
    _show_rate("review, of the parts sent there", review.units * HOUR / review.time.mean_ns)


def _show(title: str, found: "Limits") -> None:
    from line_sim.units import milliseconds_text

    click.echo(title)
    width = max(len(station.name) for station in found.stations)
    for station in found.stations:
        mark = "  <- bottleneck" if station is found.bottleneck else ""
        mean = milliseconds_text(station.mean)
        click.echo(f"  {station.name:<{width}}  {mean:>12} a part  {station.uph:>10,.0f} UPH{mark}")
    best = found.bottleneck.uph
    _show_rate("at best (the bottleneck alone)", best)
    if found.zero_buffer_uph is not None:
        _show_rate("at least (even without buffers)", found.zero_buffer_uph)
    if found.demand_uph is not None:
        _show_rate("demand", found.demand_uph, f"  ({found.demand_uph / best:.0%} of the bottleneck)")
    click.echo("")


def _show_rate(what: str, uph: float, remark: str = "") -> None:
    click.echo(f"  {what:<34}  {uph:>10,.0f} UPH{remark}")
