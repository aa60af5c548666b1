"""Ways round: whether what leaves a place may come to it again."""

from collections import deque
from collections.abc import Iterable, Mapping, Set

from line_sim.layout.ways import Exit, Way


def way_round(ways: Iterable[Way]) -> tuple[int, ...]:
    """Return the places on a shortest way round from the first place that is on one; none where no way is."""
    onward: dict[int, set[int]] = {}
    for way in ways:
        goals = onward.setdefault(way.start, set())
        if not isinstance(way.to, Exit):
            goals.add(way.to)
            onward.setdefault(way.to, set())
    left = _without_ends(onward)
    for entry in sorted(left):
        before: dict[int, int] = {}
        heads = deque([entry])
        while heads:
            place = heads.popleft()
            for to in sorted(onward[place] & left):
                if to not in before:
                    before[to] = place
                    heads.append(to)
        if entry in before:
            return _back(before, entry)
    return ()


def _back(before: Mapping[int, int], entry: int) -> tuple[int, ...]:
    """Return the way that was found, from the entry on."""
    way = [before[entry]]
    while way[-1] != entry:
        way.append(before[way[-1]])
    return tuple(reversed(way))


def _without_ends(onward: Mapping[int, Set[int]]) -> set[int]:
    """Return the places from which parts may go on without end: those that come to an end are left out."""
    many = {place: len(to) for place, to in onward.items()}
    back: dict[int, list[int]] = {place: [] for place in onward}
    for place, those in onward.items():
        for to in those:
            back[to].append(place)
    ends = deque(place for place, count in many.items() if not count)
    left = set(onward)
    while ends:
        end = ends.popleft()
        left.discard(end)
        for place in back[end]:
            many[place] -= 1
            if not many[place]:
                ends.append(place)
    return left
