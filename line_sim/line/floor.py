"""The shop floor: what every station shares, and the ways off the line."""

from dataclasses import dataclass, field

import simpy

from line_sim.chance.chance import Chance
from line_sim.line.clocks.virtual import Done, LineEnvironment
from line_sim.line.parts import Part
from line_sim.line.steps import Steps

SHIPPED, SCRAPPED, LOST, ON_LINE = "shipped", "scrapped", "lost", "on_line"


@dataclass
class Floor:
    """Everything that is on the line, and the ways off it.

    `stop_reason` is set by whoever wants the line to stop at this moment.
    """

    env: LineEnvironment
    steps: Steps
    chance: Chance
    parts: dict[int, Part] = field(default_factory=dict)
    stop_reason: str = ""

    def enter(self, part: Part) -> None:
        """Note that a part has arrived."""
        self.parts[part.item_id] = part
        if self.steps.arrival is not None:
            self.steps.arrival(self.env.now, part.item_id)

    def leave(self, part: Part, disposition: str) -> None:
        """Let a part leave the line now, and tell its story."""
        self.parts.pop(part.item_id, None)
        if self.steps.item is not None:
            self.steps.item(part.story(self.env.now, disposition))


class ShipLane:
    """The end of the line: parts leave it as shipped, and there is always room."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._gone = Done(floor.env)

    def put(self, part: Part) -> simpy.Event:
        """Ship a part; only a reviewer's word sends one here by the review lane."""
        part.lane = part.lane or "ship"
        self._floor.leave(part, SHIPPED)
        return self._gone


class ScrapBin:
    """Where parts leave the line as scrap; there is always room."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._gone = Done(floor.env)

    def put(self, part: Part) -> simpy.Event:
        """Scrap a part."""
        self._floor.leave(part, SCRAPPED)
        return self._gone


class Halt:
    """Where a part goes that stops the line: nowhere, it stays on its machine."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def put(self, part: Part) -> simpy.Event:
        """Stop the line because of this part."""
        self._floor.stop_reason = f"there was no usable answer for part {part.item_id}"
        return simpy.Event(self._floor.env)


__all__ = ["LOST", "ON_LINE", "SCRAPPED", "SHIPPED", "Floor", "Halt", "ScrapBin", "ShipLane"]
