"""The server that is measured: reached, proved and warmed as for a run, its first calls timed apart."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from line_sim.errors import ScenarioError
from line_sim.inspection.gateway import LiveGateway, is_live
from line_sim.inspection.kinds import gateway_of
from line_sim.inspection.offline.models import Models
from line_sim.inspection.servers.access import metadata_of, question_of, tls_of
from line_sim.inspection.servers.opening import dialect_of
from line_sim.inspection.servers.shared import EmbeddedServers
from line_sim.inspection.setting import Setting
from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.dialect import Dialect, Patience
from line_sim.inspection.wires.discreet import transport_to
from line_sim.inspection.wires.question import ModelQuestion
from line_sim.inspection.wires.transport import Access, Transport
from line_sim.pictures.source import PictureSource
from line_sim.scenario.gateways.kind import LiveKind
from line_sim.scenario.model import Inspection, Scenario
from line_sim.units import MINUTE, SECOND, Nanoseconds

COLD_CALLS = 3

Narrate = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Target:
    """A server that is open for calls: where it is, what it says of itself, what its first calls took."""

    gateway: LiveGateway
    address: str
    cold: tuple[float, ...]
    ping: Callable[[], bool]


class Shelf:
    """A source of pictures that are all there already, by number."""

    def __init__(self, pictures: Sequence[bytes]) -> None:
        self._pictures = pictures

    @property
    def defect_kinds(self) -> tuple[str, ...]:
        """None: what they show does not matter here."""
        return ()

    @property
    def remarks(self) -> Sequence[str]:
        """None."""
        return ()

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:  # noqa: ARG002 - the protocol's form
        """Return the picture of this number."""
        return self._pictures[item_id]


@contextmanager
def reached(
    scenario: Scenario, spec: Inspection, pictures: PictureSource, narrate: Narrate, last_words: Path
) -> Iterator[Target]:
    """Open the server that an inspection asks. Raises GatewayError where it cannot be used.

    An embedded server that ends too early leaves its log at `last_words`.
    """
    kind = spec.gateway
    if not isinstance(kind, LiveKind):
        raise ScenarioError(f"{spec.name}: only a real server can be measured")
    if len(kind.server.addresses) > 1:
        raise ScenarioError(f"{spec.name}: one server is measured at a time, not several that take turns")
    with ExitStack() as stack:
        servers = EmbeddedServers(scenario, stack, narrate, last_words)
        setting = Setting(scenario, pictures, servers, Models(scenario.seed), narrate)
        gateway = gateway_of(spec, setting)
        if not is_live(gateway):
            raise ScenarioError(f"{spec.name}: only a real server can be measured")
        address = gateway.identity["target"]
        beside = _beside(kind, address, spec.name)
        stack.callback(beside.transport.close)
        cold = beside.first_calls(pictures.picture(0, "", ""), kind.server.connect_timeout)
        stack.enter_context(gateway)
        yield Target(gateway, address, cold, beside.ping)


@dataclass(frozen=True, slots=True)
class _Beside:
    """A way of our own to the server, for what is no question about a part."""

    dialect: Dialect
    transport: Transport
    question: ModelQuestion

    def first_calls(self, picture: bytes, patience: Nanoseconds) -> tuple[float, ...]:
        """Time the first calls, before anything warms the server up; the proof will tell of failures."""
        self.transport.connect(patience)
        met = self.dialect.meet(self.transport, self.question, Patience(max(SECOND, patience), MINUTE))
        request, took = met.wire.predict(picture), []
        for _ in range(COLD_CALLS):
            began = time.perf_counter()
            response = self.transport.call(request, MINUTE)
            if response.status == statuses.OK:
                took.append(time.perf_counter() - began)
        return tuple(took)

    def ping(self) -> bool:
        """Whether the server answers at all."""
        asked = self.dialect.ping(self.question)
        return self.transport.call(asked, 5 * SECOND).status == statuses.OK


def _beside(kind: LiveKind, address: str, station: str) -> _Beside:
    options, dialect = kind.server, dialect_of(kind.form, kind.protocol)
    access = Access(tls_of(options.tls), metadata_of(options, f"{station}: metadata"))
    return _Beside(dialect, transport_to(dialect, address, access), question_of(options))
