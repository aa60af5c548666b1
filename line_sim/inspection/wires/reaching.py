"""Why a server cannot be reached, in words that say what to do."""

import socket
import ssl
from dataclasses import dataclass
from typing import Literal

from line_sim.errors import GatewayError
from line_sim.inspection.wires.addresses import host_and_port, host_of, socket_path
from line_sim.inspection.wires.tls import Tls
from line_sim.units import SECOND, Nanoseconds, duration_text

WANTS_TO_KNOW = "; does it want a client's certificate?"
"""What a TLS server that hangs up without a word may mean."""

PATIENCE = SECOND
"""How long one look at what speaks at a target may take."""

_PLAIN_THERE = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE")
_QUESTION = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
_FRAMES = (4, 6, 7, 8)  # SETTINGS, PING, GOAWAY, WINDOW_UPDATE: what an HTTP/2 server may begin with

Language = Literal["tls", "http", "http2", ""]
"""What speaks at a target; empty: nobody, or something else."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """One way to ask a kind of server, and where it usually is.

    `otherwise` ends the text for a server that speaks the other of its two ways, `start` that for nobody.
    """

    name: str
    spoken: Language
    ports: str
    otherwise: str
    start: str


_SERVE = "start one with 'line-sim serve', or use the target 'embedded'"
GRPC = Protocol("gRPC", "http2", "8500", ", or the rest gateway (classify: --format rest)", _SERVE)
REST = Protocol("REST", "http", "8501", ", or the grpc gateway (classify: --format grpc)", _SERVE)

KSERVE_GRPC = Protocol(
    "gRPC",
    "http2",
    "8001 (Triton) or 8081 (MLServer)",
    ", or form: rest (classify: --format rest)",
    "is its gRPC port open there, usually 8001 (Triton) or 8081 (MLServer)?",
)
KSERVE_REST = Protocol(
    "REST",
    "http",
    "8000 (Triton) or 8080 (MLServer)",
    ", or form: grpc (classify: --format grpc)",
    "is its REST port open there, usually 8000 (Triton) or 8080 (MLServer)?",
)
"""KServe's v2 protocol; no server of it is brought along."""


def nobody_there(target: str, waited: Nanoseconds, wanted: Protocol) -> GatewayError:
    """Say that no server answered, and the ways out."""
    return GatewayError(
        f"no inference server at {target} (tried for {duration_text(waited)}): {wanted.start}"
    )


def no_tls(target: str, error: Exception) -> GatewayError:
    """Say why the two sides could not agree on TLS."""
    if getattr(error, "reason", "") in _PLAIN_THERE:
        return GatewayError(f"{target} speaks plain text and no TLS: leave tls out (classify: --tls, --ca)")
    reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or str(error)
    return GatewayError(
        f"{target} is there, but TLS with it fails: {reason}; "
        f"see tls.ca, tls.cert, tls.key and tls.server_name"
    )


def is_final(error: OSError) -> bool:
    """Whether a failure to connect will not pass by waiting: one of TLS that is more than a hanging up."""
    return isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)


def failed_handshake(
    target: str, context: ssl.SSLContext, server_name: str | None, timeout: Nanoseconds
) -> Exception | None:
    """Try a TLS handshake; return what it fails with, None where it succeeds or nobody is there.

    With TLS 1.3 a server refuses a client's certificate only after the handshake: so a byte is waited for,
    which every server of gRPC sends at once.
    """
    context.set_alpn_protocols(["h2"])  # a gRPC server hangs up on anything else
    try:
        plain = _connected(target, timeout)
    except OSError:
        return None
    with plain:
        try:
            with context.wrap_socket(plain, server_hostname=server_name or host_of(target)) as wrapped:
                if not wrapped.recv(1):
                    return ConnectionError(f"the server hangs up after the handshake{WANTS_TO_KNOW}")
        except TimeoutError:
            return None
        except (OSError, ValueError) as error:
            return error
    return None


def mistaken(target: str, wanted: Protocol, tls: Tls | None) -> str:
    """Say what speaks at a target in place of what is wanted; empty where that may be there or nobody is."""
    found = _language_in_tls(target) if tls else _language(target)
    if found in {"", wanted.spoken}:
        return ""
    if found == "tls":
        way_out = "set tls: true beside the target (classify: --tls)"
        return f"{target} speaks TLS and was asked in plain text: {way_out}"
    other = REST if found == REST.spoken else GRPC
    return (
        f"{target} speaks {other.name} and was asked in {wanted.name}: take the server's {wanted.name} port, "
        f"usually {wanted.ports}{wanted.otherwise}"
    )


def _connected(target: str, timeout: Nanoseconds) -> socket.socket:
    """Open a connection. Raises OSError."""
    path = socket_path(target)
    if path is None:
        try:
            return socket.create_connection(host_and_port(target), timeout=timeout / SECOND)
        except UnicodeError as error:  # no name that could be looked up
            raise OSError(str(error)) from error
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.settimeout(timeout / SECOND)
        sock.connect(path)
    except BaseException:  # Ctrl-C, too: what is open is closed, and it goes on
        sock.close()
        raise
    return sock


def _language(target: str) -> Language:
    """Ask in HTTP and look how the answer begins; who hangs up on that may want TLS."""
    try:
        with _connected(target, PATIENCE) as plain:
            begins = _said_to(plain)
    except OSError:
        return ""
    if b"HTTPS" in begins or begins[:2] == b"\x15\x03":  # an alert; some say it in HTTP
        return "tls"
    return _kind(begins) or ("tls" if _agrees_on_tls(target) else "")


def _kind(begins: bytes) -> Language:
    if begins.startswith(b"HTTP/1."):
        return "http"
    return "http2" if len(begins) >= 9 and begins[3] in _FRAMES and begins[5:9] == bytes(4) else ""


def _said_to(sock: socket.socket) -> bytes:
    try:
        sock.sendall(_QUESTION)
        return sock.recv(1024)
    except OSError:  # it hangs up, or says nothing
        return b""


def _agrees_on_tls(target: str) -> bool:
    try:
        with _connected(target, PATIENCE) as plain, _curious().wrap_socket(plain):
            return True
    except ssl.SSLError as error:  # an alert is TLS, too: it wants to know who we are
        return "ALERT" in (error.reason or "")
    except OSError:
        return False


def _language_in_tls(target: str) -> Language:
    """Look whether a TLS server wants HTTP/2, which gRPC is, or HTTP/1.1."""
    try:
        with _connected(target, PATIENCE) as plain, _curious().wrap_socket(plain) as wrapped:
            if wrapped.selected_alpn_protocol() != "h2":
                return _kind(_said_to(wrapped))
    except OSError:
        return ""
    return "http2"


def _curious() -> ssl.SSLContext:
    """Make a context that believes anybody: nothing is told to whom it finds."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context
