"""`line-sim check`: read a scenario, show the line, what it can make, and where it would fill up."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from line_sim.cli.options import scenario_argument, set_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from line_sim.analysis.crew_limits import CrewLimit
    from line_sim.analysis.growth.long_run import Long
    from line_sim.analysis.growth.means import Answers
    from line_sim.analysis.limits import Limits, StationLimit
    from line_sim.analysis.server_limits import ServerLimit
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
    from line_sim.analysis.crew_limits import hardly_ever_up
    from line_sim.inspection.offline.models import unused_servers
    from line_sim.inspection.offline.replay import read_recordings
    from line_sim.inspection.opening import refuse_embedded_without_extra
    from line_sim.inspection.servers.access import unnamed_labels
    from line_sim.layout import layout_of
    from line_sim.pictures.opening import glance_at_pictures
    from line_sim.report.diagram import KEY, diagram
    from line_sim.scenario import load
    from line_sim.simulation import answers_in

    loaded = load(scenario, overrides)
    notes = glance_at_pictures(loaded)
    read_recordings(loaded)
    notes += unused_servers(loaded)
    notes += unnamed_labels(loaded)
    notes += hardly_ever_up(layout_of(loaded))
    answers = {} if folder is None else answers_in(folder)
    click.echo(f"{scenario}: {loaded.name}\n")
    click.echo(diagram(loaded))
    click.echo(f"\n{KEY}\n")
    _show_limits(loaded, answers)
    layout = layout_of(loaded)
    if layout.calendars and layout.one_calendar is None:
        click.echo("! not all keep the same hours: what that costs no mean tells; run it to see")
    circle = layout.circle
    if circle:
        names = ", ".join([*circle, circle[0]])
        click.echo(f"! parts can come round ({names}): where all of these are full, the line locks up")
    for spec in loaded.inspections:
        if spec.on_no_result == "stop":
            click.echo(f"{spec.name} ends the run at the first part that gets no usable answer.")
    for note in notes:
        click.echo(note)
    refuse_embedded_without_extra(loaded)


def _show_limits(scenario: "Scenario", answers: "Mapping[str, Answers]") -> None:
    from line_sim.analysis.limits import limits

    unknown = [
        spec for spec in scenario.inspections if spec.gateway.model is None and spec.name not in answers
    ]
    if not unknown:
        told = "Limits, with the answers of that run" if answers else "Limits"
        waits = round(max((found.wait.mid for found in answers.values()), default=0.0))
        _show(told, limits(scenario, waits, answers))
        return
    longest = max(spec.deadline or 0 for spec in unknown)
    _show("Limits, if answers were right and took no time", limits(scenario, None, answers))
    if longest and not any(spec.on_no_result == "stop" for spec in unknown):
        _show("Limits, if no answer came before its deadline", limits(scenario, longest, answers))


def _show(title: str, found: "Limits") -> None:
    from line_sim.layout import REVIEW
    from line_sim.layout.places import belt_to

    click.echo(title)
    for row in _rows(found):
        click.echo(row)
    best, review = found.bottleneck.uph, found.loads.get(REVIEW) or found.loads.get(belt_to(REVIEW))
    alone = "" if review is None else "  (review left out)"
    _show_rate("at best (the slowest station alone)", best, alone)
    if found.zero_buffer_uph is not None:
        _show_rate("at least (even without buffers)", found.zero_buffer_uph, alone)
    if found.demand_uph is not None:
        share = "" if best == float("inf") else f"  ({100 * found.demand_uph / best:.0f} % of at best)"
        _show_rate("demand", found.demand_uph, share)
    if review is not None:
        _show_rate("sent to review", review.asked, unit="an hour")
    if found.long_run is not None:
        _show_long_run(found.long_run)
        _show_defects(found.long_run)
    click.echo("")


def _rows(found: "Limits") -> "Iterator[str]":
    """Yield a row a station: its time, what it makes, its load; then servers and crews; review last."""
    from line_sim.layout import REVIEW
    from line_sim.layout.places import belt_to
    from line_sim.units import HOUR

    loads = {place: load.value for place, load in found.loads.items()}
    rows = [(row.name, row.mean, row.uph, loads.get(row.name), _set_ups(row)) for row in found.stations]
    rows += [(row.name, row.mean, row.uph, row.load, _requests(row)) for row in found.servers]
    rows += [(row.name, row.mean, row.uph, row.load, _people(row)) for row in found.crews]
    review = found.loads.get(REVIEW) or found.loads.get(belt_to(REVIEW))
    if review is not None:
        there = review.share * HOUR
        if review.by_units is not None:
            rows.append((belt_to(REVIEW), there / review.makes, review.makes, review.value, ""))
        makes = review.by_units or review.makes
        rows.append((REVIEW, review.units * there / makes, makes, review.asked / makes, ""))
    cells = [tuple(_cells(*row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    named = [row for row in rows if row[0] == found.most_loaded]
    worst = max(named, key=lambda row: row[3] or 0.0, default=None)
    for (name, *others), row in zip(cells, rows, strict=True):
        *numbers, remark = others
        told = (*(cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=False)), remark)
        mark = "  <- bottleneck" if row is worst and row[2] != float("inf") else ""
        yield "  ".join(("", name.ljust(widths[0]), *told)).rstrip() + mark


def _cells(name: str, mean: float, makes: float, load: float | None, remark: str) -> "Iterator[str]":
    """Yield a row's name, the time of a part, what it makes and its load; what takes no time has no limit."""
    from line_sim.units import milliseconds_text

    yield name
    yield f"{milliseconds_text(mean)} a part"
    yield _rate(makes)
    yield "" if load is None else f"loaded {100 * load:>3.0f} %"
    yield remark


def _set_ups(row: "StationLimit") -> str:
    """Tell what of a part's time is spent on set-ups between variants."""
    from line_sim.units import milliseconds_text

    return f"{milliseconds_text(row.set_up)} of it set-ups" if row.set_up else ""


def _requests(server: "ServerLimit") -> str:
    """Tell what comes to a server that several share, or that puts requests together, for each part."""
    from line_sim.units import counted

    together = f" in batches of {server.size}" if server.size > 1 else ""
    together += f" side by side, {server.speed:.3g} times as fast as one" if server.speed > 1 else ""
    return f"by {counted(server.a_part, 'requests')} a part{together}"


def _people(crew: "CrewLimit") -> str:
    """Tell how many there are of a crew, whose time it is that a part takes."""
    return f"of a person, {crew.people:,} {'is' if crew.people == 1 else 'are'} there"


def _show_long_run(found: "Long") -> None:
    from line_sim.analysis.growth.words import few_outages, filling_up

    _show_rate("in the long run, at most", found.outlook.long_run_uph)
    for sentence in filling_up(found):
        click.echo(f"  ! {sentence}")
    for outages in found.outages:
        if not outages.enough:
            click.echo(f"  ! {few_outages(outages, found.outlook.takes_in)}")


def _show_defects(found: "Long") -> None:
    """Show what inspections will see of defects that stations make, and what is shipped with one."""
    if found.defects is None:
        return
    entering = found.outlook.entering
    for each in found.defects.inspections:
        reviewed, missed = (f"{entering * share:,.4g} an hour" for share in (each.reviewed, each.missed))
        seen = f"{100 * each.defective:.3g} % of the parts are defective then"
        click.echo(f"  {each.station}: {seen}; {reviewed} to review, {missed} go on defective")
    if found.defects.escapes is not None:
        click.echo(f"  defective, of the shipped: {100 * found.defects.escapes:.3g} %")
    for name in found.defects.unseen:
        click.echo(f"  ! no inspection stands behind {name}, which makes defects: nothing sees them")


def _show_rate(what: str, rate: float, remark: str = "", unit: str = "UPH") -> None:
    number, _, rest = _rate(rate, unit).partition(" ")
    click.echo(f"  {what:<35}  {number:>9} {rest}{remark}")


def _rate(rate: float, unit: str = "UPH") -> str:
    """Write a rate; what takes no time has no limit."""
    return "no limit" if rate == float("inf") else f"{rate:,.0f} {unit}"
