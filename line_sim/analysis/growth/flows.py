"""How many parts an hour come to every place: the traffic of the line, by its ways.

Good and defective parts are counted apart, since inspections and reviewers send them different ways (and
stations may make the one of the other), and so
are those that have been repaired once, twice and so on, and those that one inspection or another has sent.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from line_sim.analysis.growth.means import PlaceMeans
from line_sim.layout import Exit, Lane, Layout
from line_sim.recording.run_columns import NONE, FloatArray

_MOST_SWEEPS = 1_000
_MOST_ROUNDS = 50
_STILL = 1e-12

Onward: TypeAlias = Callable[[int, FloatArray], FloatArray]
"""What goes on of the good and the defective parts that come to a place."""


def all_of_it(_: int, coming: FloatArray) -> FloatArray:
    """Let everything go on: the traffic of a line on which nothing is full."""
    return coming


def no_more_than(means: Sequence[PlaceMeans]) -> Onward:
    """Let each place send on no more than it makes: the traffic while what is too much still finds room."""

    def passed(place: int, coming: FloatArray) -> FloatArray:
        makes, asked = means[place].makes, float(coming.sum())
        return coming if asked <= makes else coming * (makes / asked)

    return passed


def traffic(
    layout: Layout, means: Sequence[PlaceMeans], entering: float, defective: float, onward: Onward = all_of_it
) -> tuple[list[float], float]:
    """Return the parts an hour that come to each place, and those shipped, of `entering` an hour.

    `defective` is the share of those that come with a defect.
    """
    flows, shipped = _settled(layout, means, entering, defective, onward)
    every = [float(np.sum([*_at(flows, place).values()])) for place in range(len(means))]
    return every, sum((float(parts.sum()) for parts in shipped), 0.0)


def by_state(
    layout: Layout, means: Sequence[PlaceMeans], defective: float
) -> tuple[list[FloatArray], FloatArray]:
    """Return the good and defective parts that come to each place, and those shipped, for each that comes."""
    flows, shipped = _settled(layout, means, 1.0, defective, all_of_it)
    coming = [
        sum((each.sum(axis=0) for each in _at(flows, place).values()), np.zeros(2))
        for place in range(len(means))
    ]
    return coming, sum((parts.sum(axis=0) for parts in shipped), np.zeros(2))


def _settled(
    layout: Layout, means: Sequence[PlaceMeans], entering: float, defective: float, onward: Onward
) -> tuple["Coming", list[FloatArray]]:
    """Return what comes to every place and what is shipped.

    It sweeps until nothing changes, as ways may lead to places that come before; a loop that nothing leaves
    is given up after 1,000 sweeps.
    """
    entered = np.zeros((_rounds(layout), 2))
    entered[0] = entering * np.array([1 - defective, defective])
    sweep = _Sweep(layout, means, entered, onward)
    flows, shipped = sweep.flows({})
    for _ in range(_MOST_SWEEPS):
        before = flows
        flows, shipped = sweep.flows(before)
        if _largest_change(flows, before) <= _STILL * max(entering, 1.0):
            break
    return flows, shipped


def _rounds(layout: Layout) -> int:
    """Return how often a part may go round, and one; after very many repairs what is left is nothing."""
    return 1 if layout.rework is None else min(layout.rework.at_most, _MOST_ROUNDS) + 1


Coming: TypeAlias = dict[tuple[int, int], FloatArray]
"""What comes to a place, by the place and the inspection that has sent it (or NONE): repairs x states."""


def _at(flows: Coming, place: int) -> dict[int, FloatArray]:
    """Return what comes to a place, by the inspection that has sent it."""
    mine = {sent_by: parts for (at, sent_by), parts in flows.items() if at == place}
    return mine or {NONE: np.zeros((1, 2))}


def _largest_change(flows: Coming, before: Coming) -> float:
    return max(float(np.abs(parts - before.get(key, 0.0)).max()) for key, parts in flows.items())


class _Sweep:
    """Sends everything one way further: what was known to come, or what has come from the places before."""

    def __init__(
        self, layout: Layout, means: Sequence[PlaceMeans], entered: FloatArray, onward: Onward
    ) -> None:
        self._layout = layout
        self._means = means
        self._entered = entered
        self._onward = onward

    def flows(self, known: Coming) -> tuple[Coming, list[FloatArray]]:
        """Return what comes to every place, and the parts an hour that are shipped, way by way."""
        coming: Coming = {(self._layout.entry, NONE): self._entered}
        shipped: list[FloatArray] = []
        for place in range(len(self._means)):
            for sent_by, passed in self._passed(place, known or coming).items():
                ways = self._layout.ways_from(place, sent_by)
                for lane, parts in self._leaving(place, passed):
                    to = ways.get(lane)
                    if to is Exit.SHIPPED:
                        shipped.append(parts)
                    elif isinstance(to, int):
                        key = to, place if lane is Lane.REVIEW else NONE
                        coming[key] = coming.get(key, 0.0) + parts
        return coming, shipped

    def _passed(self, place: int, known: Coming) -> dict[int, FloatArray]:
        """Return what goes on of what comes to a place."""
        coming = _at(known, place)
        total = np.sum([parts.sum(axis=0) for parts in coming.values()], axis=0)
        share = np.divide(self._onward(place, total), total, out=np.ones(2), where=total > 0)
        return {sent_by: parts * share for sent_by, parts in coming.items()}

    def _worked_on(self, place: int, passed: FloatArray) -> FloatArray:
        """Return what the work at a place makes of parts: some of the good ones may be spoilt."""
        makes = self._layout.places[place].makes_defects
        if makes is None:
            return passed
        spoilt = passed[:, 0] * makes.rate
        return passed + np.stack((-spoilt, spoilt), axis=1)

    def _leaving(self, place: int, passed: FloatArray) -> Iterator[tuple[Lane, FloatArray]]:
        """Yield what leaves a place on each lane; of what is scrapped some may be repaired instead."""
        mean, rework = self._means[place], self._layout.rework
        passed = self._worked_on(place, passed)
        for lane in {**mean.good, **mean.defective}:
            parts = passed * np.array([mean.good.get(lane, 0.0), mean.defective.get(lane, 0.0)])
            if lane is Lane.SCRAP and place == self._layout.bench and rework is not None:
                again = np.zeros_like(parts)
                sent_back = rework.share * parts[:-1].sum(axis=1)
                again[1:] = sent_back[:, None] * np.array([1 - rework.defective, rework.defective])
                yield Lane.REWORK, again
            yield lane, parts
