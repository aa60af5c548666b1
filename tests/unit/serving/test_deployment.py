"""The files that deploy the real server: linted, parsed, and the entrypoint run with a stand-in binary."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from entrypoints import answering, run_entrypoint, stand_in_for
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
MADE_BY_EXPORT = {"./models/triton": "triton", "./models/triton-tensorrt": "triton-tensorrt"}
"""What is mounted and not in git, and the server that `line-sim export --for` makes it for."""
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


@pytest.mark.parametrize("dockerfile", ["serving/Dockerfile", "serving/triton/Dockerfile"])
def test_the_dockerfile_is_well_formed(dockerfile: str) -> None:
    """Hadolint has nothing to say."""
    tool("hadolint", dockerfile)


def test_the_compose_file_obeys_the_specification() -> None:
    """The schema of the compose specification accepts it."""
    tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")


def test_the_yaml_is_tidy() -> None:
    """No key stands twice, and nothing is indented by accident."""
    rules = "{extends: default, rules: {line-length: {max: 120}, document-start: disable}}"
    tool("yamllint", "-s", "-d", rules, "docker-compose.yml", *sorted(SERVING.glob("monitoring/*.yml")))


def test_the_entrypoint_is_sound_shell() -> None:
    """Shellcheck has nothing to say."""
    tool("shellcheck", ENTRYPOINT, SERVING / "triton" / "entrypoint.sh")


def compose() -> dict[str, Any]:
    """Return the compose file's services."""
    services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return services


def stages(dockerfile: Path = SERVING / "Dockerfile") -> dict[str, tuple[str, str]]:
    """Return a Dockerfile's build stages: what each is made from, and its text."""
    found = re.split(r"^FROM (\S+) AS (\w+)$", dockerfile.read_text(), flags=re.MULTILINE)[1:]
    return {name: (base, text) for base, name, text in zip(*[iter(found)] * 3, strict=True)}


def test_what_compose_mounts_and_builds_is_there() -> None:
    """Every file, build stage and flag's file that the compose file names exists."""
    for service in compose().values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert not source.startswith(".") or source in MADE_BY_EXPORT or (ROOT / source).exists(), source
        if "build" in service:
            build = service["build"]
            assert build["target"] in stages(ROOT / build["context"] / build.get("dockerfile", "Dockerfile"))
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
    users = {name: re.findall(r"^USER (\S+)$", text, re.MULTILINE) for name, (_, text) in stages().items()}
    assert users == {"wheel": [], "export": [], "simulator": ["10001:10001"], "serving": ["10001:10001"]}
    images = re.findall(r"^ARG \w+_IMAGE=\S+:(\S+)$", dockerfile, re.MULTILINE)
    assert len(images) == 2
    assert all(re.match(r"\d+\.\d+\.\d+", tag) for tag in images)


def locked(lock: str) -> dict[str, str]:
    """Return what a lock holds: packages (with their marker) and their versions."""
    text = (ROOT / lock).read_text()
    lines = re.findall(r"^([\w.-]+)==(\S+)(?: ; (.*?))? \\$", text, re.MULTILINE)
    return {f"{name} {marker}".strip(): version for name, version, marker in lines}


def test_the_simulators_image_has_no_tensorflow() -> None:
    """It is made of the light lock alone; what builds the wheel stays in a stage of its own."""
    base, stage = stages()["simulator"]
    assert base == "${PYTHON_IMAGE}"
    assert re.findall(r"-r (\S+)", stage) == ["requirements-light.lock"]
    assert re.findall(r"--from=(\S+)", stage) == ["wheel"]


def test_the_small_locks_are_parts_of_the_large_one() -> None:
    """Whoever installs the simulator alone has the versions that are tested; nothing heavy is among them."""
    everything = locked("requirements.lock")
    light, build = locked("requirements-light.lock"), locked("requirements-build.lock")
    assert light.items() <= everything.items()
    assert build.items() <= everything.items()
    heavy = {"tensorflow", "tensorflow-serving-api", "keras", "h5py", "scipy"}
    assert heavy < {name.split()[0] for name in everything}
    assert not heavy & {name.split()[0] for name in light}


def test_the_light_lock_holds_every_dependency() -> None:
    """Each of the base, and of the build backend; a lock of yesterday would lack a new one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for wanted, lock in (
        (project["project"]["dependencies"], "requirements-light.lock"),
        (project["build-system"]["requires"], "requirements-build.lock"),
    ):
        names = {re.split(r"[<>=\[]", one)[0] for one in wanted}
        assert names <= {name.split()[0] for name in locked(lock)}


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """A `tensorflow_model_server` that prints its arguments."""
    return stand_in_for("tensorflow_model_server", tmp_path)


entrypoint = partial(run_entrypoint, ENTRYPOINT)


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
    model = b"GET /v1/models/inception_v3 HTTP/1.0"
    with answering(model, lambda: f'HTTP/1.0 200 OK\r\n\r\n{{"state": "{said[0]}"}}') as port:
        yield port, said


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
