"""`line-sim run`: run a scenario, keep its files, say what the waiting did to the line."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from line_sim.cli import INTERRUPTED
from line_sim.cli.audit import AUDIT_FAILED
from line_sim.cli.options import engine_option, scenario_argument, set_option, target_option
from line_sim.cli.studies.working import workers_options

if TYPE_CHECKING:
    from line_sim.cli.studies.working import Working
    from line_sim.engine.choice import EngineWish
    from line_sim.scenario import Scenario

LOCKED_UP = 6


@click.command()
@scenario_argument
@set_option
@click.option("--seed", type=click.IntRange(min=0), help="Use this seed instead of the scenario's.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for the run's files, new or empty.  [default: results/<name>-<time>]",
)
@target_option("Ask this server instead of the scenario's.")
@click.option(
    "--clock",
    metavar="CLOCK",
    help="virtual (modelled inference), coupled (real inference) or realtime (all at wall pace).  "
    "[default: by the gateway]",
)
@click.option(
    "--items", type=click.IntRange(min=1), metavar="N", help="Let N parts arrive, then empty the line."
)
@click.option(
    "--live/--no-live",
    default=None,
    help="Show the line at work; its keys are q, p and ?.  [default: on a terminal, unless it is compiled]",
)
@engine_option
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Serve the running line's Prometheus metrics at /metrics on this port (0: a free one).  "
    "[docs/metrics.md]",
)
@click.option(
    "--metrics-host",
    metavar="ADDRESS",
    help="Serve them at this address; 0.0.0.0: every interface, for a Prometheus elsewhere.  "
    "[default: 127.0.0.1]",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option(
    "--replications",
    type=click.IntRange(min=1),
    metavar="R",
    help="Run it so many times, each under other chance, and tell means with Student-t intervals.",
)
@click.option(
    "--until",
    "goals",
    multiple=True,
    metavar="KPI=PERCENT%",
    help="With --replications as the most: stop once the half-width of the KPI's interval is so small "
    "a share of its mean, e.g. uph=1%; repeatable.  [KPIs: docs/studies.md]",
)
@workers_options
def run(  # noqa: PLR0917 - click hands over one argument for each option
    scenario: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    out: Path | None,
    target: str | None,
    clock: str | None,
    items: int | None,
    live: bool | None,
    engine: "EngineWish",
    metrics_port: int | None,
    metrics_host: str | None,
    quiet: bool,
    replications: int | None,
    goals: tuple[str, ...],
    workers: "Working",
) -> int:
    """Run SCENARIO and leave its files in a folder."""
    from line_sim.cli.terminal.metering import metered
    from line_sim.cli.terminal.progress import narrator
    from line_sim.cli.terminal.signals import stopping_on_signals
    from line_sim.engine.asking import engine_for
    from line_sim.layout import layout_of
    from line_sim.line.line import DEADLOCKED
    from line_sim.live.state import LiveState
    from line_sim.report.page.writing import write_page
    from line_sim.scenario import load
    from line_sim.scenario.load import as_overrides
    from line_sim.simulation import simulate

    chosen = as_overrides(scenario, overrides, seed=seed, target=target, clock=clock, items=items)
    loaded = load(scenario, chosen)
    if replications is not None:
        if metrics_port is not None or metrics_host is not None:
            raise click.UsageError("--metrics-port is for one run, and --replications makes several")
        return _replicate(loaded, out, replications, goals, workers, engine, quiet=quiet)
    if goals or workers.chosen:
        raise click.UsageError("--until, --jobs and --cluster need --replications, the most runs to make")
    state = LiveState(layout_of(loaded))
    metered_run = metrics_port is not None
    compiled = engine_for(loaded, engine, watchers=(state,) if live or metered_run else ()).name == "compiled"
    with (
        stopping_on_signals() as interrupt,
        narrator(loaded, state, quiet=quiet, live=live, compiled=compiled) as told,
        metered(state, metrics_port, metrics_host, told.stage) as counted,
    ):
        result = simulate(
            loaded,
            out,
            narrate=told.stage,
            observers=tuple(dict.fromkeys((*counted, *told.observers))),  # the state is one for both
            interrupt=interrupt,
            engine=engine,
            followers=told.followers,
        )
        page = write_page(result)
    if not quiet:
        from line_sim.cli.terminal.printing import show_result

        show_result(result, page)
    if not result.summary.audit_passed:
        return AUDIT_FAILED
    if result.ended == DEADLOCKED:
        return LOCKED_UP
    return INTERRUPTED if interrupt.wished else 0


def _replicate(
    scenario: "Scenario",
    out: Path | None,
    most: int,
    goals: tuple[str, ...],
    workers: "Working",
    engine: "EngineWish",
    *,
    quiet: bool,
) -> int:
    """Make the replications and show what they came to."""
    from line_sim.cli.terminal.printing import show_page
    from line_sim.cli.terminal.signals import stopping_on_signals
    from line_sim.cli.terminal.study_progress import study_narrator
    from line_sim.line.line import DEADLOCKED
    from line_sim.study.pages.replications import write_replications_page
    from line_sim.study.replications.precision import FEWEST, read_goal
    from line_sim.study.replications.replicate import Plan, replicate
    from line_sim.study.replications.text import replications_text

    plan = Plan(most, tuple(read_goal(goal) for goal in goals), engine)
    if goals and most < FEWEST:
        raise click.UsageError(f"--until needs --replications {FEWEST} or more: no rule stops before that")
    if scenario.live and workers.cluster:
        raise click.UsageError(
            f"--cluster: {scenario.name} asks a real server, one run after the other, from here"
        )
    with (
        stopping_on_signals() as interrupt,
        study_narrator("replications", quiet=quiet) as told,
        workers(told.stage) as team,
    ):
        study = replicate(
            scenario,
            out,
            plan,
            workers=team,
            narrate=told.stage,
            counted=told.counted,
            interrupt=interrupt,
        )
    page = write_replications_page(study.folder) if study.done else None
    if not quiet:
        files = f"Files: {study.folder} (all figures: replications.csv, .json)"
        show_page(replications_text(study), files if page is None else f"{files}\nPage:  {page}")
    if interrupt.wished:
        return INTERRUPTED
    return LOCKED_UP if any(each.ended == DEADLOCKED for each in study.done) else 0
