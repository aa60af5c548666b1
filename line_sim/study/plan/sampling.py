"""The runs of a plan: each with its seed, as cheaply as the wanted figures allow."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from itertools import chain

from line_sim.analysis.what_if.replay.works import TooMuchError
from line_sim.chance.chance import Chance
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import COMPLETED, DURATION_OVER
from line_sim.scenario import Scenario
from line_sim.study.lean import asked_of
from line_sim.study.plan.departures import is_worked_out, work_out
from line_sim.study.plan.procedure.demands import Sample, Term
from line_sim.study.replications.seeds import replication_seed
from line_sim.study.running.engines import Wished
from line_sim.study.running.second_look import is_one_of
from line_sim.study.workers import Workers

ABREAST = 16
"""Designs whose runs of one replication are one job, where they are worked out: they share what is drawn."""

KEPT = 256
"""Blocks of draws that a job keeps at hand for the next design: those of 131,072 parts."""


def confirmation_seed(seed: int, number: int) -> int:
    """Return the seed of a run that confirms an answer: none of those that found it."""
    name = f"{seed}\x1fconfirmation\x1f{number}".encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class Line:
    """A design's line, and whether its figures are worked out instead of run."""

    scenario: Scenario
    worked_out: bool


@dataclass(frozen=True, slots=True)
class Job:
    """A replication of one or several designs, by number."""

    replication: int
    seed: int
    designs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """A run that is over."""

    design: int
    replication: int
    sample: Sample


def lines_of(
    scenarios: Mapping[int, Scenario], kpis: Sequence[str], *, quick: bool = True
) -> dict[int, Line]:
    """Return the designs' lines; `quick` False has every one run, whether it could be worked out or not."""
    return {
        number: Line(scenario, quick and is_worked_out(scenario, kpis))
        for number, scenario in scenarios.items()
    }


def jobs_of(
    seeds: Mapping[int, int], lines: Mapping[int, Line], wanted: Mapping[int, range]
) -> Iterator[Job]:
    """Yield the jobs of what is wanted, by design, replication after replication; `seeds` by replication."""
    last = max(max(each) for each in wanted.values())
    for replication in range(min(min(each) for each in wanted.values()), last + 1):
        these = [number for number in sorted(wanted) if replication in wanted[number]]
        quick = [number for number in these if lines[number].worked_out]
        slow = [number for number in these if not lines[number].worked_out]
        packs = [quick[start : start + ABREAST] for start in range(0, len(quick), ABREAST)]
        for pack in (*packs, *([number] for number in slow)):
            yield Job(replication, seeds[replication], tuple(pack))


def sample(
    lines: Mapping[int, Line],
    wanted: Mapping[int, range],
    seeds: Mapping[int, int],
    kpis: Sequence[str],
    workers: Workers,
    interrupt: Interrupt,
    wished: Wished | None = None,
) -> Iterator[Done]:
    """Make the wanted replications of each design and yield them, the same order for any number of workers.

    `wished` says by which engine. After a stop what was done is yielded as far as there is no gap in it.
    """
    needed = {number: lines[number] for number in wanted}
    perform = partial(_perform, lines=needed, kpis=tuple(kpis), wished=wished)
    due = {number: each.start for number, each in wanted.items()}
    with closing(workers.in_order(perform, jobs_of(seeds, lines, wanted), interrupt)) as results:
        for done in chain.from_iterable(results):
            if done.replication == due[done.design]:
                due[done.design] += 1
                yield done


def _perform(
    job: Job, interrupt: Interrupt, *, lines: Mapping[int, Line], kpis: tuple[str, ...], wished: Wished | None
) -> list[Done]:
    """Make the runs of a job; those that a stop broke off are not in the list."""
    chance = Chance(job.seed, kept=KEPT)
    made: list[Done] = []
    first = min((number for number, line in lines.items() if not line.worked_out), default=0)
    for design in job.designs:
        again = (job.replication == 1 and design == first) or is_one_of(job.seed, design)
        found = one_run(lines[design], job.seed, kpis, interrupt, chance, again=again, wished=wished)
        if found is None:
            break
        made.append(Done(design, job.replication, found))
    return made


def one_run(
    line: Line,
    seed: int,
    kpis: tuple[str, ...],
    interrupt: Interrupt,
    chance: Chance | None = None,
    *,
    again: bool = False,
    wished: Wished | None = None,
) -> Sample | None:
    """Make a run with a seed and return what it tells; None where a stop was wished.

    `again`: a run, not what is worked out, is made a second time, on SimPy.
    """
    scenario = line.scenario.model_copy(update={"seed": seed})
    if line.worked_out:
        try:
            terms = work_out(scenario, kpis, interrupt, chance or Chance(seed))
        except TooMuchError:
            return _run(scenario, kpis, interrupt, again=again, wished=wished)
        ended = COMPLETED if scenario.run.duration is None else DURATION_OVER
        return None if terms is None else Sample(seed, ended, terms)
    return _run(scenario, kpis, interrupt, again=again, wished=wished)


def _run(
    scenario: Scenario,
    kpis: tuple[str, ...],
    interrupt: Interrupt,
    *,
    again: bool,
    wished: Wished | None,
) -> Sample | None:
    run = asked_of(scenario, kpis, interrupt, again=again, wished=wished)
    if interrupt.wished:
        return None
    terms = {kpi: Term(*run.counts[kpi]) if kpi in run.counts else _plain(run.figures[kpi]) for kpi in kpis}
    return Sample(scenario.seed, run.ended, terms)


def _plain(value: float | None) -> Term | None:
    return None if value is None else Term(value)


def seeds_of(seed: int, replications: range, *, fresh: bool = False) -> dict[int, int]:
    """Return the seed of each replication; `fresh`: of runs that confirm."""
    made = confirmation_seed if fresh else replication_seed
    return {number: made(seed, number) for number in replications}
