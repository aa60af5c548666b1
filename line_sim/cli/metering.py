"""`--metrics-port` of `line-sim run`: what it means for a run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from line_sim.scenario import Scenario

if TYPE_CHECKING:
    from line_sim.metrics.counting import RunCounts


@contextmanager
def metered(
    scenario: Scenario, port: int | None, narrate: Callable[[str], None]
) -> "Iterator[tuple[RunCounts, ...]]":
    """Serve a run's metrics and give who must be told of its steps; nobody where no port is asked for."""
    if port is None:
        yield ()
        return
    from line_sim.metrics.counting import RunCounts
    from line_sim.metrics.serving import serving

    counts = RunCounts(scenario)
    with serving(counts, port) as opened:
        narrate(f"metrics for Prometheus on port {opened} of every interface, at /metrics")
        yield (counts,)
