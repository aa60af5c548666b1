"""What may watch a line as it goes: beside what is over (`observer`), also what begins."""

from collections.abc import Callable
from typing import Protocol, TypeVarTuple

from line_sim.line.records import Call
from line_sim.units import Nanoseconds

Told = TypeVarTuple("Told")


class Watcher(Protocol):
    """Told of every step of every part at the line time `at`, in the order in which they happen.

    It is called in the line's own loop: whatever it does, it should do quickly. A line without one
    pays nothing for it but a look at None.
    """

    def on_arrival(self, at: Nanoseconds, item_id: int) -> None:
        """A part has come to the line; it may still stand outside. A saturated line queues it first."""

    def on_queued(self, at: Nanoseconds, station: str, item_id: int) -> None:
        """A part has come in at a station: to a waiting place, or straight onto a machine."""

    def on_started(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """A machine begins on a part."""

    def on_asked(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """A camera has its picture and asks."""

    def on_answered(self, at: Nanoseconds, call: Call) -> None:
        """The answer is there, or the call is given up."""

    def on_finished(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """A machine is done with a part; until the part has left, the machine is blocked."""

    def on_left(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """A part has left its machine."""

    def on_gone(self, at: Nanoseconds, item_id: int, disposition: str) -> None:
        """A part has left the line."""

    def on_down(self, at: Nanoseconds, station: str, unit: int) -> None:
        """A machine is noticed to be down: one that fails behind a blocked part when it wants to go on."""

    def on_up(self, at: Nanoseconds, station: str, unit: int) -> None:
        """A machine has been repaired."""


class Unmoved:
    """Watches and does nothing: a base for watchers that care for some of it."""

    def on_arrival(self, at: Nanoseconds, item_id: int) -> None:
        """Let it pass."""

    def on_queued(self, at: Nanoseconds, station: str, item_id: int) -> None:
        """Let it pass."""

    def on_started(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """Let it pass."""

    def on_asked(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """Let it pass."""

    def on_answered(self, at: Nanoseconds, call: Call) -> None:
        """Let it pass."""

    def on_finished(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """Let it pass."""

    def on_left(self, at: Nanoseconds, station: str, unit: int, item_id: int) -> None:
        """Let it pass."""

    def on_gone(self, at: Nanoseconds, item_id: int, disposition: str) -> None:
        """Let it pass."""

    def on_down(self, at: Nanoseconds, station: str, unit: int) -> None:
        """Let it pass."""

    def on_up(self, at: Nanoseconds, station: str, unit: int) -> None:
        """Let it pass."""


class Fanout:
    """Several watchers, told one after the other."""

    def __init__(self, *watchers: Watcher) -> None:
        self.on_arrival = _call_all([watcher.on_arrival for watcher in watchers])
        self.on_queued = _call_all([watcher.on_queued for watcher in watchers])
        self.on_started = _call_all([watcher.on_started for watcher in watchers])
        self.on_asked = _call_all([watcher.on_asked for watcher in watchers])
        self.on_answered = _call_all([watcher.on_answered for watcher in watchers])
        self.on_finished = _call_all([watcher.on_finished for watcher in watchers])
        self.on_left = _call_all([watcher.on_left for watcher in watchers])
        self.on_gone = _call_all([watcher.on_gone for watcher in watchers])
        self.on_down = _call_all([watcher.on_down for watcher in watchers])
        self.on_up = _call_all([watcher.on_up for watcher in watchers])


def together(*watchers: Watcher | None) -> Watcher | None:
    """Return one watcher for those that are there: None for none, a lone one as it is."""
    there = [watcher for watcher in watchers if watcher is not None]
    if len(there) < 2:
        return there[0] if there else None
    return Fanout(*there)


def _call_all(listeners: list[Callable[[*Told], None]]) -> Callable[[*Told], None]:
    def tell(*told: *Told) -> None:
        for listener in listeners:
            listener(*told)

    return tell
