"""What a modelled line draws: each task's needs, said once for whoever does it, and all those of a line."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from line_sim.chance.need import By, Flaws, Happens, Kinds, Need, Picks, Takes, Varies
from line_sim.chance.purposes import Purpose
from line_sim.layout import REVIEW, Lane, Layout, Spec, specs_of
from line_sim.scenario.defects.repairs import Rework
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.scenario.mix.mix import PerVariant
from line_sim.scenario.mix.product import Product
from line_sim.scenario.model import Arrivals, Inspection, Review, Scenario, Station
from line_sim.scenario.stops.breakdowns import Way, names_of


def arrival(spec: Arrivals) -> Takes | None:
    """Return what a part takes to come after the one before; None where there is always one waiting."""
    return None if spec.every is None else Takes(Purpose.ARRIVAL, "", By.PART, spec.every)


def variant(product: Product) -> Varies | None:
    """Return which variant a part is; None where there is one kind of part."""
    return None if product.mix is None else Varies(Purpose.VARIANT, "", By.PART, product.mix)


def flaws_of_new(product: Product, kinds: Kinds) -> Flaws | None:
    """Return which parts come in defective; None where none does."""
    rates = product.defect_rates
    if rates == 0.0:
        return None
    return Flaws(
        Happens(Purpose.TRUE_STATE, "", By.PART, rates),
        Picks(Purpose.DEFECT_KIND, "", By.PART, or_none(kinds)),
    )


def flaws_of_repaired(product: Product, spec: Rework, kinds: Kinds) -> Flaws:
    """Return which parts are defective after a repair."""
    after = product.defect_rates if spec.defect_rate is None else spec.defect_rate
    return Flaws(
        Happens(Purpose.TRUE_STATE, REVIEW, By.REPAIRS, after),
        Picks(Purpose.DEFECT_KIND, REVIEW, By.REPAIRS, or_none(kinds)),
    )


def flaws_of_station(spec: Station, kinds: Kinds) -> Flaws | None:
    """Return which parts a station spoils; None where it makes no defects."""
    makes = spec.makes_defects
    if makes is None:
        return None
    return Flaws(
        Happens(Purpose.SPOILT, spec.name, By.VISIT, makes.rate),
        Picks(Purpose.DEFECT_KIND, spec.name, By.VISIT, makes.kinds or or_none(kinds)),
    )


def or_none(kinds: Kinds) -> Kinds:
    """Let there be a kind without a name where none is known."""
    if isinstance(kinds, PerVariant):
        return PerVariant(kinds.mix, tuple(own or ("",) for own in kinds.values))
    return kinds or ("",)


def cycle(spec: Station) -> Takes:
    """Return what a station's work takes."""
    return Takes(Purpose.CYCLE, spec.name, By.VISIT, spec.cycle)


def changeover(spec: Station) -> Takes | None:
    """Return what a set-up between two variants takes; None where there is none."""
    if spec.changeover is None:
        return None
    return Takes(Purpose.CHANGEOVER, spec.name, By.VISIT, spec.changeover)


def outages(station: str, unit: int, way: Way, name: str = "") -> tuple[Takes, Takes]:
    """Return how long a machine stays up, and how long its repairs take, in one way; a name has its own."""
    place = f"{station}/{unit} {name}" if name else f"{station}/{unit}"
    return (
        Takes(Purpose.UP_TIME, place, By.OUTAGE, way.up),
        Takes(Purpose.REPAIR_TIME, place, By.OUTAGE, way.repair),
    )


def acquisition(spec: Inspection) -> Takes:
    """Return what a picture takes."""
    return Takes(Purpose.ACQUISITION, spec.name, By.VISIT, spec.acquisition)


def inference(station: str, options: ModelledOptions) -> Takes:
    """Return what a modelled server takes for a request that is alone."""
    return Takes(Purpose.INFERENCE, station, By.CALL, options.alone)


def batches(station: str, options: ModelledOptions) -> tuple[Takes, ...]:
    """Return what it takes for a batch, by the sizes of `options.times`."""
    return tuple(Takes(Purpose.INFERENCE, station, By.CALL, time) for time in options.times.values())


def waking(station: str, options: ModelledOptions) -> tuple[Takes, ...]:
    """Return what it needs besides after each of its rests."""
    return tuple(Takes(Purpose.WAKING, station, By.CALL, rest.adds) for rest in options.rests)


def network_misses(station: str, options: ModelledOptions) -> Happens:
    """Return which defective parts its network calls good."""
    return Happens(Purpose.NETWORK_MISSES, station, By.CALL, options.miss_rate)


def network_false_alarms(station: str, options: ModelledOptions) -> Happens:
    """Return which good parts its network calls defective."""
    return Happens(Purpose.NETWORK_FALSE_ALARM, station, By.CALL, options.false_alarm_rate)


def review_time(spec: Review) -> Takes:
    """Return what a look of a reviewer takes."""
    return Takes(Purpose.REVIEW_TIME, REVIEW, By.VISIT, spec.time)


def reviewer_misses(spec: Review) -> Happens:
    """Return which defective parts reviewers call good."""
    return Happens(Purpose.REVIEWER_MISSES, REVIEW, By.VISIT, spec.miss_rate)


def reviewer_false_alarms(spec: Review) -> Happens:
    """Return which good parts reviewers call defective."""
    return Happens(Purpose.REVIEWER_FALSE_ALARM, REVIEW, By.VISIT, spec.false_alarm_rate)


def repaired(spec: Rework) -> Happens:
    """Return which of the parts that they find defective are repaired."""
    return Happens(Purpose.REPAIRED, REVIEW, By.VISIT, spec.share)


@dataclass(frozen=True, slots=True)
class Asked:
    """A need and who on the line has it.

    `at` is its place by the index in `Layout.places` (None: parts have it as they come in), `unit` the
    machine, from 1, and `way` the one in which it stops, from 0, where it is a machine's (else 0). `visits`
    is the highest visit that a part makes there, or how often it may be repaired where that counts.
    """

    need: Need[Any]
    at: int | None = None
    unit: int = 0
    way: int = 0
    visits: int = 1


def needs_of(scenario: Scenario, layout: Layout, kinds: Kinds = ()) -> tuple[Asked, ...]:
    """Return all that a line draws, real servers aside; `kinds` of defect are those of the pictures."""
    product = scenario.product
    new = flaws_of_new(product, kinds)
    coming: tuple[Need[Any] | None, ...] = (arrival(scenario.arrivals), variant(product), *(new or ()))
    found = [Asked(need) for need in coming if need is not None]
    for at, spec in enumerate(specs_of(scenario)):
        visits = most_visits(layout, at)
        found += [Asked(need, at, visits=visits) for need in _needs_at(spec, kinds)]
        if isinstance(spec, Station):
            found += _stops(spec, at)
        if isinstance(spec, Review) and spec.rework is not None:
            after = flaws_of_repaired(product, spec.rework, kinds)
            found += [Asked(need, at, visits=spec.rework.at_most) for need in after]
    return tuple(found)


def most_visits(layout: Layout, at: int) -> int:
    """Return how often a part may come to a place.

    That is once; to the review bench from each inspection in front of which no bench has put it back; and
    with each repair as often again.
    """
    if not layout.leads_back:
        return 1
    senders = sum(way.lane is Lane.REVIEW for way in layout.ways) if at == layout.bench else 1
    return senders * (1 if layout.rework is None else layout.rework.at_most + 1)


def _needs_at(spec: Spec, kinds: Kinds) -> Iterator[Need[Any]]:
    """Yield what a place draws for its parts, machines and stops aside."""
    match spec:
        case Station():
            yield cycle(spec)
            set_up, flaws = changeover(spec), flaws_of_station(spec, kinds)
            yield from () if set_up is None else (set_up,)
            yield from flaws or ()
        case Inspection():
            yield acquisition(spec)
            if (options := spec.gateway.model) is not None:
                yield from _answers(spec.name, options)
        case Review():
            yield from (review_time(spec), reviewer_misses(spec), reviewer_false_alarms(spec))
            if spec.rework is not None:
                yield repaired(spec.rework)


def _answers(station: str, options: ModelledOptions) -> Iterator[Need[Any]]:
    if options.batches:
        yield from batches(station, options)
    else:
        yield inference(station, options)
        yield from waking(station, options)
    yield network_misses(station, options)
    yield network_false_alarms(station, options)


def _stops(spec: Station, at: int) -> Iterator[Asked]:
    """Yield how long each machine of a station stays up and is repaired, in each way."""
    named = list(zip(spec.ways, names_of(spec.ways), strict=True))
    for unit in range(1, spec.units + 1):
        for number, (way, name) in enumerate(named):
            for need in outages(spec.name, unit, way, name):
                yield Asked(need, at, unit, number)
