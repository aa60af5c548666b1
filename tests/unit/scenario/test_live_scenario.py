"""A whole run against told servers: the keys of a scenario reach the wire, and secrets stay out of files."""

import json
from pathlib import Path
from typing import Any

import pytest
from certificates import Certificates, make_certificates
from live_cameras import live_camera
from stub_rest import RestServer
from stub_server import Server

from line_sim.errors import ScenarioError
from line_sim.scenario import dump, load, loads
from line_sim.simulation import report_again, simulate

SECRET = "s3cret-of-the-plant"  # noqa: S105 - that is the point


def run(tmp_path: Path, gateway: str) -> Path:
    """Run a scenario and give its folder."""
    (tmp_path / "scenario.yaml").write_text(live_camera(gateway))
    result = simulate(load(tmp_path / "scenario.yaml"), tmp_path / "run")
    assert json.loads((result.folder / "summary.json").read_text())["items"]["arrived"] == 4
    return result.folder


@pytest.mark.parametrize("kind", ["grpc", "rest"])
def test_a_secret_from_the_environment_is_in_no_file(
    kind: str, tmp_path: Path, server: Server, rest_server: RestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server gets the key; the run's folder has the variable's name and nowhere its value."""
    monkeypatch.setenv("PLANT_KEY", SECRET)
    port = server.port if kind == "grpc" else rest_server.port
    metadata = "{x-api-key: {env: PLANT_KEY}, x-line: '7'}"
    folder = run(tmp_path, f"{{{kind}: {{target: '127.0.0.1:{port}', metadata: {metadata}}}}}")
    seen: list[dict[str, Any]] = server.metadata_seen if kind == "grpc" else list(rest_server.headers)
    assert {(one["x-api-key"], one["x-line"]) for one in seen} == {(SECRET, "7")}
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) >= 6
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]
    assert "env: PLANT_KEY" in (folder / "scenario.yaml").read_text()
    monkeypatch.delenv("PLANT_KEY")
    assert report_again(folder).ended == "completed"


def test_a_variable_that_is_not_set_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run does not begin, and the text names key and variable."""
    monkeypatch.delenv("PLANT_KEY", raising=False)
    with pytest.raises(ScenarioError) as caught:
        run(tmp_path, "{grpc: {target: 'h:1', metadata: {x-api-key: {env: PLANT_KEY}}}}")
    assert str(caught.value) == (
        "camera: gateway.grpc.metadata.x-api-key: the environment variable PLANT_KEY is not set"
    )
    monkeypatch.setenv("PLANT_KEY", f"{SECRET}\n")
    with pytest.raises(ScenarioError) as caught:
        run(tmp_path, "{grpc: {target: 'h:1', metadata: {x-api-key: {env: PLANT_KEY}}}}")
    assert SECRET not in str(caught.value)


def test_a_run_over_rest_keeps_what_it_measured(tmp_path: Path, rest_server: RestServer) -> None:
    """Status, label and size are in calls.csv, and the server in run.json."""
    folder = run(tmp_path, f"{{rest: {{target: '127.0.0.1:{rest_server.port}'}}}}")
    rows = (folder / "calls.csv").read_text().splitlines()
    assert all(",answered,OK,good,0.875," in row for row in rows[1:])
    servers = json.loads((folder / "run.json").read_text())["servers"]
    assert servers["camera"]["server"] == "rest"
    assert servers["camera"]["version"] == "1"


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates beside the scenarios."""
    return make_certificates(tmp_path_factory.mktemp("pem"))


def test_a_run_over_mutual_tls_to_two_targets(tmp_path: Path, pem: Certificates) -> None:
    """Paths are relative to the scenario's folder, and both servers are asked."""
    servers = [Server(pem.server_credentials(mutual=True)) for _ in "ab"]
    for one in servers:
        one.start()
    for name, path in (("ca", pem.ca), ("cert", pem.client), ("key", pem.client_key)):
        (tmp_path / f"{name}.pem").write_bytes(path.read_bytes())
    targets = ", ".join(f"'127.0.0.1:{one.port}'" for one in servers)
    tls = f"{{ca: ca.pem, cert: cert.pem, key: key.pem, server_name: {pem.NAME}}}"
    run(tmp_path, f"{{grpc: {{targets: [{targets}], tls: {tls}, retries: {{attempts: 2}}}}}}")
    assert [len(one.requests) for one in servers] == [3 + 2, 3 + 2]
    for one in servers:
        one.stop()


def test_a_file_that_is_not_there_is_told_at_its_place(tmp_path: Path) -> None:
    """A missing certificate is a mistake of the scenario, with file, line and column."""
    (tmp_path / "s.yaml").write_text(live_camera("{grpc: {target: 'h:1', tls: {ca: none.pem}}}"))
    with pytest.raises(
        ScenarioError, match=r"s\.yaml:7:47: line\[0\]\.gateway\.grpc\.tls\.ca is none\.pem; "
    ):
        load(tmp_path / "s.yaml")


@pytest.mark.parametrize(
    "options",
    [
        "{}",
        "{target: 'h:1', tls: true}",
        "{target: 'h:1', tls: false}",
        "{target: 'h:1', tls: {ca: a.pem, cert: b.pem, key: c.pem, server_name: n}}",
        "{targets: ['h:1', '[::1]:2'], wait_for_ready: true}",
        "{target: 'h:1', metadata: {a: '1', b: {env: B}}}",
        "{target: 'h:1', retries: {attempts: 3, budget: 0.5, on: [ABORTED, UNKNOWN], backoff: 5 ms}}",
    ],
)
@pytest.mark.parametrize("kind", ["grpc", "rest"])
def test_every_key_is_written_as_it_may_be_read(kind: str, options: str) -> None:
    """A scenario that is written out reads back as the very same one, and can be hashed."""
    loaded = loads(live_camera(f"{{{kind}: {options}}}"))
    assert loads(dump(loaded)) == loaded
    assert hash(loads(dump(loaded))) == hash(loaded)
