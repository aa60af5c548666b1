"""One run of a sweep: what is asked of a worker, and what it answers."""

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from line_sim.errors import EngineError, LineSimError
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import DEADLOCKED
from line_sim.report.page.writing import write_page
from line_sim.scenario import Scenario
from line_sim.simulation import RunResult, simulate
from line_sim.study.kpis import Figures
from line_sim.study.lean import asked_of, figures_in
from line_sim.study.replications.outages import Seen, seen_in
from line_sim.study.replications.replicate import folder_name
from line_sim.study.running.engines import Wished
from line_sim.study.running.second_look import look_at_files


@dataclass(frozen=True, slots=True)
class Job:
    """A replication of a variant; both count from 1. Its files go to `folder`; None: it leaves none.

    It is asked for the figures `names`, and `audited`, and made `again`, where it is one of those that are;
    `wished` says by which engine.
    """

    variant: int
    replication: int
    scenario: Scenario
    names: tuple[str, ...]
    folder: Path | None = None
    audited: bool = True
    again: bool = False
    wished: Wished | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a run told.

    `whole` is False where a stop was wished before it was over; `audit_passed` is None of a run that was not
    audited; `error` says why it could not be made.
    """

    variant: int
    replication: int
    seed: int
    ended: str
    whole: bool = True
    audit_passed: bool | None = True
    figures: Figures = field(default_factory=dict)
    outages: Seen = field(default_factory=dict)
    error: str = ""

    @property
    def locked_up(self) -> bool:
        """Whether the line locked up."""
        return self.ended == DEADLOCKED


FAILED = "failed"
"""How a run ended that could not be made; its error says why."""


def variant_folder(folder: Path, variant: int, replication: int) -> Path:
    """Return where a run's files are kept: `variant-003/replication-001`."""
    return folder / f"variant-{variant:03d}" / folder_name(replication)


def perform(job: Job, interrupt: Interrupt) -> Told:
    """Run a job. What is wrong with a run is told as its error, so that the others go on.

    Raises EngineError where it is made again and is another run then: that is wrong with all of them.
    """
    try:
        return _asked(job, interrupt) if job.folder is None else _told(job, job.folder, interrupt)
    except EngineError:
        raise
    except LineSimError as error:
        seed, text = job.scenario.seed, " ".join(str(error).split())
        return Told(job.variant, job.replication, seed, FAILED, error=text)


def _known(figures: Mapping[str, float | None]) -> Figures:
    return {name: value for name, value in figures.items() if value is not None}


def _asked(job: Job, interrupt: Interrupt) -> Told:
    """Make a run that leaves nothing."""
    run = asked_of(
        job.scenario, job.names, interrupt, audited=job.audited, again=job.again, wished=job.wished
    )
    return Told(
        *(job.variant, job.replication, job.scenario.seed, run.ended, run.whole),
        *(run.audit_passed, _known(run.figures), run.outages),
    )


def _told(job: Job, folder: Path, interrupt: Interrupt) -> Told:
    """Make a run that leaves its files and its page."""
    summary = _kept(job, folder, interrupt).summary
    return Told(
        *(job.variant, job.replication, job.scenario.seed, summary.ended or "", not interrupt.wished),
        *(summary.audit_passed, _known(figures_in(summary)), seen_in(summary)),
    )


def _kept(job: Job, folder: Path, interrupt: Interrupt) -> RunResult:
    """Run a job's scenario and leave its files and its page in a folder, which is there when all is in it.

    What an earlier attempt has left there, or another one at the same time, is replaced.
    """
    beside = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}")
    try:
        engine, runs = job.wished or Wished()
        result = simulate(job.scenario, beside, interrupt=interrupt, engine=engine, runs=runs)
        if job.again:
            look_at_files(job.scenario, result, interrupt)
        write_page(result)
        if not interrupt.wished:
            shutil.rmtree(folder, ignore_errors=True)
            beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return result
