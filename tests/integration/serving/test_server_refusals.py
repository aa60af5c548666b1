"""Predict: what the embedded server refuses, in TensorFlow Serving's own words."""

from typing import Any

import grpc
import pytest
from generated import predict_pb2
from serving_stories import FLOAT, floats, predict, refusal, request_for, rpc

from line_sim.inspection.servers.embedded import EmbeddedServer
from line_sim.inspection.wires import grpc_wire

pytestmark = pytest.mark.server
Code = grpc.StatusCode


def wrong_requests() -> dict[str, tuple[Any, str, str]]:
    """Give every mistake with the status and the text that TensorFlow Serving has for it."""
    no_spec = predict_pb2.PredictRequest()
    no_name = request_for("inspect")
    no_name.model_spec.name = ""
    stranger = request_for("inspect")
    stranger.model_spec.name = "stranger"
    version_0 = request_for("inspect")
    version_0.model_spec.version.value = 0
    label = request_for("inspect")
    label.model_spec.version_label = "stable"
    unknown_output = request_for("arithmetic", a=floats(1), b=floats(2))
    unknown_output.output_filter.append("product")
    twice = request_for("arithmetic", a=floats(1), b=floats(2))
    twice.output_filter.extend(["sum", "sum"])
    short = (FLOAT, (2,), {"tensor_content": b"123"})
    return {
        "no spec": (no_spec, "INVALID_ARGUMENT", "Missing ModelSpec"),
        "no name": (no_name, "INVALID_ARGUMENT", "ModelSpec has no name specified."),
        "unknown model": (stranger, "NOT_FOUND", "Servable not found for request: Latest(stranger)"),
        "version 0": (version_0, "NOT_FOUND", "Servable not found for request: Specific(tiny, 0)"),
        "label": (label, "INVALID_ARGUMENT", "Unrecognized servable version label: stable"),
        "signature": (request_for("no"), "FAILED_PRECONDITION", 'Serving signature key "no" not found.'),
        "too few": (
            request_for("arithmetic", a=floats(1)),
            "INVALID_ARGUMENT",
            (
                "input size does not match signature: 1!=2 len({a}) != len({a,b}). "
                "Sent extra: {}. Missing but required: {b}."
            ),
        ),
        "too many": (
            request_for("arithmetic", a=floats(1), b=floats(2), c=floats(3)),
            "INVALID_ARGUMENT",
            (
                "input size does not match signature: 3!=2 len({a,b,c}) != len({a,b}). "
                "Sent extra: {c}. Missing but required: {}."
            ),
        ),
        "other name": (
            request_for("arithmetic", a=floats(1), z=floats(2)),
            "INVALID_ARGUMENT",
            (
                "Signature input alias: b(feed name: arithmetic_b:0) not found in request and no default "
                "value provided. Inputs expected to be in the request {a,z}, "
                "or default input alias set: "
            ),
        ),
        "no dtype": (
            request_for("arithmetic", a=floats(1), b=(0, (1,), {})),
            "INVALID_ARGUMENT",
            "tensor parsing error: b",
        ),
        "short content": (
            request_for("arithmetic", a=floats(1), b=short),
            "INVALID_ARGUMENT",
            "tensor parsing error: b",
        ),
        "a bomb": (
            request_for("arithmetic", a=floats(1), b=(FLOAT, (1 << 40,), {"float_val": [1]})),
            "INVALID_ARGUMENT",
            (
                "tensor parsing error: b: 1 values cannot stand for 1,099,511,627,776 of 4 bytes, "
                "at most 67,108,864"
            ),
        ),
        "unknown output": (
            unknown_output,
            "INVALID_ARGUMENT",
            (
                "output tensor alias not found in signature: product "
                "Outputs expected to be in the set {difference,sum}."
            ),
        ),
        "same output twice": (twice, "INVALID_ARGUMENT", "duplicate output tensor alias: sum"),
        "wrong dtype": (
            request_for("inspect", image=floats(1)),
            "INVALID_ARGUMENT",
            "Expects arg[0] to be string but float is provided",
        ),
    }


@pytest.mark.parametrize("mistake", wrong_requests())
def test_a_wrong_request_is_refused_in_the_known_words(server: EmbeddedServer, mistake: str) -> None:
    """Clients and their tests know these texts."""
    request, code, text = wrong_requests()[mistake]
    assert refusal(server, request) == (code, text)


def test_shapes_that_do_not_go_together_are_the_graphs_business(server: EmbeddedServer) -> None:
    """The runtime's own text says what is wrong."""
    code, text = refusal(server, request_for("arithmetic", a=floats(1, 2), b=floats(1, 2, 3)))
    assert code == "INVALID_ARGUMENT"
    assert "Incompatible shapes: [2] vs. [3]" in text


def test_a_picture_of_the_wrong_rank_does_not_kill_the_server(server: EmbeddedServer) -> None:
    """A convolution would abort the process over it (tensorflow#111453); it is refused before."""
    rank_3 = (FLOAT, (8, 8, 3), {"float_val": [0]})
    rank_4 = (FLOAT, (1, 8, 8, 3), {"float_val": [0]})
    refused = refusal(server, request_for("convolve", x=rank_3))
    assert refused == ("INVALID_ARGUMENT", "input x must be 4-dimensional: [8,8,3]")
    assert predict(server, request_for("convolve", x=rank_4)).outputs


def test_garbage_is_refused_and_survived(server: EmbeddedServer) -> None:
    """Bytes that are no request end that call only."""
    with pytest.raises(grpc.RpcError) as caught:
        rpc(server.target, grpc_wire.PREDICT, b"\xff\xff\xff garbage")
    assert caught.value.code() is Code.INTERNAL
    assert predict(server, request_for("count")).outputs


def test_what_tensorflow_serving_does_not_register_is_unknown_here_too(server: EmbeddedServer) -> None:
    """Its SessionService is for others than its clients: UNIMPLEMENTED, not a wrong answer."""
    with pytest.raises(grpc.RpcError) as caught:
        rpc(server.target, "/tensorflow.serving.SessionService/SessionRun", b"")
    assert caught.value.code() is Code.UNIMPLEMENTED
