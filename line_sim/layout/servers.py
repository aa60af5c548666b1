"""The modelled servers whose answers hang on other requests than those that came before."""

from dataclasses import dataclass

from line_sim.layout.features import Feature, Features, only
from line_sim.layout.places import with_gate
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.scenario.gateways.shared import SharedGateway
from line_sim.scenario.model import Inspection, Scenario
from line_sim.scenario.times import Constant, Time
from line_sim.units import Nanoseconds


@dataclass(frozen=True, slots=True)
class Server:
    """A modelled server that is shared, or puts requests together or side by side; `places` ask it.

    `name` is its own, or that of its only inspection; `workers` work at the same time, each on up to `most`
    requests, and a free one waits `wait` (ns) for more. `times` are what a batch takes in ns by its size
    (None: not the same every time); sizes in between are filled up to the next one (`pads`) or lie in
    proportion. `keeps` says whether a request is worked on that nobody waits for any more.

    One that works on requests side by side says how fast each of 1, 2, ... `workers` of them is worked on, in
    billionths of its `speeds` alone. `rests` are after how long (ns) without any it needs how much more (ns;
    None: not the same every time), the shortest first. Answers are there `overhead` (ns) after their work.
    """

    name: str
    places: tuple[int, ...]
    workers: int = 1
    most: int = 1
    wait: Nanoseconds = 0
    times: tuple[tuple[int, Nanoseconds | None], ...] = ()
    pads: bool = False
    keeps: bool = False
    speeds: tuple[int, ...] = ()
    rests: tuple[tuple[Nanoseconds, Nanoseconds | None], ...] = ()
    overhead: Nanoseconds = 0

    @property
    def features(self) -> Features:
        """What there is in it."""
        batches = self.most > 1
        return only(
            {
                Feature.SHARED_SERVER: len(self.places) > 1 or not (batches or self.speeds),
                Feature.BATCHES: batches,
                Feature.SIDE_BY_SIDE: bool(self.speeds),
                Feature.WAKES: bool(self.rests),
                Feature.KEEPS_COMPUTING: self.keeps,
                Feature.OVERHEAD: self.overhead > 0,
            }
        )


def servers_of(scenario: Scenario) -> tuple[Server, ...]:
    """Return the servers that are shared, put requests together or side by side, by who asks them first."""
    found: dict[str, tuple[ModelledOptions, list[int]]] = {}
    line = (spec for entry in scenario.line for spec in with_gate(entry))
    for place, entry in enumerate(line):
        model = entry.gateway.model if isinstance(entry, Inspection) else None
        if isinstance(entry, Inspection) and model is not None and (_decides_later(model) or _by_name(entry)):
            found.setdefault(server_name(entry), (model, []))[1].append(place)
    return tuple(_server(name, model, tuple(places)) for name, (model, places) in found.items())


def server_name(spec: Inspection) -> str:
    """Return the name of the server that an inspection asks; one without a name has the inspection's."""
    return spec.gateway.server if isinstance(spec.gateway, SharedGateway) else spec.name


def _decides_later(model: ModelledOptions) -> bool:
    return model.batches or model.shared is not None


def _by_name(spec: Inspection) -> bool:
    return isinstance(spec.gateway, SharedGateway)


def _server(name: str, model: ModelledOptions, places: tuple[int, ...]) -> Server:
    return Server(
        name,
        places,
        model.places,
        model.most,
        model.batching.wait if model.batching is not None else 0,
        tuple((size, _always(time)) for size, time in model.times.items()),
        model.batching is not None and model.batching.pads,
        model.after_deadline == "keeps_computing",
        () if model.shared is None else model.shared.speeds,
        tuple((rest.after, _always(rest.adds)) for rest in model.rests),
        model.overhead,
    )


def _always(time: Time) -> Nanoseconds | None:
    return time.value if isinstance(time, Constant) else None
