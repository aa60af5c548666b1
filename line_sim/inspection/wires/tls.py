"""TLS towards a server: whom we trust, and who we say we are."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from line_sim.errors import GatewayError


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files of a TLS connection, and the name that the server's certificate must have.

    `ca` signs the servers that are trusted (None: the system's list). `cert` and `key` are shown to a
    server that wants to know its clients (mutual TLS). `server_name` stands for the target's host.
    """

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    server_name: str | None = None

    def context(self) -> ssl.SSLContext:
        """Read the files into a context that checks the server. Raises GatewayError naming the file."""
        context = ssl.create_default_context()
        if self.ca is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            _read(f"tls.ca {self.ca}", lambda: context.load_verify_locations(cafile=self.ca))
        if self.cert is not None:
            cert = self.cert
            what = f"tls.cert {cert} with tls.key {self.key}"
            _read(what, lambda: context.load_cert_chain(cert, self.key, password=_no_password))
        return context

    def roots(self) -> bytes | None:
        """Return the certificates that are trusted, as PEM; None where only gRPC's own list is left."""
        path = self.ca or ssl.get_default_verify_paths().cafile
        return Path(path).read_bytes() if path else None


def _no_password() -> str:
    raise ValueError("the key is encrypted; give one without a password")


def _read(what: str, read: Callable[[], object]) -> None:
    try:
        read()
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
        raise GatewayError(f"{what} cannot be used: {reason}; PEM files are needed") from None
