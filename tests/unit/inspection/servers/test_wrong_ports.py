"""What speaks at a target, where it is not what was expected: named, with the way out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from certificates import Certificates, make_certificates
from stub_rest import RestServer
from stub_server import Pictures, Server

from line_sim.errors import GatewayError
from line_sim.inspection.servers.grpc import GRPC
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.servers.rest import REST
from line_sim.inspection.wires.dialect import Dialect
from line_sim.inspection.wires.tls import Tls
from line_sim.units import SECOND


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """One set of certificates for all of these tests."""
    return make_certificates(tmp_path_factory.mktemp("pem"))


@pytest.fixture
def tls_server(pem: Certificates) -> Iterator[Server]:
    """Serve gRPC over TLS."""
    running = Server(pem.server_credentials(mutual=False))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def tls_rest_server(pem: Certificates) -> Iterator[RestServer]:
    """Serve REST over TLS."""
    running = RestServer(pem.server_context(mutual=False))
    running.start()
    yield running
    running.stop()


def refused(dialect: Dialect, told: Any, tls: Tls | None = None) -> str:
    """Enter a gateway to that server and give the text it refuses with."""
    gateway = ServerGateway(
        dialect, f"127.0.0.1:{told.port}", "m", "s", Pictures(), connect_timeout=SECOND, tls=tls
    )
    with pytest.raises(GatewayError) as caught, gateway:
        pass
    assert caught.value.exit_code == 3
    return str(caught.value).removeprefix(f"127.0.0.1:{told.port} ")


def test_grpc_to_the_rest_port(rest_server: RestServer) -> None:
    """The usual mix-up of 8500 and 8501."""
    assert refused(GRPC, rest_server) == (
        "speaks REST and was asked in gRPC: take the server's gRPC port, usually 8500, or the rest gateway "
        "(classify: --format rest)"
    )


def test_rest_to_the_grpc_port(server: Server) -> None:
    """The other way round."""
    assert refused(REST, server) == (
        "speaks gRPC and was asked in REST: take the server's REST port, usually 8501, or the grpc gateway "
        "(classify: --format grpc)"
    )


@pytest.mark.parametrize("dialect", [GRPC, REST], ids=["grpc", "rest"])
def test_plain_text_to_tls(dialect: Dialect, tls_server: Server, tls_rest_server: RestServer) -> None:
    """A server that wants TLS."""
    told = tls_server if dialect is GRPC else tls_rest_server
    assert refused(dialect, told) == (
        "speaks TLS and was asked in plain text: set tls: true beside the target (classify: --tls)"
    )


@pytest.mark.parametrize("dialect", [GRPC, REST], ids=["grpc", "rest"])
def test_tls_to_plain_text(
    dialect: Dialect, server: Server, rest_server: RestServer, pem: Certificates
) -> None:
    """A server that has none."""
    told = server if dialect is GRPC else rest_server
    tls = Tls(pem.ca, server_name=pem.NAME)
    assert refused(dialect, told, tls) == (
        "speaks plain text and no TLS: leave tls out (classify: --tls, --ca)"
    )


def test_grpc_over_tls_to_rest_over_tls(tls_rest_server: RestServer, pem: Certificates) -> None:
    """Both mistakes look alike from outside, and only one of them is one."""
    said = refused(GRPC, tls_rest_server, Tls(pem.ca, server_name=pem.NAME))
    assert said.startswith("speaks REST and was asked in gRPC: ")


def test_rest_over_tls_to_grpc_over_tls(tls_server: Server, pem: Certificates) -> None:
    """The other way round."""
    said = refused(REST, tls_server, Tls(pem.ca, server_name=pem.NAME))
    assert said.startswith("speaks gRPC and was asked in REST: ")


def test_another_protocol_is_not_guessed(tmp_path: Path) -> None:
    """Who says nothing that we know is told as what it is: no inference server."""
    import socket
    import threading

    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def greet() -> None:
            while not over.is_set():
                sock, _ = listener.accept()
                with sock:
                    sock.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()

        class Told:
            port = listener.getsockname()[1]

        assert "no inference server at" in refused(GRPC, Told)
        assert "is no status line of HTTP" in refused(REST, Told)
        over.set()
        with socket.create_connection(("127.0.0.1", Told.port)):
            thread.join(5)
