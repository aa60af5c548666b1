"""`line-sim compare`: two scenarios, or the folders of two runs, side by side."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from line_sim.cli import INTERRUPTED
from line_sim.cli.options import Command
from line_sim.cli.studies.working import workers_options

if TYPE_CHECKING:
    from line_sim.cli.studies.working import Working
    from line_sim.line.interrupt import Interrupt
    from line_sim.scenario import Scenario
    from line_sim.study.comparison.compare import Comparison

REPLICATIONS = 10

HELP = """Set B against A: two scenarios, or the folders of two runs or of two sets of replications.

\b
Scenarios are run, their inference modelled, each run of B with the chance of the same run of A:
  line-sim compare old.yaml new.yaml
  line-sim compare line.yaml line.yaml --set-b line.camera.units=2
Folders are read:
  line-sim compare results/monday results/tuesday

A difference of 0 is exactly that: a scenario against itself shows nothing else.
"""


def _set_options(function: Command) -> Command:
    for name, whose in (("b", "B alone"), ("a", "A alone"), ("", "both scenarios")):
        flag = f"--set-{name}" if name else "--set"
        option = click.option(
            flag,
            f"set_{name or 'both'}",
            multiple=True,
            metavar="KEY=VALUE",
            help=f"Override a key of {whose}.",
        )
        function = option(function)
    return function


@click.command(help=HELP, short_help="Set two scenarios or runs side by side, with intervals.")
@click.argument("one", type=click.Path(path_type=Path), metavar="A")
@click.argument("other", type=click.Path(path_type=Path), metavar="B")
@_set_options
@click.option(
    "--replications",
    type=click.IntRange(min=2),
    metavar="R",
    help=f"Runs of each scenario.  [default: {REPLICATIONS}]",
)
@click.option("--seed", type=click.IntRange(min=0), help="Use this seed instead of A's for both scenarios.")
@click.option("--items", type=click.IntRange(min=1), metavar="N", help="Let N parts arrive in each run.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for the runs' files, new or empty.  [default: results/compare-<time>]",
)
@workers_options
@click.option(
    "--kpi",
    "kpis",
    multiple=True,
    metavar="KPI",
    help="Compare these figures instead of the main ones; repeatable.",
)
@click.option(
    "--json", "file", type=click.Path(path_type=Path), metavar="FILE", help="Write the table as JSON, too."
)
@click.option(
    "--html",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the page there.  [default: compare.html in the folder of scenarios' runs; of folders none]",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def compare(  # noqa: PLR0917 - click hands over one argument for each option
    one: Path,
    other: Path,
    set_both: tuple[str, ...],
    set_a: tuple[str, ...],
    set_b: tuple[str, ...],
    replications: int | None,
    seed: int | None,
    items: int | None,
    out: Path | None,
    kpis: tuple[str, ...],
    file: Path | None,
    html: Path | None,
    quiet: bool,
    workers: "Working",
) -> int:
    """Compare."""
    from line_sim.cli.terminal.printing import show_page
    from line_sim.cli.terminal.signals import stopping_on_signals
    from line_sim.recording.whole import write_json
    from line_sim.scenario.load import as_overrides
    from line_sim.study.comparison.text import comparison_json, comparison_text

    with stopping_on_signals() as interrupt:
        if one.is_dir() and other.is_dir():
            if (
                set_both
                or set_a
                or set_b
                or replications
                or seed is not None
                or items
                or out
                or workers.chosen
            ):
                raise click.UsageError(
                    "folders are read, not run: of the options only --kpi, --json, --html and --quiet fit"
                )
            found, last_line = _folders(one, other, kpis), f"Read: {one} and {other}"
            if html is not None:
                last_line += f"\n{_page(found, (one, other), html)}"
        elif one.is_dir() or other.is_dir():
            raise click.UsageError("compare two scenarios or two folders, not one of each")
        else:
            common = as_overrides(one, set_both, seed=seed, items=items)
            found, last_line = _scenarios(
                _load(one, (*common, *set_a)),
                _load(other, (*common, *set_b)),
                (out, replications or REPLICATIONS, workers, kpis),
                interrupt,
                html,
                quiet=quiet,
            )
    if file is not None:
        write_json(file, comparison_json(found))
    if not quiet:
        show_page(comparison_text(found), last_line)
    return INTERRUPTED if interrupt.wished else 0


def _load(path: Path, overrides: tuple[str, ...]) -> "Scenario":
    from line_sim.scenario import load

    return load(path, overrides)


def _folders(one: Path, other: Path, kpis: tuple[str, ...]) -> "Comparison":
    """Read what the two folders hold and compare it."""
    from line_sim.study.comparison.folders import compare_folders

    return compare_folders(one, other, kpis)


def _scenarios(
    one: "Scenario",
    other: "Scenario",
    how: tuple[Path | None, int, "Working", tuple[str, ...]],
    interrupt: "Interrupt",
    html: Path | None,
    *,
    quiet: bool,
) -> tuple["Comparison", str]:
    """Run both scenarios and compare what came of it."""
    from line_sim.cli.terminal.study_progress import study_narrator
    from line_sim.study.comparison.scenarios import compare_scenarios

    out, replications, workers, kpis = how
    with study_narrator("runs", quiet=quiet) as told, workers(told.stage) as team:
        found, folder = compare_scenarios(
            one,
            other,
            out,
            replications,
            kpis,
            workers=team,
            narrate=told.stage,
            counted=told.counted,
            interrupt=interrupt,
        )
    page = _page(found, (folder / "a", folder / "b"), html or folder / "compare.html")
    return found, f"Files: {folder}\n{page}"


def _page(found: "Comparison", sides: tuple[Path, Path], path: Path) -> str:
    """Write the page of a comparison and say where it is."""
    from line_sim.study.comparison.text import comparison_json
    from line_sim.study.pages.comparison import write_comparison_page

    return f"Page:  {write_comparison_page(comparison_json(found), sides, path)}"
