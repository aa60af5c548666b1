"""What the scenario's means, and a run's answers where only it knows them, say of every place.

Times are ns, rates parts an hour. An inspection's wait and verdicts follow from a model where that is one;
of a live or a recorded server they are what was measured.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from line_sim.analysis.growth.server import TRIES, asked_together, queue_of
from line_sim.chance.durations import quantile_function
from line_sim.layout import Failures, Gate, Lane, Spec, shifts_in, specs_of
from line_sim.layout.places import failures_of, mean_of
from line_sim.scenario.fields import belt_of, places_of
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.scenario.gateways.shared import SharedGateway
from line_sim.scenario.mix.by_variant import PartTime
from line_sim.scenario.model import Inspection, Review, Scenario, Station
from line_sim.truth import DEFECTIVE
from line_sim.units import HOUR

_GRID = 20_000

Lanes = Mapping[Lane, float]
"""The shares of the parts that leave a place on each lane."""


@dataclass(frozen=True, slots=True)
class Between:
    """A measured number and its 95 % interval; all three are the same where it is known exactly."""

    low: float
    mid: float
    high: float

    def doubts(self, *, upper: bool) -> Iterator["Between"]:
        """Yield one end of the interval, taken for exact, where there is one."""
        end = self.high if upper else self.low
        if end != self.mid:
            yield Between(end, end, end)


@dataclass(frozen=True, slots=True)
class Answers:
    """What an inspection's answers do to it: the mean wait (ns), and what becomes of a part.

    `review` and `scrap` are the shares of the good and of the defective parts that are sent there.
    """

    wait: Between
    review: tuple[Between, Between]
    scrap: tuple[Between, Between]

    @property
    def lanes(self) -> tuple[Lanes, Lanes]:
        """On which lanes good and defective parts leave."""
        return self._lanes(0), self._lanes(1)

    def doubts(self, *, upper: bool) -> Iterator["Answers"]:
        """Yield the same answers with one of their measured numbers after the other at one end of it."""
        good, defective = self.review
        yield from (replace(self, wait=end) for end in self.wait.doubts(upper=upper))
        yield from (replace(self, review=(end, defective)) for end in good.doubts(upper=upper))
        yield from (replace(self, review=(good, end)) for end in defective.doubts(upper=upper))

    def _lanes(self, state: int) -> Lanes:
        review = min(1.0, self.review[state].mid)
        scrap = min(1.0 - review, self.scrap[state].mid)
        return {Lane.REVIEW: review, Lane.SCRAP: scrap, Lane.SHIP: 1.0 - review - scrap}


@dataclass(frozen=True, slots=True)
class PlaceMeans:
    """A place's mean time for a part in ns (repairs not in it), and what repairs add to it (ns).

    `good` and `defective` say on which lanes such parts leave; `stops` are the causes of the repairs,
    `belt` how many parts an hour the belt in front of it passes, if there is one. `share` is that of all time
    in which it is on: rates are those of all time.
    """

    name: str
    units: int
    buffer: int
    time: float
    good: Lanes = field(default_factory=lambda: {Lane.SHIP: 1.0})
    defective: Lanes = field(default_factory=lambda: {Lane.SHIP: 1.0})
    repair: float = 0.0
    stops: tuple[Failures, ...] = ()
    belt: float = float("inf")
    share: float = 1.0

    @property
    def by_units(self) -> float:
        """How many parts an hour all its units can make, never starved and never blocked."""
        needed = self.time + self.repair
        return self.units * HOUR * self.share / needed if needed else float("inf")

    @property
    def makes(self) -> float:
        """How many parts an hour it can make, of those that the belt in front of it can bring."""
        return min(self.by_units, self.belt * self.share)


def means_of(scenario: Scenario, answers: Mapping[str, Answers]) -> tuple[PlaceMeans, ...] | None:
    """Return what is known of every place, in the order of `Layout.places`; None where a time is not known.

    `answers` are those of the inspections, by name.
    """
    specs = specs_of(scenario)
    found = [_means(spec, answers) for spec in specs]
    known = tuple(
        replace(place, belt=_passes(spec), share=share_of(scenario, spec.calendar))
        for place, spec in zip(found, specs, strict=True)
        if place is not None
    )
    return known if len(known) == len(found) else None


def share_of(scenario: Scenario, calendar: str | None) -> float:
    """Return the share of all time in which a calendar is on; 1 without one."""
    shifts = shifts_in(scenario, calendar)
    return 1.0 if shifts is None else shifts.share


def _passes(spec: Spec) -> float:
    """Return how many parts an hour can step on the belt in front of a place, if there is one."""
    belt = belt_of(spec.buffer)
    return float("inf") if belt is None else HOUR / belt.first_cell


def _means(spec: Spec, answers: Mapping[str, Answers]) -> PlaceMeans | None:
    match spec:
        case Station():
            return _station(spec)
        case Inspection():
            return _inspection(spec, answers.get(spec.name))
        case Gate(inspection):
            return _gate(spec, inspection, answers.get(inspection.name))
        case Review():
            time_of_a_look = mean_of(spec.time)
            cleared = _looked_at(spec.false_alarm_rate), _looked_at(1 - spec.miss_rate)
            if time_of_a_look is None:
                return None
            return PlaceMeans("review", spec.units, places_of(spec.buffer), time_of_a_look, *cleared)


def _inspection(spec: Inspection, judged: Answers | None) -> PlaceMeans | None:
    acquisition, room = mean_of(spec.acquisition), places_of(spec.buffer)
    if acquisition is None or judged is None:
        return None
    if spec.gate is not None:
        return PlaceMeans(spec.name, spec.units, room, acquisition)
    return PlaceMeans(spec.name, spec.units, room, acquisition + judged.wait.mid, *judged.lanes)


def _gate(spec: Gate, inspection: Inspection, judged: Answers | None) -> PlaceMeans | None:
    apart = None if judged is None else between_answers(inspection, judged.wait.mid)
    if judged is None or apart is None:
        return None
    return PlaceMeans(spec.name, 1, spec.buffer.places, apart, *judged.lanes)


def between_answers(spec: Inspection, wait: float) -> float | None:
    """Return how long at least there is between two parts at a gate, in ns; None where a time is not known.

    There are never more parts on the cameras and before the gate than there is room for, and each is there
    for its picture and its answer (Little's law). Nor can there be more answers than a model's servers give,
    where every part gets one; what a server makes that puts requests together is its own limit's business.
    """
    acquisition = mean_of(spec.acquisition)
    if acquisition is None:
        return None
    room = (acquisition + wait) / spec.most_calls
    model = spec.gateway.model
    if spec.deadline is None and model is not None and not model.batches:
        service = mean_of(model.alone)
        calls = model.places if isinstance(spec.gateway, SharedGateway) else spec.most_calls
        return None if service is None else max(room, service / model.capacity(calls))
    return room


def _looked_at(scrapped: float) -> Lanes:
    return {Lane.SHIP: 1 - scrapped, Lane.SCRAP: scrapped}


def _station(spec: Station) -> PlaceMeans | None:
    time, stops = mean_of(spec.cycle), failures_of(spec.ways)
    set_up = 0.0 if spec.changeover is None else mean_of(spec.changeover)
    if time is None or set_up is None or any(way.up is None or way.repair is None for way in stops):
        return None
    place = PlaceMeans(spec.name, spec.units, places_of(spec.buffer), time, stops=stops)
    return taking(place, time + spec.set_ups * set_up)


def taking(place: PlaceMeans, time: float) -> PlaceMeans:
    """Return a station that takes so long a part (ns), set-ups in it, with the repairs that this brings."""
    repair = 0.0
    for way in place.stops:
        repair += (way.repair or 0.0) / (way.up or 1.0) * (1 if way.by_parts else time)
    return replace(place, time=time, repair=repair)


def foreseen(scenario: Scenario) -> dict[str, Answers]:
    """Return what the answers of the modelled inspections will do, by name; nothing of the others."""
    found = {}
    together = asked_together(scenario)
    interval = 0.0 if scenario.arrivals.every is None else mean_of(scenario.arrivals.every) or 0.0
    for spec in scenario.line:
        if isinstance(spec, Station):
            station = _station(spec)
            interval = max(interval, HOUR / station.makes if station is not None else 0.0)  # while all are on
        elif spec.gateway.model is not None and _is_read(spec):
            queue = together.get(spec.name) or _late_and_wait(spec, spec.gateway.model, interval)
            found[spec.name] = _modelled(spec, spec.gateway.model, *queue)
    return found


def _is_read(spec: Inspection) -> bool:
    """Whether its times are at hand: the file of measured ones may be gone."""
    return all(mean_of(time) is not None for _, time in spec.times)


def right_at_once(spec: Inspection, wait: float = 0.0) -> Answers:
    """Return answers that are right and take no time, or `wait` ns: the least that a server can do."""
    return _answers(spec, wait, 0.0, 0.0, 0.0)


def no_answer(spec: Inspection) -> Answers:
    """Return what is done where no answer comes before the deadline."""
    return _answers(spec, float(spec.deadline or 0), 1.0, 0.0, 0.0)


def _modelled(spec: Inspection, options: ModelledOptions, late: float, wait: float) -> Answers:
    misses, alarms = options.miss_rate, options.false_alarm_rate
    if DEFECTIVE in spec.ship_when.labels:  # the model's word for a bad part lets it go on
        misses, alarms = 1.0, 0.0
    return _answers(spec, wait, late, misses, alarms)


def _answers(spec: Inspection, wait: float, late: float, misses: float, alarms: float) -> Answers:
    reviewed, scrapped = (late * (spec.on_no_result == lane) for lane in ("review", "scrap"))
    review = (1 - late) * alarms + reviewed, (1 - late) * (1 - misses) + reviewed
    return Answers(
        _exactly(wait),
        (_exactly(review[0]), _exactly(review[1])),
        (_exactly(scrapped), _exactly(scrapped)),
    )


def _exactly(value: float) -> Between:
    return Between(value, value, value)


def _late_and_wait(spec: Inspection, options: ModelledOptions, interval: float) -> tuple[float, float]:
    """Return the share of time-outs and the mean wait in ns of a modelled server.

    Where no call ever waits for another they are those of the service time; else a small queue of cameras
    and servers is run.
    """
    service = draws_of(options.alone)
    answers = service + options.overhead
    deadline = float("inf") if spec.deadline is None else float(spec.deadline)
    late = float(np.mean(answers > deadline))
    if _never_waits(spec, options, late):
        exact = mean_of(options.alone) if late == 0 else None
        if exact is not None:
            return late, exact + options.overhead
        return late, float(np.minimum(answers, deadline).mean())
    acquisition = draws_of(spec.acquisition)
    return queue_of(spec, options, interval, _shuffled(service, 1), _shuffled(acquisition, 2))


def answers_alone(spec: Inspection) -> bool:
    """Whether no call ever waits for another at a modelled server, whose means are then known exactly."""
    options = None if isinstance(spec.gateway, SharedGateway) else spec.gateway.model
    if options is None or options.batches or options.shared or not _is_read(spec):
        return False
    deadline = float("inf") if spec.deadline is None else float(spec.deadline)
    return _never_waits(spec, options, float(np.mean(draws_of(options.alone) + options.overhead > deadline)))


def _never_waits(spec: Inspection, options: ModelledOptions, late: float) -> bool:
    room = options.servers if options.sharing is None else 1
    return spec.most_calls <= room and (options.after_deadline == "stops" or late == 0)


def draws_of(time: PartTime) -> NDArray[np.float64]:
    """Return a time's quantiles at the middles of 20,000 equal shares, in ns: what it is, without chance."""
    return np.asarray(quantile_function(time)((np.arange(_GRID) + 0.5) / _GRID), dtype=np.float64)


def _shuffled(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).permutation(values)[:TRIES]
