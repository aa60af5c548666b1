"""What the means say of defects that stations make: what each inspection will see of them, and miss."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from line_sim.analysis.growth.flows import by_state
from line_sim.analysis.growth.means import PlaceMeans
from line_sim.layout import Lane, Layout


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to be expected of an inspection: the share of defective parts among those that come to it.

    `reviewed` are the parts that it sends to review, `missed` the defective ones that it lets go on, both of
    each part that comes to the line.
    """

    station: str
    defective: float
    reviewed: float
    missed: float


@dataclass(frozen=True, slots=True)
class ExpectedDefects:
    """What is to be expected of all inspections in the order of the line, and of what is shipped.

    `escapes` is the share of the defective among the parts shipped (None: none is). `unseen` are the stations
    that make defects behind the last inspection.
    """

    inspections: tuple[Expected, ...]
    escapes: float | None
    unseen: tuple[str, ...]


def expected_defects(layout: Layout, means: Sequence[PlaceMeans], defective: float) -> ExpectedDefects | None:
    """Return what follows of the means; None of a line whose stations make no defects.

    `defective` is the share of the parts that come with a defect.
    """
    if not layout.makes_defects:
        return None
    coming, (good, bad) = by_state(layout, means, defective)
    found = []
    for place, station in enumerate(layout.places):
        if station.inspects:
            decider = layout.decider_of(place)
            seen_good, seen_bad = map(float, coming[decider])
            lanes, of_bad = means[decider].good, means[decider].defective
            reviewed = seen_good * lanes.get(Lane.REVIEW, 0.0) + seen_bad * of_bad.get(Lane.REVIEW, 0.0)
            share = seen_bad / (seen_good + seen_bad) if seen_good + seen_bad else 0.0
            found.append(Expected(station.name, share, reviewed, seen_bad * of_bad.get(Lane.SHIP, 0.0)))
    return ExpectedDefects(
        tuple(found), float(bad / (good + bad)) if good + bad else None, tuple(_unseen(layout))
    )


def _unseen(layout: Layout) -> Iterator[str]:
    last = max((place for place, station in enumerate(layout.line) if station.inspects), default=-1)
    for station in layout.line[last + 1 :]:
        if station.makes_defects is not None:
            yield station.name
