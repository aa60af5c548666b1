"""`--metrics-port` of `line-sim run`: what it means for a run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from line_sim.live.state import LiveState


@contextmanager
def metered(
    state: LiveState, port: int | None, narrate: Callable[[str], None]
) -> Iterator[tuple[LiveState, ...]]:
    """Serve a run's metrics and give who must be told of its steps; nobody where no port is asked for."""
    if port is None:
        yield ()
        return
    from line_sim.metrics.serving import serving

    with serving(state, port) as opened:
        narrate(f"metrics for Prometheus on port {opened} of every interface, at /metrics")
        yield (state,)
