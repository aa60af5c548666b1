"""Two scenarios run side by side under common random numbers."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from line_sim.errors import ScenarioError
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.recording.whole import write_json
from line_sim.recording.writer import refuse_folder_in_use, remove_if_empty
from line_sim.scenario import Scenario
from line_sim.simulation import make_default_folder
from line_sim.study.comparison.compare import Comparison, compare_figures
from line_sim.study.comparison.differences import differences
from line_sim.study.comparison.text import comparison_json
from line_sim.study.kpis import MAIN_NAMES, refuse_unknown
from line_sim.study.replications.outages import few_in_all
from line_sim.study.replications.places import signed_folder
from line_sim.study.replications.replicate import Counted, Narrate, Replication, perform
from line_sim.study.running.engines import Wished
from line_sim.study.running.ready import get_ready
from line_sim.study.running.second_look import left_where_engines_differ
from line_sim.study.workers import Processes, Workers


def compare_scenarios(
    one: Scenario,
    other: Scenario,
    folder: Path | None,
    count: int,
    kpis: tuple[str, ...] = (),
    *,
    workers: Workers | None = None,
    narrate: Narrate = lambda _: None,
    counted: Counted = lambda _, __: None,
    interrupt: Interrupt | None = None,
) -> tuple[Comparison, Path]:
    """Run both scenarios `count` times and set them against each other; return the folder, too.

    Run n of both has the seed of run n of the first one, and lies in `a/` and `b/` of the folder,
    which is new or empty. `workers`, which are open, do it; without any, this process does. Raises
    ScenarioError for a scenario that asks a real server.
    """
    interrupt = interrupt or Interrupt()
    refuse_live(one, other)
    refuse_unknown(kpis, "--kpi", one, other)
    notes = []
    if one.seed != other.seed:
        notes.append(f"B is run with A's seed {one.seed}, so that both meet the same chance")
    with ExitStack() as stack:
        if folder is None:
            folder = make_default_folder("compare")
        stack.callback(remove_if_empty, folder)
        refuse_folder_in_use(folder)
        get_ready(workers, [one, other], Wished(runs=count), narrate)
        narrate(f"{count} runs each of {one.name} and {other.name}; their files go to {folder}")
        sides = {"a": one, "b": other}
        runs = run_alike(
            sides, folder, count, workers=workers or Processes(1), counted=counted, interrupt=interrupt
        )
        a, b = ({seed: each.figures for seed, each in runs[side].items()} for side in sides)
        if interrupt.wished:
            if not (a and b):
                raise KeyboardInterrupt
            notes.append(f"interrupted: {min(len(a), len(b))} of {count} pairs were run")
        notes += [note for side in sides for note in _too_few_outages(sides[side], runs[side].values())]
        changes = [change for change in differences(one, other) if change[0] != "seed"]
        names = (one.name, other.name)
        found = compare_figures(names, a, b, kpis or MAIN_NAMES, changes=changes, notes=notes)
        write_json(folder / "comparison.json", comparison_json(found))
    return found, folder


def run_alike(
    scenarios: Mapping[str, Scenario],
    folder: Path,
    count: int,
    *,
    workers: Workers,
    counted: Counted,
    interrupt: Interrupt,
) -> dict[str, dict[int, Replication]]:
    """Run each scenario `count` times below the folder of its name; return its runs by seed.

    The first scenario's seed counts for all. A set of runs that is not whole after an interrupt is
    left out everywhere.
    """
    seed = next(iter(scenarios.values())).seed
    alike = {name: each.model_copy(update={"seed": seed}) for name, each in scenarios.items()}
    tasks = [(name, number) for number in range(1, count + 1) for name in alike]
    done: dict[str, dict[int, Replication]] = {name: {} for name in alike}
    over = 0
    with ExitStack() as stack:
        sign = stack.enter_context(signed_folder(folder, alike))
        stack.enter_context(left_where_engines_differ(folder))
        where, runs = folder.absolute(), len(tasks)
        work = partial(_perform_one, scenarios=alike, folder=where, sign=sign, runs=runs)
        results = stack.enter_context(closing(workers.in_order(work, tasks, interrupt)))
        for name, replication in results:
            if replication.whole:
                done[name][replication.seed] = replication
            over += 1
            counted(over, len(tasks))
    complete = set.intersection(*(set(runs) for runs in done.values()))
    return {name: {s: runs[s] for s in runs if s in complete} for name, runs in done.items()}


def _too_few_outages(scenario: Scenario, runs: Iterable[Replication]) -> Iterator[str]:
    """Say where so few outages were seen that what they change about a difference is not."""
    whole = list(runs)
    few = few_in_all(layout_of(scenario), [each.outages for each in whole], [each.figures for each in whole])
    if few:
        yield f"{scenario.name}: {few[0].lack.text} to see what they change; make more runs, or longer ones"


def _perform_one(
    task: tuple[str, int],
    interrupt: Interrupt,
    *,
    scenarios: Mapping[str, Scenario],
    folder: Path,
    sign: Path,
    runs: int,
) -> tuple[str, Replication]:
    name, number = task
    scenario, place = scenarios[name], folder / name
    return name, perform(number, interrupt, scenario=scenario, folder=place, sign=sign, runs=runs)


def refuse_live(*scenarios: Scenario) -> None:
    """Raise ScenarioError for a scenario that asks a real server: no two runs of it are alike."""
    for scenario in scenarios:
        if scenario.live:
            raise ScenarioError(
                f"{scenario.name}: it asks a real server, whose chance cannot be shared; run each scenario"
                " with 'line-sim run' and compare the folders, or model the gateway with --set"
            )
