"""Where parts come from: paced by a takt or a distribution, lossy or patient, or never-ending supply.

Its compiled twin is `line_sim.compiled.kernel.sources`.
"""

from abc import ABC, abstractmethod

from line_sim.chance import needs
from line_sim.chance.streams import Draws
from line_sim.layout import Layout, Shifts
from line_sim.line.buffer import Buffer
from line_sim.line.clocks.virtual import Cue
from line_sim.line.floor import Floor
from line_sim.line.parts import Part, PartMaker
from line_sim.line.records import LOST
from line_sim.scenario.model import Arrivals
from line_sim.units import Nanoseconds

MOST_AT_ONCE = 1_000_000
"""When so many parts more than the line holds have come in one moment, no time will ever pass."""

STANDS_STILL = (
    "a million parts came in one moment, so that line time would never pass: nothing that they go through "
    "takes any time; give a station time, or let a number of parts arrive (run.items)"
)


class Source(ABC):
    """What both ways of arriving share: parts numbered from 1, `items` of them (None: no limit)."""

    def __init__(self, floor: Floor, maker: PartMaker, first: Buffer, items: int | None) -> None:
        self._floor = floor
        self._maker = maker
        self._first = first
        self._items = items
        self._arrived = 0

    @abstractmethod
    def start(self) -> None:
        """Open the gate."""

    def _next(self) -> Part:
        return self._maker.make(self._arrived + 1)

    def _arrive(self, part: Part) -> None:
        part.arrived_at = self._floor.env.now
        self._arrived += 1
        self._floor.more_to_come = self._arrived != self._items
        self._floor.enter(part)


class Supply(Source):
    """Lets a part arrive whenever there is room for one: the first station never starves.

    Without a number of parts it stops a line in which time stands still; `room` is for how many there is any.
    """

    def __init__(self, floor: Floor, maker: PartMaker, first: Buffer, items: int | None, room: int) -> None:
        super().__init__(floor, maker, first, items)
        self._most_at_once = room + MOST_AT_ONCE
        self._moment: Nanoseconds = -1
        self._before = 0  # parts that had arrived before this moment
        self._moved = Cue(floor.env, self._go_on)
        self._part: Part | None = None

    def start(self) -> None:
        """Fill every place that there is."""
        while self._floor.more_to_come:
            part = self._next()
            if not self._first.put(part, self._moved):
                self._part = part
                return
            self._arrive(part)

    def _arrive(self, part: Part) -> None:
        if self._moment != self._floor.env.now:
            self._moment, self._before = self._floor.env.now, self._arrived
        super()._arrive(part)
        if self._arrived - self._before > self._most_at_once and self._items is None:
            self._floor.stop(STANDS_STILL)

    def _go_on(self, _: Cue) -> None:
        assert self._part is not None  # noqa: S101 - for the type checker: it has moved
        self._arrive(self._part)
        self.start()


class Takt(Source):
    """Lets parts arrive at their times; one that finds no room waits outside, or is lost.

    The first part arrives one interval after the start. `rank` is that of an arrival among simultaneous
    events. Where parts come in `shifts`, intervals are of the time in which they do: the takt stands while
    it is off.
    """

    def __init__(
        self,
        floor: Floor,
        maker: PartMaker,
        first: Buffer,
        items: int | None,
        *,
        interval: Draws[Nanoseconds],
        rank: int,
        loses: bool,
        shifts: Shifts | None = None,
    ) -> None:
        super().__init__(floor, maker, first, items)
        self._interval = interval
        self._loses = loses
        self._shifts = shifts
        self._comes = Cue(floor.env, self._come, rank)

    def start(self) -> None:
        """Let the next part come in its time."""
        if self._floor.more_to_come:
            interval, shifts = self._interval.of(self._arrived + 1), self._shifts
            if shifts is not None:
                now = self._floor.env.now
                interval = shifts.after(now, interval) - now
            self._comes.after(interval)

    def _come(self, _: Cue) -> None:
        part = self._next()
        self._arrive(part)
        if self._loses and not self._first.has_room():
            self._floor.leave(part, LOST)
        else:
            self._first.put(part, None)  # nobody waits for this: it stands outside, the next one still comes
        self.start()


def source_of(
    floor: Floor,
    spec: Arrivals,
    maker: PartMaker,
    first: Buffer,
    items: int | None,
    layout: Layout,
) -> Source:
    """Return what lets parts arrive as a scenario says."""
    arrival = needs.arrival(spec)
    if arrival is None:
        room = sum(place.units + place.buffer for place in layout.places)
        return Supply(floor, maker, first, items, room)
    interval = arrival.of(floor.chance)
    loses = spec.on_full == "lose"
    return Takt(
        floor,
        maker,
        first,
        items,
        interval=interval,
        rank=layout.arrival_rank,
        loses=loses,
        shifts=layout.comes,
    )
