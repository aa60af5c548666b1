"""The steps of a line: the one vocabulary in which it tells what happens, and who is told.

An observer is any object that has some of the methods below. The line asks once, when it is built, who
takes which step; a step that nobody takes costs a look at None, and its record is not even made.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any, Protocol, Self, TypeAlias, TypeVarTuple

from line_sim.line.records import Call, Item, Job, Outage, Visit
from line_sim.units import Nanoseconds

Told = TypeVarTuple("Told")


class TakesArrivals(Protocol):
    """Told of every part that comes to the line."""

    def on_arrival(self, at: Nanoseconds, item_id: int, /) -> None:
        """A part has come to the line; it may still stand outside. A saturated line queues it first."""


class TakesQueued(Protocol):
    """Told of every part that comes in at a station."""

    def on_queued(self, at: Nanoseconds, station: str, item_id: int, /) -> None:
        """A part has come in at a station: to a waiting place, or straight onto a machine."""


class TakesStarts(Protocol):
    """Told of every part that a machine begins on."""

    def on_started(self, at: Nanoseconds, station: str, unit: int, item_id: int, /) -> None:
        """A machine begins on a part."""


class TakesQuestions(Protocol):
    """Told of every question to an inference server."""

    def on_asked(self, at: Nanoseconds, station: str, unit: int, item_id: int, /) -> None:
        """A camera has its picture and asks."""


class TakesCalls(Protocol):
    """Told of every call that is over."""

    def on_call(self, call: Call, /) -> None:
        """The answer is there, or the call is given up; it is `issued_at + latency`."""


class TakesFinishes(Protocol):
    """Told of every part that a machine is done with."""

    def on_finished(self, at: Nanoseconds, station: str, unit: int, item_id: int, /) -> None:
        """A machine is done with a part; until the part has left, the machine is blocked."""


class TakesVisits(Protocol):
    """Told of every visit that is over."""

    def on_visit(self, visit: Visit, /) -> None:
        """A part has left its machine at `left_at` (None: it was found there, or waiting, at the end)."""


class TakesItems(Protocol):
    """Told of every part that leaves the line."""

    def on_item(self, item: Item, /) -> None:
        """A part has left the line at `left_at` (None: it was found on it at the end).

        The visit that it leaves from is told just after it.
        """


class TakesBreakdowns(Protocol):
    """Told of every machine that goes down."""

    def on_down(self, at: Nanoseconds, station: str, unit: int, /) -> None:
        """A machine has gone down; a blocked part may still leave it."""


class TakesOutages(Protocol):
    """Told of every outage that is over."""

    def on_outage(self, outage: Outage, /) -> None:
        """A machine was repaired at `repaired_at` (None: it was found down at the end)."""


class TakesJobs(Protocol):
    """Told of every person who was needed, and is let go."""

    def on_job(self, job: Job, /) -> None:
        """A person of a crew is let go at `ended_at` (None: the end found him at it, or waited for)."""


class TakesTheEnd(Protocol):
    """Told of the end of the run."""

    def on_end(self, at: Nanoseconds, /) -> None:
        """The line has stopped, and everything that was found on it has been told: the last step."""


Observer: TypeAlias = (
    TakesArrivals
    | TakesQueued
    | TakesStarts
    | TakesQuestions
    | TakesCalls
    | TakesFinishes
    | TakesVisits
    | TakesItems
    | TakesBreakdowns
    | TakesOutages
    | TakesJobs
    | TakesTheEnd
)
"""Takes one step of the line or several, in the order in which they happen.

It is called in the line's own loop: whatever it does, it should do quickly.
"""


@dataclass(frozen=True, slots=True)
class Steps:
    """Whom to call at each step: None where nobody takes it, a lone observer's own method, or all of them."""

    arrival: Callable[[Nanoseconds, int], None] | None = None
    queued: Callable[[Nanoseconds, str, int], None] | None = None
    started: Callable[[Nanoseconds, str, int, int], None] | None = None
    asked: Callable[[Nanoseconds, str, int, int], None] | None = None
    call: Callable[[Call], None] | None = None
    finished: Callable[[Nanoseconds, str, int, int], None] | None = None
    visit: Callable[[Visit], None] | None = None
    item: Callable[[Item], None] | None = None
    down: Callable[[Nanoseconds, str, int], None] | None = None
    outage: Callable[[Outage], None] | None = None
    job: Callable[[Job], None] | None = None
    end: Callable[[Nanoseconds], None] | None = None

    @classmethod
    def of(cls, observers: Iterable[Observer]) -> Self:
        """Ask observers which steps they take; each step is told to them in this order.

        Raises TypeError for one that takes none, or has a method `on_...` that is no step: a typing
        mistake must not go unnoticed.
        """
        taken: dict[str, list[Callable[..., None]]] = {step: [] for step in STEPS}
        for observer in observers:
            for step, listener in _taken_by(observer).items():
                taken[step].append(listener)
        return cls(**{step: _one(listeners) for step, listeners in taken.items()})


STEPS = tuple(field.name for field in fields(Steps))
"""Their names; an observer's method for one has `on_` before it."""


def _taken_by(observer: Observer) -> dict[str, Callable[..., None]]:
    found: dict[str, Any] = {step: getattr(observer, f"on_{step}", None) for step in STEPS}
    taken = {step: listener for step, listener in found.items() if callable(listener)}
    strange = [
        name
        for name in dir(type(observer))  # not of the object itself: Python 3.11 then reads its fields slowly
        if name.startswith("on_") and name[3:] not in STEPS and callable(getattr(observer, name))
    ]
    if strange or not taken:
        who, known = type(observer).__name__, ", ".join(f"on_{step}" for step in STEPS)
        what = f"{who}.{strange[0]} is no step of the line" if strange else f"{who} takes no step of the line"
        raise TypeError(f"{what}; the steps are {known}")
    return taken


def _one(listeners: list[Callable[[*Told], None]]) -> Callable[[*Told], None] | None:
    """Return one function for several, called one after the other."""
    if len(listeners) < 2:
        return listeners[0] if listeners else None
    if len(listeners) == 2:  # what is recorded and watched: without the loop it takes two thirds of the time
        first, second = listeners

        def tell_both(*told: *Told) -> None:
            first(*told)
            second(*told)

        return tell_both

    def tell(*told: *Told) -> None:
        for listener in listeners:
            listener(*told)

    return tell
