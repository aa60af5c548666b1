"""The means of every place by the mix of variants that comes there.

Behind a place that sends defective parts elsewhere there are fewer of the variant that is defective more
often. Each variant's parts go their own way through the line, so that their traffic is worked out one by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from line_sim.analysis.growth import means as alike
from line_sim.analysis.growth.flows import traffic
from line_sim.analysis.growth.means import Answers, PlaceMeans
from line_sim.layout import Layout, Spec, layout_of, specs_of
from line_sim.layout.places import mean_of
from line_sim.scenario.mix.by_variant import ByVariant, PartTime
from line_sim.scenario.mix.mix import Mix, PerVariant
from line_sim.scenario.model import Inspection, Review, Scenario, Station


def means_of(scenario: Scenario, answers: Mapping[str, Answers]) -> tuple[PlaceMeans, ...] | None:
    """Return what is known of every place, in the order of `Layout.places`; None where a time is not."""
    means, mix = alike.means_of(scenario, answers), scenario.product.mix
    if means is None or mix is None:
        return means
    there = _mix_at_places(scenario, layout_of(scenario), means, mix)
    specs = specs_of(scenario)
    return tuple(_at(spec, place, mix) for spec, place, mix in zip(specs, means, there, strict=True))


def unsure(scenario: Scenario) -> str:
    """Say why the means of a line with variants are only nearly known; empty where they are exact.

    How often one of several machines is set up for batches hangs on which of them takes which part, how often
    any is set up for parts that come back hangs on which come together, and what is repaired is of another
    mix than what is new.
    """
    mix, review = scenario.product.mix, scenario.review
    if mix is None:
        return ""
    several = any(
        isinstance(spec, Station) and spec.changeover is not None and spec.units > 1 for spec in scenario.line
    )
    if mix.batch is not None and several:
        return "how often machines side by side are set up for batches no mean tells"
    rework, rates = None if review is None else review.rework, scenario.product.defect_rates
    alike_often = not isinstance(rates, PerVariant) or len(set(rates.values)) == 1
    if out_of_turn(scenario) and not (alike_often and mix.batch is None):
        return "how often machines are set up for parts that come out of turn no mean tells"
    known = rework is None or rework.defect_rate is not None or alike_often
    return "" if known else "repaired parts are of another mix than new ones"


def out_of_turn(scenario: Scenario) -> bool:
    """Whether machines are set up for parts that have come back to the line, or among which they have."""
    review, line = scenario.review, scenario.line
    if review is None:
        return False
    looks = [place for place, spec in enumerate(line) if isinstance(spec, Inspection)]
    sets_up = [place for place, spec in enumerate(line) if isinstance(spec, Station) and spec.changeover]
    rejoins = review.cleared == "rejoins" and any(place > min(looks, default=len(line)) for place in sets_up)
    return rejoins or (review.rework is not None and bool(sets_up))


def _mix_at_places(
    scenario: Scenario, layout: Layout, means: Sequence[PlaceMeans], mix: Mix
) -> tuple[Mix, ...]:
    """Return the mix of the parts that come to each place."""
    rates = scenario.product.defect_rates
    own = rates.values if isinstance(rates, PerVariant) else (rates,) * len(mix.names)
    coming = [
        traffic(_repaired_as_new(scenario, layout, rate), means, share, rate)[0]
        for rate, share in zip(own, mix.shares, strict=True)
    ]
    return tuple(_of(mix, parts) for parts in zip(*coming, strict=True))


def _repaired_as_new(scenario: Scenario, layout: Layout, rate: float) -> Layout:
    """Return the line of one variant, whose repaired parts are as often defective as its new ones."""
    review = scenario.review
    if layout.rework is None or review is None or review.rework is None:
        return layout
    if review.rework.defect_rate is not None:
        return layout
    return replace(layout, rework=replace(layout.rework, defective=rate))


def _of(mix: Mix, parts: tuple[float, ...]) -> Mix:
    whole = sum(parts)
    return replace(mix, shares=tuple(each / whole for each in parts)) if whole else mix


def _at(spec: Spec, place: PlaceMeans, mix: Mix) -> PlaceMeans:
    """Return a place's means for such a mix."""
    match spec:
        case Station():
            known = mix if mix.batch is None or spec.mix is None else spec.mix  # batches stay batches
            time = _mean(spec.cycle, mix)
            if spec.changeover is not None:
                time += known.changes(spec.units) * float(spec.changeover.mean_ns)
            return alike.taking(place, time)
        case Inspection(acquisition=time_of_all) | Review(time=time_of_all):
            return replace(place, time=place.time + _mean(time_of_all, mix) - (mean_of(time_of_all) or 0.0))
        case _:
            return place


def _mean(time: PartTime, mix: Mix) -> float:
    if isinstance(time, ByVariant):
        return mix.mean(tuple(float(each.mean_ns) for each in time.times))
    return float(time.mean_ns)
