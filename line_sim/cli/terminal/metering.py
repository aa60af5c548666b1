"""`--metrics-port` and `--metrics-host` of `line-sim run`: what they mean for a run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from line_sim.live.state import LiveState


@contextmanager
def metered(
    state: LiveState, port: int | None, host: str | None, narrate: Callable[[str], None]
) -> Iterator[tuple[LiveState, ...]]:
    """Serve a run's metrics and give who must be told of its steps; nobody where no port is asked for."""
    if port is None:
        if host is not None:
            raise click.UsageError("--metrics-host needs --metrics-port, the port to serve at")
        yield ()
        return
    from line_sim.metrics.serving import LOOPBACK, serving

    address = LOOPBACK if host is None else host
    with serving(state, port, address) as opened:
        shown = f"[{address}]" if ":" in address else address
        narrate(f"metrics for Prometheus at http://{shown}:{opened}/metrics")
        yield (state,)
