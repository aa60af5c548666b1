"""The REST API's port: every address, IPv6 and IPv4, where the gRPC port has every address too."""

import errno
import socket

from line_sim_serving.grpc.ports import PortError

EVERY_IPV4, EVERY = "0.0.0.0", "::"  # noqa: S104 - TensorFlow Serving listens on every address
BACKLOG = 2048

_NO_IPV6 = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
"""What a kernel says that knows IPv6 but was told to do without."""


def refuse_used_rest_port(host: str, port: int) -> None:
    """Raise PortError at once if somebody else has the port, rather than after the models' load."""
    open_listener(host, port).close()


def open_listener(host: str, port: int) -> socket.socket:
    """Open the port; clients may connect from now on. Raises PortError.

    Every IPv4 address (the default) means every IPv6 address too, where this machine has any.
    """
    try:
        return _open(host, port)
    except OSError as error:
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        reason = (error.strerror or str(error)).partition(" (while")[0]  # the address is said already
        raise PortError(f"the REST API cannot listen on {address}: {reason}") from None


def _open(host: str, port: int) -> socket.socket:
    if host == EVERY_IPV4 and socket.has_dualstack_ipv6():
        try:
            return _listen(EVERY, port)
        except OSError as error:
            if error.errno not in _NO_IPV6:
                raise
    return _listen(host, port)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server(
        (host, port), family=family, backlog=BACKLOG, dualstack_ipv6=host == EVERY
    )
    # Connections inherit it. asyncio sets it too, but not on sockets of create_server, which do not say
    # that they are TCP's; without it every answer's body waits 40 ms for the acknowledgement of its head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
