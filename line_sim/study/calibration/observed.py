"""What was measured: calls in stretches, stretches in rounds; seconds by the client's monotonic clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

PartName: TypeAlias = Literal[
    "takt", "pauses", "loop", "burst", "given up", "sizes", "pings", "stream", "cameras"
]
"""What a stretch of calls is for.

takt: lone calls at the line's takt. pauses: lone calls after pauses of several lengths. loop: closed loops
of `size` callers. burst: `size` calls one closely after the other. given up: `size` calls given up, then a
probe. sizes: lone calls with pictures of several sizes. pings: questions that cost the server nothing. stream
and cameras are kept from the fit: calls at random moments, and callers that pause as cameras do.
"""


class Call(NamedTuple):
    """One call: when it was sent and when its answer was there, from the start of its stretch.

    `sender` is its caller in a loop, its place by sending in a burst. `pause` is how long the caller had
    waited before sending. `answered` is false for one that was given up; `payload` is the picture's bytes.
    """

    sent: float
    ended: float
    sender: int = 0
    pause: float = 0.0
    answered: bool = True
    payload: int = 0

    @property
    def latency(self) -> float:
        """From sending to its end."""
        return self.ended - self.sent


@dataclass(frozen=True, slots=True)
class Stretch:
    """Calls that were made for one purpose; `patience` is when those were given up that were.

    `rested`: the server had had nothing to do for long before the first of them.
    """

    part: PartName
    calls: tuple[Call, ...]
    size: int = 1
    spacing: float = 0.0
    patience: float = 0.0
    rested: bool = False


@dataclass(frozen=True, slots=True)
class Round:
    """All parts once, in an order of its own, and the share of the processors that others used meanwhile."""

    stretches: tuple[Stretch, ...]
    foreign: float | None = None

    def of(self, part: PartName, size: int | None = None) -> Iterator[Stretch]:
        """Give its stretches of one purpose, or of one purpose and size."""
        return (one for one in self.stretches if one.part == part and size in {None, one.size})


@dataclass(frozen=True, slots=True)
class Observed:
    """All that was measured of a server. `cold` are the first calls; `most` the most calls at once."""

    rounds: tuple[Round, ...]
    most: int
    cold: tuple[float, ...] = ()
    baseline: float | None = None
    repeated: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)

    def of(self, part: PartName, size: int | None = None) -> Iterator[Stretch]:
        """Give all stretches of one purpose."""
        return (stretch for one in self.rounds for stretch in one.of(part, size))

    @property
    def calls(self) -> int:
        """How many calls that is."""
        return sum(len(stretch.calls) for one in self.rounds for stretch in one.stretches)
