"""Certificates made for one test session: an authority, a server's and a client's, and a stranger's."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import grpc
import trustme


@dataclass(frozen=True)
class Certificates:
    """PEM files in a folder; the server's certificate is for `camera-server.test`, not for 127.0.0.1."""

    ca: Path
    server: Path
    server_key: Path
    client: Path
    client_key: Path
    other_ca: Path

    NAME = "camera-server.test"

    def server_credentials(self, *, mutual: bool) -> grpc.ServerCredentials:
        """What a gRPC server shows, and asks its clients for."""
        pair = (self.server_key.read_bytes(), self.server.read_bytes())
        return grpc.ssl_server_credentials([pair], self.ca.read_bytes() if mutual else None, mutual)

    def server_context(self, *, mutual: bool) -> ssl.SSLContext:
        """What an HTTPS server shows, and asks its clients for."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server, self.server_key)
        if mutual:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.ca)
        return context


def make_certificates(folder: Path) -> Certificates:
    """Write the files."""
    authority, stranger = trustme.CA(), trustme.CA()
    server = authority.issue_cert(Certificates.NAME)
    client = authority.issue_cert("camera@example.test")
    made = Certificates(
        *(folder / name for name in ("ca", "server", "server_key", "client", "client_key", "other"))
    )
    authority.cert_pem.write_to_path(str(made.ca))
    stranger.cert_pem.write_to_path(str(made.other_ca))
    for leaf, chain, key in ((server, made.server, made.server_key), (client, made.client, made.client_key)):
        chain.write_bytes(b"".join(one.bytes() for one in leaf.cert_chain_pems))
        leaf.private_key_pem.write_to_path(str(key))
    return made
