"""Public test doubles: run a line in memory, with answers of your own.

For example:

    from line_sim.testing import answered, run_in_memory, scripted, timed_out

    run = run_in_memory(
        {"name": "two parts", "version": 1, ...},
        gateways={"camera": scripted(lambda inquiry: answered("good", 0.9, latency="120 ms"))},
    )
    assert [item.disposition for item in run.records.items] == ["shipped", "shipped"]
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from line_sim.inspection.gateway import Gateway, Inquiry, Reply
from line_sim.inspection.offline.models import Models
from line_sim.inspection.offline.scripted import ScriptedGateway
from line_sim.inspection.outcome import Answered, TimedOut, Unavailable, Unreadable
from line_sim.line.clocks.coupled import environment_for
from line_sim.line.line import Ending, Line
from line_sim.line.steps import Observer
from line_sim.recording.memory import Memory
from line_sim.recording.reader import RunRecords
from line_sim.scenario.mix.mix import PerVariant
from line_sim.scenario.model import Scenario
from line_sim.units import parse_duration


class InMemoryRun(NamedTuple):
    """What a line did: its records and how it ended."""

    records: RunRecords
    ending: Ending


def run_in_memory(
    scenario: Scenario | Mapping[str, Any],
    gateways: Mapping[str, Gateway] | None = None,
    defect_kinds: tuple[str, ...] | PerVariant[tuple[str, ...]] = (),
    observers: Sequence[Observer] = (),
) -> InMemoryRun:
    """Run a line without files; `observers` are told of the steps of the line that they take.

    Inspections named in `gateways` are answered by those, all others by their `modelled` options.
    Raises pydantic's ValidationError for a wrong scenario and TypeError where neither is given.
    """
    if not isinstance(scenario, Scenario):
        scenario = Scenario.model_validate(scenario)
    memory = Memory()
    answering = {**_modelled(scenario, set(gateways or ())), **(gateways or {})}
    env = environment_for(scenario, answering)
    ending = Line(scenario, answering, memory, *observers, defect_kinds=defect_kinds, env=env).run()
    return InMemoryRun(memory.records, ending)


def _modelled(scenario: Scenario, given: set[str]) -> dict[str, Gateway]:
    missing = [spec for spec in scenario.inspections if spec.name not in given]
    models = Models(scenario.seed)
    for spec in missing:
        if spec.gateway.model is None:
            raise TypeError(f"{spec.name}: give a gateway for it, or make it a modelled one")
    return {spec.name: models.gateway(spec) for spec in missing}


def scripted(answer: Callable[[Inquiry], Reply]) -> Gateway:
    """Return a gateway that answers what the function says."""
    return ScriptedGateway(answer)


def answered(label: str, score: float = 1.0, *, latency: str | float = 0) -> Reply:
    """Return an answer with a label and a score."""
    return Reply(Answered(label, score), parse_duration(latency), "OK")


def timed_out(latency: str | float) -> Reply:
    """Return a call that was given up after `latency`."""
    return Reply(TimedOut(), parse_duration(latency), "DEADLINE_EXCEEDED")


def unavailable(detail: str = "", *, latency: str | float = 0) -> Reply:
    """Return a call that found no server."""
    return Reply(Unavailable(detail), parse_duration(latency), "UNAVAILABLE")


def unreadable(detail: str = "", *, latency: str | float = 0) -> Reply:
    """Return an answer that nobody can read."""
    return Reply(Unreadable(detail), parse_duration(latency), "OK")
