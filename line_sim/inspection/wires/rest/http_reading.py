"""Reading one HTTP answer: strictly, within a size, and knowing what has come behind it.

The standard library's reader takes a chunk of -5 bytes, a length of `1_0` and two lengths that differ. Where
an answer ends must not be a matter of opinion on a connection that is used again, so here whatever RFC 9112
calls no HTTP is none.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from line_sim.inspection.wires.transport import LONGEST_ANSWER

LONGEST_HEAD = 64 * 1024
"""Bytes of everything in an answer that is no body: status line, headers, sizes of chunks."""
MOST_HEADERS = 100

_PIECE = 64 * 1024
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9]{2})(?: [^\x00-\x08\x0a-\x1f\x7f]*)?")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_LENGTH = re.compile(rb"[0-9]{1,15}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*(?:;[^\x00-\x08\x0a-\x1f\x7f]*)?")
_NO_BODY = (204, 304)

Receive = Callable[[int], bytes]
"""Wait for some bytes, at most so many; none: the other side has closed. Raises OSError."""


class NoHttpError(Exception):
    """What came is no HTTP answer."""


class NothingCameError(ConnectionError):
    """The other side closed before it had said anything."""


class BodyTooLongError(Exception):
    """The answer is longer than any answer could be."""


class Answer(NamedTuple):
    """Status code and body of an HTTP answer.

    `keeps`: both sides may go on with the connection. `behind`: bytes that nobody asked for came with it.
    """

    code: int
    body: bytes
    keeps: bool = False
    behind: bool = False


class _Head(NamedTuple):
    minor: int
    code: int
    headers: dict[bytes, list[bytes]]

    def words(self, name: bytes) -> list[bytes]:
        """Return the words of a header that is a list, in lower case."""
        held = b",".join(self.headers.get(name, ()))
        return [word.strip().lower() for word in held.split(b",") if word.strip()]


class _Inflow:
    """What has come over a connection and is not read yet."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._held = bytearray()
        self._head_left = LONGEST_HEAD
        self.began = False

    @property
    def behind(self) -> bool:
        return bool(self._held)

    def renew(self) -> None:
        """Let the lines from here on be as long again: those of each chunk count by themselves."""
        self._head_left = LONGEST_HEAD

    def line(self) -> bytes:
        """Return the next line without its end."""
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > self._head_left:
                break
            self._more()
        self._head_left -= end + 1 if end >= 0 else len(self._held)
        if self._head_left < 0:
            raise NoHttpError(f"what is no body is longer than {LONGEST_HEAD:,} bytes")
        line = bytes(self._held[:end]).removesuffix(b"\r")
        del self._held[: end + 1]
        return line

    def exactly(self, size: int) -> bytes:
        """Return so many bytes."""
        while len(self._held) < size:
            self._more()
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def rest(self) -> bytes:
        """Return all that comes until the other side closes."""
        more = b"?"
        while more:
            _refuse_too_long(len(self._held))
            more = self._receive(_PIECE)
            self._held += more
        taken = bytes(self._held)
        self._held.clear()
        return taken

    def _more(self) -> None:
        piece = self._receive(_PIECE)
        if not piece:
            raise ConnectionError("the server closed the connection in the middle of its answer")
        self.began = True
        self._held += piece


def read_answer(receive: Receive) -> Answer:
    """Read one answer and whatever interim ones come before it.

    Raises NoHttpError, BodyTooLongError, NothingCameError, ConnectionError for half an answer, and what
    `receive` raises.
    """
    inflow = _Inflow(receive)
    try:
        head = _head(inflow)
        while 100 <= head.code < 200:
            if head.code == 101:
                raise NoHttpError("the server changes to a protocol that nobody asked for")
            head = _head(inflow)
    except ConnectionError as error:
        if inflow.began:
            raise
        raise NothingCameError("the server closed the connection without an answer") from error
    body, by_closing = _body(inflow, head)
    options = head.words(b"connection")
    keeps = not by_closing and b"close" not in options and (head.minor == 1 or b"keep-alive" in options)
    return Answer(head.code, body, keeps, inflow.behind)


def _head(inflow: _Inflow) -> _Head:
    line = inflow.line()
    status = _STATUS_LINE.fullmatch(line)
    if status is None:
        raise NoHttpError(f"{line[:40]!r} is no status line of HTTP")
    headers: dict[bytes, list[bytes]] = {}
    lines = 0
    while line := inflow.line():
        lines += 1
        if lines > MOST_HEADERS:
            raise NoHttpError(f"it has more than {MOST_HEADERS} headers")
        header = _HEADER.fullmatch(line)
        if header is None:
            raise NoHttpError(f"{line[:40]!r} is no header of HTTP")
        headers.setdefault(header[1].lower(), []).append(header[2].rstrip())
    return _Head(int(status[1]), int(status[2]), headers)


def _body(inflow: _Inflow, head: _Head) -> tuple[bytes, bool]:
    """Return the body, and whether only closing has ended it."""
    coding, lengths = head.words(b"transfer-encoding"), set(head.words(b"content-length"))
    if coding and (coding != [b"chunked"] or lengths):
        raise NoHttpError("the answer says in two ways, or in none that we know, how long it is")
    if head.code in _NO_BODY:
        return b"", False
    if coding:
        return _chunks(inflow), False
    if not lengths:
        return inflow.rest(), True
    length = lengths.pop()
    if lengths or not _LENGTH.fullmatch(length):
        raise NoHttpError("its Content-Length is no number of bytes")
    _refuse_too_long(int(length))
    return inflow.exactly(int(length)), False


def _chunks(inflow: _Inflow) -> bytes:
    body = bytearray()
    while size := _chunk_size(inflow.line()):
        inflow.renew()
        _refuse_too_long(len(body) + size)
        body += inflow.exactly(size)
        if inflow.line():
            raise NoHttpError("a chunk of the answer is longer than it says")
    while inflow.line():  # trailers
        pass
    return bytes(body)


def _chunk_size(line: bytes) -> int:
    found = _CHUNK.fullmatch(line)
    if found is None:
        raise NoHttpError(f"{line[:40]!r} is no size of a chunk")
    return int(found[1], 16)


def _refuse_too_long(size: int) -> None:
    if size > LONGEST_ANSWER:
        raise BodyTooLongError(f"the answer is longer than {LONGEST_ANSWER:,} bytes")
