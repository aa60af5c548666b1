"""What calls a listener when its moment has come.

Its compiled twin is `line_sim.compiled.kernel.events`.
"""

from collections.abc import Callable
from heapq import heappush
from typing import TYPE_CHECKING, Any

from line_sim.layout import HAND_OVER
from line_sim.units import Nanoseconds

if TYPE_CHECKING:
    from line_sim.line.clocks.virtual import LineEnvironment


class Cue:
    """Calls one listener when its moment has come, and may do so again and again.

    A machine waits for one thing at a time. With a cue of its own for each it makes no event and no process
    for every part, which is most of what SimPy's own take. `rank` is that among the things of one moment,
    `brings` what the listener is to know.
    """

    __slots__ = ("_at_once", "_env", "_later", "_next_number", "brings", "listener", "rank")

    def __init__(
        self, env: "LineEnvironment", listener: Callable[["Cue"], None], rank: int = HAND_OVER
    ) -> None:
        self.listener = listener
        self.rank = rank
        self.brings: Any = None
        self._env = env
        self._at_once, self._later, self._next_number = env.at_once, env.later, env.next_number

    def after(self, delay: Nanoseconds) -> None:
        """Call after a delay."""
        heappush(self._later, (self._env.now + delay, self.rank, self._next_number(), self))

    def at(self, moment: Nanoseconds, number: int) -> None:
        """Call at a moment, in the order among others as if it had been known when the number was given."""
        heappush(self._later, (moment, self.rank, number, self))

    def follow(self) -> None:
        """Call at this moment, after all else that follows at once already."""
        self._at_once.append(self)
