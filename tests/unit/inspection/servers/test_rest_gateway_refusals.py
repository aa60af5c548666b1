"""What the REST gateway refuses before the first part: the same as the gRPC gateway, in the same words."""

import socket
from typing import Any

import pytest
from stub_rest import RestServer, answer, rest_gateway_to, signatures, states
from stub_server import Pictures, inquiry

from line_sim.errors import GatewayError
from line_sim.inspection.outcome import Answered
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.servers.rest import REST
from line_sim.units import MILLISECOND


def refused(server: RestServer, **settings: Any) -> str:
    """Enter the gateway and give the text it refuses with."""
    with pytest.raises(GatewayError) as caught, rest_gateway_to(server, **settings):
        pass
    assert caught.value.exit_code == 3
    return str(caught.value).replace(f"127.0.0.1:{server.port}", "HOST")


def test_no_server_is_said_with_a_way_out() -> None:
    """The text names the target, how long it was tried, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        target = f"127.0.0.1:{taken.getsockname()[1]}"
    gateway = ServerGateway(REST, target, "m", "s", Pictures(), connect_timeout=300 * MILLISECOND)
    with pytest.raises(GatewayError) as caught, gateway:
        pass
    assert str(caught.value) == (
        f"no inference server at {target} (tried for 300 ms): "
        f"start one with 'line-sim serve', or use the target 'embedded'"
    )


def test_a_name_that_nobody_knows() -> None:
    """A host that cannot be looked up is a server that is not there."""
    gateway = ServerGateway(
        REST, "no-such-host.invalid:8501", "m", "s", Pictures(), connect_timeout=300 * MILLISECOND
    )
    with pytest.raises(GatewayError, match=r"no inference server at no-such-host\.invalid:8501"), gateway:
        pass


def test_a_model_that_is_not_there(rest_server: RestServer) -> None:
    """The model's status is asked for before any picture is sent."""
    rest_server.status = lambda: (404, {"error": "Could not find any versions of model inception_v3"})
    assert refused(rest_server) == (
        "HOST: model 'inception_v3' is not served there: Could not find any versions of model inception_v3"
    )
    assert rest_server.requests == []


def test_a_server_of_another_protocol_knows_no_such_path(rest_server: RestServer) -> None:
    """Triton's 404 does not name the model, as TensorFlow Serving's does."""
    rest_server.status = lambda: (404, {"error": "Not Found"})
    assert refused(rest_server) == (
        "HOST: model 'inception_v3' is not served there: Not Found; Triton, MLServer and KServe take the "
        "kserve gateway (classify: --protocol kserve)"
    )


def test_a_model_that_is_not_available(rest_server: RestServer) -> None:
    """A version that failed to load or is still loading cannot be used."""
    rest_server.status = lambda: states({2: "LOADING", 1: "END"})
    assert refused(rest_server, version=2, warm_up_timeout=50 * MILLISECOND) == (
        "HOST: model 'inception_v3', version 2 is not available there: version 2 is LOADING, version 1 is END"
    )


def test_a_key_that_is_wrong(rest_server: RestServer) -> None:
    """A server that does not let us in says so."""
    rest_server.status = lambda: (401, {"error": "who are you?"})
    assert refused(rest_server) == (
        "HOST: model 'inception_v3': GetModelStatus failed with UNAUTHENTICATED: who are you?"
    )


def test_a_server_without_model_status_will_do(rest_server: RestServer) -> None:
    """Some servers have predict only; the warm-up proves the rest."""
    rest_server.status = rest_server.metadata = lambda: (501, {"error": "not built"})
    with rest_gateway_to(rest_server) as gateway:
        assert gateway.ask(inquiry()).outcome == Answered("good", 0.875)
    rest_server.predict = lambda body: (400, {"error": "no such signature"})
    assert refused(rest_server) == "HOST: model 'inception_v3' gave INVALID_ARGUMENT: no such signature"


def test_a_status_that_is_none(rest_server: RestServer) -> None:
    """Any web server answers with 200; only a model's status is one."""
    rest_server.status = lambda: (200, b"<html>")
    assert refused(rest_server) == "HOST: model 'inception_v3': the answer is not a model's status"


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
            signatures(dtype="DT_FLOAT"),
            (
                "the signature 'inspect' must take JPEG bytes, but its input 'image' is not a string; it is "
                "DT_FLOAT of shape [-1]: say pixels to have pictures decoded here (classify: --pixels)"
            ),
        ),
    ],
)
def test_what_does_not_fit_is_named(rest_server: RestServer, metadata: Any, complaint: str) -> None:
    """When the warm-up fails, the model's own metadata says why."""
    rest_server.predict = lambda body: (400, {"error": "something is wrong"})
    rest_server.metadata = lambda: metadata
    assert refused(rest_server) == f"HOST: model 'inception_v3': {complaint}"


def test_a_warm_up_that_is_never_answered(rest_server: RestServer) -> None:
    """A model that does not answer its warm-up will not inspect parts either."""
    rest_server.hang()
    assert refused(rest_server, warm_up_timeout=100 * MILLISECOND) == (
        "HOST: model 'inception_v3' gave no answer within 100 ms"
    )


def test_a_score_that_is_none_is_refused_at_the_start(rest_server: RestServer) -> None:
    """Logits instead of a score would send every part to the wrong lane."""
    rest_server.predict = lambda body: answer(score=7.5)
    assert refused(rest_server) == (
        "HOST: model 'inception_v3' gave OK: the score is 7.5; it must be in [0, 1]; "
        "where these are logits, say scores: logits (classify: --scores logits)"
    )
