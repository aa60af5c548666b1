"""What a gateway to KServe's v2 protocol refuses before the first part, each with the way out."""

import itertools
import socket
from typing import Any

import grpc
import pytest
from stub_server import Pictures, Server
from stub_v2 import KSERVE, Tensors, V2Server, answer, empty_score, metadata, ready, refused, v2_gateway_to

from line_sim.errors import GatewayError
from line_sim.inspection.servers.live import ServerGateway
from line_sim.units import MILLISECOND

Code = grpc.StatusCode
HOST = "HOST: model 'flanges'"


def said(server: V2Server, **how: Any) -> str:
    """Enter the gateway and give the text that it refuses with."""
    with pytest.raises(GatewayError) as caught, v2_gateway_to(server, **how):
        pass
    assert caught.value.exit_code == 3
    return str(caught.value).replace(f"127.0.0.1:{server.port}", "HOST")


def unready(server: V2Server) -> None:
    """Let the model say that it is not ready, as Triton does of one that it does not have."""
    server.model_ready = lambda name, version: ready("ModelReadyResponse", is_so=False)


def test_no_server() -> None:
    """No server of this protocol can be started by us: the text names the usual ports."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    gateway = ServerGateway(
        KSERVE, f"127.0.0.1:{port}", "flanges", "", Pictures(), connect_timeout=300 * MILLISECOND
    )
    with pytest.raises(GatewayError) as caught, gateway:
        pass
    assert str(caught.value) == (
        f"no inference server at 127.0.0.1:{port} (tried for 300 ms): "
        "is its gRPC port open there, usually 8001 (Triton) or 8081 (MLServer)?"
    )


def test_a_model_that_triton_does_not_have(v2: V2Server) -> None:
    """It says that it is not ready; only the metadata know that there is none. Nobody waits for it."""
    unready(v2)
    v2.metadata = lambda name, version: refused(
        Code.NOT_FOUND, "Request for unknown model: 'flanges' is not found"
    )
    assert said(v2) == f"{HOST} is not served there: Request for unknown model: 'flanges' is not found"
    assert v2.requests == []


@pytest.mark.parametrize("code", [Code.NOT_FOUND, Code.UNKNOWN, Code.INVALID_ARGUMENT])
def test_a_model_that_others_do_not_have(v2: V2Server, code: grpc.StatusCode) -> None:
    """KServe says NOT_FOUND, MLServer UNKNOWN, both at once."""
    v2.model_ready = lambda name, version: refused(code, "Model flanges not found")
    assert said(v2) == f"{HOST} is not served there: Model flanges not found"


def test_a_version_that_is_not_there(v2: V2Server) -> None:
    """Those that are there are listed."""
    unready(v2)
    missing = "Request for unknown model: 'flanges' version 7 is not found"
    v2.metadata = lambda name, version: (
        refused(Code.NOT_FOUND, missing) if version else metadata(versions=["1", "3"])
    )
    assert said(v2, version="7") == (
        f"{HOST}, version 7 is not served there: {missing}; its versions are '1', '3'"
    )


def test_versions_that_nobody_tells_are_not_listed(v2: V2Server) -> None:
    """MLServer knows its model's version, and tells of none."""
    v2.model_ready = lambda name, version: refused(Code.UNKNOWN, "Model flanges with version 7 not found")
    v2.metadata = lambda name, version: metadata(versions=[])
    assert said(v2, version="7") == (
        f"{HOST}, version 7 is not served there: Model flanges with version 7 not found"
    )


def test_a_model_that_is_being_loaded_is_waited_for(v2: V2Server) -> None:
    """Until it says that it is ready."""
    states = itertools.chain([False, False], itertools.repeat(True))
    v2.model_ready = lambda name, version: ready("ModelReadyResponse", is_so=next(states))
    with v2_gateway_to(v2) as gateway:
        assert gateway.identity["version"] == "1"


@pytest.mark.parametrize(
    ("detail", "code"),
    [
        ("'flanges' has no available versions", Code.NOT_FOUND),
        ("'flanges' version 1 is not at ready state", Code.UNAVAILABLE),
    ],
)
def test_a_model_that_is_never_ready(v2: V2Server, detail: str, code: grpc.StatusCode) -> None:
    """It is known there, so it is waited for; in the end the text has the server's words."""
    unready(v2)
    v2.metadata = lambda name, version: refused(code, detail)
    assert said(v2, warm_up_timeout=50 * MILLISECOND) == f"{HOST} is not ready there: {detail}"


def test_a_server_that_is_not_ready(v2: V2Server) -> None:
    """Then nothing that it says of the model counts yet."""
    unready(v2)
    v2.server_ready = lambda: ready("ServerReadyResponse", is_so=False)
    assert said(v2, warm_up_timeout=50 * MILLISECOND) == (
        f"{HOST} is not ready there, and nor is the server itself"
    )


def test_a_model_that_is_ready_on_a_server_that_is_not(v2: V2Server) -> None:
    """Triton is not ready as long as any of its models is not: ours will do."""
    v2.server_ready = lambda: ready("ServerReadyResponse", is_so=False)
    with v2_gateway_to(v2) as gateway:
        assert gateway.identity["version"] == "1"


def test_a_model_that_is_ready_and_dead(v2: V2Server) -> None:
    """Readiness proves nothing: the first inference does."""
    v2.refuse(Code.INTERNAL, "Stub process 'flanges' is not healthy.")
    assert said(v2) == (
        f"{HOST} gave INTERNAL: Stub process 'flanges' is not healthy.; readiness says nothing of it: "
        "see the server's log, and whether the model's process lives"
    )


def test_numbers_that_are_empty_under_ok(v2: V2Server) -> None:
    """What numpy 2 does to Triton's python backend, with the way out."""
    v2.infer = lambda request, context: empty_score()
    assert said(v2) == (
        f"{HOST} gave OK: the score is empty; Triton's python backend was seen to give numbers back empty "
        "under numpy 2: give it numpy 1.26"
    )


def test_a_picture_that_is_too_large(v2: V2Server) -> None:
    """MLServer takes 4 MiB, KServe 8."""
    words = "Received message larger than max (5000000 vs. 4194304)"
    v2.refuse(Code.RESOURCE_EXHAUSTED, words)
    assert said(v2) == (
        f"{HOST} gave RESOURCE_EXHAUSTED: {words}; a message is too large for one side: send smaller "
        "pictures, or let the server take larger messages"
    )


def test_a_warm_up_that_is_never_answered(v2: V2Server) -> None:
    """A model that does not answer its warm-up will not inspect parts either."""
    v2.hang()
    assert said(v2, warm_up_timeout=100 * MILLISECOND) == f"{HOST} gave no answer within 100 ms"


@pytest.mark.parametrize(
    ("inputs", "outputs", "complaint"),
    [
        (
            [("x", "FP32", (-1, 3, 224, 224))],
            None,
            "its input 'x' is FP32 of shape [-1, 3, 224, 224]; a picture is sent as its JPEG's bytes",
        ),
        (
            [("a", "BYTES", (1,)), ("b", "BYTES", (1,))],
            None,
            "it has several inputs, 'a', 'b': say which one takes the picture (input)",
        ),
        (
            None,
            [("class", "BYTES", (1,))],
            "it has no output 'label'; its outputs are 'class': name that of the label",
        ),
        (
            None,
            [("label", "INT16", (1,)), ("score", "FP32", (1,))],
            (
                "its output 'label' is INT16 of shape [1]; a label is BYTES or INT32 or INT64: name another "
                "output (outputs)"
            ),
        ),
        (
            None,
            [("label", "BYTES", (1,)), ("score", "BYTES", (1,))],
            "its output 'score' is BYTES of shape [1]; a score is FP16 or FP32 or FP64",
        ),
    ],
)
def test_what_does_not_fit_is_told_before_any_picture_is_sent(
    v2: V2Server, inputs: Tensors | None, outputs: Tensors | None, complaint: str
) -> None:
    """By the model's own metadata."""
    told = {"inputs": inputs, "outputs": outputs}
    v2.metadata = lambda name, version: metadata(**{key: what for key, what in told.items() if what})
    assert said(v2).startswith(f"{HOST}: {complaint}")
    assert v2.requests == []


def test_a_best_class_is_never_asked_of_text(v2: V2Server) -> None:
    """It would bring Triton down."""
    v2.metadata = lambda name, version: metadata(outputs=[("probs", "BYTES", (-1,))])
    assert "its output 'probs' is BYTES" in said(v2, label_output="", score_output="probs")
    v2.metadata = lambda name, version: metadata(outputs=[])
    assert "the server does not tell what 'probs' is" in said(v2, label_output="", score_output="probs")
    assert v2.requests == []


def test_a_server_that_tells_nothing_will_do(v2: V2Server) -> None:
    """MLServer and KServe know of outputs what somebody wrote down; the warm-up proves the rest."""
    v2.metadata = lambda name, version: metadata(inputs=[], outputs=[], versions=[])
    v2.infer = lambda request, context: answer(version="", typed=True)
    with v2_gateway_to(v2) as gateway:
        assert gateway.identity["version"] == ""
    assert v2.requests[-1].inputs[0].name == "image"


def test_a_server_of_tensorflow_servings_api(server: Server, v2: V2Server) -> None:
    """Each protocol is told from the other, and the other gateway is named."""
    from stub_server import gateway_to

    gateway = ServerGateway(KSERVE, f"127.0.0.1:{server.port}", "m", "", Pictures())
    with pytest.raises(GatewayError, match=r"takes the gateways grpc and rest"), gateway:
        pass
    stranger: Any = v2
    with (
        pytest.raises(GatewayError, match=r"take the kserve gateway \(classify: --protocol kserve\)"),
        gateway_to(stranger),
    ):
        pass


def test_grpc_to_a_rest_port(rest_server: Any) -> None:
    """Triton's 8000 in place of 8001."""
    gateway = ServerGateway(KSERVE, f"127.0.0.1:{rest_server.port}", "m", "", Pictures())
    with pytest.raises(GatewayError, match=r"speaks REST and was asked in gRPC: .* 8001 \(Triton\)"), gateway:
        pass
