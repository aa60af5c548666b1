"""A port that is answered by one thread, and that nobody who connects to it can make cost more.

It serves a page of a running line to whoever asks, so it must bear everybody: those who connect and say
nothing, who say it slowly or say nonsense, who do not read the answer, and who come by the thousand.
"""

import selectors
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from line_sim.metrics.answering import is_whole

MOST_CONNECTIONS = 8
"""Connections at a time, so many descriptors; for another, the one that has kept silent longest must go."""

PATIENCE_S = 5.0
"""How long a connection may take, from its first byte asked to the last one read."""

SHARE = 0.1
"""The most of a processor that the thread takes, in the long run: the run itself wants the rest."""

LONGEST_REST_S = 0.25


@dataclass(slots=True, eq=False)
class _Caller:
    """Who has connected: since when, what was asked, and what of the answer is still to be sent."""

    socket: socket.socket
    over_at: float
    asked: bytearray = field(default_factory=bytearray)
    unsent: memoryview | None = None


class Listener:
    """Answers what comes to `port`, a listening socket, until it is closed; each connection is asked once.

    `answer` makes the whole answer of a request; it must not raise.
    """

    def __init__(self, port: socket.socket, answer: Callable[[bytes], bytes]) -> None:
        self._port = port
        self._answer = answer
        self._selector = selectors.DefaultSelector()
        self._woken, self._wake = socket.socketpair()
        self._callers: dict[_Caller, None] = {}  # in the order in which they came
        self._over = False
        self._thread = threading.Thread(target=self._serve, name="metrics", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._port.setblocking(False)
        self._selector.register(self._port, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._thread.start()

    def close(self) -> None:
        """Let everybody go and give the port back."""
        self._over = True
        self._wake.send(b"\0")
        self._thread.join()
        for caller in list(self._callers):
            self._drop(caller)
        for each in (self._selector, self._port, self._woken, self._wake):
            each.close()

    def _serve(self) -> None:
        while not self._over:
            ready = self._selector.select(self._until_somebody_is_over())
            began = time.thread_time()
            try:
                self._attend([(key.fileobj, key.data) for key, _ in ready])
            except OSError:  # no descriptors left, say: that passes, and must not be tried a million times
                self._rest(LONGEST_REST_S)
            self._rest((time.thread_time() - began) / SHARE)

    def _rest(self, seconds: float) -> None:
        """Leave the processor to the run; whoever comes meanwhile waits in the port's queue."""
        self._woken.settimeout(min(seconds, LONGEST_REST_S))
        with suppress(OSError):
            self._woken.recv(1, socket.MSG_PEEK)

    def _until_somebody_is_over(self) -> float | None:
        return min((max(0.0, each.over_at - time.monotonic()) for each in self._callers), default=None)

    def _attend(self, ready: list[tuple[object, _Caller | None]]) -> None:
        for _, caller in ready:
            if caller is not None:
                self._go_on(caller)
        for caller in [each for each in self._callers if each.over_at <= time.monotonic()]:
            self._drop(caller)
        if any(found is self._port for found, _ in ready):
            self._welcome()

    def _welcome(self) -> None:
        """Take a connection; where there are too many, one that has asked for nothing yet must go."""
        with suppress(BlockingIOError, ConnectionError):
            taken, _ = self._port.accept()
            if len(self._callers) >= MOST_CONNECTIONS:
                silent = next((each for each in self._callers if each.unsent is None), None)
                if silent is None:
                    taken.close()
                    return
                self._drop(silent)
            taken.setblocking(False)
            caller = _Caller(taken, time.monotonic() + PATIENCE_S)
            self._callers[caller] = None
            self._selector.register(taken, selectors.EVENT_READ, caller)

    def _go_on(self, caller: _Caller) -> None:
        """Read on, or send on, as far as that goes without waiting."""
        try:
            if caller.unsent is None:
                self._read(caller)
            if caller.unsent is not None:
                caller.unsent = caller.unsent[caller.socket.send(caller.unsent) :]
        except BlockingIOError:
            return
        except OSError:
            self._drop(caller)
            return
        if caller.unsent is not None and not caller.unsent:
            self._hang_up(caller)

    def _read(self, caller: _Caller) -> None:
        """Read what there is; a whole request is answered. Raises ConnectionError when nobody is there."""
        read = caller.socket.recv(4096)
        if not read:
            raise ConnectionAbortedError
        caller.asked += read
        if is_whole(caller.asked):
            caller.unsent = memoryview(self._answer(bytes(caller.asked)))
            self._selector.modify(caller.socket, selectors.EVENT_WRITE, caller)

    def _hang_up(self, caller: _Caller) -> None:
        """End a connection whose answer is sent; unread bytes would make the kernel take the answer back."""
        with suppress(OSError):
            caller.socket.shutdown(socket.SHUT_WR)
            caller.socket.recv(1 << 16)
        self._drop(caller)

    def _drop(self, caller: _Caller) -> None:
        del self._callers[caller]
        self._selector.unregister(caller.socket)
        caller.socket.close()
