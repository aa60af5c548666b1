"""The long run of a scenario: what comes to each place, what fills up and what limits the line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import sqrt

from line_sim.analysis.crew_limits import crews_take_in
from line_sim.analysis.growth.defects import ExpectedDefects, expected_defects
from line_sim.analysis.growth.filling import taken_in
from line_sim.analysis.growth.flows import traffic
from line_sim.analysis.growth.means import (
    Answers,
    PlaceMeans,
    foreseen,
    right_at_once,
    share_of,
)
from line_sim.analysis.growth.mixed import means_of
from line_sim.analysis.growth.outages import Failing, Outages, failing
from line_sim.analysis.growth.outlook import (
    THE_LINE,
    Filling,
    Load,
    Outlook,
    held_up,
    line_rate,
    outlook,
)
from line_sim.analysis.growth.pilot import intake
from line_sim.figures.window import Window
from line_sim.layout import Kind, Layout, layout_of
from line_sim.layout.places import mean_of
from line_sim.recording.run_columns import RunColumns
from line_sim.scenario.model import Scenario
from line_sim.units import HOUR

_CLOSE = 0.3
"""The load up to which stations never hold each other up so much that parts pile up outside."""


@dataclass(frozen=True, slots=True)
class Long:
    """The long run of a scenario before it is run: means, what comes to each place, outages to come.

    `known` is false where a server's answers are taken for something that nobody knows. `defects` is what the
    inspections will see of them; None of a line whose stations make none.
    """

    outlook: Outlook
    outages: tuple[Outages, ...]
    known: bool
    cause: str | None
    defects: ExpectedDefects | None = None


def long_run(
    scenario: Scenario, answers: Mapping[str, Answers], assumed: Mapping[str, Answers]
) -> Long | None:
    """Return what the means say of a scenario's long run; None where there is nothing to compute.

    `answers` are those known of inspections that the scenario tells nothing of, by name; of others they are
    `assumed`.
    """
    known = {**answers, **foreseen(scenario)}
    line = Forecast(scenario, {**assumed, **known})
    found = line.ahead()
    if found is None:
        return None
    means, ahead = found
    hours = _hours(scenario, ahead)
    to_come = tuple(Outages(each, None, each.per_hour * hours) for each in line.failing(means, ahead))
    return Long(
        ahead,
        to_come,
        all(spec.name in known for spec in scenario.inspections),
        line.cause(means, ahead.limit),
        expected_defects(line.layout, means, scenario.product.mean_defect_rate),
    )


def _hours(scenario: Scenario, ahead: Outlook) -> float:
    """Return how long the scenario's run will be, in hours, at what the line takes in."""
    if scenario.run.duration is not None:
        return scenario.run.duration / HOUR
    return (scenario.run.items or 0) / ahead.takes_in if ahead.takes_in else 0.0


def _error(load: Load, doubts: Sequence[Outlook]) -> float:
    """Return by how much a load may be off: what each doubt changes, added up as independent errors are."""
    others = (other.value for doubt in doubts for other in doubt.loads if other.place == load.place)
    return sqrt(sum((other - load.value) ** 2 for other in others))


@dataclass(frozen=True)
class Forecast:
    """A line with what is known of its answers, and what a run of it has seen (None: not run yet)."""

    scenario: Scenario
    answers: Mapping[str, Answers]
    seen: tuple[RunColumns, Window] | None = None

    @cached_property
    def layout(self) -> Layout:
        """Its layout."""
        return layout_of(self.scenario)

    def ahead(self) -> tuple[tuple[PlaceMeans, ...], Outlook] | None:
        """Return the means of all places and the outlook; None where a time is unknown, or none is needed."""
        found = self.by_means()
        if found is None or not self.may_be_held_up(found[1]):
            return found
        means, ahead = found
        people = self._people_are_for(means)
        if people < ahead.entering and people < ahead.takes_in:
            return means, held_up(ahead, people, by_people=True)
        fed = intake(self.scenario, means, ahead.entering)
        return means, ahead if fed is None or fed.high >= ahead.entering else held_up(ahead, fed.uph)

    def may_be_held_up(self, ahead: Outlook) -> bool:
        """Whether parts may pile up outside although no single place has too many."""
        arrivals = self.scenario.arrivals
        waits = arrivals.every is not None and arrivals.on_full == "wait"
        close = ahead.limit.value > _CLOSE or bool(self.layout.crews)
        return waits and not ahead.overloaded and close

    def _people_are_for(self, means: tuple[PlaceMeans, ...]) -> float:
        """Return for how many parts an hour the people of the crews are enough."""
        visits, _ = traffic(self.layout, means, 1.0, self.scenario.product.mean_defect_rate)
        return crews_take_in(self.layout, [place.time for place in means], visits)

    def sure(self, ahead: Outlook) -> tuple[Filling, ...]:
        """Return what fills up, the limit first; sure is what would by the low ends of what was measured."""
        if ahead.limit.place == THE_LINE:
            return ahead.fills
        doubts = list(self._doubts(upper=False)) if ahead.fills else []
        asked = {load.place: load for load in ahead.loads}
        sure = {
            each.place: each.load.value * (1 - _error(asked[each.place], doubts) / asked[each.place].value)
            > 1
            for each in ahead.fills
        }
        ordered = sorted(ahead.fills, key=lambda filling: filling.place != ahead.limit.place)
        return tuple(replace(each, sure=sure[each.place]) for each in ordered)

    def may_fill(self, ahead: Outlook) -> tuple[Load, ...]:
        """Return the loads, at the upper ends of what was measured, of places that fill up by these alone."""
        doubts = list(self._doubts(upper=True))
        upper = (
            replace(load, asked=load.asked * (1 + _error(load, doubts) / load.value))
            for load in ahead.loads
            if 0 < load.value <= 1
        )
        return tuple(load for load in upper if load.value > 1)

    @property
    def complete(self) -> bool:
        """Whether something is known of the answers of every inspection."""
        return all(spec.name in self.answers for spec in self.scenario.inspections)

    def _doubts(self, *, upper: bool) -> Iterator[Outlook]:
        """Yield the outlook with one measured number after the other at its lower or upper end."""
        for name, answers in self.answers.items():
            for doubt in answers.doubts(upper=upper):
                found = replace(self, answers={**self.answers, name: doubt}).by_means()
                if found is not None:
                    yield found[1]

    def failing(self, means: tuple[PlaceMeans, ...], ahead: Outlook) -> Iterator[Failing]:
        """Yield the stations whose outages matter, at what the line takes in."""
        coming, _ = traffic(self.layout, means, ahead.takes_in, self.scenario.product.mean_defect_rate)
        return failing(means, coming)

    def cause(self, means: tuple[PlaceMeans, ...], limit: Load) -> str:
        """Say why a place makes too little: its belt, reviewers, breakdowns, its answers, or its own work."""
        if limit.place == THE_LINE:
            return "crew" if limit.by_people else "blocking"
        if limit.by_units is not None:
            return "belt"
        at = next(index for index, place in enumerate(means) if place.name == limit.place)
        place, station = means[at], self.layout.places[at]
        if station.kind is Kind.REVIEW:
            return "review"
        if station.is_gate:
            return "gate"
        there = place.units * HOUR * place.share
        if place.repair and limit.asked * place.time <= there:
            return "breakdowns"
        by_itself = station.planned or 0.0
        return "typical" if station.inspects and limit.asked * by_itself <= there else "cycle"

    def by_means(self) -> tuple[tuple[PlaceMeans, ...], Outlook] | None:
        """Return the means of all places, and the outlook as if no station held another up."""
        inspections = self.scenario.inspections
        unknown = {spec.name: right_at_once(spec) for spec in inspections if spec.name not in self.answers}
        means = means_of(self.scenario, {**self.answers, **unknown})
        entering = None if means is None else self._entering(means)
        if means is None or entering is None:
            return None
        ahead = outlook(self.layout, means, entering, self.scenario.product.mean_defect_rate)
        return None if ahead is None else (means, ahead)

    def _entering(self, means: tuple[PlaceMeans, ...]) -> float | None:
        """Return the parts an hour that come to the line: by its takt, or as many as it takes in."""
        every = self.scenario.arrivals.every
        if every is not None:
            takt = mean_of(every)
            comes = share_of(self.scenario, self.scenario.arrivals.calendar)
            return None if takt is None else HOUR / takt * comes
        at_best = line_rate(self.layout, means, self.scenario.product.mean_defect_rate)
        at_best = min(at_best, self._people_are_for(means))
        fed = intake(self.scenario, means, at_best, roomy=True)
        if fed is not None:
            return min(at_best, fed.uph)
        return at_best if self.seen is None else taken_in(self.seen[0], self.layout, self.seen[1], at_best)
