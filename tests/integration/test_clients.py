"""The clients against the real server: both wires, the published model, the files of the deployment."""

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from stub_server import Pictures, inquiry

from line_sim.errors import GatewayError
from line_sim.inspection.servers.embedded import EmbeddedServer
from line_sim.inspection.servers.grpc import GRPC
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.servers.rest import REST

pytestmark = [pytest.mark.slow, pytest.mark.server]

ROOT = Path(__file__).parents[2]
SERVING = ROOT / "serving"


@pytest.fixture(scope="module")
def deployed(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server with the batching and monitoring files of the deployment, and its REST port open."""
    base = tmp_path_factory.mktemp("deployed") / "tiny"
    shutil.copytree(models / "tiny" / "1", base / "1")
    arguments = [
        "--enable_batching",
        f"--batching_parameters_file={SERVING / 'batching.config'}",
        f"--monitoring_config_file={SERVING / 'monitoring.config'}",
    ]
    with EmbeddedServer("tiny", base, rest=True, arguments=arguments) as running:
        yield running


def gateways(server: EmbeddedServer, signature: str = "inspect") -> list[ServerGateway]:
    """Make one gateway for each wire."""
    return [
        ServerGateway(GRPC, server.target, "tiny", signature, Pictures()),
        ServerGateway(REST, server.rest_target, "tiny", signature, Pictures()),
    ]


def test_both_wires_give_the_same_answer(deployed: EmbeddedServer) -> None:
    """The same picture is the same question, however it is sent, and the version is told."""
    over_grpc, over_rest = gateways(deployed)
    with over_grpc, over_rest:
        replies = [over_grpc.ask(inquiry()), over_rest.ask(inquiry())]
        assert [one.identity["version"] for one in (over_grpc, over_rest)] == ["1", "1"]
    assert {reply.status for reply in replies} == {"OK"}
    assert replies[0].outcome == replies[1].outcome


@pytest.mark.parametrize("place", [0, 1], ids=["grpc", "rest"])
def test_a_wrong_signature_is_refused_alike(deployed: EmbeddedServer, place: int) -> None:
    """What is missing is named before the first part, over both wires in the same words."""
    with pytest.raises(GatewayError) as caught, gateways(deployed, "nothing")[place]:
        pass
    assert "model 'tiny': there is no signature 'nothing'; its signatures are " in str(caught.value)


def test_the_dashboard_shows_what_the_server_counts(deployed: EmbeddedServer) -> None:
    """Every series of the dashboard is on the metrics page after a question over each wire."""
    for gateway in gateways(deployed):
        with gateway:
            gateway.ask(inquiry())
    page = f"http://{deployed.rest_target}/monitoring/prometheus/metrics"
    with urllib.request.urlopen(page, timeout=30) as answer:
        counted = set(re.findall(r"^([:\w]+)\{", answer.read().decode(), re.MULTILINE))
    board = (SERVING / "monitoring" / "dashboards" / "line-sim.json").read_text()
    expressions = [target["expr"] for panel in json.loads(board)["panels"] for target in panel["targets"]]
    shown = {name for one in expressions for name in re.findall(r":[a-z_]+(?::[a-z_]+)+", one)}
    assert len(shown) == 4
    assert shown <= counted


def test_the_published_model_is_classified(models: Path, tmp_path: Path) -> None:
    """Its signature takes base64 text and gives output_0; version 0 is a version; both wires agree."""
    from PIL import Image

    Image.new("RGB", (32, 32), "grey").save(tmp_path / "part.jpg")
    with EmbeddedServer("published", models / "published", rest=True) as server:
        found = [
            classify(tmp_path / "part.jpg", form, target)
            for form, target in (("grpc", server.target), ("rest", server.rest_target))
        ]
    assert found[0]["label"] == found[1]["label"] != ""
    assert [one["version"] for one in found] == ["0", "0"]
    assert [one["score"] for one in found] == [None, None]


def classify(image: Path, form: str, target: str) -> dict[str, str | None]:
    """Run the command as a user does."""
    options = ["--format", form, "--target", target, "--model", "published", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "line_sim.cli", "classify", image, *options, "--signature", "serving_default"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str | None] = json.loads(done.stdout)
    return found
