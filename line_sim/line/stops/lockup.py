"""A line that locks up: a circle of full places, each waiting for room at the next.

Only a line with a way back can. A place is locked when every one of its machines holds a part that is
finished and waits for room at a locked place. So it is looked for whenever a part finds no room: of all
places with no machine that still does something, those are left out, again and again, from which a part
waits for one that is left out. What remains cannot move any more, whatever else happens.

Its compiled twin is `line_sim.compiled.kernel.lockup`.
"""

from collections.abc import Mapping, Sequence

from line_sim.line.buffer import BeltBuffer, Buffer
from line_sim.line.floor import Floor
from line_sim.line.stations import Station


class LockUp:
    """Watches the places of a line, and stops it when some of them wait for each other in a circle."""

    def __init__(self, floor: Floor, stations: Sequence[Station]) -> None:
        self._floor = floor
        self._stations = stations
        for station in stations:
            for machine in station.machines:
                machine.blocked = self.look
            for inlet in station.inlets:
                if isinstance(inlet, BeltBuffer):
                    inlet.standing = self.look

    def look(self) -> None:
        """Stop the line if it has locked up, and say how."""
        waits = self._waits()
        locked = {place for place, goals in waits.items() if goals}
        while alive := {place for place in locked if not locked.issuperset(waits[place])}:
            locked -= alive
        if locked:
            self._floor.lock(circle_text([self._stations[place].name for place in _circle(locked, waits)]))

    def _waits(self) -> dict[int, list[int]]:
        """Return for each place whose machines all wait for room the places where they do."""
        goal_of = {part.item_id: place for place, inlet in self._stuck() for part in inlet.outside()}
        found = {}
        for place, station in enumerate(self._stations):
            parts = [machine.part for machine in station.machines]
            goals = [goal_of.get(part.item_id) for part in parts if part is not None]
            if len(goals) == len(parts) and None not in goals:
                found[place] = [goal for goal in goals if goal is not None]
        return found

    def _stuck(self) -> list[tuple[int, Buffer]]:
        return [
            (place, inlet)
            for place, station in enumerate(self._stations)
            for inlet in station.inlets
            if inlet.is_stuck()
        ]


def _circle(locked: set[int], waits: Mapping[int, Sequence[int]]) -> list[int]:
    """Return places of which each waits for the next and the last for the first, the most upstream first."""
    way = [min(locked)]
    while (then := waits[way[-1]][0]) not in way:
        way.append(then)
    circle = way[way.index(then) :]
    first = circle.index(min(circle))
    return circle[first:] + circle[:first]


def circle_text(names: Sequence[str]) -> str:
    """Say who waits for whom: `press waits for room at camera, camera at review, review at press`."""
    (first, then), *others = zip(names, [*names[1:], names[0]], strict=True)
    return ", ".join([f"{first} waits for room at {then}", *(f"{one} at {other}" for one, other in others)])
