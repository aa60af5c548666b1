"""A run, and what several figures of it have in common, made once the first of them is asked for."""

from collections.abc import Callable, Hashable
from typing import TypeVar

from line_sim.figures.defects.catches import catches_of
from line_sim.figures.flow import station_time
from line_sim.figures.latency import Quantity, sample_of_all
from line_sim.figures.names import CATCHES
from line_sim.figures.populations import Settled
from line_sim.figures.statistics.quantiles import Sample
from line_sim.figures.statistics.rates import Rate
from line_sim.figures.stops.crews import crew_time
from line_sim.figures.window import window_of
from line_sim.layout import Layout
from line_sim.recording.run_columns import RunColumns

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Made(dict[K, V]):
    """Things by key, each made when it is asked for first."""

    def __init__(self, make: Callable[[K], V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> V:
        made = self[key] = self._make(key)
        return made


class Facts:
    """A run as its figures see it, stations by their place in the layout.

    `shares` are those of a station's time, `catches` the rates of what an inspection catches, by name,
    `samples` what was seen of a quantity at an inspection, `crews` the share of its time that a crew is busy.
    """

    def __init__(self, run: RunColumns, layout: Layout) -> None:
        self.run, self.layout = run, layout
        self.window = window_of(run, layout)
        self.settled = Settled(run, layout, self.window)
        self.shares: Made[int, dict[str, float] | None] = Made(self._shares)
        self.catches: Made[int, dict[str, Rate]] = Made(self._catches)
        self.samples: Made[tuple[int, Quantity], Sample] = Made(self._sample)
        self.crews: Made[str, float | None] = Made(self._crew)

    def _shares(self, place: int) -> dict[str, float] | None:
        return station_time(self.run, self.layout, place, self.window).shares()

    def _catches(self, place: int) -> dict[str, Rate]:
        rates = catches_of(self.run, self.layout, place, self.window).rates
        return dict(zip((figure.name for figure in CATCHES), rates, strict=True))

    def _sample(self, key: tuple[int, Quantity]) -> Sample:
        place, quantity = key
        return sample_of_all(self.run, self.layout, place, self.window, quantity)

    def _crew(self, name: str) -> float | None:
        crew = next(crew for crew in self.layout.crews if crew.name == name)
        return crew_time(self.run, self.layout, crew, self.window).share
