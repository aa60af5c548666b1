"""Credentials of the gRPC port."""

from pathlib import Path

import grpc

from line_sim_serving.command.schemas import SSLConfig
from line_sim_serving.command.text_proto import read_text_proto
from line_sim_serving.inference.refusal import Refusal


def read_credentials(path: Path) -> grpc.ServerCredentials:
    """Read an SSLConfig file: the server's key and certificate, and whether clients must show one.

    The file holds the PEM texts themselves. Raises Refusal INVALID_ARGUMENT where gRPC could only fail
    later and without a word: no key, no certificate, or nobody who vouches for the clients.
    """
    config = read_text_proto(path, SSLConfig())
    for field in ("server_key", "server_cert"):
        if not getattr(config, field).strip():
            raise _unusable(path, f"{field} is empty; it must be the PEM text itself")
    if config.client_verify and not config.custom_ca.strip():
        raise _unusable(path, "client_verify needs custom_ca, the PEM text of who signs the clients")
    return grpc.ssl_server_credentials(
        [(config.server_key.encode(), config.server_cert.encode())],
        root_certificates=config.custom_ca.encode() or None,
        require_client_auth=config.client_verify,
    )


def _unusable(path: Path, reason: str) -> Refusal:
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, f"Invalid SSL configuration '{path}': {reason}")
