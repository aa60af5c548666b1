"""What a user says becomes what is measured: from the command line, from a scenario, from Python."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import line_sim
from line_sim.cli import commands
from line_sim.errors import ScenarioError
from line_sim.scenario.gateways.grpc import GrpcGateway
from line_sim.scenario.gateways.rest import RestGateway
from line_sim.study.calibration import python
from line_sim.study.calibration.calibrate import Request
from line_sim.study.calibration.measuring.measure import How
from line_sim.study.calibration.request import Server, request_of, request_of_scenario

HOW = How(4, 150.0)
LINE = """\
version: 1
name: A line
run: {items: 5}
arrivals: {every: 200 ms}
line:
  - inspection: camera
    acquisition: 30 ms
    gateway: {grpc: {target: "gpu:8500", model: flanges, tls: true}}
review: {time: 1 s}
"""


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """A scenario that asks a real server."""
    path = tmp_path / "line.yaml"
    path.write_text(LINE)
    return path


def test_options_are_those_of_a_gateway() -> None:
    """What a scenario's gateway takes, and its mistakes with its words."""
    request = request_of(Server("rest", {"model": "flanges", "signature": "look"}, "gpu:8501"), HOW)
    gateway = request.spec.gateway
    assert isinstance(gateway, RestGateway)
    assert (gateway.server.target, gateway.server.signature) == ("gpu:8501", "look")
    assert request.name == "flanges at gpu:8501"
    with pytest.raises(ScenarioError, match="must be of lower-case"):
        request_of(Server("grpc", {"metadata": {"X KEY": "1"}}), HOW)


def test_where_such_a_server_usually_is() -> None:
    """Each form has a port of its own."""
    usual = [request_of(Server(form), HOW).spec.gateway.words for form in ("grpc", "rest")]
    assert usual == ["inception_v3 at localhost:8500", "inception_v3 at localhost:8501"]


def test_a_scenario_says_server_takt_and_the_cameras_own_time(line: Path) -> None:
    """Another target takes the place of its own; a takt that is given is the one."""
    request = request_of_scenario(line, [], "other:8500", HOW)
    gateway = request.spec.gateway
    assert isinstance(gateway, GrpcGateway)
    assert (gateway.server.target, gateway.server.model) == ("other:8500", "flanges")
    assert gateway.server.tls is not None
    assert (request.how.takt, request.how.least_gap) == (0.2, 0.03)
    assert request_of_scenario(line, [], None, How(4, 150.0, 0.5)).how.takt == 0.5


def test_a_saturated_line_has_no_takt(line: Path) -> None:
    """Its camera's own time is the pause between two calls."""
    request = request_of_scenario(line, ["arrivals={saturated: true}"], None, HOW)
    assert (request.how.takt, request.how.least_gap) == (0.0, 0.03)


def test_a_scenario_without_a_real_server_is_refused(line: Path) -> None:
    """A model is not measured."""
    with pytest.raises(ScenarioError, match="no inspection asks a real server"):
        request_of_scenario(line, ["line.camera.gateway={modelled: {service: 1 s}}"], None, HOW)


def test_python_says_the_same(line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`line_sim.calibrate` takes durations and paths as texts."""
    asked: list[tuple[Request, Path]] = []

    def measured(request: Request, out: Path, around: Any) -> None:
        asked.append((request, out))

    monkeypatch.setattr(python, "measured", measured)
    line_sim.calibrate("gpu:8500", "gpu.yaml", takt="250 ms", in_flight=8, options={"model": "flanges"})
    line_sim.calibrate(scenario=line, seed=3, any_load=True)
    line_sim.calibrate(scenario=line, overrides={"arrivals.every": "100 ms"})
    (first, out), (second, _), (third, _) = asked
    assert out == Path("gpu.yaml")
    assert first.how == How(8, 150.0, 0.25)
    assert first.spec.gateway.words == "flanges at gpu:8500"
    assert second.how == How(4, 150.0, 0.2, 0.03, any_load=True, seed=3)
    assert third.how.takt == 0.1


@pytest.mark.parametrize("header", ["token", "=x", "no such name=x", "grpc-x=1"])
def test_a_header_is_refused_as_classify_refuses_it(header: str) -> None:
    """Before anything is asked; the options of access are the same ones."""
    for command in (["calibrate"], ["classify", "part.jpg"]):
        shown = CliRunner().invoke(commands, [*command, "--header", header])
        assert shown.exit_code == 2
        assert "Invalid value for '--header'" in shown.output
