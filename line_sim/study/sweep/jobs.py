"""One run of a sweep: what is asked of a worker, and what it answers."""

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from line_sim.analysis.summary.summary import Summary
from line_sim.errors import LineSimError
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import DEADLOCKED, INTERRUPTED
from line_sim.report.page.writing import write_page
from line_sim.scenario import Scenario
from line_sim.simulation import RunResult, simulate
from line_sim.study.kpis import Figures
from line_sim.study.lean import figures_in, summary_of
from line_sim.study.replications.outages import Seen, seen_in
from line_sim.study.replications.replicate import folder_name


@dataclass(frozen=True, slots=True)
class Job:
    """A replication of a variant; both count from 1. Its files go to `folder`; None: it leaves none."""

    variant: int
    replication: int
    scenario: Scenario
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a run told.

    `whole` is False where a stop was wished before it was over; `error` says why it could not be made.
    """

    variant: int
    replication: int
    seed: int
    ended: str
    whole: bool = True
    audit_passed: bool = True
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
    """Run a job. What is wrong with a run is told as its error, so that the others go on."""
    seed = job.scenario.seed
    try:
        summary, whole = _run(job, interrupt)
    except LineSimError as error:
        return Told(job.variant, job.replication, seed, FAILED, error=" ".join(str(error).split()))
    return Told(
        *(job.variant, job.replication, seed, summary.ended or "", whole),
        *(summary.audit_passed, _known(figures_in(summary)), seen_in(summary)),
    )


def _known(figures: Mapping[str, float | None]) -> Figures:
    return {name: value for name, value in figures.items() if value is not None}


def _run(job: Job, interrupt: Interrupt) -> tuple[Summary, bool]:
    """Return what a run came to, and whether it is whole."""
    if job.folder is None:
        summary = summary_of(job.scenario, interrupt)
        return summary, summary.ended != INTERRUPTED
    result = _kept(job.scenario, job.folder, interrupt)
    return result.summary, not interrupt.wished


def _kept(scenario: Scenario, folder: Path, interrupt: Interrupt) -> RunResult:
    """Run a scenario and leave its files and its page in a folder, which is there when all is in it.

    What an earlier attempt has left there, or another one at the same time, is replaced.
    """
    beside = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}")
    try:
        result = simulate(scenario, beside, interrupt=interrupt)
        write_page(result)
        if not interrupt.wished:
            shutil.rmtree(folder, ignore_errors=True)
            beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return result
