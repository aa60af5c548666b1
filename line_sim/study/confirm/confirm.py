"""Confirming a prediction: predict, run live, and hold the one against the other."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from line_sim.errors import LineSimError, ScenarioError
from line_sim.inspection.opening import refuse_embedded_without_extra
from line_sim.inspection.servers.last_words import forget
from line_sim.line.interrupt import Interrupt
from line_sim.recording.writer import refuse_folder_in_use, remove_if_empty
from line_sim.report.ended import ALL_DONE, FAILED, INTERRUPTED, UNDER_WAY
from line_sim.scenario import Scenario
from line_sim.scenario.gateways.calibration import Calibration
from line_sim.simulation import make_default_folder
from line_sim.study.calibration.measuring.load import MOST_FOREIGN
from line_sim.study.confirm.agreement import DIFFERENT, Margin
from line_sim.study.confirm.findings import LEAST_RUNS, Finding, advice, by_verdict, findings
from line_sim.study.confirm.live import LiveRun, Meter, Narrate, live_runs
from line_sim.study.confirm.load import meter_for
from line_sim.study.confirm.margins import margins_of
from line_sim.study.confirm.predicted.fitting import doubts, model_error, refuse_another
from line_sim.study.confirm.predicted.model import asked_servers
from line_sim.study.confirm.predicted.predicting import FEWEST, Counted, Forecast, Subject, forecast
from line_sim.study.confirm.told import Ended
from line_sim.study.workers import Workers
from line_sim.units import counted as so_many


@dataclass(frozen=True, slots=True)
class Plan:
    """How many live runs, how many predicted ones in each arm, and the margins that are not the usual ones.

    `only`: the inspections that are predicted, all that ask a real server where there are none.
    """

    runs: int = 3
    replications: int = 100
    margins: tuple[tuple[str, float], ...] = ()
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A confirmation as far as it got: prediction, live runs that count, those broken off, findings.

    `source` is the calibration's file; `next_steps` say what to do, `warnings` what to bear in mind.
    """

    folder: Path
    scenario: Scenario
    calibration: Calibration
    source: str
    plan: Plan
    stations: tuple[str, ...]
    margins: Mapping[str, Margin]
    forecast: Forecast
    live: tuple[LiveRun, ...] = ()
    broken_off: tuple[LiveRun, ...] = ()
    ended: Ended = UNDER_WAY
    warnings: tuple[str, ...] = ()
    found: Mapping[str, Finding] = field(default_factory=dict)

    @property
    def different(self) -> list[str]:
        """The figures whose verdict is that they differ."""
        return by_verdict(self.found)[DIFFERENT]

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What to do next."""
        return tuple(advice(self.found))

    @property
    def live_seconds(self) -> float | None:
        """What a live run took by the wall, on average; None where there is none."""
        return sum(run.seconds for run in self.live) / len(self.live) if self.live else None

    @property
    def faster(self) -> float | None:
        """How many times more wall time a live run took than a predicted one took of a processor."""
        live = self.live_seconds
        return None if live is None or self.forecast.cpu_s == 0 else live / self.forecast.cpu_s


@dataclass(frozen=True, slots=True)
class Around:
    """Who keeps every state of a confirmation, who is told, and who may stop it."""

    keep: Callable[[Confirmation], None] = lambda _: None
    narrate: Narrate = lambda _: None
    counted: Counted = lambda _, __: None
    interrupt: Interrupt = field(default_factory=Interrupt)


def confirm(
    scenario: Scenario,
    calibration: Calibration,
    source: str,
    folder: Path | None,
    plan: Plan,
    workers: Workers,
    around: Around,
) -> Confirmation:
    """Predict a line that asks a real server, run it live, and say of each figure whether both agree.

    The live runs lie in `live-1`, `live-2`, ... of `folder`, which is new or empty; all have the scenario's
    seed, and so has the prediction's line: what is left between them is the server. Raises ScenarioError
    where the calibration is of another model or a margin of no figure, and what `simulate` raises;
    KeyboardInterrupt where a stop was wished before the line was predicted.
    """
    if plan.runs < LEAST_RUNS or plan.replications < FEWEST:
        raise ScenarioError(f"it takes {LEAST_RUNS} live runs and {FEWEST} predicted ones at least")
    asked = asked_servers(scenario, plan.only)
    refuse_another(calibration, asked)
    margins = margins_of(scenario, tuple(asked), plan.margins)
    refuse_embedded_without_extra(scenario)
    subject = Subject(scenario, asked, calibration, model_error(calibration))
    with ExitStack() as stack:
        if folder is None:
            folder = make_default_folder(f"confirm {scenario.name}")
        stack.callback(remove_if_empty, folder)
        refuse_folder_in_use(folder)
        forget(folder)
        warnings = tuple(doubts(scenario, calibration, asked))
        predicted = _predicted(subject, folder, plan, workers, warnings, around)
        state = Confirmation(
            folder, scenario, calibration, source, plan, tuple(asked), margins, predicted, warnings=warnings
        )
        folder.mkdir(parents=True, exist_ok=True)
        return _lived(_judged(state), meter_for(asked), around)


def _predicted(
    subject: Subject, folder: Path, plan: Plan, workers: Workers, warnings: Sequence[str], around: Around
) -> Forecast:
    """Predict the line. Raises KeyboardInterrupt where a stop was wished meanwhile."""
    for warning in warnings:
        around.narrate(f"! {warning}")
    name, identity = subject.scenario.name, subject.calibration.identity
    around.narrate(f"predicting {name} from {identity}; the files go to {folder}")
    predicted = forecast(subject, plan.replications, workers, around.interrupt, around.counted)
    if predicted is None:
        raise KeyboardInterrupt
    return predicted


def _lived(state: Confirmation, meter: Meter, around: Around) -> Confirmation:
    """Run the line live and return the last state; every state is kept, that of a failure, too."""
    around.keep(state)
    runs = live_runs(
        state.scenario, state.folder, state.plan.runs, state.stations, meter, around.narrate, around.interrupt
    )
    try:
        for run in runs:
            state = _with(state, run)
            around.keep(state)
    except LineSimError:
        around.keep(replace(state, ended=FAILED))
        raise
    ended: Ended = ALL_DONE if len(state.live) == state.plan.runs else INTERRUPTED
    state = replace(state, ended=ended, warnings=(*state.warnings, *_about_runs(state)))
    around.keep(state)
    return state


def _with(state: Confirmation, run: LiveRun) -> Confirmation:
    if not run.whole:
        return replace(state, broken_off=(*state.broken_off, run))
    return _judged(replace(state, live=(*state.live, run)))


def _judged(state: Confirmation) -> Confirmation:
    figures = [run.figures for run in state.live]
    parts = sum(run.parts for run in state.live)
    return replace(state, found=findings(state.margins, state.forecast.figures, figures, parts))


def _about_runs(state: Confirmation) -> list[str]:
    """Return what must be borne in mind of the live runs."""
    return [*_loaded(state.live), *_failed(state.live), *_ended_otherwise(state.live)]


def _loaded(runs: Sequence[LiveRun]) -> list[str]:
    busy = [run for run in runs if run.foreign_load is not None and run.foreign_load > MOST_FOREIGN]
    told = ", ".join(f"{run.folder.name} {100 * (run.foreign_load or 0):.0f} %" for run in busy)
    return [f"others took processor time on this machine: {told}; the server suffers by it"] if busy else []


def _failed(runs: Sequence[LiveRun]) -> list[str]:
    failed = [run.folder.name for run in runs if not run.audit_passed]
    return [f"the audit failed in {', '.join(failed)}; 'line-sim report' on it says where"] if failed else []


def _ended_otherwise(runs: Sequence[LiveRun]) -> list[str]:
    others = [run for run in runs if run.ended in {"stopped", "deadlocked"}]
    if not others:
        return []
    names = ", ".join(f"{run.folder.name} ({run.ended})" for run in others)
    return [f"{so_many(len(others), 'live runs')} ended before time: {names}; run.json there says why"]
