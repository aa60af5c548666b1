"""What a line never ships more of for long: what comes, or its slowest place or people make."""

from collections.abc import Iterator

import numpy as np

from line_sim.analysis.crew_limits import crews_take_in
from line_sim.analysis.growth.flows import traffic
from line_sim.analysis.growth.means import (
    PlaceMeans,
    answers_alone,
    draws_of,
    foreseen,
    right_at_once,
)
from line_sim.analysis.growth.mixed import means_of, unsure
from line_sim.layout import Kind, Layout, layout_of
from line_sim.layout.places import mean_of
from line_sim.scenario.model import Inspection, Scenario


def ceiling_of(scenario: Scenario) -> float | None:
    """Return the bound in UPH; None where the times are not known, or none of them bounds it.

    Review is left out: it bounds no run in which it does not fill. Where the ways of the parts are known, a
    place makes so many by how many of them come to it. Else an inspection needs at least its picture and, of
    a modelled server, an answer that waits for no other; and places behind the first one that may send parts
    to review are left out, too: what is cleared does not pass them.
    """
    takt = layout_of(scenario).takt_uph
    bound = min([*_by_places(scenario), *([] if takt is None else [takt])], default=float("inf"))
    return bound if bound < float("inf") else None


def _by_places(scenario: Scenario) -> Iterator[float]:
    """Yield what each station and inspection lets the line take in."""
    layout = layout_of(scenario)
    known = all(map(answers_alone, scenario.inspections))
    least = {spec.name: right_at_once(spec, _least_wait(spec)) for spec in scenario.inspections}
    means = means_of(scenario, foreseen(scenario) if known else least)
    if means is None or unsure(scenario):
        return
    if not known:
        yield from (place.makes for place in _passed_by_all(layout, means))
        return
    visits, _ = traffic(layout, means, 1.0, scenario.product.mean_defect_rate)
    on_line = zip(means[: len(layout.line)], visits, strict=False)
    yield from (place.makes / share for place, share in on_line if share)
    yield crews_take_in(layout, [place.time for place in means], visits)


def _least_wait(spec: Inspection) -> float:
    """Return the mean of what is waited at least for an answer, in ns; 0 where only a server knows."""
    model = spec.gateway.model
    if model is None or any(mean_of(time) is None for time in model.times.values()):
        return 0.0
    deadline = float("inf") if spec.deadline is None else float(spec.deadline)
    answers = (draws_of(time) + model.overhead for time in model.times.values())
    return min(float(np.minimum(each, deadline).mean()) for each in answers)


def _passed_by_all(layout: Layout, means: tuple[PlaceMeans, ...]) -> Iterator[PlaceMeans]:
    """Yield the places of the line that every part which is shipped has passed."""
    for place, mean in zip(layout.line, means, strict=False):
        yield mean
        if place.kind is Kind.INSPECTION and layout.review is not None:
            return
