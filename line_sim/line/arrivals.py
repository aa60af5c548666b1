"""Where parts come from: paced by a takt or a distribution, lossy or patient, or never-ending supply."""

from simpy.events import ProcessGenerator

from line_sim.chance.purposes import Purpose
from line_sim.line.buffer import Buffer
from line_sim.line.clocks.virtual import LineEnvironment
from line_sim.line.floor import LOST, Floor
from line_sim.line.parts import Part, PartMaker
from line_sim.scenario.model import Arrivals


class Source:
    """Lets parts arrive at the first station; `exhausted` once all `items` parts (None: no limit) have.

    The first part arrives one interval after the start.
    """

    def __init__(
        self, floor: Floor, spec: Arrivals, maker: PartMaker, first: Buffer, items: int | None, rank: int
    ) -> None:
        self._floor = floor
        self._spec = spec
        self._maker = maker
        self._first = first
        self._items = items
        self._rank = rank
        self.arrived = 0

    @property
    def exhausted(self) -> bool:
        """Whether no further part will arrive."""
        return self.arrived == self._items

    def start(self) -> None:
        """Open the gate."""
        env = self._floor.env
        env.process(self._saturated(env) if self._spec.every is None else self._paced(env))

    def _saturated(self, env: LineEnvironment) -> ProcessGenerator:
        """Let a part arrive whenever there is room for one: the first station never starves."""
        while not self.exhausted:
            part = self._maker.make(self.arrived + 1)
            moved = self._first.put(part)
            if moved.callbacks is not None:  # `processed` in SimPy's words, without the call
                yield moved
            self._arrive(part, env)

    def _paced(self, env: LineEnvironment) -> ProcessGenerator:
        """Let parts arrive at their times; one that finds no room waits outside or is lost."""
        assert self._spec.every is not None  # noqa: S101 - for the type checker; `start` has looked
        interval = self._floor.chance.durations(Purpose.ARRIVAL, "", self._spec.every)
        while not self.exhausted:
            yield env.after(interval.of(self.arrived + 1), self._rank)
            part = self._maker.make(self.arrived + 1)
            self._arrive(part, env)
            if self._spec.on_full == "lose" and not self._first.has_room():
                self._floor.leave(part, LOST)
            else:
                self._first.put(
                    part
                )  # nobody waits for this: the part stands outside, the next one still comes

    def _arrive(self, part: Part, env: LineEnvironment) -> None:
        part.arrived_at = env.now
        self.arrived += 1
        self._floor.enter(part)
