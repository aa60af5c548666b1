"""Options that several commands share, and how they become overrides of the scenario."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from line_sim.units import Nanoseconds, parse_duration

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


def duration_of(ctx: click.Context, param: click.Parameter, value: str | None) -> Nanoseconds | None:  # noqa: ARG001 - click's form
    """Read an option's duration, as its callback. Raises BadParameter for what is none above 0."""
    if value is None:
        return None
    try:
        found = parse_duration(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if found <= 0:
        raise click.BadParameter(f"{value} is not greater than 0")
    return found


def _headers(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:  # noqa: ARG001 - as above
    from line_sim.scenario.access import named

    pairs = [value.partition("=") for value in values]
    if any(not equals or not value for _, equals, value in pairs):
        raise click.BadParameter("write NAME=VALUE")
    try:
        named({name: value for name, _, value in pairs})
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return {name: value for name, _, value in pairs}


PEM = click.Path(path_type=Path, exists=True, dir_okay=False)
_ACCESS = (
    click.option(
        "--header", multiple=True, metavar="NAME=VALUE", callback=_headers, help="Metadata; repeatable."
    ),
    click.option("--tls", is_flag=True, help="Speak TLS.  [also with --ca, --cert, --server-name]"),
    click.option("--ca", type=PEM, help="PEM file of the authorities to trust."),
    click.option("--cert", type=PEM, help="PEM file of our own certificate."),
    click.option("--key", type=PEM, help="PEM file of its key."),
    click.option("--server-name", help="The name that the server's certificate must have."),
)


def access_options(function: Command) -> Command:
    """Add what a server may ask for before it answers: metadata (`header`, a mapping) and TLS."""
    for option in reversed(_ACCESS):
        function = option(function)
    return function
