"""The page that Prometheus asks for, served as long as a run goes on."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from prometheus_client import CollectorRegistry

from line_sim.errors import ScenarioError
from line_sim.live.state import LiveState
from line_sim.metrics.answering import answer
from line_sim.metrics.families import LineCollector
from line_sim.metrics.listening import Listener

LOOPBACK = "127.0.0.1"


def registry_of(state: LiveState) -> CollectorRegistry:
    """Return a registry with the run's metrics and nothing else: none of the process, none of Python."""
    registry = CollectorRegistry()
    registry.register(LineCollector(state))
    return registry


@contextmanager
def serving(state: LiveState, port: int, host: str = LOOPBACK) -> Iterator[int]:
    """Serve `/metrics` on a port (0: a free one) of this host, give the port, and close it at the end.

    Raises ScenarioError where the port cannot be had.
    """
    opened = _listening(host, port)
    listener = Listener(opened, partial(answer, registry=registry_of(state)))
    number: int = opened.getsockname()[1]
    listener.start()
    try:
        yield number
    finally:
        listener.close()


def _listening(host: str, port: int) -> socket.socket:
    """Listen at the host's first address; `::` is IPv6's word for every interface."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, ValueError) as error:  # ValueError: no name that could be looked up
        raise ScenarioError(
            f"--metrics-host is {host}; there is no such address: give one of this machine, "
            f"{LOOPBACK} or 0.0.0.0 (every interface)"
        ) from error
    try:
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ScenarioError(
            f"--metrics-port is {port}; it cannot be opened at {host} ({reason}): "
            f"choose a free port, or 0 for any, and an address of this machine"
        ) from error
