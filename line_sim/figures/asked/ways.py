"""How each figure of a line is made alone.

Which figures there are say the catalogue and `figures.names`, as everywhere; the place at which one stands in
summary.json says of what it is made. Its value here is the one there, to the last digit.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias, cast

from line_sim.figures.asked.facts import Facts
from line_sim.figures.catalogue import CATALOGUE, Key
from line_sim.figures.folds import Fold, Share
from line_sim.figures.latency import Quantity
from line_sim.figures.mix.by_variant import VARIANTS, figures_by_variant, key_of, of_variant
from line_sim.figures.names import station_figures
from line_sim.figures.statistics.quantiles import QUANTILES
from line_sim.figures.statistics.rates import Rate
from line_sim.layout import Layout
from line_sim.units import SECOND


class Way(NamedTuple):
    """How a figure is made, and how its counts where it is a share of counted calls or parts."""

    value: Callable[[Facts], float | None]
    rate: Callable[[Facts], Rate] | None = None


Ways: TypeAlias = Mapping[str, Way]


def ways_of(layout: Layout) -> Ways:
    """Return the way of every figure of a line, by name; it is the same for every run of the line."""
    ways = {figure.name: _of_fold(figure.fold) for figure in CATALOGUE}
    ways |= {name: _SECTIONS[key[0]](layout, key) for name, key, _ in station_figures(layout)}
    return ways


def _of_fold(fold: Fold[Any]) -> Way:
    rate = (lambda facts: fold.count(facts.settled)) if isinstance(fold, Share) else None
    return Way(lambda facts: fold.value(facts.settled), rate)


def _place(layout: Layout, name: str) -> int:
    return next(place for place, station in enumerate(layout.places) if station.name == name)


def _share_of_time(layout: Layout, key: Key) -> Way:
    _, name, state = key
    place = _place(layout, name)
    return Way(lambda facts: (facts.shares[place] or {}).get(state))


def _latency(layout: Layout, key: Key) -> Way:
    _, name, quantity, _, statistic, _ = key
    of = _place(layout, name), cast("Quantity", quantity)

    def value(facts: Facts) -> float | None:
        sample = facts.samples[of]
        if not sample.n:
            return None
        found = sample.mean() if statistic == "mean" else sample.value(QUANTILES[statistic])
        return None if found is None else found / SECOND

    return Way(value)


def _caught(layout: Layout, key: Key) -> Way:
    _, name, rate = key
    place = _place(layout, name)
    return Way(lambda facts: facts.catches[place][rate].value, lambda facts: facts.catches[place][rate])


def _busy_crew(_: Layout, key: Key) -> Way:
    return Way(lambda facts: facts.crews[key[1]])


def _of_variant(layout: Layout, key: Key) -> Way:
    _, name, told_as = key
    figure = next(figure for figure in figures_by_variant(layout) if key_of(figure) == told_as)
    return _of_fold(of_variant(figure, name))


_SECTIONS: dict[str, Callable[[Layout, Key], Way]] = {
    "stations": _share_of_time,
    "latency": _latency,
    "inspections": _caught,
    "crews": _busy_crew,
    VARIANTS: _of_variant,
}
"""How the figures of each section of summary.json are made that stations, crews and variants have."""
