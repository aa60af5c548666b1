"""The protocol between the inspection station and whatever answers it.

The line knows only this; no gateway knows the line.
"""

import time
from types import TracebackType
from typing import NamedTuple, Protocol, Self, TypeGuard

from line_sim.inspection.outcome import Outcome, TimedOut, Unavailable
from line_sim.inspection.wires.statuses import NO_PICTURE
from line_sim.units import Nanoseconds

FIRST_ATTEMPT = 1


class Inquiry(NamedTuple):
    """One synchronous question about one part.

    `visit` counts the part's visits to this station, `attempt` the calls of one visit, both from 1.
    `issued_at` is line time; `deadline` is the longest the station waits (None: for ever).
    `true_state` and `defect` are what the part really is: they pick its picture, or, where the
    inference is modelled, its answer. No real server ever sees them.
    """

    item_id: int
    attempt: int
    true_state: str
    defect: str
    issued_at: Nanoseconds
    deadline: Nanoseconds | None
    visit: int = 1


class Reply(NamedTuple):
    """What came back, and how long the station was held for it.

    `latency` is measured by the wall clock around the blocking call, or modelled; for a timed-out
    call it is the time after which the station was free to go on. `status` is the gRPC status name.
    `skew` is how late the line had the call sent, against its own pace.
    """

    outcome: Outcome
    latency: Nanoseconds
    status: str
    request_bytes: int = 0
    skew: Nanoseconds = 0

    @property
    def shows_server(self) -> bool | None:
        """What the call says of its server; see `shows_server`."""
        return shows_server(self.outcome.name, self.status)


def shows_server(outcome: str, status: str) -> bool | None:
    """Return whether a call shows a server that answers (True) or none (False); None: it says neither.

    A call that timed out may have met a slow server or none, and one without a picture was never sent.
    """
    if outcome == TimedOut.name or status == NO_PICTURE:
        return None
    return outcome != Unavailable.name


class Gateway(Protocol):
    """A way to an inference server, real or modelled, for one inspection station."""

    @property
    def live(self) -> bool:
        """Whether wall-clock time passes in `ask` (a real server) or not (modelled, replayed)."""

    @property
    def identity(self) -> dict[str, str]:
        """What answers: server, target, model, version. Goes into `run.json`."""

    def __enter__(self) -> Self:
        """Connect, prove that the model can be used, and warm it up.

        Raises GatewayError when no part could ever be inspected this way.
        """

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of everything that `__enter__` took hold of."""

    def ask(self, inquiry: Inquiry) -> Reply:
        """Put one question and wait for the answer. A late or unusable answer is a value, never raised."""


class Stopwatch(Protocol):
    """Measures one call. A live gateway starts it when the request leaves, and stops it with the answer.

    The line listens: it lets no event happen that the answer could still come before. What needs no
    server - the picture, writing the request, reading the answer - belongs outside.
    """

    def start(self) -> None:
        """The request leaves now."""

    def stop(self) -> Nanoseconds:
        """The answer is here (or the call is given up) now; return the time since the start."""


class LiveGateway(Gateway, Protocol):
    """A gateway in whose `ask` wall-clock time passes; several threads may ask at the same time."""

    @property
    def gone(self) -> bool:
        """Whether its server has ended for good: nobody starts it again, and no call will be answered."""

    def ask(self, inquiry: Inquiry, stopwatch: Stopwatch | None = None) -> Reply:
        """Put one question and wait for the answer; without a stopwatch it uses one of its own."""


def is_live(gateway: Gateway) -> TypeGuard[LiveGateway]:
    """Whether wall-clock time passes in the gateway's `ask`."""
    return gateway.live


class PlainStopwatch:
    """A stopwatch that nobody listens to."""

    def __init__(self) -> None:
        self._started: Nanoseconds = 0

    def start(self) -> None:
        """Start."""
        self._started = time.perf_counter_ns()

    def stop(self) -> Nanoseconds:
        """Return the time since the start."""
        return time.perf_counter_ns() - self._started


class Offline:
    """What every gateway without a server shares: nothing to connect to, no wall time in `ask`."""

    live = False

    def __enter__(self) -> Self:
        """Nothing to connect to."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to let go of."""
