"""A gateway to real servers: proved and warmed before the first part, and from then on nothing raises.

What a server does after that, late, refusing or gone, is a value that the line routes. `ask` may be
called from several threads at once.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self, Unpack

from line_sim.errors import GatewayError, PictureError, ScenarioError
from line_sim.inspection.gateway import Inquiry, PlainStopwatch, Reply, Stopwatch
from line_sim.inspection.outcome import Outcome, TimedOut, Unreadable
from line_sim.inspection.servers.proving import Proof, prove
from line_sim.inspection.servers.reasons import Mentioned, Reasons
from line_sim.inspection.servers.retrying import RetryBudget, RetryPolicy
from line_sim.inspection.servers.rotation import Rotation
from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.dialect import Dialect, Met
from line_sim.inspection.wires.discreet import transport_to
from line_sim.inspection.wires.question import ModelQuestion, Names
from line_sim.inspection.wires.tls import Tls
from line_sim.inspection.wires.transport import Access, Request, Response, Transport, Wire
from line_sim.pictures.source import PictureSource
from line_sim.scenario.gateways.servers import CONNECT_TIMEOUT, LONGEST_CALL
from line_sim.truth import GOOD
from line_sim.units import MILLISECOND, SECOND, Nanoseconds

MOST_REASONS = 20
"""So many reasons why pictures could not be read are told, the most frequent ones."""

LOOK_AGAIN_S = 1.0
"""Seconds between two looks for a target that was not there."""


class ServerGateway:
    """Asks one model behind one or more targets (HOST:PORT), a picture at a time; see `gateway.Gateway`.

    `dialect` is what the servers are spoken to in, and `server` what `run.json` calls them; `names` is what
    else the question says. `warm_up_calls` are made to each target before the first part, each given
    `warm_up_timeout`. `narrate` is told of targets that are not there; `ended` says whether the server, one
    of our own, has ended for good.
    """

    live = True

    def __init__(
        self,
        dialect: Dialect,
        target: str | Sequence[str],
        model: str,
        signature: str,
        pictures: PictureSource,
        *,
        server: str = "",
        connect_timeout: Nanoseconds = CONNECT_TIMEOUT,
        warm_up_calls: int = 3,
        warm_up_timeout: Nanoseconds = 60 * SECOND,
        tls: Tls | None = None,
        metadata: Sequence[tuple[str, str]] = (),
        wait_for_ready: bool = False,
        retries: RetryPolicy | None = None,
        narrate: Callable[[str], None] = lambda _: None,
        ended: Callable[[], bool] = lambda: False,
        **names: Unpack[Names],
    ) -> None:
        self._dialect = dialect
        self._targets = (target,) if isinstance(target, str) else tuple(target)
        self._question = ModelQuestion(model, signature, **names)
        self._pictures = pictures
        self._server = server or dialect.name
        self._connect_timeout = connect_timeout
        self._proof = Proof(warm_up_calls, warm_up_timeout, max(SECOND, connect_timeout))
        self._access = Access(tls, tuple(metadata))
        self._wait_for_ready = wait_for_ready
        self._retries = retries or RetryPolicy()
        self._budget = RetryBudget(self._retries.budget)
        self._narrate = narrate
        self._ended = ended
        self._rotation = Rotation(len(self._targets))
        self._versions = Mentioned()
        self._software = Mentioned()
        self._retried = 0
        self._unsent: Counter[str] = Counter()
        self._sample = b""
        self._reasons = Reasons()
        self._lock = threading.Lock()
        self._met: Met | None = None
        self._transports: list[Transport] = []
        self._closing = threading.Event()
        self._searches: list[threading.Thread] = []

    @property
    def identity(self) -> dict[str, str]:
        """Server, target, model, every version that has answered so far, and what servers call themselves.

        Where calls were made again, how many; where a target was not there, which, and how often; why calls
        came back without use; which targets said what nobody had asked; why parts' pictures could not be
        read.
        """
        told = {
            "server": self._server,
            "target": ", ".join(self._targets),
            "model": self._question.model,
            "version": self._versions.text,
        }
        times = dict(zip(self._targets, self._rotation.times_aside, strict=True))
        unsent = "; ".join(
            f"{reason} ({count} x)" for reason, count in self._unsent.most_common(MOST_REASONS)
        )
        aside = ", ".join(f"{target} ({count} x)" for target, count in times.items() if count)
        also = {
            "software": self._software.text,
            "retries": str(self._retried) if self._retries.attempts > 1 else "",
            "set_aside": aside,
            "without_use": self._reasons.text,
            "unasked": self._unasked(),
            "no_picture": unsent,
        }
        return told | {name: text for name, text in also.items() if text}

    @property
    def gone(self) -> bool:
        """Whether its server has ended for good."""
        return self._ended()

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the user must know of the answers given so far."""
        unasked = self._unasked()
        if not unasked:
            return ()
        doubt = "until that was seen an answer may have gone to the wrong part"
        way_out = "mend the server or the proxy before it, or ask it over gRPC"
        return (f"{unasked} said what nobody had asked; {doubt}; {way_out}",)

    def _unasked(self) -> str:
        """Name the targets that answered what nobody had asked, and how often that was seen."""
        counts = ((transport.target, transport.unasked()) for transport in self._transports)
        return ", ".join(f"{target} ({count} x)" for target, count in counts if count)

    def __enter__(self) -> Self:
        """Connect, prove that model, signature, input and outputs fit, and warm the model up.

        Raises GatewayError when no target can be reached, or one that can be does not fit, ScenarioError
        where there is no picture to prove them with.
        """
        self._closing.clear()
        self._sample = self._picture_for_proof()
        try:
            self._transports = [transport_to(self._dialect, target, self._access) for target in self._targets]
            self._connect()
        except BaseException:  # __exit__ is not called when __enter__ raises
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections; calls that still hang in them end."""
        self._close()

    def ask(self, inquiry: Inquiry, stopwatch: Stopwatch | None = None) -> Reply:
        """Send the part's picture and wait for the answer, at most until the deadline (5 s without one)."""
        wire, stopwatch = self._open_wire, stopwatch or PlainStopwatch()
        try:
            picture = self._pictures.picture(inquiry.item_id, inquiry.true_state, inquiry.defect)
            request = wire.predict(picture)  # decoded here, if it is to be: before the watch runs
        except PictureError as error:
            return self._nothing_to_send(str(error), stopwatch)
        deadline = LONGEST_CALL if inquiry.deadline is None else inquiry.deadline
        response, latency = self._call(request, deadline, inquiry.item_id, stopwatch)
        outcome, status = self._outcome(wire, response), response.status
        self._reasons.note(outcome)
        if status == statuses.OK and latency > deadline:  # timers are coarse: it came, but too late
            outcome, status = TimedOut(), statuses.DEADLINE_EXCEEDED
        return Reply(outcome, latency, status, len(request.body))

    def _nothing_to_send(self, reason: str, stopwatch: Stopwatch) -> Reply:
        """Reply for a part whose picture cannot be read: no request leaves, and no time passes."""
        with self._lock:
            self._unsent[reason] += 1
        stopwatch.start()
        return Reply(Unreadable(reason), stopwatch.stop(), statuses.NO_PICTURE)

    def _call(
        self, request: Request, deadline: Nanoseconds, item_id: int, stopwatch: Stopwatch
    ) -> tuple[Response, Nanoseconds]:
        """Make the call, and make it again as far as the policy allows; the watch runs around all of it."""
        self._budget.earn()
        stopwatch.start()
        started = time.perf_counter_ns()
        for attempt in range(1, self._retries.attempts + 1):
            response = self._call_next(request, deadline - (time.perf_counter_ns() - started))
            if attempt == self._retries.attempts or response.status not in self._retries.on:
                break
            pause = self._retries.pause(attempt, item_id)
            if not self._may_retry(deadline - (time.perf_counter_ns() - started) - pause):
                break
            self._closing.wait(pause / SECOND)
        return response, stopwatch.stop()

    def _may_retry(self, left: Nanoseconds) -> bool:
        if left <= 0 or self._closing.is_set() or not self._budget.spend():
            return False
        with self._lock:
            self._retried += 1
        return True

    def _call_next(self, request: Request, timeout: Nanoseconds) -> Response:
        """Call the target whose turn it is; one that is not there is set aside, if there are others."""
        place, none_is_there = self._rotation.take()
        alone = len(self._transports) == 1
        wait = self._wait_for_ready and (alone or none_is_there)
        response = self._transports[place].call(request, max(1, timeout), wait=wait)
        if not alone and self._dialect.sets_aside(response.status, response.detail):
            self._set_aside(place)
        return response

    def _outcome(self, wire: Wire, response: Response) -> Outcome:
        if response.status != statuses.OK:
            return statuses.outcome_of(response.status, response.detail)
        answer = wire.read_answer(response.body)
        self._versions.note(answer.version)
        return answer.outcome

    def _connect(self) -> None:
        """Reach and prove every target; those of several that cannot be reached are looked for later."""
        missing = []
        for place, transport in enumerate(self._transports):
            try:
                transport.connect(self._connect_timeout)
            except GatewayError as error:
                missing.append((place, error))
                continue
            self._prove(transport)
        if len(missing) == len(self._transports):
            raise GatewayError("\n".join(str(error) for _, error in missing))
        for place, reason in missing:
            self._narrate(f"{reason}; going on with the other targets")
            self._set_aside(place)

    def _prove(self, transport: Transport) -> None:
        try:
            met = prove(self._dialect, transport, self._question, self._sample, self._proof, self._met)
        except PictureError as error:  # it is to be sent decoded, and cannot be
            raise ScenarioError(f"product.images: {error}") from error
        self._met = self._met or met
        self._versions.note(met.version)
        self._software.note(met.software)

    def _picture_for_proof(self) -> bytes:
        """Return what servers are proved with, also those that come back when no file is there any more."""
        try:
            return self._pictures.picture(0, GOOD, "")
        except PictureError as error:
            raise ScenarioError(f"product.images: {error}") from error

    def _set_aside(self, place: int) -> None:
        if self._rotation.set_aside(place) and not self._closing.is_set():
            search = threading.Thread(target=self._look_for, args=(place,), name="look again", daemon=True)
            with self._lock:
                self._searches = [one for one in self._searches if one.is_alive()] + [search]
            search.start()

    def _look_for(self, place: int) -> None:
        """Look for a target until it is there again and proves its model, or the gateway is closed."""
        transport = self._transports[place]
        while not self._closing.wait(LOOK_AGAIN_S):
            try:
                transport.connect(500 * MILLISECOND)
                self._prove(transport)
            except GatewayError:
                continue
            self._rotation.bring_back(place)
            return

    @property
    def _open_wire(self) -> Wire:
        if self._met is None:
            raise RuntimeError("the gateway is not open: use it in a with-block")
        return self._met.wire

    def _close(self) -> None:
        self._closing.set()
        for transport in self._transports:
            transport.close()
        for search in self._searches:
            search.join()
        self._met, self._searches = None, []
