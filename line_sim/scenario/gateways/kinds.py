"""The table of gateway kinds: from a row come the keys of a scenario, its schema and what its errors name.

How each is opened stands in `line_sim.inspection.kinds`, where the type checker wants a case for every row.
"""

from typing import Annotated, TypeAlias, get_args

from line_sim.scenario.fields import OneOf, key_of
from line_sim.scenario.gateways.calibrated import CalibratedGateway
from line_sim.scenario.gateways.grpc import GrpcGateway
from line_sim.scenario.gateways.kind import GatewayKind
from line_sim.scenario.gateways.kserve import KserveGateway
from line_sim.scenario.gateways.modelled import ModelledGateway
from line_sim.scenario.gateways.replay import ReplayGateway
from line_sim.scenario.gateways.rest import RestGateway
from line_sim.scenario.gateways.shared import SharedGateway

Gateway: TypeAlias = Annotated[
    GrpcGateway  # the rows
    | RestGateway
    | KserveGateway
    | ModelledGateway
    | CalibratedGateway
    | SharedGateway
    | ReplayGateway,
    OneOf(),
]
"""What answers, written as a mapping with its kind as the only key."""

KINDS: dict[str, type[GatewayKind]] = {key_of(kind): kind for kind in get_args(get_args(Gateway)[0])}
"""Every kind by its key, in the order of the table."""
