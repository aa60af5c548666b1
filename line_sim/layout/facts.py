"""What the analysis must know of a line: its stations, its takt, its warm-up. Nothing of how it runs."""

from dataclasses import dataclass
from typing import Literal

from line_sim.scenario.model import Inspection, Scenario, ShipWhen, Station
from line_sim.scenario.times import Time
from line_sim.units import HOUR, MILLISECOND, Nanoseconds

REVIEW = "review"
"""The review bench is a station of this name."""


@dataclass(frozen=True, slots=True)
class StationFacts:
    """A station as the analysis sees it: its name, parallel machines and places in front.

    `deadline` (ns) is that of an inspection's calls, `ship_when` and `on_no_result` are how it judges
    their answers (None: not known); `fails` says whether its machines break down. `planned` is the mean
    time in ns that a part needs there, without any answer (None: not known).
    """

    name: str
    units: int = 1
    buffer: int = 0
    inspects: bool = False
    deadline: Nanoseconds | None = None
    fails: bool = False
    ship_when: ShipWhen | None = None
    on_no_result: str = "review"
    planned: float | None = None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line as the analysis sees it; `takt` is the mean time between arrivals in ns, if there is one.

    `items` is the number of parts that a run of so many parts lets in; `warm_up` and `skew_budget`
    are in ns.
    """

    line: tuple[StationFacts, ...]
    review: StationFacts | None = None
    saturated: bool = False
    takt: float | None = None
    items: int | None = None
    warm_up: Nanoseconds | Literal["auto"] = 0
    scenario: str = ""
    seed: int = 0
    clock: str = ""
    skew_budget: Nanoseconds = 2 * MILLISECOND

    @property
    def stations(self) -> tuple[StationFacts, ...]:
        """Every station in order, the review bench last."""
        return self.line if self.review is None else (*self.line, self.review)

    @property
    def inspections(self) -> tuple[StationFacts, ...]:
        """The stations that ask an inference server."""
        return tuple(station for station in self.line if station.inspects)

    @property
    def takt_uph(self) -> float | None:
        """The output that the takt asks for, in units per hour."""
        return HOUR / self.takt if self.takt else None


def facts_of(scenario: Scenario) -> LineFacts:
    """Return what the analysis must know of a scenario."""
    review = scenario.review
    bench = StationFacts(REVIEW, review.units, review.buffer, planned=_mean(review.time)) if review else None
    return LineFacts(
        line=tuple(_station(entry) for entry in scenario.line),
        review=bench,
        saturated=scenario.arrivals.saturated,
        takt=_takt(scenario),
        items=scenario.run.items,
        warm_up=scenario.run.warm_up,
        scenario=scenario.name,
        seed=scenario.seed,
        clock=scenario.clock,
        skew_budget=scenario.run.skew_budget,
    )


def _station(entry: Station | Inspection) -> StationFacts:
    if isinstance(entry, Inspection):
        return StationFacts(
            entry.name,
            entry.units,
            entry.buffer,
            inspects=True,
            deadline=entry.deadline,
            ship_when=entry.ship_when,
            on_no_result=entry.on_no_result,
            planned=_mean(entry.acquisition),
        )
    fails = entry.breakdowns is not None
    return StationFacts(entry.name, entry.units, entry.buffer, fails=fails, planned=_mean(entry.cycle))


def _takt(scenario: Scenario) -> float | None:
    every = scenario.arrivals.every
    return _mean(every) if every is not None else None


def _mean(time: Time) -> float | None:
    try:
        return float(time.mean_ns)
    except ValueError:  # measured times whose file is gone: the run is reported without their mean
        return None
