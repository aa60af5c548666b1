"""What the gRPC gateway refuses before the first part: no server, no model, a model that does not fit."""

import socket
from typing import Any

import grpc
import pytest
from stub_server import Pictures, Server, answer, gateway_to, inquiry, signatures, states

from line_sim.errors import GatewayError
from line_sim.inspection.outcome import Answered
from line_sim.inspection.servers.grpc import GRPC
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.wires.messages.serving import FLOAT
from line_sim.units import MILLISECOND

Code = grpc.StatusCode


def refused(server: Server, **settings: Any) -> str:
    """Enter the gateway and give the text it refuses with."""
    with pytest.raises(GatewayError) as caught, gateway_to(server, **settings):
        pass
    return str(caught.value).replace(f"127.0.0.1:{server.port}", "HOST")


def test_no_server_is_said_with_a_way_out() -> None:
    """The text names the target, how long it was tried, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    gateway = ServerGateway(
        GRPC, f"127.0.0.1:{port}", "m", "s", Pictures(), connect_timeout=300 * MILLISECOND
    )
    with pytest.raises(GatewayError) as caught, gateway:
        pass
    assert str(caught.value) == (
        f"no inference server at 127.0.0.1:{port} (tried for 300 ms): "
        f"start one with 'line-sim serve', or use the target 'embedded'"
    )
    assert caught.value.exit_code == 3


def test_a_model_that_is_not_there(server: Server) -> None:
    """GetModelStatus knows before any picture is sent."""

    def none() -> bytes:
        raise LookupError("Could not find any versions of model inception_v3")

    server.status = none
    assert refused(server) == (
        "HOST: model 'inception_v3' is not served there: Could not find any versions of model inception_v3"
    )
    assert server.requests == []


def test_a_model_that_is_not_available(server: Server) -> None:
    """A version that failed to load or is still loading cannot be used."""
    server.status = lambda: states({2: 20, 1: 50})
    assert refused(server, version=2, warm_up_timeout=50 * MILLISECOND) == (
        "HOST: model 'inception_v3', version 2 is not available there: version 2 is LOADING, version 1 is END"
    )


def test_a_server_without_model_status_will_do(server: Server) -> None:
    """Some servers have Predict only; the warm-up proves the rest."""

    def unbuilt() -> bytes:
        raise NotImplementedError

    server.status = server.metadata = unbuilt
    with gateway_to(server) as gateway:
        assert gateway.ask(inquiry()).outcome == Answered("good", 0.875)
    server.refuse(Code.FAILED_PRECONDITION, "no such signature")
    assert refused(server) == "HOST: model 'inception_v3' gave FAILED_PRECONDITION: no such signature"


def test_a_server_of_another_protocol_has_no_predict_either(server: Server) -> None:
    """Triton says so without a word more."""

    def unbuilt() -> bytes:
        raise NotImplementedError

    server.status = server.metadata = unbuilt
    server.refuse(Code.UNIMPLEMENTED, "")
    assert refused(server) == (
        "HOST: model 'inception_v3' gave UNIMPLEMENTED; Triton, MLServer and KServe take the kserve gateway "
        "(classify: --protocol kserve)"
    )


@pytest.mark.parametrize(
    ("metadata", "complaint"),
    [
        (
            signatures(name="serving_default"),
            "there is no signature 'inspect'; its signatures are 'serving_default'",
        ),
        (
            signatures(image="jpeg"),
            (
                "the signature 'inspect' must have the one input 'image'; its inputs are 'jpeg': say which "
                "takes the picture (input)"
            ),
        ),
        (
            signatures(dtype=FLOAT),
            (
                "the signature 'inspect' must take JPEG bytes, but its input 'image' is not a string; it is "
                "DT_FLOAT of any shape: say pixels to have pictures decoded here (classify: --pixels)"
            ),
        ),
        (
            signatures(outputs=("logits", "score")),
            (
                "the signature 'inspect' has no output 'label'; its outputs are 'logits', 'score': say which "
                "has the label and which the score, or none (label_output, score_output)"
            ),
        ),
    ],
)
def test_what_does_not_fit_is_named(server: Server, metadata: bytes, complaint: str) -> None:
    """When the warm-up fails, the model's own metadata says why."""
    server.refuse(Code.INVALID_ARGUMENT, "something is wrong")
    server.metadata = lambda: metadata
    assert refused(server) == f"HOST: model 'inception_v3': {complaint}"


def test_a_warm_up_that_is_never_answered(server: Server) -> None:
    """A model that does not answer its warm-up will not inspect parts either."""
    server.hang()
    assert refused(server, warm_up_timeout=100 * MILLISECOND) == (
        "HOST: model 'inception_v3' gave no answer within 100 ms"
    )


def test_a_score_that_is_none_is_refused_at_the_start(server: Server) -> None:
    """Logits instead of a score would send every part to the wrong lane."""
    server.predict = lambda request, context: answer(score=7.5)
    assert refused(server) == (
        "HOST: model 'inception_v3' gave OK: the score is 7.5; it must be in [0, 1]; "
        "where these are logits, say scores: logits (classify: --scores logits)"
    )
