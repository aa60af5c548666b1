"""A station: take a part, do the station's task on it, hold it until there is room downstream."""

from collections.abc import Callable
from typing import Protocol

from line_sim.line.buffer import Buffer, Destination
from line_sim.line.floor import Floor
from line_sim.line.machines import Machine, Steps
from line_sim.line.parts import Part
from line_sim.line.records import Visit
from line_sim.units import Nanoseconds


class Task(Protocol):
    """What is done to a part at a station, and where it goes then."""

    def perform(self, part: Part, machine: Machine) -> Steps:
        """Let the line time of the task pass; return the `Destination` of the part."""


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
        self.buffer = Buffer(floor.env, places, self._tell_queued if floor.watcher is not None else None)
        self.machines = [make_machine(unit) for unit in range(1, units + 1)]
        self._floor = floor
        self._task = task

    def start(self) -> None:
        """Set every machine to work."""
        for machine in self.machines:
            self._floor.env.process(self._run(machine))

    def _run(self, machine: Machine) -> Steps:
        """Take parts one by one, work on each, and hold it until it has moved on."""
        env, watcher = self._floor.env, self._floor.watcher
        while True:
            part: Part = machine.take_now(self.buffer) or (yield from machine.take(self.buffer))
            queued_at = part.queued_at
            if watcher is not None:
                watcher.on_started(env.now, self.name, machine.unit, part.item_id)
            destination: Destination = yield from self._task.perform(part, machine)
            machine.finished_at = env.now
            if watcher is not None:
                watcher.on_finished(env.now, self.name, machine.unit, part.item_id)
            moved = destination.put(part)
            if moved.callbacks is not None:  # `processed` in SimPy's words, without the call
                yield moved  # blocked until there is room
            if watcher is not None:
                watcher.on_left(env.now, self.name, machine.unit, part.item_id)
            self._floor.observer.on_visit(self._visit(machine, part, queued_at, env.now))
            machine.part = None

    def _tell_queued(self, at: Nanoseconds, item_id: int) -> None:
        if self._floor.watcher is not None:
            self._floor.watcher.on_queued(at, self.name, item_id)

    def _visit(
        self, machine: Machine, part: Part, queued_at: Nanoseconds, left_at: Nanoseconds | None
    ) -> Visit:
        return Visit(
            part.item_id,
            self.name,
            machine.unit,
            queued_at,
            machine.started_at,
            machine.finished_at,
            left_at,
            machine.down,
        )

    def unfinished(self) -> list[Visit]:
        """Return the visits that are not over: parts on the machines, then parts in the waiting places."""
        in_places = [
            Visit(part.item_id, self.name, None, part.queued_at, None, None, None, 0)
            for part in self.buffer.waiting()
        ]
        return [self._begun(machine) for machine in self.machines if machine.part is not None] + in_places

    def _begun(self, machine: Machine) -> Visit:
        """Return the visit of the part that is on a machine now, with its interruptions up to now."""
        assert machine.part is not None  # noqa: S101 - for the type checker; the caller has looked
        visit = self._visit(machine, machine.part, machine.part.queued_at, None)
        return visit._replace(down=machine.down_so_far())
