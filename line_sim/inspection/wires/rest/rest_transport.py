"""HTTP connections to one server, kept and shared by the threads that ask."""

import json
import socket
import ssl
import time
from collections.abc import Callable
from http import HTTPStatus

from line_sim import __version__
from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.addresses import host_of, socket_path
from line_sim.inspection.wires.reaching import (
    REST,
    WANTS_TO_KNOW,
    Protocol,
    is_final,
    mistaken,
    no_tls,
    nobody_there,
)
from line_sim.inspection.wires.rest.http_exchange import (
    Address,
    Connections,
    Deadline,
    HttpConnection,
    StaleError,
    addresses_of,
    open_connection,
)
from line_sim.inspection.wires.rest.http_reading import Answer, BodyTooLongError, NoHttpError
from line_sim.inspection.wires.transport import Access, Request, Response
from line_sim.units import Nanoseconds

LOOK_EVERY_S = 0.05
"""Seconds between two tries to connect, where a call waits for its server."""


class RestTransport:
    """See `transport.Transport`; a call takes a kept connection or opens one, and keeps it if it is sound.

    The server's address is looked up when connecting, because a look-up has no deadline. `protocol` is what
    is spoken over it, for the words of an error.
    """

    def __init__(self, target: str, access: Access, protocol: Protocol = REST) -> None:
        self.target = target
        self._protocol = protocol
        self._head = "".join(
            f"{name}: {value}\r\n"
            for name, value in (
                ("Host", "localhost" if socket_path(target) else target),
                ("User-Agent", f"line-sim/{__version__}"),
                ("Accept", "application/json"),
                *access.metadata,
            )
        )
        self._context = access.tls.context() if access.tls else None
        self._tls = access.tls
        self._server_name = (access.tls and access.tls.server_name) or host_of(target)
        self._nameless = access.tls is not None and access.tls.cert is None
        self._addresses: list[Address] = []
        self._connections = Connections()

    def connect(self, timeout: Nanoseconds) -> None:
        """Try to reach the server until it is there or the time is over. Raises GatewayError."""
        deadline = Deadline(timeout)
        try:
            self._addresses = addresses_of(self.target)
            self._connections.give_back(self._patiently(deadline, over=is_final))
        except OSError as error:
            refused = error if isinstance(error, ssl.SSLError) else error.__cause__
            if isinstance(refused, ssl.SSLError):
                raise no_tls(self.target, refused) from None
            raise nobody_there(self.target, timeout, self._protocol) from None

    def call(self, request: Request, timeout: Nanoseconds, *, wait: bool = False) -> Response:
        """Make one call; whatever goes wrong becomes the status that gRPC would give it."""
        deadline = Deadline(timeout)
        try:
            answer = self._exchange(self._written(request), deadline, wait=wait)
        except (OSError, NoHttpError, BodyTooLongError) as error:
            return Response(
                self._status(error, deadline), detail=(str(error) or repr(error)) + self._remark(error)
            )
        if answer.code == HTTPStatus.OK:
            return Response(statuses.OK, answer.body)
        return Response(statuses.status_of_http(answer.code), detail=_detail(answer))

    def misunderstanding(self) -> str:
        """Look what speaks there."""
        return mistaken(self.target, self._protocol, self._tls)

    def unasked(self) -> int:
        """Count what has come unasked over the connections that are kept, too."""
        return self._connections.unasked()

    def close(self) -> None:
        """Close every connection; a call that hangs in one ends."""
        self._connections.close()

    def _status(self, error: Exception, deadline: Deadline) -> str:
        match error:
            case TimeoutError() if deadline.passed:
                return statuses.DEADLINE_EXCEEDED
            case OSError() if self._connections.closed:
                return statuses.CANCELLED
            case OSError():
                return statuses.UNAVAILABLE
            case BodyTooLongError():
                return statuses.RESOURCE_EXHAUSTED
            case _:  # whatever it was, it was no HTTP
                return statuses.UNKNOWN

    def _remark(self, error: Exception) -> str:
        """With TLS 1.3 a server refuses a client without a certificate by hanging up on its first request."""
        hung_up = isinstance(error, ssl.SSLError | ConnectionError) and self._nameless
        return WANTS_TO_KNOW if hung_up else ""

    def _exchange(self, request: bytes, deadline: Deadline, *, wait: bool) -> Answer:
        """Exchange over a kept connection; over a new one where that is closed or its answer in doubt."""
        new = asked_again = False
        while True:
            connection = None if new else self._connections.take()
            connection = connection or (self._patiently(deadline) if wait else self._open(deadline))
            kept = connection.kept
            try:
                answer = connection.exchange(request, deadline)
            except StaleError:
                continue  # idle connections run out, and a new one cannot be stale
            finally:
                self._connections.give_back(connection)
            if answer.behind:
                self._connections.note_unasked()
            gave_up = answer.code == HTTPStatus.REQUEST_TIMEOUT  # waiting for a question: ours was not read
            if not (gave_up and not asked_again) and not (kept and answer.behind):
                return answer
            new, asked_again = True, gave_up

    def _patiently(
        self, deadline: Deadline, over: Callable[[OSError], bool] = lambda _: False
    ) -> HttpConnection:
        """Open a connection as soon as the server is there; `over` tells what waiting will not mend.

        Raises TimeoutError, with the last failure to agree on TLS as its cause.
        """
        failure: ssl.SSLError | None = None
        while True:
            try:
                return self._open(deadline)
            except OSError as error:
                if self._connections.closed or over(error):
                    raise
                failure = error if isinstance(error, ssl.SSLError) else failure
                if deadline.passed:
                    raise TimeoutError("the deadline has passed") from failure
            time.sleep(min(LOOK_EVERY_S, deadline.remaining))

    def _open(self, deadline: Deadline) -> HttpConnection:
        if not self._addresses:
            self._addresses = addresses_of(self.target)
        wrap = self._wrap if self._context else None
        return self._connections.add(open_connection(self._addresses, wrap, deadline))

    def _wrap(self, sock: socket.socket) -> ssl.SSLSocket:
        assert self._context is not None  # noqa: S101 - for the type checker; the caller has looked
        return self._context.wrap_socket(
            sock, server_hostname=self._server_name, do_handshake_on_connect=False
        )

    def _written(self, request: Request) -> bytes:
        """Write head and body in one piece, so that they leave in one go."""
        lines = [f"{request.method} HTTP/1.1\r\n", self._head]
        if request.body:
            headers = {"Content-Type": "application/json", **dict(request.headers)}
            lines += (f"{name}: {value}\r\n" for name, value in headers.items())
            lines.append(f"Content-Length: {len(request.body)}\r\n")
        return "".join([*lines, "\r\n"]).encode("latin-1") + request.body


def _detail(answer: Answer) -> str:
    """Return the server's words: TensorFlow Serving's `{"error": ...}`, else the code alone."""
    try:
        error = json.loads(answer.body)["error"]
    except (ValueError, TypeError, KeyError, RecursionError):
        error = None
    return error if isinstance(error, str) and error else f"HTTP {answer.code}"
