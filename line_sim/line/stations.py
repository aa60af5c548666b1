"""A station: take a part, do the station's task on it, hold it until there is room downstream."""

from collections.abc import Callable, Iterable
from typing import Protocol

import simpy
from simpy.events import ProcessGenerator

from line_sim.line.buffer import Buffer, Destination
from line_sim.line.floor import Floor
from line_sim.line.machines import Machine
from line_sim.line.parts import Part
from line_sim.line.records import Outage, Visit
from line_sim.units import Nanoseconds


class Task(Protocol):
    """What is done to a part at a station, and where it goes then."""

    def perform(self, part: Part, machine: Machine) -> Iterable[simpy.Event]:
        """Give the events, one after the other, that let the line time of the task pass."""

    def destination(self, part: Part) -> Destination:
        """Return where the part goes now that the task is done."""


class Station:
    """A buffer, the machines behind it (numbered from 1), and one task for all of them."""

    def __init__(
        self,
        floor: Floor,
        name: str,
        places: int,
        units: int,
        make_machine: Callable[[int], Machine],
        task: Task,
    ) -> None:
        self.name = name
        self.buffer = Buffer(floor.env, places, self._tell_queued if floor.steps.queued is not None else None)
        self.machines = [make_machine(unit) for unit in range(1, units + 1)]
        self._floor = floor
        self._task = task

    def start(self) -> None:
        """Set every machine to work."""
        for machine in self.machines:
            self._floor.env.process(self._run(machine))

    def _run(self, machine: Machine) -> ProcessGenerator:
        """Take parts one by one, work on each, and hold it until it has moved on."""
        env, steps = self._floor.env, self._floor.steps
        name, unit, buffer, task = self.name, machine.unit, self.buffer, self._task
        while True:
            part: Part = machine.take_now(buffer) or (yield from machine.take(buffer))
            queued_at = part.queued_at
            if steps.started is not None:
                steps.started(env.now, name, unit, part.item_id)
            yield from task.perform(part, machine)
            machine.finished_at = finished_at = env.now
            if steps.finished is not None:
                steps.finished(finished_at, name, unit, part.item_id)
            moved = task.destination(part).put(part)
            if moved.callbacks is not None:  # `processed` in SimPy's words, without the call
                yield moved  # blocked until there is room
            if steps.visit is not None:
                started_at, left_at, down = machine.started_at, env.now, machine.down
                steps.visit(
                    Visit(part.item_id, name, unit, queued_at, started_at, finished_at, left_at, down)
                )
            machine.part = None

    def _tell_queued(self, at: Nanoseconds, item_id: int) -> None:
        if self._floor.steps.queued is not None:
            self._floor.steps.queued(at, self.name, item_id)

    def unfinished(self) -> list[Visit]:
        """Return the visits that are not over: parts on the machines, then parts in the waiting places."""
        in_places = [
            Visit(part.item_id, self.name, None, part.queued_at, None, None, None, 0)
            for part in self.buffer.waiting()
        ]
        return [self._begun(machine) for machine in self.machines if machine.part is not None] + in_places

    def outages(self) -> list[Outage]:
        """Return the outages of its machines that have begun but have not been told."""
        return [outage for machine in self.machines for outage in machine.outages()]

    def _begun(self, machine: Machine) -> Visit:
        """Return the visit of the part that is on a machine now, with its interruptions up to now."""
        assert machine.part is not None  # noqa: S101 - for the type checker; the caller has looked
        return Visit(
            machine.part.item_id,
            self.name,
            machine.unit,
            machine.part.queued_at,
            machine.started_at,
            machine.finished_at,
            None,
            machine.down_so_far(),
        )
