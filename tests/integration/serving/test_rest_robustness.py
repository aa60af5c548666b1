"""The REST port under clients that are many, large, slow or broken: answered right, and alive afterwards."""

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from rest_calls import RestClient, RestServer, free_port
from serving_stories import eventually

from line_sim.inspection.servers.embedded import EmbeddedServer

pytestmark = pytest.mark.server

GOOD = {"inputs": ["a picture of a part"]}


def assert_alive(rest: RestServer) -> None:
    """Ask something that has an answer."""
    reply = rest.client.post("tiny:predict", GOOD)
    assert reply.json == {"outputs": {"label": ["good"], "score": [0.75]}}


@pytest.fixture
def line(rest: RestServer) -> "socket.socket":
    """A bare connection."""
    return socket.create_connection(("127.0.0.1", rest.client.port), timeout=60)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"GET /v1/\xff HTTP/1.1\r\n\r\n",
        b"POST /v1/models/tiny:predict HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused(rest: RestServer, line: socket.socket, sent: bytes) -> None:
    """400, and the connection is closed."""
    with line:
        line.sendall(sent)
        assert line.recv(1000).startswith(b"HTTP/1.1 400 ")
        line.settimeout(10)
        while line.recv(1000):
            pass
    assert_alive(rest)


def test_half_a_request_holds_up_nobody(rest: RestServer) -> None:
    """A hundred clients that stop in the middle, of headers or of bodies, cost no thread."""
    head = b"POST /v1/models/tiny:predict HTTP/1.1\r\nhost: x\r\n"
    lines = [socket.create_connection(("127.0.0.1", rest.client.port)) for _ in range(100)]
    for place, line in enumerate(lines):
        line.sendall(head if place % 2 else head + b'content-length: 1000\r\n\r\n{"inputs"')
    assert_alive(rest)
    for line in lines:
        line.close()
    assert_alive(rest)


def test_two_hundred_clients_at_once_are_all_answered(rest: RestServer) -> None:
    """Each gets the sum of its own numbers."""
    sums: dict[int, float] = {}

    def ask(number: int) -> None:
        document = {"signature_name": "arithmetic", "instances": [{"a": number, "b": 1000}]}
        sums[number] = (
            RestClient(rest.client.port).post("tiny:predict", document).json["predictions"][0]["sum"]
        )

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(200)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert sums == {number: 1000 + number for number in range(200)}


def test_a_connection_is_kept(rest: RestServer) -> None:
    """Good or bad, an answer leaves the connection open for the next."""
    client = RestClient(rest.client.port)
    statuses = [client.post("tiny:predict", document).status for document in (GOOD, b"x", GOOD)]
    assert (statuses, client.connections) == ([200, 400, 200], 1)


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_may_come_in_parts(rest: RestServer, line: socket.socket, chunked: bool) -> None:
    """In chunks whose number nobody knew before, or only when the server says that it may."""
    parts = [b'{"inputs": ["a', b' long picture"]', b"}"]
    how = b"transfer-encoding: chunked" if chunked else b"expect: 100-continue\r\ncontent-length: 30"
    with line:
        line.sendall(b"POST /v1/models/tiny:predict HTTP/1.1\r\nhost: x\r\n" + how + b"\r\n\r\n")
        assert chunked or line.recv(1000).startswith(b"HTTP/1.1 100 ")
        for part in [*parts, b""] if chunked else parts:
            line.sendall(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
        answer = b""
        while b'"good"' not in answer:
            answer += line.recv(1000) or b'the connection was closed instead of "good"'
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_no_answer_waits_for_an_acknowledgement() -> None:
    """Nagle's algorithm is off on every connection: it would hold each answer's body back for 40 ms."""
    story = (
        "import socket\n"
        "from line_sim_serving.rest.listening import open_listener\n"
        "for host in ('0.0.0.0', '127.0.0.1'):\n"
        "    listener = open_listener(host, 0)\n"
        "    with socket.create_connection(('127.0.0.1', listener.getsockname()[1])):\n"
        "        connection, _ = listener.accept()\n"
        "        print(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", story], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.split() == ["1", "1"]


@pytest.mark.slow
def test_a_body_of_100_megabytes_is_read(rest: RestServer) -> None:
    """A picture of 75 MB in base64; meanwhile small ones are answered."""
    large = b'{"inputs": [{"b64": "' + b"QUJD" * 25_000_000 + b'"}]}'
    replies = []
    sending = threading.Thread(target=lambda: replies.append(rest.client.post("tiny:predict", large)))
    sending.start()
    assert_alive(rest)
    sending.join()
    assert replies[0].json == {"outputs": {"label": ["good"], "score": [0.75]}}


@pytest.mark.slow
def test_a_million_numbers_go_both_ways(rest: RestServer) -> None:
    """As text they are 8 MB in and 24 MB out."""
    numbers = list(range(1_000_000))
    document = {"signature_name": "arithmetic", "inputs": {"a": numbers, "b": numbers}}
    outputs = rest.client.post("tiny:predict", document).json["outputs"]
    assert outputs["sum"] == [2 * number for number in numbers]
    assert set(outputs["difference"]) == {0}


def test_depth_is_no_danger(rest: RestServer) -> None:
    """Lists in lists in lists, where a tensor belongs and where nothing does."""
    deep = b"[" * 100_000 + b"]" * 100_000
    assert rest.client.post("tiny:predict", b'{"inputs": ' + deep + b"}").error == (
        400,
        "tensor parsing error: image",
    )
    reply = rest.client.post("tiny:predict", b'{"more": ' + deep + b', "inputs": ["a picture of a part"]}')
    assert reply.status == 200


def test_a_client_that_leaves_is_forgotten(rest: RestServer, line: socket.socket) -> None:
    """It sent a request, or most of one, and was gone."""
    line.sendall(b"POST /v1/models/tiny:predict HTTP/1.1\r\ncontent-length: 99\r\n\r\n{")
    line.close()
    assert_alive(rest)


def start(*flags: str) -> subprocess.Popen[str]:
    """Start a server as a user would."""
    return subprocess.Popen(
        [sys.executable, "-m", "line_sim_serving", *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_used_port_is_refused_before_anything_is_loaded(rest: RestServer, tmp_path: Path) -> None:
    """The base path does not even exist: had it waited for the model, it would wait for ever."""
    port = rest.client.port
    flags = [f"--port={free_port()}", f"--rest_api_port={port}", "--host=127.0.0.1"]
    server = start(*flags, f"--model_base_path={tmp_path / 'none'}")
    said, _ = server.communicate(timeout=60)
    assert server.returncode == 1
    assert f"the REST API cannot listen on 127.0.0.1:{port}: Address already in use" in said


def test_a_broken_monitoring_file_is_refused(tmp_path: Path) -> None:
    """As TensorFlow Serving does, and before anything is loaded."""
    file = tmp_path / "monitoring.config"
    file.write_text("prometheus_config { enable: perhaps }")
    server = start(
        f"--port={free_port()}",
        f"--rest_api_port={free_port()}",
        f"--monitoring_config_file={file}",
        f"--model_base_path={tmp_path / 'none'}",
    )
    said, _ = server.communicate(timeout=60)
    assert server.returncode == 255
    assert f"Error: INVALID_ARGUMENT: Invalid protobuf file: '{file}'" in said


@pytest.mark.slow
def test_the_port_opens_with_the_model(models: Path, tmp_path: Path) -> None:
    """On every address, of both families, where that is asked for; without CORS; no page of metrics."""
    port = free_port()
    base = tmp_path / "tiny"
    base.mkdir()
    server = start(
        f"--port={free_port()}",
        f"--rest_api_port={port}",
        "--host=0.0.0.0",
        "--model_name=tiny",
        f"--model_base_path={base}",
        "--file_system_poll_wait_seconds=0.2",
    )
    try:
        client = RestClient(port)
        assert server.stdout is not None
        assert any("No versions of servable tiny" in line for line in server.stdout)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        (base / "1").symlink_to(models / "tiny" / "1")
        assert eventually(lambda: _opens(port))
        reply = client.post("tiny:predict", GOOD)
        assert (reply.status, "access-control-allow-origin" in reply.headers) == (200, False)
        assert client.ask("GET", "/monitoring/prometheus/metrics").status == 404
        if socket.has_dualstack_ipv6():
            socket.create_connection(("::1", port)).close()
    finally:
        server.kill()
        server.communicate()


@pytest.mark.parametrize("address", ["127.0.0.2", "::1"])
def test_by_default_nobody_reaches_it_from_elsewhere(models: Path, address: str) -> None:
    """Both ports are on 127.0.0.1 only: TensorFlow Serving's are on every address of the machine."""
    ports = free_port(), free_port()
    flags = ["--model_name=tiny", f"--model_base_path={models / 'tiny'}"]
    server = start(f"--port={ports[0]}", f"--rest_api_port={ports[1]}", *flags)
    try:
        assert eventually(lambda: _opens(ports[1]))
        for port in ports:
            socket.create_connection(("127.0.0.1", port)).close()
            with pytest.raises(OSError, match=r"refused|unreachable|assign"):
                socket.create_connection((address, port))
    finally:
        server.kill()
        server.communicate()


def _opens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


def test_a_server_without_the_flag_has_no_rest_port(server: EmbeddedServer) -> None:
    """Off is the default: its one port speaks gRPC."""
    with socket.create_connection(("127.0.0.1", int(server.target.partition(":")[2])), timeout=30) as line:
        line.sendall(b"GET /v1/models/tiny HTTP/1.1\r\nhost: x\r\n\r\n")
        assert b"HTTP/1.1 200" not in line.recv(1000)
