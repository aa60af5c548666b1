"""A station: the buffer in front of it, and the machines behind it."""

from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

from line_sim.layout import Lane, Place
from line_sim.line.breakdowns import CalendarTimeMachine, OperatingTimeMachine, draws_of
from line_sim.line.buffer import BeltBuffer, Buffer, GateBuffer, Inlets
from line_sim.line.clocks.virtual import Cue
from line_sim.line.floor import Floor
from line_sim.line.machines import Machine
from line_sim.line.parts import Part
from line_sim.line.records import Outage, Visit
from line_sim.line.stops.machine import StoppingMachine
from line_sim.line.stops.staffed import StaffedMachine
from line_sim.scenario.stops.breakdowns import Way


class Ranks(NamedTuple):
    """The ranks of a place's machines among simultaneous events: finishing parts, outages, shifts."""

    finish: int
    outage: int
    shift: int


class Station:
    """A place of the line as it works: its waiting parts, and its machines, numbered from 1."""

    def __init__(self, place: Place, buffer: Buffer | Inlets, machines: list[Machine]) -> None:
        self.name = place.name
        self.buffer = buffer
        self.machines = machines

    @property
    def inlets(self) -> tuple[Buffer, ...]:
        """Where parts come in: new ones, and those to be repaired where there is a way for them."""
        match self.buffer:
            case Inlets():
                return self.buffer.new, self.buffer.rework
            case Buffer():
                return (self.buffer,)

    def start(self) -> None:
        """Set every machine to work."""
        for machine in self.machines:
            machine.start()

    def unfinished(self) -> list[Visit]:
        """Return the visits that are not over: parts on the machines, then parts in the waiting places."""
        on_machines = [visit for machine in self.machines if (visit := machine.visit()) is not None]
        in_places = [
            Visit(part.item_id, self.name, None, part.queued_at, None, None, None, 0, part.visit, part.rounds)
            for part in self.buffer.waiting()
        ]
        return on_machines + in_places

    def outages(self) -> list[Outage]:
        """Return the outages of its machines that have begun but have not been told."""
        return [outage for machine in self.machines for outage in machine.outages()]


def buffer_of(
    place: Place, floor: Floor, rank: int, *, counts_visits: bool, rework: int | None = None
) -> Buffer | Inlets:
    """Return the waiting places of a place, where a part may come by more than once if visits count.

    `rank` is that of what moves on a belt, `rework` how many places there are besides for what is to be
    repaired (None: nothing is).
    """
    queued, env, name = floor.steps.queued, floor.env, place.name

    def comes_in(part: Part) -> None:
        if counts_visits:
            part.comes_to(name)
        if queued is not None:
            queued(env.now, name, part.item_id)

    told = comes_in if counts_visits or queued is not None else None
    takers: deque[Cue] = deque()
    if place.belt is None:
        new = Buffer(env, place.buffer, told, takers)
    else:
        new = (GateBuffer if place.is_gate else BeltBuffer)(env, place.belt, rank, told, takers)
    return new if rework is None else Inlets(Buffer(env, rework, told, takers), new)


def inlet_of(buffer: Buffer | Inlets, lane: Lane) -> Buffer:
    """Return where a part comes in to a place on a lane."""
    match buffer:
        case Inlets():
            return buffer.rework if lane is Lane.REWORK else buffer.new
        case Buffer():
            return buffer


def _lone_way(place: Place, ways: Sequence[Way]) -> Way | None:
    """Return the only way in which a place stops, if that counts time and it has no calendar."""
    lone = ways[0] if len(ways) == 1 and place.shifts is None else None
    return None if lone is None or lone.name or lone.counts == "parts" else lone


def machine_of(
    place: Place, floor: Floor, buffer: Buffer | Inlets, unit: int, ranks: Ranks, ways: Sequence[Way]
) -> Machine:
    """Return one machine of a place, which stops in these ways."""
    working = (floor.env, floor.steps, buffer, place.name, unit, ranks.finish)
    if place.worked_by is not None or place.repaired_by is not None:
        workers, fitters = (
            None if crew is None else floor.people[crew.name] for crew in (place.worked_by, place.repaired_by)
        )
        return StaffedMachine(*working, workers=workers, fitters=fitters, **_stops(place, floor, ranks, ways))
    if place.shifts is None and not ways:
        return Machine(*working)
    lone = _lone_way(place, ways)
    if lone is not None:
        kind = OperatingTimeMachine if lone.counts == "operating" else CalendarTimeMachine
        draws = draws_of(floor.chance, place.name, unit, lone)
        return kind(*working, draws=draws, outage_rank=ranks.outage)
    return StoppingMachine(*working, **_stops(place, floor, ranks, ways))


def _stops(place: Place, floor: Floor, ranks: Ranks, ways: Sequence[Way]) -> dict[str, Any]:
    """Return what a machine knows that stops in these ways, and keeps its place's hours."""
    return {
        "ways": ways,
        "shifts": place.shifts,
        "chance": floor.chance,
        "outage_rank": ranks.outage,
        "shift_rank": ranks.shift,
    }
