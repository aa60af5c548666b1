"""One HTTP connection whose every exchange ends by a deadline: connecting, sending, waiting, reading.

The usual clients give each read a timeout of its own, so that a server which sends a byte now and then
holds its caller for as long as it likes. Here every operation on the socket gets what is left.
"""

import contextlib
import math
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

from line_sim.inspection.wires.addresses import host_and_port, socket_path
from line_sim.inspection.wires.rest.http_reading import Answer, NothingCameError, read_answer
from line_sim.units import SECOND, Nanoseconds

Address = tuple[socket.AddressFamily, Any]
"""A family and a socket address of it, as `socket.getaddrinfo` gives them."""

MOST_QUESTIONS = 16
"""Questions that one connection carries: so many answers at most slip by one before it is seen."""

REST_S = 1.0
"""Seconds that it is then left alone before it is looked at and closed."""

Wrap = Callable[[socket.socket], ssl.SSLSocket]


class StaleError(ConnectionError):
    """A kept connection was closed by the other side before this exchange began."""


class Deadline:
    """A moment of the wall clock by which all must be done."""

    def __init__(self, timeout: Nanoseconds) -> None:
        self._at = time.monotonic_ns() + timeout

    @property
    def passed(self) -> bool:
        """Whether that moment is over."""
        return time.monotonic_ns() >= self._at

    @property
    def remaining(self) -> float:
        """The seconds that are left, 0 when that moment is over."""
        return max(0.0, (self._at - time.monotonic_ns()) / SECOND)

    def left(self) -> float:
        """Return the seconds that are left. Raises TimeoutError when there are none."""
        left = self.remaining
        if not left:
            raise TimeoutError("the deadline has passed")
        return left


class HttpConnection:
    """A connection to one server, for one exchange at a time.

    `reusable`: both sides may go on with it; `kept`: it has lain idle, so the other side may have closed it.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.kept = False
        self.reusable = True
        self.questions = 0

    def exchange(self, request: bytes, deadline: Deadline) -> Answer:
        """Send a whole request and read the whole answer.

        Raises what `read_answer` does, TimeoutError, OSError, and StaleError where a kept connection turns
        out to be closed; after any of them the connection is of no use.
        """
        self.reusable = False
        self.questions += 1

        def receive(most: int) -> bytes:
            self._sock.settimeout(deadline.left())
            return self._sock.recv(most)

        try:
            self._send(request, deadline)
        except ConnectionError as error:
            raise (StaleError(str(error)) if self.kept else error) from error
        try:
            answer = read_answer(receive)
        except NothingCameError as error:
            raise (StaleError(str(error)) if self.kept else error) from error
        self.reusable = answer.keeps and not answer.behind
        return answer

    def silence(self) -> Literal["kept", "closed", "broken"]:
        """Look what the other side has done since the last answer: nothing, closed, or spoken unasked.

        A 408 (it has waited long enough for a question) is how some servers close.
        """
        try:
            self._sock.settimeout(0)
            said = self._sock.recv(16)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return "kept"
        except OSError:
            return "closed"
        return "broken" if said and b" 408" not in said else "closed"

    def wake(self) -> None:
        """End the exchange that another thread waits in; that thread then closes the connection."""
        with contextlib.suppress(OSError):  # not connected any more
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)  # an SSLSocket's own forgets its TLS

    def close(self) -> None:
        """Close the connection."""
        self._sock.close()

    def _send(self, request: bytes, deadline: Deadline) -> None:
        rest = memoryview(request)
        while rest:
            self._sock.settimeout(deadline.left())
            rest = rest[self._sock.send(rest) :]


class Connections:
    """The connections to one server, and those of them that may be used again; several threads share them.

    HTTP does not number its answers: which question one belongs to is known only by their order. So a
    connection is used again only while the server has said nothing but what it was asked. One that has
    carried its share of questions is left alone for a while, to see whether an answer comes that is one too
    many; and once a server was heard to say more than it was asked, none is kept any more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[HttpConnection] = []
        self._resting: list[tuple[float, HttpConnection]] = []
        self._all: set[HttpConnection] = set()
        self._unasked = 0
        self.closed = False

    def add(self, connection: HttpConnection) -> HttpConnection:
        """Take a new connection in. Raises ConnectionAbortedError when all have been closed."""
        with self._lock:
            self._all.add(connection)
            if not self.closed:
                return connection
        self._drop(connection)
        raise ConnectionAbortedError("the gateway was closed")

    def take(self) -> HttpConnection | None:
        """Return the sound connection that was used last; the others may be closed by the server in peace."""
        self._look_at_resting(time.monotonic())
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if self._is_sound(connection):
                return connection
            self._drop(connection)

    def give_back(self, connection: HttpConnection) -> None:
        """Keep a connection that is of use, let go of any other."""
        with self._lock:
            if connection.reusable and not self._unasked and not self.closed:
                connection.kept = True
                if connection.questions < MOST_QUESTIONS:
                    self._idle.append(connection)
                else:
                    self._resting.append((time.monotonic() + REST_S, connection))
                return
        self._drop(connection)

    def note_unasked(self) -> None:
        """Note an answer that nobody had asked for."""
        with self._lock:
            self._unasked += 1

    def unasked(self) -> int:
        """Return how many of them there were, those that lie in idle connections included."""
        self._look_at_resting(math.inf)
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            if self._is_sound(connection):
                self.give_back(connection)
            else:
                self._drop(connection)
        return self._unasked

    def close(self) -> None:
        """Close them all; an exchange that another thread waits in ends."""
        with self._lock:
            self.closed = True
            idle = [*self._idle, *(connection for _, connection in self._resting)]
            self._idle, self._resting = [], []
            busy = self._all.difference(idle)
        for connection in idle:
            self._drop(connection)
        for connection in busy:
            connection.wake()

    def _look_at_resting(self, now: float) -> None:
        with self._lock:
            over = [connection for until, connection in self._resting if until <= now]
            self._resting = [pair for pair in self._resting if pair[0] > now]
        for connection in over:
            self._is_sound(connection)
            self._drop(connection)

    def _is_sound(self, connection: HttpConnection) -> bool:
        silence = connection.silence()
        if silence == "broken":
            self.note_unasked()
        return silence == "kept"

    def _drop(self, connection: HttpConnection) -> None:
        with self._lock:
            self._all.discard(connection)
        connection.close()


def addresses_of(target: str) -> list[Address]:
    """Look a target up; this may take as long as the resolver likes. Raises OSError."""
    path = socket_path(target)
    if path is not None:
        return [(socket.AF_UNIX, path)]
    host, port = host_and_port(target)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # no name that could be looked up
        raise OSError(str(error)) from error
    return [(family, address) for family, _, _, _, address in found]


def open_connection(addresses: Sequence[Address], wrap: Wrap | None, deadline: Deadline) -> HttpConnection:
    """Connect to the first address that answers, each given its share of what is left, and agree on TLS.

    Raises TimeoutError and OSError, of which ssl.SSLError is one.
    """
    refused: OSError | None = None
    for place, (family, address) in enumerate(addresses):
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(deadline.left() / (len(addresses) - place))
            sock.connect(address)
            if family != socket.AF_UNIX:  # else a request waits 40 ms for an ACK
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return HttpConnection(_wrapped(sock, wrap, deadline))
        except ssl.SSLError:
            sock.close()
            raise
        except OSError as error:
            sock.close()
            refused = error
        except BaseException:  # Ctrl-C, too: what is open is closed, and it goes on
            sock.close()
            raise
    raise refused or OSError("the name has no address")


def _wrapped(sock: socket.socket, wrap: Wrap | None, deadline: Deadline) -> socket.socket:
    if wrap is None:
        return sock
    wrapped = wrap(sock)
    try:
        wrapped.settimeout(deadline.left())
        wrapped.do_handshake()
    except BaseException:  # Ctrl-C, too: what is open is closed, and it goes on
        wrapped.close()
        raise
    return wrapped
