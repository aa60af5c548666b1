"""One HTTP connection whose every exchange ends by a deadline: connecting, sending, waiting, reading.

The usual clients give each read a timeout of its own, so that a server which sends a byte now and then
holds its caller for as long as it likes. Here every operation on the socket gets what is left.
"""

import contextlib
import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, NamedTuple, cast

from line_sim.units import SECOND, Nanoseconds

LONGEST_BODY = 64 * 1024 * 1024
"""No answer about a picture is that long, in bytes; one that is fills nobody's memory."""

Address = tuple[socket.AddressFamily, Any]
"""A family and a socket address of it, as `socket.getaddrinfo` gives them."""

Wrap = Callable[[socket.socket], ssl.SSLSocket]


class BodyTooLongError(Exception):
    """The answer is longer than any answer could be."""


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

    def left(self) -> float:
        """Return the seconds that are left. Raises TimeoutError when there are none."""
        left = (self._at - time.monotonic_ns()) / SECOND
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left


class Answer(NamedTuple):
    """Status code and body of an HTTP answer."""

    code: int
    body: bytes


class HttpConnection:
    """A connection to one server, for one exchange at a time, kept open as long as both sides like."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._used = False
        self.reusable = True

    def exchange(self, request: bytes, deadline: Deadline) -> Answer:
        """Send a whole request and read the whole answer.

        Raises TimeoutError, OSError, http.client.HTTPException, BodyTooLongError, and StaleError where a
        kept connection turns out to be closed; after any of them the connection is of no use.
        """
        stale, self._used = self._used, True
        self.reusable = False
        try:
            self._send(request, deadline)
            response = _response(self._sock, deadline)
        except ConnectionError as error:
            raise (StaleError(str(error)) if stale else error) from error
        body = _body(response)
        self.reusable = not response.will_close
        return Answer(response.status, body)

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


def addresses_of(host: str, port: int) -> list[Address]:
    """Look a host up; this may take as long as the resolver likes. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
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
            sock.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
            )  # else a request waits 40 ms for an ACK
            return HttpConnection(_wrapped(sock, wrap, deadline))
        except ssl.SSLError:
            sock.close()
            raise
        except OSError as error:
            sock.close()
            refused = error
        except BaseException:
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
    except BaseException:
        wrapped.close()
        raise
    return wrapped


class _Reader(io.RawIOBase):
    """Reads from a socket, no read longer than what is left."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._deadline.left())
        return self._sock.recv_into(buffer)


class _ReadSide:
    """The one method of a socket that http.client's parser uses."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._reader = _Reader(sock, deadline)

    def makefile(self, _mode: str) -> BinaryIO:
        return cast("BinaryIO", io.BufferedReader(self._reader))


def _response(sock: socket.socket, deadline: Deadline) -> http.client.HTTPResponse:
    """Read the head of the answer."""
    response = http.client.HTTPResponse(cast("socket.socket", _ReadSide(sock, deadline)), method="POST")
    response.begin()
    return response


def _body(response: http.client.HTTPResponse) -> bytes:
    body = response.read(LONGEST_BODY + 1)
    if len(body) > LONGEST_BODY:
        raise BodyTooLongError(f"the answer is longer than {LONGEST_BODY} bytes")
    if response.length:  # what its Content-Length promised and did not come
        raise http.client.IncompleteRead(body, response.length)
    response.read()  # the end of a chunked body
    return body
