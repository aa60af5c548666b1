"""Why a server cannot be reached, in words that say what to do."""

import socket
import ssl

from line_sim.errors import GatewayError
from line_sim.units import SECOND, Nanoseconds, duration_text

WANTS_TO_KNOW = "; does it want a client's certificate?"
"""What a TLS server that hangs up without a word may mean."""


def host_and_port(target: str) -> tuple[str, int]:
    """Part HOST:PORT or [V6]:PORT."""
    host, _, port = target.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def nobody_there(target: str, waited: Nanoseconds) -> GatewayError:
    """Say that no server answered, and the ways out."""
    return GatewayError(
        f"no inference server at {target} (tried for {duration_text(waited)}): "
        f"start one with 'line-sim serve', or use the target 'embedded'"
    )


def no_tls(target: str, error: Exception) -> GatewayError:
    """Say why the two sides could not agree on TLS."""
    reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or str(error)
    return GatewayError(
        f"{target} is there, but TLS with it fails: {reason}; "
        f"see tls.ca, tls.cert, tls.key and tls.server_name"
    )


def failed_handshake(
    target: str, context: ssl.SSLContext, server_name: str | None, timeout: Nanoseconds
) -> Exception | None:
    """Try a TLS handshake; return what it fails with, None where it succeeds or nobody is there.

    With TLS 1.3 a server refuses a client's certificate only after the handshake: so a byte is waited for,
    which every server of gRPC sends at once.
    """
    host, port = host_and_port(target)
    context.set_alpn_protocols(["h2"])  # a gRPC server hangs up on anything else
    try:
        plain = socket.create_connection((host, port), timeout=timeout / SECOND)
    except OSError:
        return None
    with plain:
        try:
            with context.wrap_socket(plain, server_hostname=server_name or host) as wrapped:
                if not wrapped.recv(1):
                    return ConnectionError(f"the server hangs up after the handshake{WANTS_TO_KNOW}")
        except TimeoutError:
            return None
        except (OSError, ValueError) as error:
            return error
    return None
