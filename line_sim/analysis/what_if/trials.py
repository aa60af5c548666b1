"""A line in which something is otherwise, and what comes out of it.

A trial is data: what its scenario says, at what pace its times run, what is made of its answers. A modelled
server is asked again, by the trial's scenario; the answers of any other are held as they were recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from line_sim.analysis.what_if.answers import AS_RECORDED, AnswersAgain, Change, Recorded, in_time
from line_sim.analysis.what_if.modelled import NeverBusy, never_busy
from line_sim.analysis.what_if.replay.departures import Departures
from line_sim.analysis.what_if.replay.replays import replay
from line_sim.chance.chance import Chance
from line_sim.chance.paced import Pace, PacedChance
from line_sim.chance.purposes import Purpose
from line_sim.inspection.gateway import Gateway
from line_sim.inspection.offline.models import Models
from line_sim.layout import server_name
from line_sim.line.interrupt import Interrupt
from line_sim.scenario.gateways.modelled import ModelledGateway
from line_sim.scenario.gateways.shared import ServerMap
from line_sim.scenario.model import Inspection, Scenario, joined
from line_sim.scenario.stops.crews import CrewMap, crew_of

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
    return spec.gateway.model is None


def tried(
    trial: Trial,
    recorded: Mapping[str, Recorded],
    chance: Chance,
    interrupt: Interrupt,
    parts: int,
    *,
    quickly: bool = False,
) -> Departures:
    """Tell when parts leave the line of a trial over a stretch of so many parts, its warm-up among them.

    `recorded` are the answers of each inspection that is `held`; `quickly`: on the compiled line where it
    knows this one. Raises Unwanted where the user would not wait, and TooMuchError where its line makes far
    more parts than the run's.
    """
    chance = PacedChance(chance, _pace(trial))
    models = Models(chance.seed, chance)
    gateways = {
        spec.name: _asked(trial, spec, models, chance)
        if not held(spec)
        else _again(trial, recorded[spec.name])
        for spec in trial.scenario.inspections
    }
    told = replay(trial.scenario, gateways, interrupt, chance, parts + MOST_MORE_TRIED, quickly=quickly)
    if told is None:
        raise Unwanted
    return told


def _pace(trial: Trial) -> Pace:
    """Return the pace of a trial's line, and that of its models."""
    models = {
        (purpose, spec.name): trial.answers[spec.name].share
        for spec in trial.scenario.inspections
        for purpose in (Purpose.INFERENCE, Purpose.WAKING)
        if not held(spec) and spec.name in trial.answers
    }
    return {**trial.pace, **models}


def _again(trial: Trial, recorded: Recorded) -> Gateway:
    return AnswersAgain(recorded, trial.answers.get(recorded.spec.name, AS_RECORDED))


def _asked(trial: Trial, spec: Inspection, models: Models, chance: Chance) -> Gateway:
    change = trial.answers.get(spec.name, AS_RECORDED)
    mended = change.none_missing and change.share > 0
    if never_busy(trial.scenario, spec):
        return NeverBusy(spec, trial.scenario.product.defect_rates, chance, in_time=mended)
    model = models.gateway(spec)
    return in_time(model, spec) if mended else model


def at_once(scenario: Scenario) -> Trial:
    """Return the line whose answers take no time, none of them missing, and none waits for another."""
    no_time = Change(share=0.0, none_missing=True)
    for name in {server_name(spec) for spec in scenario.inspections if spec.gateway.model is not None}:
        scenario = with_server(scenario, name, batching=None, sharing=None, idle=None, overhead=0)
    return Trial(scenario, answers={spec.name: no_time for spec in scenario.inspections})


def with_spec(scenario: Scenario, name: str, **changes: object) -> Scenario:
    """Return a line in which an entry says something else."""
    line = tuple(spec.model_copy(update=changes) if spec.name == name else spec for spec in scenario.line)
    return scenario.model_copy(update={"line": line})


def with_server(scenario: Scenario, name: str, **changes: object) -> Scenario:
    """Return a line in which a modelled server, its own or that of an inspection, is otherwise."""
    known = scenario.servers or {}
    if name in known:
        options = known[name].modelled.model_copy(update=changes)
        servers = ServerMap({**known, name: known[name].model_copy(update={"modelled": options})})
        line = joined(scenario.line, servers)
        return scenario.model_copy(update={"servers": servers, "line": line})
    models = [spec.gateway.model for spec in scenario.inspections if spec.name == name]
    for model in models:
        if model is not None:
            gateway = ModelledGateway.model_construct(modelled=model.model_copy(update=changes))
            scenario = with_spec(scenario, name, gateway=gateway)
    return scenario


def with_person(scenario: Scenario, name: str) -> Scenario:
    """Return a line with one person more of a crew."""
    crews = dict(scenario.crews or {})
    crew = crew_of(crews[name])
    crews[name] = crew.model_copy(update={"people": crew.people + 1})
    return scenario.model_copy(update={"crews": CrewMap(crews)})


def with_review(scenario: Scenario, **changes: object) -> Scenario:
    """Return a line in which the review bench, where there is one, is otherwise."""
    if scenario.review is None:
        return scenario
    return scenario.model_copy(update={"review": scenario.review.model_copy(update=changes)})


def as_in(trial: Trial, scenario: Scenario) -> Trial:
    """Return a trial over the stretch of another scenario."""
    return replace(trial, scenario=trial.scenario.model_copy(update={"run": scenario.run}))
