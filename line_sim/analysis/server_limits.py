"""What modelled servers whose answers hang on other requests can answer at best, over all who ask them.

A worker that always finds enough requests answers n / E[S(n)] of them in a unit of time, n being the size of
batch for which that is most: no larger than `batching.max`, nor than the calls that may be out at once: one
for each camera that waits for its answer, and where there is a gate one for each part on its way there, too.
One that works on them side by side answers mu(n) / E[S] with the n in service for which it does most: no more
than its places, nor than may be out at once. That it may have to wake up is left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from line_sim.layout import Layout, Server, specs_of
from line_sim.layout.places import mean_of
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.scenario.model import Inspection, Scenario
from line_sim.units import HOUR


@dataclass(frozen=True, slots=True)
class ServerLimit:
    """One server: its best size of batch, its mean time (ns) of such a batch, and its requests an hour.

    Where requests share it, `speed` is how much lone work a second it does at best.

    `a_part` of them belong to a part that goes all along the line. `asked` are those of the long run (None:
    not known). `bounds` says whether the line can make no more than it answers: calls with a deadline are
    given up, and the parts go on.
    """

    name: str
    workers: int
    size: int
    batch: float
    a_part: int
    bounds: bool
    asked: float | None = None
    speed: float = 1.0

    @property
    def answers(self) -> float:
        """Requests an hour."""
        return self.workers * self.size * self.speed * HOUR / self.batch if self.batch else float("inf")

    @property
    def mean(self) -> float:
        """How much time of a worker a part takes, in ns, or of the whole server where requests share it."""
        return self.a_part * self.batch / (self.size * self.speed)

    @property
    def uph(self) -> float:
        """The parts an hour that it can answer for."""
        return self.answers / self.a_part if self.a_part else float("inf")

    @property
    def load(self) -> float | None:
        """What is asked by what it can answer; None where one of them is not known, or it has no limit."""
        return None if self.asked is None or not self.batch else self.asked / self.answers


def server_limits(scenario: Scenario, layout: Layout) -> tuple[ServerLimit, ...]:
    """Return the limits of the servers of a line; none of one whose measured times are gone."""
    found = (_limit(scenario, layout, server) for server in layout.servers)
    return tuple(limit for limit in found if limit is not None)


def with_load(limit: ServerLimit, layout: Layout, asked: Mapping[str, float]) -> ServerLimit:
    """Return a limit that knows what is asked of it; `asked` is that of each place, an hour."""
    server = next(each for each in layout.servers if each.name == limit.name)
    names = [layout.places[place].name for place in server.places]
    if not all(name in asked for name in names):
        return limit
    return replace(limit, asked=sum(asked[name] for name in names))


def _limit(scenario: Scenario, layout: Layout, server: Server) -> ServerLimit | None:
    specs = list(_specs(scenario, server))
    model = specs[0].gateway.model
    if model is None or any(mean_of(time) is None for time in model.times.values()):
        return None
    calls = sum(spec.most_calls for spec in specs)
    most = min(model.most, calls)
    size = max(range(1, most + 1), key=lambda size: _per_time(model, size))
    return ServerLimit(
        server.name,
        model.servers,
        size,
        mean_of_batch(model, size),
        sum(place in layout.ship_lane for place in server.places),
        all(spec.deadline is None for spec in specs),
        speed=1.0 if model.sharing is None else model.sharing.most(calls),
    )


def _specs(scenario: Scenario, server: Server) -> Iterator[Inspection]:
    specs = specs_of(scenario)
    for place in server.places:
        entry = specs[place]
        if isinstance(entry, Inspection):
            yield entry


def _per_time(model: ModelledOptions, size: int) -> float:
    mean = mean_of_batch(model, size)
    return size / mean if mean else float(size)


def mean_of_batch(model: ModelledOptions, size: int) -> float:
    """Return the mean time (ns) of a batch of so many."""
    sizes = list(model.times)
    above = next((each for each in sizes if each >= size), sizes[-1])
    upper = float(model.times[above].mean_ns)
    if above <= size or (model.batching is not None and model.batching.pads):
        return upper
    below = max(each for each in sizes if each < size)
    lower = float(model.times[below].mean_ns)
    return lower + (upper - lower) * (size - below) / (above - below)
