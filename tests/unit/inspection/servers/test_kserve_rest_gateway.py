"""A gateway to KServe's v2 protocol over REST: the same promises as over gRPC, in another manner.

The server is a stub that does as it is told.
"""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image
from stub_rest import RestServer
from stub_server import Pictures, inquiry
from stub_v2_rest import MLSERVER, V2RestServer, answer, metadata, v2_rest_gateway_to

from line_sim.cli import commands
from line_sim.errors import GatewayError
from line_sim.inspection.outcome import Answered, TimedOut, Unavailable, Unreadable
from line_sim.inspection.servers import live
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.servers.opening import dialect_of
from line_sim.scenario import load
from line_sim.simulation import simulate
from line_sim.units import MILLISECOND

HOST = "HOST: model 'flanges'"


@pytest.fixture
def v2() -> Iterator[V2RestServer]:
    """Serve for one test."""
    running = V2RestServer()
    running.start()
    yield running
    running.stop()


def said(server: Any, **how: Any) -> str:
    """Enter the gateway and give the text that it refuses with."""
    with pytest.raises(GatewayError) as caught, v2_rest_gateway_to(server, **how):
        pass
    return str(caught.value).replace(f"127.0.0.1:{server.port}", "HOST")


def test_a_part_is_asked_about(v2: V2RestServer) -> None:
    """Raw bytes behind the document where the server takes them; the version stands in run.json."""
    with v2_rest_gateway_to(v2, metadata=[("x-api-key", "s3cret")]) as gateway:
        reply = gateway.ask(inquiry())
        assert (reply.outcome, reply.status) == (Answered("good", 0.875), "OK")
        assert gateway.identity["version"] == "1"
    assert v2.behind[-1] == b"\x11\0\0\0" + b"7 defective stain"
    assert v2.headers[-1]["content-type"] == "application/octet-stream"
    assert v2.headers[-1]["x-api-key"] == "s3cret"
    assert v2.paths[:4] == [
        "/v2/models/flanges/ready",
        "/v2/models/flanges",
        "/v2",
        "/v2/models/flanges/infer",
    ]


def test_a_server_without_the_binary_extension_gets_text(v2: V2RestServer) -> None:
    """MLServer's base64."""
    v2.extensions = MLSERVER
    with v2_rest_gateway_to(v2) as gateway:
        assert gateway.ask(inquiry()).outcome == Answered("good", 0.875)
    assert v2.behind[-1] == b""
    assert v2.documents[-1]["inputs"][0]["parameters"] == {"content_type": "base64"}
    assert v2.headers[-1]["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("code", "words", "outcome", "status"),
    [
        (400, "bad picture", Unreadable("bad picture"), "INVALID_ARGUMENT"),
        (404, "no such model", Unavailable("no such model"), "NOT_FOUND"),
        (500, "dead", Unavailable("dead"), "INTERNAL"),
        (503, "Exceeds maximum queue size", Unavailable("Exceeds maximum queue size"), "UNAVAILABLE"),
    ],
)
def test_codes_are_outcomes(v2: V2RestServer, code: int, words: str, outcome: Any, status: str) -> None:
    """With the server's words."""
    with v2_rest_gateway_to(v2) as gateway:
        v2.infer = lambda document: (code, {"error": words})
        reply = gateway.ask(inquiry())
    assert (reply.outcome, reply.status) == (outcome, status)


def test_the_deadline_ends_the_wait(v2: V2RestServer) -> None:
    """A server that does not answer holds the station no longer than the deadline."""
    with v2_rest_gateway_to(v2) as gateway:
        v2.hang()
        reply = gateway.ask(inquiry(50 * MILLISECOND))
    assert (reply.outcome, reply.status) == (TimedOut(), "DEADLINE_EXCEEDED")


def test_busy_targets_keep_their_turn_and_empty_ones_do_not(
    v2: V2RestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words of a 503 tell them apart."""
    monkeypatch.setattr(live, "LOOK_AGAIN_S", 30.0)
    other = V2RestServer()
    other.start()
    try:
        with v2_rest_gateway_to(v2, other) as gateway:
            v2.infer = lambda document: (503, {"error": "Exceeds maximum queue size"})
            assert [gateway.ask(inquiry()).status for _ in range(4)] == ["UNAVAILABLE", "OK"] * 2
            v2.infer = lambda document: (404, {"error": "no such model"})
            assert [gateway.ask(inquiry()).status for _ in range(4)] == ["NOT_FOUND", "OK", "OK", "OK"]
    finally:
        other.stop()


def test_targets_that_take_pictures_differently_are_refused(v2: V2RestServer) -> None:
    """One with raw bytes and one with text cannot be asked the same question."""
    other = V2RestServer()
    other.extensions = MLSERVER
    other.start()
    try:
        with pytest.raises(GatewayError, match="all targets must serve the same model"):
            v2_rest_gateway_to(v2, other).__enter__()
    finally:
        other.stop()


def test_a_model_that_is_not_there(v2: V2RestServer) -> None:
    """400 may mean that it is being loaded: the metadata know."""
    v2.model_ready = lambda: (400, b"")
    v2.metadata = lambda path: (404, {"error": "Request for unknown model: 'flanges' is not found"})
    assert said(v2) == f"{HOST} is not served there: Request for unknown model: 'flanges' is not found"
    assert v2.documents == []


def test_a_model_that_is_being_loaded_is_waited_for(v2: V2RestServer) -> None:
    """Until it says that it is ready; not for ever."""
    codes = itertools.chain([400, 400], itertools.repeat(200))
    v2.model_ready = lambda: (next(codes), b"")
    with v2_rest_gateway_to(v2) as gateway:
        assert gateway.identity["version"] == "1"
    v2.model_ready = lambda: (400, b"")
    assert said(v2, warm_up_timeout=50 * MILLISECOND) == f"{HOST} is not ready there"
    v2.server_ready = lambda: (400, b"")
    assert said(v2, warm_up_timeout=50 * MILLISECOND).endswith("there, and nor is the server itself")
    v2.server_ready = lambda: (503, {"error": "draining"})
    assert said(v2, warm_up_timeout=50 * MILLISECOND).endswith("nor is the server itself: draining")


def test_a_model_that_kserve_is_loading_is_waited_for(v2: V2RestServer) -> None:
    """KServe's own server says 503 of one that is not ready, and why."""
    codes = itertools.chain([503, 503], itertools.repeat(200))
    v2.model_ready = lambda: (next(codes), {"error": "Model with name flanges is not ready."})
    with v2_rest_gateway_to(v2) as gateway:
        assert gateway.identity["version"] == "1"


def test_what_does_not_fit_is_told(v2: V2RestServer) -> None:
    """By the metadata, before a picture is sent."""
    v2.metadata = lambda path: metadata(inputs=[("x", "FP32", (1, 3, 299, 299))])
    assert "its input 'x' is FP32 of shape [1, 3, 299, 299]" in said(v2)
    v2.metadata = lambda path: (200, b"no JSON")
    assert said(v2) == f"{HOST}: the answer is not JSON with a model's metadata"


def test_strangers_are_named(rest_server: RestServer) -> None:
    """TensorFlow Serving's REST port answers 404 to paths that it does not know."""
    rest_server.status = lambda: (404, {"error": "Malformed request: GET /v2/health/ready"})
    assert said(rest_server).endswith("takes the gateways grpc and rest (classify: --protocol serving)")


def test_rest_to_a_grpc_port(server: Any) -> None:
    """Triton's 8001 in place of 8000."""
    gateway = ServerGateway(
        dialect_of("rest", "kserve"), f"127.0.0.1:{server.port}", "flanges", "", Pictures()
    )
    with pytest.raises(GatewayError, match=r"speaks gRPC and was asked in REST: .* 8000 \(Triton\)"), gateway:
        pass


def test_a_run_over_rest(tmp_path: Path, v2: V2RestServer) -> None:
    """`form: rest` is all that it takes."""
    v2.infer = lambda document: answer(version="v1.0")
    (tmp_path / "s.yaml").write_text(
        "version: 1\nname: Live line\nrun: {items: 4}\narrivals: {every: 50 ms}\nline:\n"
        f"  - inspection: camera\n    gateway: {{kserve: {{target: '127.0.0.1:{v2.port}', form: rest}}}}\n"
        "review: {time: 1 s}\n"
    )
    folder = simulate(load(tmp_path / "s.yaml"), tmp_path / "run").folder
    rows = (folder / "calls.csv").read_text().splitlines()
    assert len(rows) == 5
    assert all(",answered,OK,good,0.875," in row for row in rows[1:])
    camera = json.loads((folder / "run.json").read_text())["servers"]["camera"]
    assert (camera["server"], camera["version"], camera["software"]) == ("kserve", "v1.0", "stub 1")


def test_classify_over_rest(tmp_path: Path, v2: V2RestServer) -> None:
    """With --format rest."""
    Image.new("RGB", (16, 16), "grey").save(tmp_path / "part.jpg")
    options = ["--protocol", "kserve", "--format", "rest", "--model", "flanges"]
    target = ["--target", f"127.0.0.1:{v2.port}"]
    result = CliRunner().invoke(commands, ["classify", str(tmp_path / "part.jpg"), *options, *target])
    assert result.output.startswith("good 0.875  (")
    assert v2.behind[-1][4:] == (tmp_path / "part.jpg").read_bytes()
