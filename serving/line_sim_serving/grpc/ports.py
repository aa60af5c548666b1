"""Opening the port, once there is something to serve."""

import logging
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import grpc

from line_sim_serving.command.options import GrpcOptions
from line_sim_serving.grpc.health import add_health

log = logging.getLogger(__name__)


class PortError(Exception):
    """The port cannot be opened; the text names it."""


def refuse_used_port(options: GrpcOptions) -> None:
    """Raise PortError at once if somebody else has the port, rather than after the model's load."""
    if options.port == 0:
        return
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        with socket.create_server((options.host, options.port), family=family):
            pass
    except OSError as error:
        address = _address(options.host, options.port)
        reason = (error.strerror or str(error)).partition(" (while")[0]  # the address is said already
        raise PortError(f"cannot listen on {address}: {reason}") from None


def open_ports(
    options: GrpcOptions,
    handlers: Sequence[grpc.GenericRpcHandler],
    max_request: int,
    credentials: grpc.ServerCredentials | None,
    *,
    any_port: bool,
) -> tuple[grpc.Server, int]:
    """Start to serve; gives the server and the port it really has (0: only a unix socket).

    Messages of more than `max_request` bytes are refused. With `any_port`, port 0 stands for a free one.
    Raises PortError.
    """
    server = grpc.server(
        ThreadPoolExecutor(options.max_threads, thread_name_prefix="grpc"),
        handlers=list(handlers),
        options=[
            ("grpc.max_receive_message_length", max_request),
            ("grpc.max_send_message_length", -1),
            ("grpc.so_reuseport", 0),  # else two servers share one port, and requests go to either
            *options.channel_arguments,
        ],
    )
    if options.health:
        add_health(server)
    port = 0
    if options.port or any_port:
        port = _bind(server, _address(options.host, options.port), credentials)
    if options.socket_path:
        _bind(server, f"unix:{options.socket_path}", credentials)
    server.start()
    if port:
        log.info("Running gRPC ModelServer at %s ...", _address(options.host, port))
    if options.socket_path:
        log.info("Running gRPC ModelServer at UNIX socket %s ...", options.socket_path)
    return server, port


def _address(host: str, port: int) -> str:
    """Write HOST:PORT, with the brackets that an IPv6 address needs."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _bind(server: grpc.Server, address: str, credentials: grpc.ServerCredentials | None) -> int:
    try:
        if credentials is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, credentials)
    except RuntimeError as error:
        raise PortError(f"cannot listen on {address}: {error}") from None
