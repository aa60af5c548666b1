"""--target takes what every message recommends, with anything beside it; models are found from anywhere."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from certificates import Certificates, make_certificates
from click.testing import CliRunner, Result
from PIL import Image
from stub_rest import RestServer
from stub_server import Server

from line_sim.cli import commands
from line_sim.errors import GatewayError, LineSimError
from line_sim.scenario import load
from line_sim.scenario.gateways.servers import find_model
from line_sim.scenario.load import as_overrides

SCENARIO = """\
version: 1
name: Live line
run: {items: 3}
arrivals: {every: 50 ms}
line:
  - inspection: camera
    gateway: {KIND: {OPTIONS}}
review: {time: 0 s}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """A scenario whose server is nowhere."""
    return written(tmp_path)


def written(folder: Path, kind: str = "grpc", options: str = "target: 'nowhere.invalid:1'") -> Path:
    """Write a scenario."""
    path = folder / "scenario.yaml"
    path.write_text(SCENARIO.replace("KIND", kind).replace("OPTIONS", options))
    return path


def run(scenario: Path, *arguments: object) -> Result:
    """Run it, quietly, into a folder beside."""
    out = scenario.with_name("out")
    fixed = ["run", scenario, "--quiet", "--no-live", "--out", out]
    return CliRunner().invoke(commands, [*map(str, fixed), *map(str, arguments)])


def code(result: Result) -> int:
    """Give the exit code that the command line would end with."""
    return result.exception.exit_code if isinstance(result.exception, LineSimError) else result.exit_code


def test_an_ipv6_address_is_a_target(scenario: Path) -> None:
    """Its brackets are no list of YAML's."""
    server = Server(address="[::1]:0")
    server.start()
    assert code(run(scenario, "--target", f"[::1]:{server.port}")) == 0
    server.stop()


@pytest.fixture
def socket_file(tmp_path: Path) -> Iterator[Path]:
    """A gRPC server that listens at a file."""
    path = tmp_path / "server.sock"
    server = Server(address=f"unix:{path}")
    server.start()
    yield path
    server.stop()


def test_a_socket_is_a_target(scenario: Path, socket_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its path, which a command means from where it was typed and a scenario from its folder."""
    assert code(run(scenario, "--target", f"unix:{socket_file}")) == 0
    elsewhere = scenario.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    overrides = as_overrides(scenario, (), target="unix:server.sock")
    assert overrides[0] == 'line.0.gateway.grpc.target="unix:server.sock"'
    loaded = load(written(scenario.parent, options="target: 'unix:server.sock'"))
    assert loaded.inspections[0].gateway.server.target == f"unix:{socket_file}"
    Image.new("RGB", (16, 16)).save(elsewhere / "part.jpg")
    result = CliRunner().invoke(commands, ["classify", "part.jpg", "--target", "unix:../server.sock"])
    assert result.output.startswith("good 0.875")


def test_rest_speaks_through_a_socket_too(tmp_path: Path) -> None:
    """HTTP needs no port."""
    import socketserver
    import threading

    from stub_rest import answer, states

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while line := self.rfile.readline():
                length = 0
                while header := self.rfile.readline().strip():
                    if header.lower().startswith(b"content-length:"):
                        length = int(header.partition(b":")[2])
                self.rfile.read(length)
                said = answer() if line.startswith(b"POST") else states({1: "AVAILABLE"})
                body = json.dumps(said[1]).encode()
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    with socketserver.ThreadingUnixStreamServer(str(tmp_path / "rest.sock"), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        assert code(run(written(tmp_path, "rest"), "--target", f"unix:{tmp_path}/rest.sock")) == 0
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "target", ["nowhere", "h:0", "::1:8500", "[::1]", "a..b:1", f"{'a' * 64}:1", "unix:", "h:1 "]
)
def test_what_can_be_no_target_is_said_at_once(scenario: Path, target: str) -> None:
    """As an option that is wrong."""
    result = run(scenario, "--target", target)
    assert code(result) == 2
    assert "Invalid value for '--target'" in result.output


def test_tls_may_stand_beside_it(tmp_path: Path, server: Server) -> None:
    """A scenario of the embedded server runs on one that speaks TLS, without another file."""
    pem: Certificates = make_certificates(tmp_path)
    secure = Server(pem.server_credentials(mutual=False))
    secure.start()
    tls = f"{{ca: {pem.ca}, server_name: {pem.NAME}}}"
    scenario = written(tmp_path, options="model: inception_v3")
    beside = ["--set", f"line.camera.gateway.grpc.tls={tls}"]
    assert code(run(scenario, "--target", f"127.0.0.1:{secure.port}", *beside)) == 0
    secure.stop()


def test_a_kind_of_gateway_may_stand_beside_it(tmp_path: Path, rest_server: RestServer) -> None:
    """What `--set` puts in is retargeted like what stands in the file."""
    scenario = written(tmp_path, "modelled", "service: 1 ms")
    beside = ["--set", "line.camera.gateway={rest: {}}"]
    assert code(run(scenario, "--target", f"127.0.0.1:{rest_server.port}", *beside)) == 0


def test_without_a_real_server_there_is_nothing_to_retarget(tmp_path: Path) -> None:
    """The scenario's own mistakes come first."""
    scenario = written(tmp_path, "modelled", "service: 1 ms")
    assert "no inspection of" in str(run(scenario, "--target", "h:1").exception)
    scenario.write_text(scenario.read_text() + "nonsense: 1\n")
    assert "nonsense is an unknown key" in str(run(scenario, "--target", "h:1").exception)


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a model, and a working directory elsewhere."""
    (tmp_path / "plant" / "models" / "inception_v3" / "1").mkdir(parents=True)
    (tmp_path / "plant" / "lines").mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path / "plant"


def base_path(folder: Path) -> Any:
    """Load a scenario of the embedded server in that folder, and give where its model is."""
    return load(written(folder, options="")).inspections[0].gateway.server.model_base_path


def test_a_model_is_found_from_any_working_directory(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the working directory or above it, else beside the scenario or above that."""
    assert base_path(plant / "lines") == str(plant / "models" / "inception_v3")
    assert base_path(Path.cwd()) is None
    monkeypatch.chdir(plant / "lines")
    assert find_model("inception_v3", Path.cwd()) == plant / "models" / "inception_v3"
    monkeypatch.chdir(plant)
    assert base_path(plant / "lines") is None


def test_a_model_that_is_nowhere_is_told_with_all_its_places(tmp_path: Path, monkeypatch: Any) -> None:
    """All the places, and how to make one."""
    monkeypatch.chdir(tmp_path)
    result = run(written(tmp_path, options="model: no_such_model"))
    assert isinstance(result.exception, GatewayError)
    there = os.path.join(tmp_path, "models", "no_such_model")  # noqa: PTH118 - as it is told
    assert str(result.exception) == (
        f"no model at {there}, nor in models/ above it, beside the scenario or above that: make one with "
        f"'line-sim export --out {there}'"
    )
