"""What is done at the stations of a recursion: how long it takes a part, and where the part goes then.

All of it is asked part by part; what can be known of many parts beforehand is learnt a block at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import add
from typing import TypeAlias

from line_sim.analysis.what_if.answers import Foreknown, fate_of
from line_sim.chance.streams import BLOCK, Draws
from line_sim.inspection.gateway import FIRST_ATTEMPT, Gateway, Inquiry
from line_sim.inspection.outcome import Outcome
from line_sim.layout import Lane
from line_sim.line.stops.clocks import OutageDraws
from line_sim.scenario.model import Inspection
from line_sim.truth import DEFECTIVE, GOOD
from line_sim.units import Nanoseconds

Onward: TypeAlias = Callable[[Nanoseconds, int], Nanoseconds]
"""Lets a part that wants to leave at a moment come in further on; returns when it does."""

Ways: TypeAlias = dict[Lane, Onward]


MOST_OUTAGES = 2_000_000
"""Outages of a machine that a replay tells: a machine may fail every nanosecond, for a century."""


class TooMuchError(Exception):
    """More parts or outages came than a replay may have; `reached` is the moment (ns) of the last one."""

    def __init__(self, reached: Nanoseconds) -> None:
        super().__init__(reached)
        self.reached = reached


class Work:
    """Plain work; `leave` lets a part that is done go on."""

    leave: Onward

    def __init__(self, times: Draws[Nanoseconds], ways: Ways) -> None:
        self.leave = ways[Lane.SHIP]
        self._draws = times
        self._times: list[Nanoseconds] = []

    def grow(self, block: int) -> None:
        """Learn what there is to know of the parts of the next block."""
        self._times += self._draws.block(block)

    def done(self, at: Nanoseconds, item: int) -> Nanoseconds:
        """Return when a part is done that is begun at a moment."""
        return at + self._times[item]

    def asked(self, at: Nanoseconds, item: int) -> Nanoseconds:  # noqa: ARG002 - of plain work nobody asks
        """Return when the question about such a part is put, which decides who is first at a tie."""
        return at


class AgeingWork(Work):
    """Work on a machine that breaks down by its operating time."""

    def __init__(self, times: Draws[Nanoseconds], ways: Ways, outages: OutageDraws) -> None:
        super().__init__(times, ways)
        self._outages = outages
        self._more = MOST_OUTAGES
        self._up_left = outages.next_up()

    def done(self, at: Nanoseconds, item: int) -> Nanoseconds:
        """Return when a part is done, repairs and all."""
        left = self._times[item]
        done = at + left
        while left > self._up_left:  # at a tie the part is finished first
            left -= self._up_left
            done += self._outages.next_repair()
            self._up_left = self._outages.next_up()
            self._more -= 1
            if not self._more:
                raise TooMuchError(at)
        self._up_left -= left
        return done


@dataclass(frozen=True, slots=True)
class Camera:
    """What there is to say of an inspection: its scenario, its pictures' times, its ways, the parts' truth.

    What happens after the `horizon` is not told.
    """

    spec: Inspection
    pictures: Draws[Nanoseconds]
    ways: Ways
    defective: Draws[bool]
    horizon: Nanoseconds


class Inspecting(Work):
    """What inspections share; `held`: a part that was done by the horizon had to wait for room."""

    def __init__(self, camera: Camera) -> None:
        super().__init__(camera.pictures, camera.ways)
        self.held = False
        self.leave = self._leave
        self._camera = camera
        self._onwards: list[Onward] = []

    def asked(self, at: Nanoseconds, item: int) -> Nanoseconds:
        """Return when the camera has its picture and asks."""
        return at + self._times[item]

    def _leave(self, done: Nanoseconds, item: int) -> Nanoseconds:
        left = self._onwards[item](done, item)
        if left > done and done <= self._camera.horizon:
            self.held = True
        return left


class AnsweredAgain(Inspecting):
    """An inspection whose answers are known beforehand."""

    def __init__(self, camera: Camera, answers: Foreknown) -> None:
        super().__init__(camera)
        self._answers = answers
        self._waits: list[Nanoseconds] = []

    def grow(self, block: int) -> None:
        """Learn what the parts of the next block need here, and where they go."""
        super().grow(block)
        waits, fates = self._answers.block(block)
        self._waits += map(add, self._times[-BLOCK:], waits)
        ways, answers = self._camera.ways, self._answers
        good, bad = (ways[answers.rightly(good=good).lane] for good in (True, False))
        truth = self._camera.defective.block(block)
        self._onwards += [
            ways[fate.lane] if fate else bad if defective else good
            for fate, defective in zip(fates, truth, strict=True)
        ]

    def done(self, at: Nanoseconds, item: int) -> Nanoseconds:
        """Return when the picture is taken and the answer there."""
        return at + self._waits[item]


class Asking(Inspecting):
    """An inspection that asks; its cameras must put their questions in the order in which they begin."""

    def __init__(self, camera: Camera, gateway: Gateway) -> None:
        super().__init__(camera)
        self._gateway = gateway
        self._states: list[str] = []
        self._onward_of: dict[Outcome, Onward] = {}

    def grow(self, block: int) -> None:
        """Learn what the parts of the next block truly are."""
        super().grow(block)
        truth = self._camera.defective.block(block)
        self._states += [DEFECTIVE if defective else GOOD for defective in truth]
        self._onwards += [self.leave] * BLOCK  # to be written over

    def done(self, at: Nanoseconds, item: int) -> Nanoseconds:
        """Ask, and return when the answer is there."""
        spec, asked = self._camera.spec, self.asked(at, item)
        inquiry = Inquiry(item, FIRST_ATTEMPT, self._states[item], "", asked, spec.deadline)
        reply = self._gateway.ask(inquiry)
        onward = self._onward_of.get(reply.outcome)
        if onward is None:  # a model has few words
            onward = self._onward_of[reply.outcome] = self._camera.ways[fate_of(reply.outcome, spec).lane]
        self._onwards[item] = onward
        return asked + reply.latency


class Reviewing(Work):
    """What reviewers do: look again, and err."""

    def __init__(
        self,
        times: Draws[Nanoseconds],
        ways: Ways,
        defective: Draws[bool],
        misses: Draws[bool],
        alarms: Draws[bool],
    ) -> None:
        super().__init__(times, ways)
        self.leave = self._leave
        self._ways = ways
        self._verdicts = (defective, misses, alarms)
        self._good: list[bool] = []

    def grow(self, block: int) -> None:
        """Learn what the parts of the next block need here, and what is said of them."""
        super().grow(block)
        each = zip(*(draws.block(block) for draws in self._verdicts), strict=True)
        self._good += [missed if defective else not alarm for defective, missed, alarm in each]

    def _leave(self, done: Nanoseconds, item: int) -> Nanoseconds:
        return self._ways[Lane.SHIP if self._good[item] else Lane.SCRAP](done, item)
