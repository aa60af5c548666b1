"""Replications of a scenario: the same line under other chance, until enough is known."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from line_sim.analysis.summary.as_json import summary_json
from line_sim.engine.choice import EngineWish
from line_sim.figures.names import figures_of
from line_sim.figures.stops.outages import FewOutages
from line_sim.inspection.servers.last_words import forget
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.recording.writer import refuse_folder_in_use, remove_if_empty
from line_sim.report.ended import ALL_DONE, INTERRUPTED, REACHED
from line_sim.scenario import Scenario
from line_sim.scenario.times import Constant
from line_sim.simulation import make_default_folder, simulate
from line_sim.study.kpis import Figures, refuse_unknown
from line_sim.study.replications.files import Table, write_study
from line_sim.study.replications.outages import Seen, few_in_all, seen_in
from line_sim.study.replications.places import signed_folder, whole_folder
from line_sim.study.replications.precision import Goal, enough, standing
from line_sim.study.replications.seeds import replication_seed
from line_sim.study.running.engines import Wished
from line_sim.study.running.ready import get_ready
from line_sim.study.running.second_look import is_one_of, left_where_engines_differ, look_at_files
from line_sim.study.workers import Processes, Workers
from line_sim.units import counted

Narrate = Callable[[str], None]
Counted = Callable[[int, int], None]
"""Told how many runs are over, of how many at most."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many replications at most, what is enough, and on which line they are run."""

    most: int
    goals: tuple[Goal, ...] = ()
    engine: EngineWish = "auto"


@dataclass(frozen=True, slots=True)
class Replication:
    """One run of a study; `whole` is False where a stop was wished before it was over."""

    number: int
    seed: int
    folder: Path
    ended: str | None
    whole: bool
    audit_passed: bool
    figures: Figures = field(default_factory=dict)
    outages: Seen = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replications:
    """A study that is over: the replications that count, those broken off, why it ended.

    `few` are the stations of which all of them together saw too few outages; more than `ceiling` UPH no
    such run ships.
    """

    folder: Path
    scenario: str
    seed: int
    plan: Plan
    done: tuple[Replication, ...]
    broken_off: tuple[Replication, ...]
    ended: str
    reason: str
    few: tuple[FewOutages, ...] = ()
    ceiling: float | None = None

    @property
    def runs(self) -> list[Figures]:
        """The figures of every replication that counts."""
        return [replication.figures for replication in self.done]


def replicate(
    scenario: Scenario,
    folder: Path | None,
    plan: Plan,
    *,
    workers: Workers | None = None,
    narrate: Narrate = lambda _: None,
    counted: Counted = lambda _, __: None,
    interrupt: Interrupt | None = None,
) -> Replications:
    """Run a scenario again and again, each run in a folder of its own below `folder`, which is new or empty.

    `workers`, which are open, do it; without any, this process does. Replications of a live scenario run one
    after the other, and always in this process. The stop rule looks at the replications in
    the order of their numbers, so that how many are made does not depend on how many run at a time.
    Raises ScenarioError for a goal that names no figure of the line, and what `simulate` raises.
    """
    interrupt = interrupt or Interrupt()
    refuse_unknown([goal.kpi for goal in plan.goals], "--until", scenario)
    with ExitStack() as stack:
        if folder is None:
            folder = make_default_folder(scenario.name)
        stack.callback(remove_if_empty, folder)
        refuse_folder_in_use(folder)
        forget(folder)
        get_ready(workers, [scenario], Wished(plan.engine, plan.most), narrate)
        with left_where_engines_differ(folder):
            done, broken_off = _run_all(scenario, folder, plan, workers, narrate, counted, interrupt)
        if not done and interrupt.wished and not broken_off:
            raise KeyboardInterrupt
        few = _few(scenario, done)
        ended, reason = _why(plan, done, few, interrupt)
        counts, broken = tuple(done), tuple(broken_off)
        study = Replications(
            folder, scenario.name, scenario.seed, plan, counts, broken, ended, reason, few, most_uph(scenario)
        )
        write_study(study)
    return study


def perform(
    number: int,
    interrupt: Interrupt,
    *,
    scenario: Scenario,
    folder: Path,
    sign: Path | None = None,
    engine: EngineWish = "auto",
    runs: int = 1,
) -> Replication:
    """Run one of so many `runs` and leave its files in `folder/replication-NNN`, by a sign all at once.

    The first one, and one in a thousand, is made again on SimPy. Raises EngineError where that is another
    run.
    """
    seed = replication_seed(scenario.seed, number)
    place = folder / folder_name(number)
    with whole_folder(place, sign) if sign else nullcontext(place) as where:
        seeded = scenario.model_copy(update={"seed": seed})
        result = simulate(seeded, where, interrupt=interrupt, engine=engine, runs=runs)
        if number == 1 or is_one_of(seed, 0):
            look_at_files(seeded, result, interrupt)
    figures = figures_of(summary_json(result.summary), result.summary.layout)
    whole, passed = not interrupt.wished, result.summary.audit_passed
    return Replication(number, seed, place, result.ended, whole, passed, figures, seen_in(result.summary))


def _few(scenario: Scenario, done: Sequence[Replication]) -> tuple[FewOutages, ...]:
    return few_in_all(layout_of(scenario), [each.outages for each in done], [each.figures for each in done])


def most_uph(scenario: Scenario) -> float | None:
    """Return the UPH that an even takt lets pass.

    A run begins with machines that work, so that short ones may well ship more than their line in the long
    run: what the stations make is no bound for them. Nor is a takt that keeps hours where nobody knows how
    many of them a run has.
    """
    layout, run = layout_of(scenario), scenario.run
    if not isinstance(scenario.arrivals.every, Constant):
        return None
    if layout.comes is None:
        return layout.takt_uph
    if run.duration is None or run.warm_up == "auto":
        return None
    return layout.takt_between(run.warm_up, run.duration)


def folder_name(number: int) -> str:
    """Return the name of a replication's folder: `replication-001`."""
    return f"replication-{number:03d}"


def _run_all(
    scenario: Scenario,
    folder: Path,
    plan: Plan,
    workers: Workers | None,
    narrate: Narrate,
    counted: Counted,
    interrupt: Interrupt,
) -> tuple[list[Replication], list[Replication]]:
    """Return the replications that count and those broken off; what was run beyond the rule is removed."""
    done: list[Replication] = []
    broken_off: list[Replication] = []
    workers = Processes(1) if workers is None or scenario.live else workers
    narrate(_beginning(scenario, folder, plan, min(workers.count, plan.most)))
    table = Table(folder)
    try:
        with ExitStack() as stack:
            sign = stack.enter_context(signed_folder(folder))
            here = partial(
                perform, scenario=scenario, folder=folder.absolute(), engine=plan.engine, runs=plan.most
            )
            work = here if scenario.live else partial(here, sign=sign)
            results = stack.enter_context(closing(workers.in_order(work, range(1, plan.most + 1), interrupt)))
            for replication in results:
                if not replication.whole:
                    broken_off.append(replication)
                    continue
                done.append(replication)
                table.add(replication)
                counted(len(done), plan.most)
                if plan.goals and enough(plan.goals, [each.figures for each in done], _few(scenario, done)):
                    break
    except KeyboardInterrupt:  # the wish came while a live run was being opened, or a second one tore it
        if not interrupt.wished:
            raise
    if not interrupt.wished:
        for number in range(len(done) + 1, plan.most + 1):
            shutil.rmtree(folder / folder_name(number), ignore_errors=True)
    return done, broken_off


def _beginning(scenario: Scenario, folder: Path, plan: Plan, workers: int) -> str:
    most = counted(plan.most, "replications") if not plan.goals else f"at most {plan.most} replications"
    side = f", {workers} at a time" if workers > 1 else ", one after the other"
    return f"{scenario.name}: {most}{side}; their files go to {folder}"


def _why(
    plan: Plan, done: Sequence[Replication], few: Sequence[FewOutages], interrupt: Interrupt
) -> tuple[str, str]:
    """Say in a word and in a sentence why the study ended."""
    runs = [replication.figures for replication in done]
    n = counted(len(done), "replications")
    if interrupt.wished:
        return INTERRUPTED, f"interrupted after {n} of {plan.most}"
    known = "; ".join(standing(goal, runs, few) for goal in plan.goals)
    if not plan.goals:
        return ALL_DONE, f"all {n} were run"
    if enough(plan.goals, runs, few):
        return REACHED, f"stopped after {n}, well enough known: {known}"
    return ALL_DONE, f"all {n} were run, not well enough known: {known}; allow more with --replications"
