"""Standard gRPC health (grpc.health.v1), for probes that know nothing of TensorFlow Serving."""

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

SERVICES = (
    "",
    "ModelService",
    "PredictionService",
    "tensorflow.serving.ModelService",
    "tensorflow.serving.PredictionService",
)
"""The short names are the ones TensorFlow Serving registers, the long ones what gRPC's tools ask for."""


def add_health(server: grpc.Server) -> None:
    """Register the health service; the port opens only when a model is there, so all is SERVING."""
    servicer = health.HealthServicer()
    for service in SERVICES:
        servicer.set(service, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
