"""What each inspection catches of the defects that are there when it looks, and what is spoilt behind it.

A station that makes defects spoils parts at which an inspection before it has looked already: that could not
see what was not there. So all is counted by what a part was at the moment of the look.
"""

from dataclasses import dataclass

import numpy as np

from line_sim.figures.defects.looks import Looks, looks_of
from line_sim.figures.populations import GONE, SHIPPED
from line_sim.figures.statistics.neighbours import alike
from line_sim.figures.statistics.rates import Rate
from line_sim.figures.window import Window
from line_sim.layout import Layout
from line_sim.recording.run_columns import BoolArray, RunColumns, find
from line_sim.truth import GOOD


@dataclass(frozen=True, slots=True)
class Catches:
    """What an inspection made of the parts that it looked at after the warm-up, by what they were then.

    `defective` are those of all looks, `caught` those of the defective that it did not let go on, `alarms`
    those of the good. `spoilt_behind` are parts that were good when it last looked, and were spoilt later.
    """

    station: str
    defective: Rate
    caught: Rate
    alarms: Rate
    spoilt_behind: int

    @property
    def rates(self) -> tuple[Rate, Rate, Rate]:
        """The three of them, in the order of `names.CATCHES`."""
        return self.defective, self.caught, self.alarms

    @property
    def looked_at(self) -> int:
        """How many parts it looked at, one that came again as often as it did."""
        return self.defective.n

    @property
    def escaped(self) -> int:
        """How many it let go on although they were defective then."""
        return self.caught.n - self.caught.count


@dataclass(frozen=True, slots=True)
class Source:
    """Where defects come from: a station that makes them, or `station` empty where parts bring them.

    `left` counts the parts with such a defect that left the line after the warm-up, `shipped` those of them
    that were shipped.
    """

    station: str
    left: int
    shipped: int


@dataclass(frozen=True, slots=True)
class Defects:
    """Where the defects of a run come from, and what its inspections catch, in the order of the line."""

    sources: tuple[Source, ...]
    catches: tuple[Catches, ...]


def defects_of(run: RunColumns, layout: Layout, window: Window) -> Defects | None:
    """Return what is told of the defects of a line whose stations make some; None of any other."""
    if not layout.makes_defects:
        return None
    places = [place for place, station in enumerate(layout.places) if station.inspects]
    return Defects(
        _sources(run, layout, window), tuple(catches_of(run, layout, place, window) for place in places)
    )


def _sources(run: RunColumns, layout: Layout, window: Window) -> tuple[Source, ...]:
    items = run.items
    counted = ~items.says("true_state", GOOD) & GONE.of(items) & window.settled(items.left)
    shipped = counted & SHIPPED.of(items)
    makers = (place.name for place in layout.places if place.makes_defects is not None)
    found = []
    for name in ("", *makers):
        mine = items.says("made_at", name)
        found.append(Source(name, _count(counted & mine), _count(shipped & mine)))
    return tuple(found)


def catches_of(run: RunColumns, layout: Layout, place: int, window: Window) -> Catches:
    """Return what the inspection at a place catches."""
    looks = looks_of(run, layout, place)
    counts = window.settled(looks.issued)
    return Catches(
        layout.places[place].name,
        _rate(~looks.good, counts),
        _rate(~looks.passed, counts & ~looks.good),
        _rate(~looks.passed, counts & looks.good),
        _count(_spoilt_later(run, looks) & counts),
    )


def _spoilt_later(run: RunColumns, looks: Looks) -> BoolArray:
    """Return which looks were the last at a good part that has a defect of a station in the end."""
    items = run.items
    spoilt = np.sort(items.item[~items.says("made_at", "")])
    return np.asarray(looks.last & looks.good & find(spoilt, looks.item)[1])


def _rate(which: BoolArray, among: BoolArray) -> Rate:
    mine = which[among]
    return Rate(_count(mine), len(mine), alike(mine))


def _count(which: BoolArray) -> int:
    return int(np.count_nonzero(which))
