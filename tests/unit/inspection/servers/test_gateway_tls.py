"""TLS and mutual TLS over loopback, with certificates made for the tests, over every way to a server."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from certificates import Certificates, make_certificates
from stub_rest import RestServer, rest_gateway_to
from stub_server import Server, gateway_to, inquiry
from stub_v2 import V2Server, v2_gateway_to
from stub_v2_rest import V2RestServer, v2_rest_gateway_to

from line_sim.errors import GatewayError
from line_sim.inspection.outcome import Answered
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.wires.tls import Tls
from line_sim.units import SECOND

Speaks = Callable[..., AbstractContextManager[Callable[..., ServerGateway]]]
"""Serve with these certificates, and give what makes a gateway there."""


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """One set of certificates for all of these tests."""
    return make_certificates(tmp_path_factory.mktemp("pem"))


@contextmanager
def _grpc(pem: Certificates, *, mutual: bool) -> Iterator[Callable[..., ServerGateway]]:
    server = Server(pem.server_credentials(mutual=mutual))
    server.start()
    yield lambda **settings: gateway_to(server, **settings)
    server.stop()


@contextmanager
def _rest(pem: Certificates, *, mutual: bool) -> Iterator[Callable[..., ServerGateway]]:
    server = RestServer(pem.server_context(mutual=mutual))
    server.start()
    yield lambda **settings: rest_gateway_to(server, **settings)
    server.stop()


@contextmanager
def _kserve(pem: Certificates, *, mutual: bool) -> Iterator[Callable[..., ServerGateway]]:
    server = V2Server(pem.server_credentials(mutual=mutual))
    server.start()
    yield lambda **settings: v2_gateway_to(server, **settings)
    server.stop()


@contextmanager
def _kserve_rest(pem: Certificates, *, mutual: bool) -> Iterator[Callable[..., ServerGateway]]:
    server = V2RestServer(pem.server_context(mutual=mutual))
    server.start()
    yield lambda **settings: v2_rest_gateway_to(server, **settings)
    server.stop()


@pytest.fixture(
    params=[_grpc, _rest, _kserve, _kserve_rest], ids=["grpc", "rest", "kserve", "kserve over rest"]
)
def speaks(request: pytest.FixtureRequest) -> Speaks:
    """Every way to a server."""
    chosen: Speaks = request.param
    return chosen


def refused(gateway: ServerGateway) -> str:
    """Enter the gateway and give the text it refuses with, without the target."""
    with pytest.raises(GatewayError) as caught, gateway:
        pass
    return str(caught.value).partition(" ")[2]


def test_a_server_that_we_trust_answers(speaks: Speaks, pem: Certificates) -> None:
    """The authority's file and the name in the certificate are enough."""
    with (
        speaks(pem, mutual=False) as gateway_there,
        gateway_there(tls=Tls(pem.ca, server_name=pem.NAME)) as gateway,
    ):
        assert [gateway.ask(inquiry()).outcome for _ in range(2)] == [Answered("good", 0.875)] * 2


def test_a_server_that_wants_to_know_us_answers(speaks: Speaks, pem: Certificates) -> None:
    """With a certificate of our own it lets us in."""
    tls = Tls(pem.ca, pem.client, pem.client_key, pem.NAME)
    with speaks(pem, mutual=True) as gateway_there, gateway_there(tls=tls) as gateway:
        assert gateway.ask(inquiry()).outcome == Answered("good", 0.875)


def test_without_our_certificate_it_does_not(speaks: Speaks, pem: Certificates) -> None:
    """A server that wants a client's certificate refuses one that shows none."""
    tls = Tls(pem.ca, server_name=pem.NAME)
    with speaks(pem, mutual=True) as gateway_there:
        assert "certificate" in refused(gateway_there(tls=tls, connect_timeout=SECOND)).lower()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"ca": "other_ca"}, "unable to get local issuer certificate"),
        ({"ca": "ca", "server_name": None}, "IP address mismatch, certificate is not valid for '127.0.0.1'"),
        ({"ca": None}, "unable to get local issuer certificate"),
    ],
    ids=["a stranger's authority", "another name", "the system's authorities"],
)
def test_a_server_that_we_cannot_trust_is_not_asked(
    speaks: Speaks, pem: Certificates, wrong: dict[str, Any], reason: str
) -> None:
    """The text says what is wrong with its certificate and where to look, and no picture is sent."""
    ca = getattr(pem, wrong["ca"]) if wrong["ca"] else None
    tls = Tls(ca, server_name=wrong.get("server_name", pem.NAME))
    with speaks(pem, mutual=False) as gateway_there:
        said = refused(gateway_there(tls=tls, connect_timeout=SECOND))
    assert said.startswith("is there, but TLS with it fails: ")
    assert reason in said
    assert said.endswith("; see tls.ca, tls.cert, tls.key and tls.server_name")


def test_plain_text_to_a_tls_server_is_refused(speaks: Speaks, pem: Certificates) -> None:
    """Without TLS there is no answer, and no hanging either."""
    with speaks(pem, mutual=False) as gateway_there, pytest.raises(GatewayError):
        gateway_there(connect_timeout=SECOND).__enter__()


def test_files_that_cannot_be_used_are_named(tmp_path: Path, pem: Certificates) -> None:
    """A missing file, one that is no PEM, and a key of another certificate."""
    text = tmp_path / "notes.txt"
    text.write_text("not a certificate")

    def said(tls: Tls) -> str:
        with pytest.raises(GatewayError) as caught:
            tls.context()
        return str(caught.value)

    assert said(Tls(tmp_path / "none.pem")) == (
        f"tls.ca {tmp_path / 'none.pem'} cannot be used: No such file or directory; PEM files are needed"
    )
    assert said(Tls(text)).startswith(f"tls.ca {text} cannot be used: ")
    assert said(Tls(pem.ca, pem.client, pem.server_key)) == (
        f"tls.cert {pem.client} with tls.key {pem.server_key} cannot be used: "
        f"KEY_VALUES_MISMATCH; PEM files are needed"
    )
