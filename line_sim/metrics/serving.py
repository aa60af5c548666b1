"""The page that Prometheus asks for, served as long as a run goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, start_http_server

from line_sim.errors import ScenarioError
from line_sim.live.state import LiveState
from line_sim.metrics.families import LineCollector

ADDRESS = "0.0.0.0"  # noqa: S104 - Prometheus runs elsewhere; the page can only be read, and holds no secret


def registry_of(state: LiveState) -> CollectorRegistry:
    """Return a registry with the run's metrics and nothing else: none of the process, none of Python."""
    registry = CollectorRegistry()
    registry.register(LineCollector(state))
    return registry


@contextmanager
def serving(state: LiveState, port: int, address: str = ADDRESS) -> Iterator[int]:
    """Serve `/metrics` on a port (0: a free one), give the port, and close it at the end.

    Raises ScenarioError where the port cannot be had.
    """
    try:
        server, thread = start_http_server(port, address, registry_of(state))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ScenarioError(
            f"--metrics-port is {port}; it cannot be opened ({reason}): choose a free port, or 0 for any"
        ) from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
