"""What may watch a line: one method for each kind of record."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from line_sim.line.records import Call, Item, Outage, Visit

T = TypeVar("T")


class Observer(Protocol):
    """Told of everything that is over, in the order in which it ends."""

    def on_item(self, item: Item) -> None:
        """A part left the line (or was found on it at the end)."""

    def on_visit(self, visit: Visit) -> None:
        """A part left a station (or was found there at the end)."""

    def on_call(self, call: Call) -> None:
        """An inference call was answered or given up."""

    def on_outage(self, outage: Outage) -> None:
        """A machine was repaired (or was found down at the end)."""


class Fanout:
    """Several observers, told one after the other."""

    def __init__(self, *observers: Observer) -> None:
        self.on_item = _call_all([observer.on_item for observer in observers])
        self.on_visit = _call_all([observer.on_visit for observer in observers])
        self.on_call = _call_all([observer.on_call for observer in observers])
        self.on_outage = _call_all([observer.on_outage for observer in observers])


def _call_all(listeners: list[Callable[[T], None]]) -> Callable[[T], None]:
    def tell(record: T) -> None:
        for listener in listeners:
            listener(record)

    return listeners[0] if len(listeners) == 1 else tell
