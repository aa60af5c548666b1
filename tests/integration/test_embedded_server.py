"""The embedded server's life and death, and its command line."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import grpc
import pytest
from line_sim_serving.command.command_line import CommandLineError
from line_sim_serving.command.flags import read_flags
from serving_stories import (
    Pictures,
    eventually,
    predict,
    request_for,
    statuses,
)

from line_sim.errors import GatewayError
from line_sim.inspection.gateway import Inquiry
from line_sim.inspection.outcome import Unavailable
from line_sim.inspection.servers.embedded import EmbeddedServer
from line_sim.inspection.servers.grpc import GRPC
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.wires import grpc_wire
from line_sim.units import SECOND

pytestmark = pytest.mark.server
Code = grpc.StatusCode


def serving(base: Path) -> EmbeddedServer:
    """Make a server that is not waited for too long."""
    return EmbeddedServer("tiny", base, start_timeout=120 * SECOND)


def test_no_model_is_said_at_once(tmp_path: Path) -> None:
    """Without a version folder no server is even started."""
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(GatewayError) as caught, serving(folder):
            pass
        assert str(caught.value) == f"no model at {folder}: make one with 'line-sim export --out {folder}'"


def test_a_versions_own_folder_is_no_models(base: Path) -> None:
    """One level too deep, and a name that is no number: each is said with what to do."""
    with pytest.raises(GatewayError) as caught, serving(base / "1"):
        pass
    version = base / "1"
    assert str(caught.value) == (
        f"{version} is one level too deep: it is a version's folder, the model's folder is its parent, {base}"
    )
    (base / "1").rename(base / "v1")
    with (
        pytest.raises(GatewayError, match="v1 holds a model, but a version's folder is named"),
        serving(base),
    ):
        pass


def test_a_broken_model_is_said_with_the_servers_own_words(base: Path) -> None:
    """The error has the end of the server's log, and the process is gone."""
    (base / "1" / "saved_model.pb").write_bytes(b"this is no model")
    server = serving(base)
    with (
        pytest.raises(GatewayError, match=r"(?s)could not serve .*Failed to start server.*line-sim export"),
        server,
    ):
        pass
    with pytest.raises(RuntimeError):
        _ = server.pid


def test_waiting_is_told(base: Path, tmp_path: Path) -> None:
    """Whoever waits learns what for; the log lies where it was asked for."""
    told: list[str] = []
    log = tmp_path / "serve.log"
    with EmbeddedServer("tiny", base, log=log, on_wait=told.append):
        pass
    assert told[0].startswith(f"starting the inference server with {base}")
    assert "Successfully loaded servable version {name: tiny version: 1}" in log.read_text()
    assert "Running gRPC ModelServer at 127.0.0.1:" in log.read_text()


def is_closed(target: str) -> bool:
    """Whether nobody listens any more."""
    with grpc.insecure_channel(target) as channel:
        try:
            channel.unary_unary(grpc_wire.PREDICT)(b"", timeout=5)
        except grpc.RpcError as error:
            return bool(error.code() is Code.UNAVAILABLE)
    return False


def test_it_ends_with_the_block(base: Path) -> None:
    """Also when the block ends by an exception."""
    targets = []

    def break_down() -> None:
        with serving(base) as server:
            targets.append(server.target)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_down()
    assert is_closed(targets[0])


def test_it_ends_when_the_simulator_is_killed(base: Path) -> None:
    """SIGKILL leaves the simulator no time to do anything; the server notices all the same."""
    story = (
        "import sys, time; from pathlib import Path\n"
        "from line_sim.inspection.servers.embedded import EmbeddedServer\n"
        "with EmbeddedServer('tiny', Path(sys.argv[1])) as server:\n"
        "    print(server.target, flush=True); time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", story, str(base)], stdout=subprocess.PIPE, text=True
    ) as simulator:
        assert simulator.stdout is not None
        target = simulator.stdout.readline().strip()
        assert not is_closed(target)
        simulator.kill()
    assert eventually(lambda: is_closed(target))


def test_ctrl_c_is_the_simulators_business(base: Path) -> None:
    """The terminal sends SIGINT to the whole group: the server stays until it is told to go."""
    with serving(base) as server:
        os.kill(server.pid, signal.SIGINT)
        assert predict(server, request_for("count")).outputs


def test_a_server_killed_in_mid_run_is_unavailable(base: Path) -> None:
    """The line goes on without it, and closing what is gone raises nothing."""
    with (
        serving(base) as server,
        ServerGateway(GRPC, server.target, "tiny", "inspect", Pictures()) as gateway,
    ):
        os.kill(server.pid, signal.SIGKILL)
        replies = [gateway.ask(Inquiry(0, 0, "good", "", 0, 60 * SECOND)) for _ in range(3)]
    assert {type(reply.outcome) for reply in replies} == {Unavailable}


# As a command


def command(*flags: str) -> list[str]:
    """Give the command line of a server."""
    return [sys.executable, "-m", "line_sim_serving", *flags]


def test_a_port_in_use_is_refused(server: EmbeddedServer, base: Path) -> None:
    """Two servers never share a port: requests would go to either."""
    port = server.target.rpartition(":")[2]
    flags = command("--host=127.0.0.1", f"--port={port}", f"--model_base_path={base}")
    done = subprocess.run(flags, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert (
        f"Failed to start server. Error: cannot listen on 127.0.0.1:{port}: Address already in use"
        in done.stdout
    )


def test_it_waits_for_a_model_that_is_yet_to_come(base: Path) -> None:
    """It says what it misses, keeps its port closed, and serves when the model is there."""
    later = base.with_name("later")
    flags = command("--port=0", "--announce_port", "--host=127.0.0.1", "--model_name=tiny")
    flags += [f"--model_base_path={later}", "--file_system_poll_wait_seconds=0.1", "--no_such_flag=1"]
    with subprocess.Popen(flags, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = [process.stderr.readline()]
        while "Could not find base path" not in said[-1]:
            said.append(process.stderr.readline())
            assert said[-1], "".join(said)
        base.rename(later)
        port = int(process.stdout.readline().split()[-1])
        assert statuses(f"127.0.0.1:{port}") == {1: "AVAILABLE"}
        process.terminate()
        process.wait(60)
        process.stderr.read()
    assert process.returncode == -signal.SIGTERM
    assert said[0] == "unknown argument: --no_such_flag=1\n"


def test_flags_are_tensorflow_servings() -> None:
    """Values with `=`, bare booleans, and the last one of a repeated flag counts."""
    options, note = read_flags(
        [
            "--port=8600",
            "--model_base_path=/a",
            "--model_base_path=/b",
            "--enable_model_warmup",
            "--flush_filesystem_caches",
        ]
    )
    models = options.models
    assert (options.grpc.port, models.base_path, models.warm_up, note) == (8600, "/b", True, "")
    assert (models.name, models.poll_wait_s, models.max_load_retries) == ("default", 1, 5)


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        (["--use_alts_credentials"], "--use_alts_credentials=true needs ALTS, which"),
        (["--platform_config_file=p"], "--platform_config_file=p needs platform configuration"),
        (["--port=no"], "argument --port: invalid int value: 'no'"),
        (["--port=70000"], "--port=70000 is not a port"),
        (["--port=0"], "At least one of server_options.grpc_port or server_options.grpc_socket_path must be"),
        (["--batching_parameters_file=b"], "server_options.batching_parameters_file is set without setting"),
        (["--enable_model_warmup=perhaps"], "'perhaps' is neither true nor false"),
        (["--grpc_channel_arguments=a"], "'a' is not key=value"),
        (["--model_base_path="], "Both server_options.model_base_path and server_options.model_config_file"),
    ],
)
def test_a_command_line_that_cannot_be_served_is_refused(flags: list[str], text: str) -> None:
    """What would change answers and is not built is never silently left out."""
    with pytest.raises(CommandLineError) as caught:
        read_flags(["--model_base_path=/models", *flags])
    assert text in str(caught.value)


def test_flags_at_their_defaults_are_accepted() -> None:
    """Scripts that spell out TensorFlow Serving's defaults go on working."""
    flags = ["--model_base_path=/m", "--rest_api_port=0", "--enable_batching=false", "--model_config_file="]
    assert read_flags(flags)[1] == ""
