"""Servers that do not answer: until each of them answers again, line time keeps pace with the wall.

A refused call takes next to no wall time. If line time ran free behind it, an outage of a second would meet
as many parts as the line can bring in that second of computing: all that are left. So the first call that
meets no server holds the line as though it were still out, at its own offset (see `flight`), until a
call of the same gateway shows that there is a server again. One that has ended for good is not waited
for: it meets all the parts that are left, however slowly they come.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from line_sim.inspection.gateway import LiveGateway
from line_sim.units import SECOND, Nanoseconds

if TYPE_CHECKING:
    from line_sim.line.clocks.flight import Flight

LOOK_AGAIN = SECOND
"""Wall time after which a line that is held looks whether a server has ended for good: nothing tells it."""


@dataclass(frozen=True, slots=True)
class News:
    """The latest that is known of a gateway's server: when it came (wall), and the offset of the line's hold.

    `offset` is None where the server answers.
    """

    gateway: LiveGateway
    came_at: Nanoseconds
    offset: Nanoseconds | None


class SilentServers:
    """Which gateways' servers do not answer."""

    def __init__(self) -> None:
        self._latest: dict[int, News] = {}  # by the identity of the gateway

    def hear(self, flight: "Flight") -> None:
        """Learn from a call that has come to an end; one that ended before what is known teaches nothing."""
        gateway, reply, ended_at = flight.gateway, flight.reply, flight.ended_at
        shows = None if reply is None else reply.shows_server
        if shows is None or ended_at is None:
            return
        known = self._latest.get(id(gateway))
        if known is None or known.came_at <= ended_at:
            offset = None if shows else _first(known, flight.offset)
            self._latest[id(gateway)] = News(gateway, ended_at, offset)

    def offsets(self) -> list[Nanoseconds]:
        """Return the offsets at which the line is held, one for each server that does not answer and may."""
        latest = self._latest.values()
        return [news.offset for news in latest if news.offset is not None and not news.gateway.gone]


def _first(known: News | None, offset: Nanoseconds | None) -> Nanoseconds | None:
    """Keep to the offset of the first refused call: with later ones the line would fall behind bit by bit."""
    return offset if known is None or known.offset is None else known.offset
