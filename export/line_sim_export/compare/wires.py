"""The ways through the embedded server, a process of its own on this machine."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import grpc

from line_sim.errors import GatewayError
from line_sim.inspection.outcome import Answered
from line_sim.inspection.servers.embedded import EmbeddedServer
from line_sim.inspection.wires import grpc_wire
from line_sim.inspection.wires.question import ModelQuestion
from line_sim_export.compare.rounds import Answer
from line_sim_export.compare.ways import Ask, Way
from line_sim_export.model.signature import INPUT, SIGNATURE

PREDICT = "/tensorflow.serving.PredictionService/Predict"
TIMEOUT = 60.0  # s; a call that takes longer is a failure, not a latency


@contextmanager
def ways_by_server(base: Path, version: int) -> Iterator[list[Way]]:
    """Serve one version for as long as the block lasts, and give the ways to ask it."""
    with EmbeddedServer(base.name, base, rest=True) as server:
        connection = HTTPConnection(server.rest_target, timeout=TIMEOUT)
        options = [("grpc.enable_http_proxy", 0)]
        with grpc.insecure_channel(server.target, options=options) as channel:
            try:
                yield [
                    Way(
                        "server, gRPC",
                        "another process, a PredictRequest",
                        by_grpc(channel, base.name, version),
                    ),
                    Way(
                        "server, REST",
                        "another process, base64 in JSON",
                        by_rest(connection, base.name, version),
                    ),
                ]
            finally:
                connection.close()


def by_grpc(channel: grpc.Channel, model: str, version: int) -> Ask:
    """Ask by the Predict call, over one channel. Raises GatewayError."""
    question = ModelQuestion(model, SIGNATURE, version)
    call: Any = channel.unary_unary(PREDICT)  # bytes in, bytes out

    def ask(jpeg: bytes) -> Answer:
        try:
            response = call(grpc_wire.predict_request(question, jpeg), timeout=TIMEOUT)
        except grpc.RpcError as error:
            raise GatewayError(
                f"the embedded server failed by gRPC: {error.code()}: {error.details()}"
            ) from error
        outcome = grpc_wire.read_answer(question, response).outcome
        if not isinstance(outcome, Answered):
            raise GatewayError(f"the embedded server's answer by gRPC cannot be read: {outcome}")
        return Answer(outcome.label, outcome.score)

    return ask


def by_rest(connection: HTTPConnection, model: str, version: int) -> Ask:
    """Ask by the predict call of the REST API, over one kept connection. Raises GatewayError."""
    path = f"/v1/models/{model}/versions/{version}:predict"

    def ask(jpeg: bytes) -> Answer:
        instance = {INPUT: {"b64": base64.b64encode(jpeg).decode("ascii")}}
        body = json.dumps({"signature_name": SIGNATURE, "instances": [instance]})
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            content = response.read()
        except (OSError, HTTPException) as error:
            raise GatewayError(f"the embedded server failed by REST: {error}") from error
        if response.status != 200:
            raise GatewayError(f"the embedded server failed by REST: {response.status} {content[:200]!r}")
        prediction = json.loads(content)["predictions"][0]
        return Answer(str(prediction["label"]), float(prediction["score"]))

    return ask
