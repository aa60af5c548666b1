"""The table of what answers: a case for every row of `line_sim.scenario.gateways.kinds`."""

from typing import assert_never

from line_sim.inspection.gateway import Gateway
from line_sim.inspection.offline.replay import replay_gateway
from line_sim.inspection.setting import Setting
from line_sim.scenario.gateways.calibrated import CalibratedGateway
from line_sim.scenario.gateways.grpc import GrpcGateway
from line_sim.scenario.gateways.kinds import Gateway as Kind
from line_sim.scenario.gateways.kserve import KserveGateway
from line_sim.scenario.gateways.modelled import ModelledGateway
from line_sim.scenario.gateways.replay import ReplayGateway
from line_sim.scenario.gateways.rest import RestGateway
from line_sim.scenario.gateways.shared import SharedGateway
from line_sim.scenario.model import Inspection


def gateway_of(spec: Inspection, setting: Setting) -> Gateway:
    """Return what answers an inspection, not entered yet.

    A kind's wires are loaded only where a scenario has that kind: modelled runs need no gRPC. Raises
    ScenarioError for what the environment lacks, GatewayError for an embedded server that does not start,
    RunFileError for a recording that cannot answer.
    """
    kind: Kind = spec.gateway  # by the table's own name, so that mypy's cache knows of a new row
    match kind:
        case GrpcGateway() | RestGateway() | KserveGateway():
            from line_sim.inspection.servers.opening import server_gateway  # noqa: PLC0415 - see above

            return server_gateway(kind, spec.name, setting)
        case ModelledGateway() | CalibratedGateway() | SharedGateway():
            return setting.models.gateway(spec)
        case ReplayGateway(replay=options):
            return replay_gateway(options, spec, setting.scenario)
        case _:
            assert_never(kind)
