"""The files that deploy NVIDIA's Triton: service, image, and the entrypoint with a stand-in binary."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import ROOT
from entrypoints import answering, run_entrypoint, stand_in_for
from line_sim_export.triton.config import BACKENDS

TRITON = ROOT / "serving" / "triton"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The compose file's services."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


@pytest.mark.parametrize("choice", BACKENDS)
def test_what_is_exported_for_a_server_is_mounted_there(services: dict[str, Any], choice: str) -> None:
    """The repository lies where the export puts it unless told otherwise, and Triton only reads it."""
    mounted = [one for one in services.values() if f"./models/{choice}:/models:ro" in one.get("volumes", ())]
    assert len(mounted) == 1
    assert mounted[0]["build"]["target"] == {"triton": "python", "triton-tensorrt": "tensorrt"}[choice]


@pytest.mark.parametrize("name", ["triton", "triton-gpu"])
def test_triton_is_as_shut_in_as_the_other_servers(services: dict[str, Any], name: str) -> None:
    """Loopback alone, no capabilities, a file system that is only read; only where its profile is named."""
    service, other = services[name], services["serving"]
    assert service["profiles"] == [name]
    assert {port.split(":")[0] for port in service["ports"]} == {"127.0.0.1"}
    assert [port.split(":")[2] for port in service["ports"]] == ["8000", "8001", "8002"]
    for key in ("read_only", "cap_drop", "security_opt", "tmpfs", "restart"):
        assert service[key] == other[key]


def test_only_the_tensorrt_service_needs_a_gpu(services: dict[str, Any]) -> None:
    """The python backend runs on the processor."""
    assert "deploy" not in services["triton"]
    assert services["triton-gpu"]["deploy"] == services["serving-gpu"]["deploy"]


def test_the_image_runs_as_nobody_special_on_a_version() -> None:
    """Whatever the stage, the last user is not root; base image and packages are pinned, numpy below 2."""
    dockerfile = (TRITON / "Dockerfile").read_text()
    stages = re.split(r"^FROM ", dockerfile, flags=re.MULTILINE)[1:]
    assert [re.findall(r"^USER (\S+)$", stage, re.MULTILINE)[-1] for stage in stages] == ["10001:10001"] * 2
    assert re.search(
        r"^ARG TRITON_IMAGE=nvcr\.io/nvidia/tritonserver:\d\d\.\d\d-py3$", dockerfile, re.MULTILINE
    )
    assert re.search(r" tensorflow==[\d.]+ numpy==1\.26\.\d+$", dockerfile, re.MULTILINE)


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """A `tritonserver` that prints its arguments."""
    return stand_in_for("tritonserver", tmp_path)


entrypoint = partial(run_entrypoint, TRITON / "entrypoint.sh")


def test_the_entrypoint_starts_triton_with_its_defaults(stand_in: Path) -> None:
    """Without variables: Triton's usual ports and the mounted repository."""
    assert entrypoint(path=stand_in).stdout.splitlines() == [
        "--http-port=8000",
        "--grpc-port=8001",
        "--metrics-port=8002",
        "--model-repository=/models",
    ]


def test_the_entrypoint_takes_variables_and_further_flags(stand_in: Path) -> None:
    """Variables replace the defaults, words stay whole, and further flags come last."""
    done = entrypoint(
        "--model-control-mode=poll", path=stand_in, GRPC_PORT=9001, MODEL_REPOSITORY="/my models/m"
    )
    assert done.stdout.splitlines() == [
        "--http-port=8000",
        "--grpc-port=9001",
        "--metrics-port=8002",
        "--model-repository=/my models/m",
        "--model-control-mode=poll",
    ]


@pytest.mark.parametrize("port", ["99999", "http", "-1", "8001 --x"])
def test_the_entrypoint_refuses_what_is_no_port(stand_in: Path, port: str) -> None:
    """A wrong variable is named, and no server is started."""
    done = entrypoint(path=stand_in, GRPC_PORT=port)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"GRPC_PORT is '{port}'; it must be a port, 0 to 65535\n"


@pytest.fixture
def answer() -> Iterator[tuple[int, list[str]]]:
    """An HTTP port that tells whether it is ready; what it says can be changed."""
    said = ["200 OK"]
    ready = b"GET /v2/health/ready HTTP/1.1"
    with answering(ready, lambda: f"HTTP/1.1 {said[0]}\r\nContent-Length: 0\r\n\r\n") as port:
        yield port, said


def test_the_health_check_sees_whether_all_models_are_ready(
    stand_in: Path, answer: tuple[int, list[str]]
) -> None:
    """Healthy at 200, not at what Triton says while it loads (400), not where nobody listens."""
    port, said = answer
    assert entrypoint("health", path=stand_in, HTTP_PORT=port).returncode == 0
    said[0] = "400 Bad Request"
    assert entrypoint("health", path=stand_in, HTTP_PORT=port).returncode == 1
    assert entrypoint("health", path=stand_in, HTTP_PORT=1).returncode == 1
