"""A scenario whose real servers are replaced by a calibrated model, and the chance of that model alone."""

from collections.abc import Mapping, Sequence

from line_sim.chance.chance import Chance
from line_sim.chance.paced import PacedChance
from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import Draws
from line_sim.errors import ScenarioError
from line_sim.inspection.gateway import Gateway
from line_sim.inspection.offline.models import Models
from line_sim.scenario import Scenario
from line_sim.scenario.gateways.kind import LiveKind
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.scenario.gateways.servers import ServerOptions
from line_sim.scenario.gateways.shared import ServerMap, SharedGateway, SharedServer
from line_sim.scenario.mix.by_variant import PartTime
from line_sim.scenario.mix.mix import PerVariant
from line_sim.scenario.model import Inspection, joined
from line_sim.units import Nanoseconds

NAME = "calibrated server"


def asked_servers(scenario: Scenario, only: Sequence[str] = ()) -> dict[str, ServerOptions]:
    """Return what each inspection that asks a real server asks, by name; `only` these, where any are named.

    Raises ScenarioError where there is none, where a name is that of no such inspection, and where another
    one would still ask a real server.
    """
    real: dict[str, ServerOptions] = {
        spec.name: spec.gateway.server for spec in scenario.inspections if isinstance(spec.gateway, LiveKind)
    }
    if not real:
        raise ScenarioError(f"{scenario.name}: no inspection asks a real server; there is nothing to confirm")
    for name in only:
        if name not in real:
            raise ScenarioError(f"--inspection {name}: it asks no real server; there are {', '.join(real)}")
    left = [name for name in real if only and name not in only]
    if left:
        raise ScenarioError(
            f"{', '.join(left)}: it would still ask a real server, which no prediction can; model it, with "
            f"--set line.{left[0]}.gateway=..., or leave --inspection out"
        )
    return real


def replaced(scenario: Scenario, asked: Mapping[str, ServerOptions], model: ModelledOptions) -> Scenario:
    """Return the line in virtual time, with a model of each server that the inspections ask."""
    addresses = list(dict.fromkeys(server.addresses for server in asked.values()))
    names = dict(zip(addresses, _free_names(scenario, len(addresses)), strict=True))
    models = dict.fromkeys(names.values(), SharedServer.model_construct(modelled=model))
    servers = ServerMap({**(scenario.servers or {}), **models})
    line = tuple(
        entry.model_copy(update={"gateway": SharedGateway(server=names[asked[entry.name].addresses])})
        if isinstance(entry, Inspection) and entry.name in asked
        else entry
        for entry in scenario.line
    )
    run = scenario.run.model_copy(update={"clock": None})
    return scenario.model_copy(update={"run": run, "servers": servers, "line": joined(line, servers)})


def _free_names(scenario: Scenario, count: int) -> list[str]:
    taken = set(scenario.servers or {})
    possible = (NAME if number == 1 else f"{NAME} {number}" for number in range(1, len(taken) + count + 1))
    return [name for name in possible if name not in taken][:count]


class ServerChance(Chance):
    """The chance of a server's answers: what they take is that of one seed, what they say that of another."""

    def __init__(self, times: Chance, labels: Chance) -> None:
        super().__init__(times.seed)
        self._times = times
        self._labels = labels

    def durations(self, purpose: Purpose, place: str, time: PartTime) -> Draws[Nanoseconds]:
        """Return draws of whole nanoseconds."""
        return self._times.durations(purpose, place, time)

    def events(self, purpose: Purpose, place: str, probability: float | PerVariant[float]) -> Draws[bool]:
        """Return draws of what it is wrong about."""
        return self._labels.events(purpose, place, probability)


def gateways_of(
    scenario: Scenario, asked: Sequence[str], seeds: tuple[int, int], pace: float
) -> dict[str, Gateway]:
    """Return what answers the inspections of a line made by `replaced`.

    `seeds` are those of what answers take and of what they say; they take `pace` times what the model says.
    """
    times = Chance(seeds[0])
    paced = times if pace == 1 else PacedChance(times, {(Purpose.INFERENCE, name): pace for name in asked})
    models = Models(scenario.seed, ServerChance(paced, Chance(seeds[1])))
    return {spec.name: models.gateway(spec) for spec in scenario.inspections if spec.name in asked}
