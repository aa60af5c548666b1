"""The modelled servers of a scenario: inspections that name the same one ask one queue."""

from line_sim.chance.chance import Chance
from line_sim.inspection.gateway import Gateway
from line_sim.inspection.offline.modelled import ModelledGateway, Workers
from line_sim.inspection.offline.queued import QueuedGateway
from line_sim.inspection.offline.side_by_side import SharingGateway, SharingServer
from line_sim.inspection.offline.together import BatchGateway, BatchServer
from line_sim.layout import server_name
from line_sim.scenario.gateways.calibrated import CalibratedGateway
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.scenario.model import Inspection, Scenario


class Models:
    """Opens the modelled gateways of one line; `chance` is that of its seed, which lines may share."""

    def __init__(self, seed: int, chance: Chance | None = None) -> None:
        self._chance = chance or Chance(seed)
        self._batching: dict[str, BatchServer] = {}
        self._sharing: dict[str, SharingServer] = {}
        self._workers: dict[str, Workers] = {}

    def gateway(self, spec: Inspection) -> Gateway:
        """Return what models an inspection's server; what it says of a good part lets it go on.

        Raises TypeError where no model answers.
        """
        gateway = self._gateway(spec)
        if isinstance(spec.gateway, CalibratedGateway):
            gateway.says = spec.gateway.identity
        return gateway

    def _gateway(self, spec: Inspection) -> ModelledGateway | QueuedGateway:
        options, label = spec.gateway.model, spec.ship_when.labels[0]
        if options is None:
            raise TypeError(f"{spec.name}: no modelled server answers there")
        if options.batches:
            server = self._batching.setdefault(server_name(spec), BatchServer(options))
            return BatchGateway(server, options, station=spec.name, good_label=label, chance=self._chance)
        if options.shared is not None:
            sharing = self._sharing.setdefault(server_name(spec), SharingServer(options))
            return SharingGateway(sharing, options, station=spec.name, good_label=label, chance=self._chance)
        return ModelledGateway(
            options,
            seed=self._chance.seed,
            station=spec.name,
            good_label=label,
            chance=self._chance,
            workers=self._queue(spec, options),
        )

    def _queue(self, spec: Inspection, options: ModelledOptions) -> Workers:
        return self._workers.setdefault(server_name(spec), [0] * options.servers)


def modelled_gateways(scenario: Scenario, chance: Chance | None = None) -> dict[str, Gateway]:
    """Return the gateways of the inspections that a model answers, by name."""
    models = Models(scenario.seed, chance)
    specs = [spec for spec in scenario.inspections if spec.gateway.model is not None]
    return {spec.name: models.gateway(spec) for spec in specs}


def unused_servers(scenario: Scenario) -> list[str]:
    """Return what the user must know of servers that no inspection asks."""
    asked = {server_name(spec) for spec in scenario.inspections}
    idle = [name for name in scenario.servers or {} if name not in asked]
    return [
        f"servers.{name}: no inspection asks it; name it in one's gateway, {{server: {name}}}"
        for name in idle
    ]
