"""The files that deploy the real server: linted, parsed, and the entrypoint run with a stand-in binary."""

import json
import re
import shutil
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from generated import model_server_config_pb2
from google.protobuf import text_format

from line_sim.cli.run import run as run_command
from line_sim.layout import layout_of
from line_sim.live.state import LiveState
from line_sim.metrics.serving import registry_of
from line_sim.scenario import load

ROOT = Path(__file__).parents[3]
SERVING = ROOT / "serving"
ENTRYPOINT = SERVING / "entrypoint.sh"
BIN = Path(sys.executable).parent
DASHBOARD = SERVING / "monitoring" / "dashboards" / "line-sim.json"

SERVERS_METRICS = {
    *(":tensorflow:serving:request_count", ":tensorflow:serving:request_latency_bucket"),
    *(":tensorflow:serving:runtime_latency_sum", ":tensorflow:serving:runtime_latency_count"),
}
"""Of `tensorflow_serving/util/prometheus_exporter.cc` and `servables/tensorflow/util.cc`."""


def tool(name: str, *arguments: object) -> None:
    """Run a linter that lies beside the interpreter; it must find nothing."""
    done = subprocess.run(
        [BIN / name, *map(str, arguments)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dockerfile_is_well_formed() -> None:
    """Hadolint has nothing to say."""
    tool("hadolint", "serving/Dockerfile")


def test_the_compose_file_obeys_the_specification() -> None:
    """The schema of the compose specification accepts it."""
    tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")


def test_the_yaml_is_tidy() -> None:
    """No key stands twice, and nothing is indented by accident."""
    rules = "{extends: default, rules: {line-length: {max: 120}, document-start: disable}}"
    tool("yamllint", "-s", "-d", rules, "docker-compose.yml", *sorted(SERVING.glob("monitoring/*.yml")))


def test_the_entrypoint_is_sound_shell() -> None:
    """Shellcheck has nothing to say."""
    tool("shellcheck", ENTRYPOINT)


def compose() -> dict[str, Any]:
    """Return the compose file's services."""
    services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return services


def test_what_compose_mounts_and_builds_is_there() -> None:
    """Every file, build stage and flag's file that the compose file names exists."""
    dockerfile = (SERVING / "Dockerfile").read_text()
    stages = set(re.findall(r"^FROM .* AS (\w+)$", dockerfile, re.MULTILINE))
    for service in compose().values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert not source.startswith(".") or (ROOT / source).exists(), source
        if "build" in service:
            assert service["build"]["target"] in stages
        for argument in service.get("command", ()):
            if "=/etc/tensorflow-serving/" in argument:
                assert (SERVING / argument.rpartition("/")[2]).is_file()


def test_the_line_waits_for_a_healthy_server() -> None:
    """The simulator starts when the health check has seen the model."""
    services = compose()
    assert services["line-sim"]["depends_on"] == {"serving": {"condition": "service_healthy"}}
    assert services["serving"]["healthcheck"]["test"] == ["CMD", "/usr/local/bin/line-sim-serving", "health"]
    devices = services["serving-gpu"]["deploy"]["resources"]["reservations"]["devices"]
    assert devices == [{"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}]
    assert {name for name, one in services.items() if one.get("profiles") == ["monitoring"]} == {
        "prometheus",
        "grafana",
    }


def test_the_image_runs_as_nobody_special() -> None:
    """The server and the simulator are not root, and no base image is left to chance."""
    dockerfile = (SERVING / "Dockerfile").read_text()
    stages = re.split(r"^FROM ", dockerfile, flags=re.MULTILINE)[1:]
    assert [re.findall(r"^USER (\S+)$", stage, re.MULTILINE) for stage in stages[1:]] == [["10001:10001"]] * 2
    images = re.findall(r"^ARG \w+_IMAGE=\S+:(\S+)$", dockerfile, re.MULTILINE)
    assert len(images) == 2
    assert all(re.match(r"\d+\.\d+\.\d+", tag) for tag in images)


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """A `tensorflow_model_server` that prints its arguments, one a line."""
    binary = tmp_path / "tensorflow_model_server"
    binary.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    binary.chmod(0o755)
    return tmp_path


def entrypoint(*arguments: str, path: Path, **environment: object) -> "subprocess.CompletedProcess[str]":
    """Run the entrypoint with these variables alone."""
    bash = shutil.which("bash")
    assert bash
    settings = {name: str(value) for name, value in environment.items()}
    return subprocess.run(
        [bash, str(ENTRYPOINT), *arguments],
        env={"PATH": f"{path}:/usr/bin:/bin", **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_entrypoint_starts_the_server_with_its_defaults(stand_in: Path) -> None:
    """Without variables: the published ports and the exported model."""
    assert entrypoint(path=stand_in).stdout.splitlines() == [
        "--port=8500",
        "--rest_api_port=8501",
        "--model_name=inception_v3",
        "--model_base_path=/models/inception_v3",
    ]


def test_the_entrypoint_takes_variables_and_further_flags(stand_in: Path) -> None:
    """Variables replace the defaults, words stay whole, and arguments come last, so that they win."""
    done = entrypoint(
        "--enable_batching",
        "--model_name=other",
        path=stand_in,
        PORT=9000,
        REST_API_PORT=0,
        MODEL_NAME="two words",
        MODEL_BASE_PATH="/my models/m",
    )
    assert done.stdout.splitlines() == [
        "--port=9000",
        "--rest_api_port=0",
        "--model_name=two words",
        "--model_base_path=/my models/m",
        "--enable_batching",
        "--model_name=other",
    ]


@pytest.mark.parametrize("port", ["99999", "http", "-1", "8500 --x"])
def test_the_entrypoint_refuses_what_is_no_port(stand_in: Path, port: str) -> None:
    """A wrong variable is named, and no server is started."""
    done = entrypoint(path=stand_in, PORT=port)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"PORT is '{port}'; it must be a port, 0 to 65535\n"


@pytest.fixture
def state() -> Iterator[tuple[int, list[str]]]:
    """A REST port that tells a model's state; the state can be changed."""
    said = ["AVAILABLE"]

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.readline() == b"GET /v1/models/inception_v3 HTTP/1.0\r\n"
            while self.rfile.readline().strip():
                pass
            self.wfile.write(f'HTTP/1.0 200 OK\r\n\r\n{{"state": "{said[0]}"}}'.encode())

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1], said
        server.shutdown()
        thread.join()


def test_the_health_check_sees_the_model(stand_in: Path, state: tuple[int, list[str]]) -> None:
    """Healthy while the model is AVAILABLE, not while it loads, not where nobody listens."""
    port, said = state
    assert entrypoint("health", path=stand_in, REST_API_PORT=port).returncode == 0
    said[0] = "LOADING"
    assert entrypoint("health", path=stand_in, REST_API_PORT=port).returncode == 1
    assert entrypoint("health", path=stand_in, REST_API_PORT=1).returncode == 1


def test_the_model_configuration_has_two_models() -> None:
    """TensorFlow Serving's own message class reads it."""
    empty = model_server_config_pb2.ModelServerConfig()
    config = text_format.Parse((SERVING / "models.config").read_text(), empty)
    models = {one.name: one.base_path for one in config.model_config_list.config}
    assert models == {
        "inception_v3": "/models/inception_v3",
        "inception_v3_back": "/models/inception_v3_back",
    }
    assert all(one.model_platform == "tensorflow" for one in config.model_config_list.config)


def test_the_batching_parameters_fit_together() -> None:
    """The allowed sizes rise to the largest batch, as TensorFlow Serving demands."""
    text = (SERVING / "batching.config").read_text()
    sizes = [int(size) for size in re.findall(r"^allowed_batch_sizes: (\d+)$", text, re.MULTILINE)]
    largest = re.search(r"^max_batch_size \{ value: (\d+) \}$", text, re.MULTILINE)
    assert largest
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == int(largest[1])


def test_prometheus_asks_where_the_metrics_are() -> None:
    """The path is the monitoring file's, and the targets are services of the compose file."""
    path = re.search(r'path: "(.*)"', (SERVING / "monitoring.config").read_text())
    assert path
    jobs = yaml.safe_load((SERVING / "monitoring" / "prometheus.yml").read_text())["scrape_configs"]
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in jobs}
    assert jobs[0]["metrics_path"] == path[1]
    assert targets == {"serving": ["serving:8501"], "line-sim": ["line-sim:9100"]}
    assert {target.split(":")[0] for listed in targets.values() for target in listed} <= set(compose())


def lines_metrics() -> set[str]:
    """Return the names of every series of a running line that has an inspection with a deadline."""
    state = LiveState(layout_of(load(ROOT / "scenarios" / "default.yaml")))
    return {sample.name for family in registry_of(state).collect() for sample in family.samples}


def test_the_dashboard_shows_metrics_that_exist() -> None:
    """Every series in a panel is TensorFlow Serving's, the line's own, or Prometheus' own `up`."""
    board = json.loads(DASHBOARD.read_text())
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    series = r":?[a-z_]+(?::[a-z_]+)+|\bline_sim_[a-z_]+|\bup\b"
    named = {name for one in expressions for name in re.findall(series, one)}
    ours = {name for name in named if name.startswith("line_sim_")}
    assert named - ours == {*SERVERS_METRICS, "up"}
    assert ours <= lines_metrics()
    assert len(ours) >= 5, "the line is on the dashboard, too"
    assert {panel["datasource"]["uid"] for panel in board["panels"]} == {"prometheus"}
    source = yaml.safe_load((SERVING / "monitoring" / "datasource.yml").read_text())["datasources"][0]
    assert source["uid"] == "prometheus"


def test_no_panel_lies_on_another() -> None:
    """Each has its own number and its own place of the grid's 24 columns."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in panels]
    assert len(set(places)) == len({one["id"] for one in panels}) == len(panels)
    assert {(one["gridPos"]["w"], one["gridPos"]["h"]) for one in panels} == {(12, 8)}
    assert all(x in (0, 12) and y % 8 == 0 for x, y in places)


def test_the_line_serves_what_prometheus_asks_for() -> None:
    """The command of the compose file opens the port of the target, and the command line knows it."""
    service = compose()["line-sim"]
    command = [re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(word)) for word in service["command"]]
    port = command[command.index("--metrics-port") + 1]
    jobs = yaml.safe_load((SERVING / "monitoring" / "prometheus.yml").read_text())["scrape_configs"]
    assert [f"line-sim:{port}"] == jobs[1]["static_configs"][0]["targets"]
    assert "ports" not in service, "only the other services reach it"
    context = run_command.make_context("run", [str(ROOT / "scenarios" / "default.yaml"), *command[2:]])
    assert context.params["metrics_port"] == int(port)
    assert context.params["metrics_host"] == "0.0.0.0", "a container's loopback is its own"  # noqa: S104 - as above
