"""The shop floor: what every station shares, and the ways off the line.

Its compiled twin is `line_sim.compiled.kernel.parts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from line_sim.chance.chance import Chance
from line_sim.layout import Lane
from line_sim.line.clocks.virtual import Cue, LineEnvironment
from line_sim.line.parts import Part
from line_sim.line.records import SCRAPPED, SHIPPED
from line_sim.line.steps import Steps
from line_sim.line.stops.crew import People


def no_answer_for(item_id: int) -> str:
    """Say which part stopped the line, and why."""
    return f"there was no usable answer for part {item_id}"


@dataclass
class Floor:
    """Everything that is on the line, and the ways off it.

    `people` are the crews, by name. `more_to_come`: further parts will arrive. `stop_reason` says why the
    line was stopped, if it was, and `locked_up` who waits for whom where it has locked up.
    """

    env: LineEnvironment
    steps: Steps
    chance: Chance
    people: Mapping[str, People] = field(default_factory=dict)
    parts: dict[int, Part] = field(default_factory=dict)
    more_to_come: bool = True
    stop_reason: str = ""
    locked_up: str = ""

    def enter(self, part: Part) -> None:
        """Note that a part has arrived."""
        self.parts[part.item_id] = part
        if self.steps.arrival is not None:
            self.steps.arrival(self.env.now, part.item_id)

    def leave(self, part: Part, disposition: str) -> None:
        """Let a part leave the line now, and tell its story; after the last one the line is over."""
        self.parts.pop(part.item_id, None)
        if self.steps.item is not None:
            self.steps.item(part.story(self.env.now, disposition))
        if not self.parts and not self.more_to_come:
            self.env.over = True

    def stop(self, reason: str) -> None:
        """Stop the line at this moment."""
        self.stop_reason = reason
        self.env.over = True

    def lock(self, circle: str) -> None:
        """Stop the line at this moment, as its parts cannot move any more."""
        self.locked_up = self.locked_up or circle
        self.env.over = True


class ShipLane:
    """The end of the line: parts leave it as shipped, and there is always room."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def put(self, part: Part, moved: Cue | None) -> bool:  # noqa: ARG002 - as of a Destination
        """Ship a part; only a reviewer's word sends one here by the review lane."""
        part.lane = part.lane or Lane.SHIP.value
        self._floor.leave(part, SHIPPED)
        return True


class ScrapBin:
    """Where parts leave the line as scrap; there is always room."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def put(self, part: Part, moved: Cue | None) -> bool:  # noqa: ARG002 - as of a Destination
        """Scrap a part."""
        self._floor.leave(part, SCRAPPED)
        return True


class Halt:
    """Where a part goes that stops the line: nowhere, it stays on its machine."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def put(self, part: Part, moved: Cue | None) -> bool:  # noqa: ARG002 - as of a Destination
        """Stop the line because of this part."""
        self._floor.stop(no_answer_for(part.item_id))
        return False
