"""Predicted runs, side by side: the arms of `prediction`, each run without a folder."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

from line_sim.figures.names import names_of
from line_sim.line.interrupt import Interrupt
from line_sim.scenario import Scenario
from line_sim.scenario.gateways.calibration import Calibration
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.scenario.gateways.servers import ServerOptions
from line_sim.study.confirm.latencies import ByStation, quantiles_of
from line_sim.study.confirm.predicted.model import gateways_of, replaced
from line_sim.study.confirm.predicted.prediction import Arm, Prediction, predictions
from line_sim.study.confirm.predicted.refit import drawn_from, refit, resampled
from line_sim.study.kpis import Figures
from line_sim.study.replications.seeds import replication_seed
from line_sim.study.running.prepared import prepared
from line_sim.study.workers import Workers

Counted = Callable[[int, int], None]
"""Told how many runs are over, of how many at most."""

FEWEST = 40
"""The fewest runs of an arm: below 39 no two of them hold 95 % of such runs between them."""

MOVED = 20
"""The most runs of the arms that tell what a change does; under the same chance a few are enough."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is predicted: the line as it is run live, what each of its inspections asks, the calibration.

    `error` is the share by which the model's times may be wrong, by its held-out probe.
    """

    scenario: Scenario
    asked: Mapping[str, ServerOptions]
    calibration: Calibration
    error: float


@dataclass(frozen=True, slots=True)
class Job:
    """One predicted run: of which arm, and its number in it, from 1."""

    arm: Arm
    number: int


@dataclass(frozen=True, slots=True)
class Predicted:
    """What a predicted run told, and the processor seconds that it took."""

    arm: Arm
    whole: bool
    figures: Figures
    latencies: ByStation
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The line as predicted: every figure, the answers' times, and what a run cost."""

    figures: Mapping[str, Prediction]
    latencies: Sequence[ByStation]
    runs: int
    cpu_s: float
    runs_in_all: int = field(default=0)


def jobs_of(subject: Subject, replications: int) -> Iterator[Job]:
    """Yield the runs of every arm, the one after the other."""
    model = subject.calibration.model
    arms: list[tuple[Arm, int]] = [
        ("server", replications),
        ("calibration", replications),
        ("line", replications),
    ]
    if model.miss_rate or model.false_alarm_rate:
        arms.append(("labels", replications))
    if subject.error:
        moved = min(MOVED, replications)
        arms += [("slower", moved), ("quicker", moved)]
    for arm, count in arms:
        yield from (Job(arm, number) for number in range(1, count + 1))


def predict_one(job: Job, interrupt: Interrupt, *, subject: Subject) -> Predicted:
    """Make one predicted run."""
    began = time.process_time()
    seed, number = subject.scenario.seed, job.number
    drawn = replication_seed(seed, number)
    model, pace = _model_of(subject, job)
    line = replaced(subject.scenario, subject.asked, model)
    if job.arm == "line":
        line = line.model_copy(update={"seed": drawn})
    times = seed if job.arm == "labels" else drawn
    names = tuple(subject.asked)
    ready = prepared(line)
    ran = ready.run(line.seed, interrupt, gateways_of(line, names, (times, drawn), pace))
    columns = ready.columns(ran)
    figures = ready.asked(columns).figures(names_of(ready.layout))
    places = {place.name: number for number, place in enumerate(ready.layout.places) if place.name in names}
    latencies = quantiles_of({name: columns.calls(places[name]).latency for name in names})
    whole = not interrupt.wished
    return Predicted(job.arm, whole, figures, latencies, time.process_time() - began)


def _model_of(subject: Subject, job: Job) -> tuple[ModelledOptions, float]:
    """Return the model of a run, and at what pace its answers come."""
    calibration = subject.calibration
    match job.arm:
        case "calibration":
            blocks = resampled(calibration.blocks, replication_seed(subject.scenario.seed, job.number))
            return refit(calibration, blocks), 1.0
        case "slower":
            return calibration.model, 1 + subject.error
        case "quicker":
            return calibration.model, 1 / (1 + subject.error)
        case _:
            return calibration.model, 1.0


def forecast(
    subject: Subject, replications: int, workers: Workers, interrupt: Interrupt, counted: Counted
) -> Forecast | None:
    """Predict the line; None where a stop was wished before it was done. Raises as a run does."""
    jobs = list(jobs_of(subject, replications))
    runs: list[Predicted] = []
    with closing(workers.in_order(partial(predict_one, subject=subject), jobs, interrupt)) as results:
        for run in results:
            runs.append(run)
            counted(len(runs), len(jobs))
    if len(runs) < len(jobs) or not all(run.whole for run in runs):
        return None
    arms: dict[Arm, list[Figures]] = {}
    for run in runs:
        arms.setdefault(run.arm, []).append(run.figures)
    own = [run for run in runs if run.arm == "server"]
    latencies = [run.latencies for run in runs if run.arm == "calibration"]
    cpu = sum(run.cpu_s for run in own) / len(own)
    found = predictions(arms, drawn_from(subject.calibration.blocks))
    return Forecast(found, latencies, replications, cpu, len(runs))
