"""Crews: who waits for a person, and to whom the next free one goes.

First come, first served. Who asks in the same moment is served from the end of the line on, then by unit: a
crew decides last of all in a moment, when all have asked who do. One who can make no use of a person for now,
as the machine is down or off, is passed over and keeps the place in the queue.

People are let go when the part is finished, the machine stops or the repair is done. So nobody who has a
person waits for another one, and everybody who has one comes to an end: a crew cannot lock a line up.
"""

from collections.abc import Callable, Mapping

from line_sim.layout import Crew, Layout
from line_sim.line.clocks.virtual import Cue, LineEnvironment
from line_sim.line.records import Job
from line_sim.line.steps import Steps
from line_sim.units import Nanoseconds


class Need:
    """Something for which a machine needs a person: it waits for one (`began_at` is None) or has one.

    `what` is the task, and the name of the way in which the machine stopped where it is a repair that has
    one. `order` decides among those who ask at the same moment; `begin` is called when a person is there,
    `ready` says whether the machine could use one.
    """

    __slots__ = ("asked_at", "began_at", "begin", "order", "ready", "station", "unit", "what")

    def __init__(
        self,
        station: str,
        unit: int,
        what: tuple[str, str],
        order: tuple[int, int, int],
        ready: Callable[[], bool],
        begin: Callable[[], None],
    ) -> None:
        self.station = station
        self.unit = unit
        self.what = what
        self.order = order
        self.ready = ready
        self.begin = begin
        self.asked_at: Nanoseconds = 0
        self.began_at: Nanoseconds | None = None


class People:
    """A crew at work: those of its people who are free, and who waits for one of them."""

    def __init__(self, env: LineEnvironment, steps: Steps, crew: Crew, rank: int) -> None:
        self.shifts = crew.shifts
        self._name = crew.name
        self._env = env
        self._steps = steps
        self._free = crew.people
        self._waiting: list[Need] = []
        self._helped: list[Need] = []
        self._decides = Cue(env, self._decide, rank)
        self._planned: set[Nanoseconds] = set()

    def ask(self, need: Need) -> None:
        """Wait for a person, who comes at this moment at the earliest."""
        need.asked_at = self._env.now
        self._waiting.append(need)
        self.look()

    def look(self) -> None:
        """Decide at the end of this moment who gets whom, if anybody waits."""
        if self._waiting and self._free:
            self._decide_at(self._env.now)

    def release(self, need: Need) -> None:
        """Let the person go who was there for something."""
        self._helped.remove(need)
        self._free += 1
        self._tell(need, self._env.now)
        self.look()

    def are_there(self, moment: Nanoseconds) -> bool:
        """Whether it is their shift at a moment and just after it."""
        return self.shifts is None or self.shifts.is_on(moment)

    def after(self, duration: Nanoseconds) -> Nanoseconds:
        """Return how long a person who begins now needs for so much work: nothing is done off shift."""
        now = self._env.now
        return duration if self.shifts is None else self.shifts.after(now, duration) - now

    def tell_unfinished(self) -> None:
        """Tell of all who have a person, or wait for one, at the end of a run."""
        for need in (*self._helped, *self._waiting):
            self._tell(need, None)

    def _decide_at(self, moment: Nanoseconds) -> None:
        if moment not in self._planned:
            self._planned.add(moment)
            self._decides.after(moment - self._env.now)

    def _decide(self, _: Cue) -> None:
        """Give each free person to who has waited longest; off shift, wait for the next one."""
        now = self._env.now
        self._planned.discard(now)
        if self.shifts is not None and not self.are_there(now):
            self._decide_at(self.shifts.resumes(now + 1))
            return
        self._waiting.sort(key=lambda need: (need.asked_at, need.order))
        for need in [need for need in self._waiting if need.ready()][: self._free]:
            self._waiting.remove(need)
            self._helped.append(need)
            self._free -= 1
            need.began_at = now
            need.begin()

    def _tell(self, need: Need, ended_at: Nanoseconds | None) -> None:
        if self._steps.job is not None:
            asked_at, began_at, (task, name) = need.asked_at, need.began_at, need.what
            self._steps.job(
                Job(self._name, need.station, need.unit, task, name, asked_at, began_at, ended_at)
            )


def people_of(layout: Layout, env: LineEnvironment, steps: Steps) -> Mapping[str, People]:
    """Return the crews of a line, by name."""
    return {crew.name: People(env, steps, crew, layout.crew_rank) for crew in layout.crews}
