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
    from line_sim.errors import ScenarioError
    from line_sim.scenario import load
    from line_sim.scenario.fields import key_of
    from line_sim.scenario.gateways.kind import LiveKind

    gateways = {
        place: getattr(spec, "gateway", None) for place, spec in enumerate(load(path, overrides).line)
    }
    live = {place: kind for place, kind in gateways.items() if isinstance(kind, LiveKind)}
    if not live:
        raise ScenarioError(f"--target {target}: no inspection of {path} asks a real server")
    return [
        f"line.{place}.gateway.{key_of(type(kind))}.{override}"
        for place, kind in live.items()
        for override in kind.server.retargeted(target)
    ]
