"""Servers that speak TensorFlow Serving's gRPC: its messages over one channel for each target."""

from line_sim.inspection.servers.serving import ServingDialect
from line_sim.inspection.wires.grpc_transport import GrpcTransport
from line_sim.inspection.wires.grpc_wire import GrpcWire

GRPC = ServingDialect("grpc", GrpcWire, GrpcTransport, "localhost:8500")
"""A channel is kept for the whole run; the deadline goes with every call."""
