"""A line in which something is otherwise, and what comes out of it.

A trial is data: what its scenario says, at what pace its times run, what is made of its answers. A modelled
server is asked again, by the trial's scenario; the answers of any other are held as they were recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from line_sim.analysis.what_if.answers import AS_RECORDED, AnswersAgain, Change, InTime, Recorded
from line_sim.analysis.what_if.modelled import NeverBusy, never_busy
from line_sim.analysis.what_if.replays import Departures, replay
from line_sim.chance.chance import Chance
from line_sim.chance.paced import Pace, PacedChance
from line_sim.chance.purposes import Purpose
from line_sim.inspection.gateway import Gateway
from line_sim.inspection.offline.modelled import modelled_gateway
from line_sim.line.interrupt import Interrupt
from line_sim.scenario.gateways.grpc import GrpcGateway
from line_sim.scenario.gateways.kinds import Gateway as Kind
from line_sim.scenario.gateways.modelled import ModelledGateway
from line_sim.scenario.gateways.replay import ReplayGateway
from line_sim.scenario.gateways.rest import RestGateway
from line_sim.scenario.model import Inspection, Scenario

MOST_MORE_TRIED = 100_000
"""Parts that a trial may have beyond those of its stretch: many trials are made, of some thousand each."""


class Unwanted(Exception):  # noqa: N818 - no failure: the user would not wait for it
    """The replays were stopped."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A line to be tried: its scenario, its pace, and what is made of the answers of an inspection.

    Of the answers of a modelled server only `share` and `none_missing` are heeded: it is asked anew.
    """

    scenario: Scenario
    pace: Pace = field(default_factory=dict)
    answers: Mapping[str, Change] = field(default_factory=dict)


def held(spec: Inspection) -> bool:
    """Whether an inspection's answers are held as recorded, as no model says what others would be."""
    kind: Kind = spec.gateway
    match kind:
        case ModelledGateway():
            return False
        case GrpcGateway() | RestGateway() | ReplayGateway():
            return True
        case _:
            assert_never(kind)


def tried(
    trial: Trial, recorded: Mapping[str, Recorded], chance: Chance, interrupt: Interrupt, parts: int
) -> Departures:
    """Tell when parts leave the line of a trial over a stretch of so many parts, its warm-up among them.

    `recorded` are the answers of each inspection that is `held`. Raises Unwanted where the user would not
    wait, and TooMuchError where its line makes far more parts than the run's.
    """
    chance = PacedChance(chance, _pace(trial))
    gateways = {spec.name: _gateway(trial, spec, recorded, chance) for spec in trial.scenario.inspections}
    told = replay(trial.scenario, gateways, interrupt, chance, parts + MOST_MORE_TRIED)
    if told is None:
        raise Unwanted
    return told


def _pace(trial: Trial) -> Pace:
    """Return the pace of a trial's line, and that of its models."""
    models = {
        (Purpose.INFERENCE, spec.name): trial.answers[spec.name].share
        for spec in trial.scenario.inspections
        if not held(spec) and spec.name in trial.answers
    }
    return {**trial.pace, **models}


def _gateway(trial: Trial, spec: Inspection, recorded: Mapping[str, Recorded], chance: Chance) -> Gateway:
    change = trial.answers.get(spec.name, AS_RECORDED)
    if not isinstance(spec.gateway, ModelledGateway):
        return AnswersAgain(recorded[spec.name], change)
    options, in_time = spec.gateway.modelled, change.none_missing and change.share > 0
    if never_busy(options, spec):
        return NeverBusy(options, spec, trial.scenario.product.defect_rate, chance, in_time=in_time)
    model = modelled_gateway(options, spec, chance.seed, chance)
    return InTime(model, spec) if in_time else model


def at_once(scenario: Scenario) -> Trial:
    """Return the line whose answers take no time, none of them missing."""
    no_time = Change(share=0.0, none_missing=True)
    return Trial(scenario, answers={spec.name: no_time for spec in scenario.inspections})


def with_spec(scenario: Scenario, name: str, **changes: object) -> Scenario:
    """Return a line in which an entry says something else."""
    line = tuple(spec.model_copy(update=changes) if spec.name == name else spec for spec in scenario.line)
    return scenario.model_copy(update={"line": line})


def with_review(scenario: Scenario, **changes: object) -> Scenario:
    """Return a line in which the review bench, where there is one, is otherwise."""
    if scenario.review is None:
        return scenario
    return scenario.model_copy(update={"review": scenario.review.model_copy(update=changes)})


def as_in(trial: Trial, scenario: Scenario) -> Trial:
    """Return a trial over the stretch of another scenario."""
    return replace(trial, scenario=trial.scenario.model_copy(update={"run": scenario.run}))
