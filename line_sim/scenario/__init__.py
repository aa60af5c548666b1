"""What the user wrote, as frozen data: models, loading, overrides, writing back, JSON Schema."""

from line_sim.scenario.distributions.by_mean import Gamma, Lognormal, Weibull
from line_sim.scenario.distributions.normal import Normal
from line_sim.scenario.distributions.quantiles import Quantiles
from line_sim.scenario.distributions.values import Values
from line_sim.scenario.dump import dump
from line_sim.scenario.gateways.batching import Batching, BatchTimes
from line_sim.scenario.gateways.calibrated import CalibratedGateway, CalibratedOptions
from line_sim.scenario.gateways.grpc import GrpcGateway, GrpcOptions
from line_sim.scenario.gateways.kinds import Gateway
from line_sim.scenario.gateways.kserve import KserveGateway, KserveOptions, KserveOutputs
from line_sim.scenario.gateways.modelled import ModelledGateway, ModelledOptions
from line_sim.scenario.gateways.replay import ReplayGateway, ReplayOptions
from line_sim.scenario.gateways.rest import RestGateway, RestOptions
from line_sim.scenario.gateways.servers import EMBEDDED
from line_sim.scenario.gateways.shared import SharedGateway, SharedServer
from line_sim.scenario.gateways.sharing import Idle, Sharing
from line_sim.scenario.images.folder import Folder
from line_sim.scenario.images.rendered import Rendered
from line_sim.scenario.load import load, loads
from line_sim.scenario.mix.by_variant import ByVariant
from line_sim.scenario.mix.product import Product
from line_sim.scenario.mix.variants import Batches, Variant
from line_sim.scenario.model import (
    Arrivals,
    Breakdowns,
    Calendar,
    Clock,
    Inspection,
    OnNoResult,
    PartsStops,
    Review,
    Run,
    Scenario,
    ShipWhen,
    Station,
)
from line_sim.scenario.schema import json_schema
from line_sim.scenario.times import (
    Constant,
    Empirical,
    Exponential,
    Time,
    Triangular,
    Uniform,
)

__all__ = [
    "EMBEDDED",
    "Arrivals",
    "BatchTimes",
    "Batches",
    "Batching",
    "Breakdowns",
    "ByVariant",
    "Calendar",
    "CalibratedGateway",
    "CalibratedOptions",
    "Clock",
    "Constant",
    "Empirical",
    "Exponential",
    "Folder",
    "Gamma",
    "Gateway",
    "GrpcGateway",
    "GrpcOptions",
    "Idle",
    "Inspection",
    "KserveGateway",
    "KserveOptions",
    "KserveOutputs",
    "Lognormal",
    "ModelledGateway",
    "ModelledOptions",
    "Normal",
    "OnNoResult",
    "PartsStops",
    "Product",
    "Quantiles",
    "Rendered",
    "ReplayGateway",
    "ReplayOptions",
    "RestGateway",
    "RestOptions",
    "Review",
    "Run",
    "Scenario",
    "SharedGateway",
    "SharedServer",
    "Sharing",
    "ShipWhen",
    "Station",
    "Time",
    "Triangular",
    "Uniform",
    "Values",
    "Variant",
    "Weibull",
    "dump",
    "json_schema",
    "load",
    "loads",
]
