"""Options that several commands share, and how they become overrides of the scenario."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]

scenario_argument = click.argument("scenario", type=click.Path(path_type=Path), metavar="SCENARIO")


def set_option(function: Command) -> Command:
    """Add `--set KEY=VALUE`, any number of times."""
    return click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="KEY=VALUE",
        help="Override a key of the scenario, e.g. line.1.deadline=150ms or line.pack.units=2; repeatable.",
    )(function)


def target_option(what: str) -> Callable[[Command], Command]:
    """Add `--target`, with what it means there."""
    metavar = "HOST:PORT|unix:PATH|embedded"
    return click.option("--target", metavar=metavar, callback=_checked_target, help=what)


def _checked_target(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001 - click's form
    """Refuse what can be no target; a socket's path is relative to where the command was typed."""
    from line_sim.scenario.gateways.servers import checked_target, placed_target

    try:
        return None if value is None else placed_target(checked_target(value), Path.cwd())
    except ValueError as error:
        raise click.BadParameter(f"{value}: {error}") from None
