"""A model that is still being loaded or warmed up is waited for: by a run, and by `classify`."""

import contextlib
import itertools
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
import stub_rest
import stub_server
from certificates import Certificates, make_certificates
from click.testing import CliRunner
from generated import get_model_status_pb2, predict_pb2
from PIL import Image
from stub_rest import RestServer, rest_gateway_to
from stub_server import Server, gateway_to, inquiry

from line_sim.cli import commands
from line_sim.errors import GatewayError
from line_sim.inspection.outcome import Answered
from line_sim.inspection.wires.tls import Tls
from line_sim.units import MILLISECOND, SECOND

START, LOADING, AVAILABLE, END = 10, 20, 30, 50


@pytest.fixture(params=["grpc", "rest"])
def form(request: pytest.FixtureRequest) -> str:
    """Both wires."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def told(form: str, server: Server, rest_server: RestServer) -> Any:
    """The server of that wire, whose model passes through these states."""
    return server if form == "grpc" else rest_server


def becomes(told: Any, *states: int) -> None:
    """Let each question about the model's state be answered by the next of these, the last for ever."""
    names = {number: name for name, number in get_model_status_pb2.ModelVersionStatus.State.items()}
    coming = itertools.chain(states, itertools.repeat(states[-1]))
    if isinstance(told, Server):
        told.status = lambda: stub_server.states({1: next(coming)})
    else:
        told.status = lambda: stub_rest.states({1: names[next(coming)]})


def test_a_run_waits_for_a_model_that_is_being_loaded(form: str, told: Any) -> None:
    """The first part comes when the model is there."""
    becomes(told, START, LOADING, AVAILABLE)
    make = gateway_to if form == "grpc" else rest_gateway_to
    with make(told) as gateway:
        assert gateway.ask(inquiry()).outcome == Answered("good", 0.875)


def test_a_model_that_has_ended_is_not_waited_for(form: str, told: Any) -> None:
    """It never comes."""
    becomes(told, END)
    make = gateway_to if form == "grpc" else rest_gateway_to
    with pytest.raises(GatewayError, match="is not available there: version 1 is END"), make(told):
        pass


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A JPEG."""
    path = tmp_path / "part.jpg"
    Image.new("RGB", (16, 16), "grey").save(path)
    return path


def classify(form: str, port: int, *arguments: object) -> Any:
    """Run the command."""
    target = f"127.0.0.1:{port}"
    return CliRunner().invoke(
        commands, ["classify", "--format", form, "--target", target, *map(str, arguments)]
    )


def test_classify_waits_for_a_model_that_is_being_loaded(form: str, told: Any, image: Path) -> None:
    """As long as --wait says."""
    becomes(told, LOADING, LOADING, AVAILABLE)
    assert classify(form, told.port, image).output.startswith("good 0.875  (")
    becomes(told, LOADING)
    result = classify(form, told.port, image, "--wait", "300 ms")
    assert isinstance(result.exception, GatewayError)
    assert str(result.exception).endswith("is not available there: version 1 is LOADING")


def test_classify_waits_for_a_server_that_is_being_started(form: str, told: Any, image: Path) -> None:
    """Its port opens when its model is there."""
    told.stop()
    timer = threading.Timer(0.5, told.start)
    timer.start()
    assert classify(form, told.port, image, "--wait", "20 s").output.startswith("good 0.875  (")
    timer.join()


def test_input_and_outputs_can_be_named(form: str, told: Any, image: Path) -> None:
    """A signature of somebody else's calls them otherwise; a label may come without a score."""
    if form == "grpc":
        told.metadata = lambda: stub_server.signatures(image="jpeg", outputs=("class", "other", "sure"))
        response = predict_pb2.PredictResponse.FromString(stub_server.answer())
        response.outputs["class"].CopyFrom(response.outputs["label"])
        response.outputs["sure"].CopyFrom(response.outputs["score"])
        written = response.SerializeToString()
        told.predict = lambda request, context: written
    else:
        _, said = stub_rest.signatures(image="jpeg")
        one = said["metadata"]["signature_def"]["signature_def"]["inspect"]
        one["outputs"] = dict.fromkeys(("class", "other", "sure"), one["outputs"]["label"])
        told.metadata = lambda: (200, said)
        told.predict = lambda body: (200, {"outputs": {"class": ["good"], "other": [1], "sure": [0.875]}})
    assert "must have the outputs 'label', 'score'" in str(classify(form, told.port, image).exception)
    names = ["--input", "jpeg", "--label-output", "class"]
    assert classify(form, told.port, image, *names).output.startswith("good  (")
    named = classify(form, told.port, image, *names, "--score-output", "sure")
    assert named.output.startswith("good 0.875  (")
    wrong = classify(form, told.port, image, "--input", "png", "--label-output", "class")
    assert str(wrong.exception).endswith("has no input 'png'; it has 'jpeg'")
    wrong = classify(form, told.port, image, "--label-output", "klass")
    assert str(wrong.exception).endswith(
        "must have the outputs 'klass'; its outputs are 'class', 'other', 'sure'"
    )


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates of the test's own."""
    return make_certificates(tmp_path_factory.mktemp("pem"))


def test_a_call_waits_through_a_tls_error(pem: Certificates) -> None:
    """A server that starts again hangs up in the middle of a handshake: that is waited for, too."""
    server = RestServer(pem.server_context(mutual=False))
    server.start()
    tls = Tls(pem.ca, server_name=pem.NAME)
    with rest_gateway_to(server, tls=tls, wait_for_ready=True) as gateway:
        server.stop()
        gateway._transports[
            0
        ]._transport._connections.take().close()  # the one that its thread would go on to serve
        with socket.create_server(("127.0.0.1", server.port)) as listener:
            hung_up = 0
            over = threading.Event()
            listener.settimeout(0.05)

            def hang_up() -> None:
                nonlocal hung_up
                while not over.is_set():
                    with contextlib.suppress(TimeoutError):
                        listener.accept()[0].close()
                        hung_up += 1

            thread = threading.Thread(target=hang_up)
            thread.start()
            first = gateway.ask(inquiry(300 * MILLISECOND))
            over.set()
            thread.join()
        assert hung_up > 1
        assert (first.status, first.outcome.name) == ("DEADLINE_EXCEEDED", "timed_out")
        server.start()
        assert gateway.ask(inquiry(20 * SECOND)).outcome == Answered("good", 0.875)
        server.stop()
