"""A sweep: every variant of a study, each under the same chance, until enough is known."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from line_sim.engine.choice import EngineWish
from line_sim.errors import RunFileError
from line_sim.figures.catalogue import LOSS
from line_sim.line.interrupt import Interrupt
from line_sim.recording.whole import write_json
from line_sim.recording.writer import create_empty, remove_if_empty
from line_sim.report.ended import ALL_DONE, BROKEN_OFF, INTERRUPTED
from line_sim.simulation import make_default_folder
from line_sim.study.alone import alone_in
from line_sim.study.design.kept import mark_of, refuse_others
from line_sim.study.design.study import Amount, Study
from line_sim.study.design.variants import Variant, variants_of
from line_sim.study.going_on import left_where_it_fails, way_on
from line_sim.study.kpis import MAIN_NAMES, refuse_unknown
from line_sim.study.replications.precision import enough
from line_sim.study.replications.seeds import replication_seed
from line_sim.study.running.engines import Wished
from line_sim.study.running.ready import get_ready
from line_sim.study.running.second_look import is_one_of, left_where_engines_differ
from line_sim.study.sweep.analysis import Analysis, analyse
from line_sim.study.sweep.as_json import JSON, sweep_json
from line_sim.study.sweep.collected import Runs, names_kept
from line_sim.study.sweep.definition import (
    how_of,
    read_definition,
    refuse_other_study,
    write_definition,
)
from line_sim.study.sweep.files import Tables
from line_sim.study.sweep.jobs import Job, Told, perform, variant_folder
from line_sim.study.sweep.swept import How, Sweep
from line_sim.study.workers import Workers
from line_sim.units import counted as so_many

Narrate = Callable[[str], None]
Due = tuple[Variant, int]
"""A variant and the number of the replication that it is to get."""

Counted = Callable[[int, int], None]
"""Told how many runs are over, of how many as far as that is known."""

MANY = 1_000
"""With more variants than that only the main figures are kept, unless others are asked for."""

AUDITED_ONE_IN = 16
"""Of so many runs one is audited, beside the first of each variant: an audit takes longer than such a run."""

FEWEST_MORE = 5
MORE = 4
"""A variant that is not known well enough gets a fourth more replications, five at least."""


_ALL = How()


def sweep(
    study: Study,
    folder: Path | None,
    workers: Workers,
    how: How = _ALL,
    *,
    narrate: Narrate = lambda _: None,
    counted: Counted = lambda _, __: None,
    interrupt: Interrupt | None = None,
    engine: EngineWish = "auto",
) -> tuple[Sweep, Analysis]:
    """Run every variant of a study and leave its tables in `folder`, which is new or empty.

    Run n of each variant has the same chance. Every file is the same for any number of workers. Raises
    ScenarioError for points that are no scenario, a figure that no variant has and a folder in use.
    """
    variants = variants_of(study)
    refuse_unknown(how.kpis, "--kpi", *(variant.scenario for variant in variants))
    with ExitStack() as stack:
        if folder is None:
            folder = make_default_folder(f"sweep {study.name}")
        stack.callback(remove_if_empty, folder)
        create_empty(folder)
        stack.enter_context(alone_in(folder))
        write_definition(folder, study, variants, how.as_data)
        narrate(f"{study.name}: {so_many(len(variants), 'variants')}; the files go to {folder}")
        sweeping = _Sweeping(study, variants, folder, how, engine)
        return sweeping.run(workers, narrate, counted, interrupt or Interrupt())


def resume(
    folder: Path,
    workers: Workers,
    asked: Study | None = None,
    *,
    narrate: Narrate = lambda _: None,
    counted: Counted = lambda _, __: None,
    interrupt: Interrupt | None = None,
    engine: EngineWish = "auto",
) -> tuple[Sweep, Analysis]:
    """Go on with the sweep of a folder where it was, after an interrupt or a kill.

    What it leaves is the same as without either. Raises ScenarioError where the study, `asked` or as it gives
    variants now, is not the one that was begun, RunFileError for files that are none of a sweep.
    """
    study, state = read_definition(folder)
    if asked is not None:
        refuse_other_study(folder, study, asked)
    variants = variants_of(study)
    refuse_others(folder, state, mark_of(variants))
    narrate(f"{study.name}: going on in {folder}")
    how = how_of(folder, state)
    refuse_unknown(how.kpis, f"{folder}: kpis", *(variant.scenario for variant in variants))
    with alone_in(folder):
        sweeping = _Sweeping(study, variants, folder, how, engine)
        return sweeping.run(workers, narrate, counted, interrupt or Interrupt())


class _Sweeping:
    """One pass over a study, from its begin or from what its tables hold already."""

    def __init__(
        self, study: Study, variants: Sequence[Variant], folder: Path, how: How, engine: EngineWish
    ) -> None:
        chosen = how.kpis or (MAIN_NAMES if len(variants) > MANY else ())
        leave_out = () if how.keep_runs else (LOSS.name,)
        self._runs = tuple(
            Runs(variant, names_kept(variant, chosen, leave_out=leave_out)) for variant in variants
        )
        self._study, self._folder, self._how = study, folder, how
        self._wished = Wished(engine, len(variants) * study.amount.least)
        self._known: Iterator[Told] = iter(())
        self._done = 0
        self._settled: set[int] = set()

    def run(
        self, workers: Workers, narrate: Narrate, counted: Counted, interrupt: Interrupt
    ) -> tuple[Sweep, Analysis]:
        """Make all runs that are still to be made, and return what is known."""
        with Tables(self._folder, self._runs) as tables:
            self._known = tables.recorded()
            due = self._next_round()
            get_ready(workers, (variant.scenario for variant, _ in due), self._wished, narrate)
            while due and not interrupt.wished:
                self._round(due, tables, workers, counted, interrupt)
                due = self._next_round()
            if not due:
                self._refuse_more()
        return self._leave(INTERRUPTED if self._next_round() else ALL_DONE)

    def _refuse_more(self) -> None:
        """Raise RunFileError where the tables hold more runs than the sweep has; cut off what is torn."""
        if (told := next(self._known, None)) is not None:
            more = f"replication {told.replication} of variant {told.variant}"
            raise RunFileError(f"{self._folder}: its tables hold {more} once more or too many; restore them")

    def _leave(self, ended: str) -> tuple[Sweep, Analysis]:
        """Write what is known, and return it."""
        swept = Sweep(self._folder, self._study, self._runs, ended, self._how)
        found = analyse(swept)
        write_json(self._folder / JSON, sweep_json(swept, found), way_on("sweep", self._folder))
        return swept, found

    def _next_round(self) -> list[Due]:
        due: list[Due] = []
        for runs in self._runs:
            if runs.variant.number in self._settled:
                continue
            numbers = next_replications(runs, self._study.amount)
            due += [(runs.variant, number) for number in numbers]
            if not numbers:
                self._settled.add(runs.variant.number)
        return due

    def _job(self, variant: Variant, number: int) -> Job:
        seed = replication_seed(self._study.seed, number)
        scenario = variant.scenario.model_copy(update={"seed": seed})
        kept = (
            variant_folder(self._folder.absolute(), variant.number, number) if self._how.keep_runs else None
        )
        names = self._runs[variant.number - 1].names
        first = number == 1
        return Job(
            *(variant.number, number, scenario, names, kept),
            audited=first or is_one_of(seed, variant.number, AUDITED_ONE_IN, "audit"),
            again=(first and variant.number == 1) or is_one_of(seed, variant.number),
            wished=self._wished,
        )

    def _round(
        self, due: Sequence[Due], tables: Tables, workers: Workers, counted: Counted, interrupt: Interrupt
    ) -> None:
        """Do the jobs of a round: those that are recorded are read, all others are run.

        Only what follows without a gap on what is recorded counts, so that an interrupted sweep goes on
        where it stopped.
        """
        total = self._done + len(due)
        missing = due[self._from_tables(due) :]
        jobs = (self._job(*each) for each in missing)
        failing = left_where_it_fails("sweep", self._folder, lambda: self._leave(BROKEN_OFF))
        results = closing(workers.in_order(perform, jobs, interrupt))
        differing = left_where_engines_differ(self._folder)
        with failing, suppress_if_wished(interrupt), differing, results as made:
            for (variant, number), told in zip(missing, made, strict=False):
                if not told.whole or (told.variant, told.replication) != (variant.number, number):
                    break
                tables.add(told)
                self._take(told)
                counted(self._done, total)

    def _from_tables(self, due: Sequence[Due]) -> int:
        """Take what the tables hold of a round, and return how many runs that are."""
        for taken, each in enumerate(due):
            told = next(self._known, None)
            if told is None:
                return taken
            _refuse_other(self._folder, told, self._job(*each))
            self._take(told)
        return len(due)

    def _take(self, told: Told) -> None:
        self._runs[told.variant - 1].add(told)
        self._done += 1


@contextmanager
def suppress_if_wished(interrupt: Interrupt) -> Iterator[None]:
    """Let a wish to stop that came while a run was being opened end the round, and nothing else."""
    try:
        yield
    except KeyboardInterrupt:
        if not interrupt.wished:
            raise


def _refuse_other(folder: Path, told: Told, job: Job) -> None:
    """Raise RunFileError where the tables hold another run than the one that was made at this place."""
    if (told.variant, told.replication, told.seed) != (job.variant, job.replication, job.scenario.seed):
        here = f"replication {told.replication} of variant {told.variant}"
        there = f"replication {job.replication} of variant {job.variant}"
        raise RunFileError(f"{folder}: its tables hold {here} where {there} belongs; restore them")


def next_replications(runs: Runs, amount: Amount) -> range:
    """Return the replications that a variant gets next: none once it is known well enough.

    The rule looks at it after so many runs as the study says alone, whoever makes them: at the least, and
    then after a fourth more each time.
    """
    end = amount.least
    while end < runs.n:
        end = _further(end, amount)
    if runs.n < end:
        return range(runs.n + 1, end + 1)
    if runs.errors or runs.n >= amount.most:
        return range(0)
    figures = runs.figures
    if enough(amount.goals, figures, runs.few(figures)):
        return range(0)
    return range(end + 1, _further(end, amount) + 1)


def _further(end: int, amount: Amount) -> int:
    return min(amount.most, end + max(FEWEST_MORE, end // MORE))
