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


def as_overrides(
    path: Path,
    overrides: tuple[str, ...],
    *,
    seed: int | None,
    target: str | None,
    clock: str | None,
    items: int | None,
) -> tuple[str, ...]:
    """Write the short options as overrides of the scenario's keys, behind those of `--set`.

    Raises ScenarioError when there is no real server for `--target` to stand for.
    """
    chosen = []
    if seed is not None:
        chosen.append(f"seed={seed}")
    if clock is not None:
        chosen.append(f"run.clock={clock}")
    if items is not None:
        chosen += [f"run.items={items}", "run.duration=null"]
    if target is not None:
        chosen += _retarget(path, (*overrides, *chosen), target)
    return (*overrides, *chosen)


def _retarget(path: Path, overrides: tuple[str, ...], target: str) -> list[str]:
    """Return the overrides that have every real server of the scenario be this one.

    They are found in the scenario as it is written: what `--set` says beside, such as TLS, may fit this
    target alone.
    """
    from line_sim.errors import ScenarioError
    from line_sim.scenario import load
    from line_sim.scenario.gateways.servers import retargeted
    from line_sim.scenario.load import live_gateways

    found = live_gateways(path, overrides)
    if not found:
        load(path, overrides)  # its mistakes come first
        raise ScenarioError(f"--target {target}: no inspection of {path} asks a real server")
    return [f"{key}.{override}" for key in found for override in retargeted(target)]
