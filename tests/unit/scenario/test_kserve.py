"""The keys of a gateway to KServe's v2 protocol: read, written, refused by name, and on the wire."""

import json
from pathlib import Path
from typing import Any

import pytest
from certificates import Certificates, make_certificates
from live_cameras import live_camera
from stub_v2 import V2Server, answer, metadata

from line_sim.errors import ScenarioError
from line_sim.scenario import KserveGateway, KserveOptions, dump, load, loads
from line_sim.scenario.load import as_overrides
from line_sim.simulation import simulate
from line_sim.units import MILLISECOND


def scenario(options: str) -> str:
    """Write a scenario whose gateway has these options."""
    return live_camera(f"{{kserve: {options}}}")


def options_of(options: str) -> KserveOptions:
    """Read the options."""
    (camera,) = loads(scenario(options)).inspections
    assert isinstance(camera.gateway, KserveGateway)
    return camera.gateway.kserve


def refused(options: str) -> str:
    """Load a scenario and give the text that it is refused with."""
    with pytest.raises(ScenarioError) as caught:
        loads(scenario(options), "s.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        "{target: 'h:1'}",
        "{target: 'unix:/run/triton.sock'}",
        "{targets: ['h:1', '[::1]:2'], wait_for_ready: true}",
        "{target: 'h:1', version: 3}",
        "{target: 'h:1', version: v1.0, model: flanges, input: picture}",
        "{target: 'h:1', outputs: {label: class}}",
        "{target: 'h:1', outputs: {score: probs}, form: rest}",
        "{target: 'h:1', outputs: {label: class, score: sure}, timeout: 100 ms}",
        "{target: 'h:1', timeout: none}",
        "{target: 'h:1', tls: {ca: a.pem, cert: b.pem, key: c.pem, server_name: n}}",
        "{target: 'h:1', metadata: {a: '1', b: {env: B}}, connect_timeout: 2 s}",
        "{target: 'h:1', retries: {attempts: 3, budget: 0.5, on: [UNAVAILABLE, INTERNAL], backoff: 5 ms}}",
    ],
)
def test_every_key_is_written_as_it_may_be_read(options: str) -> None:
    """A scenario that is written out reads back as the very same one, and can be hashed."""
    loaded = loads(scenario(options))
    assert loads(dump(loaded)) == loaded
    assert hash(loads(dump(loaded))) == hash(loaded)


def test_what_is_left_out() -> None:
    """The input is found out, label and score have their names, the server's queue has no limit."""
    usual = options_of("{target: 'h:8001'}")
    assert (usual.model, usual.version, usual.input) == ("inception_v3", None, None)
    assert (usual.outputs.label, usual.outputs.score) == ("label", "score")
    assert (usual.form, usual.timeout, usual.embedded) == ("grpc", None, False)
    assert options_of("{target: 'h:1', version: 3}").version == "3"
    assert options_of("{target: 'h:1', outputs: {label: class}}").outputs.score is None
    assert options_of("{target: 'h:1', timeout: 100 ms}").timeout == 100 * MILLISECOND


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ("{}", "it must have a target, or targets: HOST:PORT of the server, such as localhost:8001"),
        ("{model: m}", "it must have a target, or targets"),
        ("{target: embedded}", "it must be HOST:PORT of a server that runs: none of this protocol is"),
        ("{target: 'h:1', targets: ['h:2']}", "it must have either target or targets, and not both"),
        ("{target: 'h:1', outputs: {}}", "it must name a label, a score, or both"),
        ("{target: 'h:1', outputs: {label: l}, scores: logits}", "there are none: outputs names no score"),
        ("{target: 'h:1', outputs: [label]}", "it must be a mapping with keys such as label, score"),
        ("{target: 'h:1', timeout: soon}", "it must be none or a duration such as 100 ms"),
        ("{target: 'h:1', timeout: 0}", "it must be none, or at least 1 us"),
        ("{target: 'h:1', timeout: 100 h}", "it must be at most 24 h"),
        ("{target: 'h:1', version: 1.0}", "it must be text; put it in quotes if that is what it is"),
        ("{target: 'h:1', form: http}", "it must be grpc or rest"),
        ("{target: 'h:1', signature: inspect}", "signature is an unknown key"),
        ("{target: 'h:1', model_base_path: models}", "model_base_path is an unknown key"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(options: str, why: str) -> None:
    """With file, line and column."""
    said = refused(options)
    assert said.startswith("s.yaml:7:")
    assert why in said


def test_another_target_may_be_said_on_the_command_line(tmp_path: Path) -> None:
    """It takes the place of all others; a server of our own does not speak this protocol."""
    path = tmp_path / "s.yaml"
    path.write_text(scenario("{targets: ['a:1', 'b:1'], tls: true}"))
    (camera,) = load(path, as_overrides(path, [], target="other:8001")).inspections
    assert isinstance(camera.gateway, KserveGateway)
    assert camera.gateway.kserve.addresses == ("other:8001",)
    assert camera.gateway.kserve.tls is not None
    with pytest.raises(ScenarioError, match="none of this protocol is brought along"):
        load(path, as_overrides(path, [], target="embedded"))


def run(folder: Path, options: str) -> Path:
    """Run a scenario and give the run's folder."""
    (folder / "scenario.yaml").write_text(scenario(options))
    result = simulate(load(folder / "scenario.yaml"), folder / "run")
    assert json.loads((result.folder / "summary.json").read_text())["items"]["arrived"] == 4
    return result.folder


def test_a_run_asks_what_the_keys_say(tmp_path: Path, v2: V2Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Model, version, input, outputs, the time in the queue, metadata; a secret is in no file."""
    monkeypatch.setenv("PLANT_KEY", "s3cret-of-the-plant")
    v2.metadata = lambda name, version: metadata(
        inputs=[("picture", "BYTES", (-1, 1))], outputs=[("class", "BYTES", (-1, 1))]
    )
    v2.infer = lambda request, context: answer_named("class", version="v1.0")
    keys = "model: flanges, version: v1.0, input: picture, outputs: {label: class}, timeout: 100 ms"
    folder = run(
        tmp_path, f"{{target: '127.0.0.1:{v2.port}', {keys}, metadata: {{x-api-key: {{env: PLANT_KEY}}}}}}"
    )
    request = v2.requests[-1]
    assert (request.model_name, request.model_version) == ("flanges", "v1.0")
    assert [tensor.name for tensor in request.inputs] == ["picture"]
    assert [output.name for output in request.outputs] == ["class"]
    assert request.raw_input_contents[0][4:6] == b"\xff\xd8"
    assert request.parameters[0].value.int64_param == 100_000
    assert {seen["x-api-key"] for seen in v2.metadata_seen} == {"s3cret-of-the-plant"}
    rows = (folder / "calls.csv").read_text().splitlines()
    assert all(",answered,OK,good,1.0," in row for row in rows[1:])
    servers = json.loads((folder / "run.json").read_text())["servers"]
    assert (servers["camera"]["server"], servers["camera"]["version"]) == ("kserve", "v1.0")
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert not [path for path in files if b"s3cret" in path.read_bytes()]


def answer_named(label: str, version: str) -> bytes:
    """Write an answer whose label is called otherwise."""
    from line_sim.inspection.wires.kserve.messages import parsed, serialised

    response: Any = parsed("ModelInferResponse", answer(version=version))
    response.outputs[1].name = label
    return serialised(response)


def test_a_run_over_mutual_tls_to_two_targets(tmp_path: Path) -> None:
    """Paths are relative to the scenario's folder, and both servers are asked."""
    pem: Certificates = make_certificates(tmp_path)
    servers = [V2Server(pem.server_credentials(mutual=True)) for _ in "ab"]
    for one in servers:
        one.start()
    targets = ", ".join(f"'127.0.0.1:{one.port}'" for one in servers)
    names = {"ca": pem.ca, "cert": pem.client, "key": pem.client_key}
    files = ", ".join(f"{key}: {path.name}" for key, path in names.items())
    run(tmp_path, f"{{targets: [{targets}], tls: {{{files}, server_name: {pem.NAME}}}}}")
    assert [len(one.requests) for one in servers] == [3 + 2, 3 + 2]
    for one in servers:
        one.stop()
