"""How many parts an hour come to every place: the traffic of the line, by its ways.

Good and defective parts are counted apart, since inspections and reviewers send them different ways.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from line_sim.analysis.growth.means import PlaceMeans
from line_sim.layout import Exit, Lane, Layout
from line_sim.recording.run_columns import FloatArray

_MOST_SWEEPS = 1_000
_STILL = 1e-12

Onward: TypeAlias = Callable[[int, FloatArray], FloatArray]
"""What goes on of the good and the defective parts that come to a place."""
Ways: TypeAlias = list[dict[Lane, int | Exit]]
"""Where each lane of each place leads."""


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

    Where ways lead back it sweeps until nothing changes; a loop that nothing leaves is given up after
    1,000 sweeps.
    """
    entered = entering * np.array([1 - defective, defective])
    ways = _ways(layout)
    flows, shipped = _sweep(layout.entry, ways, means, entered, onward, None)
    for _ in range(_MOST_SWEEPS if layout.leads_back else 0):
        before = flows
        flows, shipped = _sweep(layout.entry, ways, means, entered, onward, before)
        if np.abs(flows - before).max() <= _STILL * max(entering, 1.0):
            break
    return flows.sum(axis=1).tolist(), shipped


def _ways(layout: Layout) -> Ways:
    ways: Ways = [{} for _ in layout.places]
    for way in layout.ways:
        ways[way.start][way.lane] = way.to
    return ways


def _sweep(
    entry: int,
    ways: Ways,
    means: Sequence[PlaceMeans],
    entered: FloatArray,
    onward: Onward,
    known: FloatArray | None,
) -> tuple[FloatArray, float]:
    """Send everything one way further: what was known to come, or what has come from the places before."""
    flows = np.zeros((len(means), 2))
    flows[entry] = entered
    shipped = 0.0
    for place, mean in enumerate(means):
        coming = flows[place] if known is None else known[place]
        for lane, parts in _leaving(mean, onward(place, coming)):
            to = ways[place].get(lane)
            if to is Exit.SHIPPED:
                shipped += float(parts.sum())
            elif isinstance(to, int):
                flows[to] += parts
    return flows, shipped


def _leaving(place: PlaceMeans, passed: FloatArray) -> Iterator[tuple[Lane, FloatArray]]:
    for lane in {**place.good, **place.defective}:
        yield lane, passed * np.array([place.good.get(lane, 0.0), place.defective.get(lane, 0.0)])
