"""A line as boxes: its source, its places with what they are set to, its ends."""

from collections.abc import Collection, Iterator

from line_sim.layout import Gate, Layout, Spec, specs_of
from line_sim.report.studies.charts import Box
from line_sim.scenario.fields import Belt
from line_sim.scenario.model import Inspection, Review, Scenario, Station
from line_sim.scenario.times import Constant
from line_sim.scenario.words import time_text
from line_sim.units import counted, duration_text

SOURCE, REVIEW = "arrivals", "review"


def boxes_of(scenario: Scenario, layout: Layout, changed: Collection[str]) -> tuple[Box, ...]:
    """Return the line's boxes in order; those of places in `changed` stand out."""
    specs = specs_of(scenario)
    places = [*layout.ship_lane, *([] if layout.bench is None else [layout.bench])]
    middle = [_box(specs[place], layout.places[place].name, changed) for place in layout.ship_lane]
    bench = [_box(specs[place], REVIEW, changed) for place in places[len(layout.ship_lane) :]]
    return (_source(scenario, changed), *middle, Box("shipped", kind="sink"), *bench)


def _source(scenario: Scenario, changed: Collection[str]) -> Box:
    every = scenario.arrivals.every
    if every is None:
        return Box("parts", ("always one waiting",), kind="source", changed=SOURCE in changed)
    kind = "takt" if isinstance(every, Constant) else "between parts"
    return Box("parts", (kind, time_text(every)), kind="source", changed=SOURCE in changed)


def _box(spec: Spec, name: str, changed: Collection[str]) -> Box:
    kind = "inspection" if isinstance(spec, Inspection | Gate) else "review" if name == REVIEW else "station"
    said = tuple(_lines(spec))
    return Box(
        name,
        said,
        kind=kind,
        before=_room(spec.buffer),
        changed=_owner(spec, name) in changed,
        apart=name == REVIEW,
    )


def _owner(spec: Spec, name: str) -> str:
    """Return by which name the scenario knows a place: a gate is its inspection's."""
    return spec.inspection.name if isinstance(spec, Gate) else name


def _lines(spec: Spec) -> Iterator[str]:
    match spec:
        case Station():
            yield counted(spec.units, "machines")
            yield time_text(spec.cycle)
            if spec.ways:
                yield "may stop"
        case Inspection():
            yield counted(spec.units, "cameras")
            yield f"picture {time_text(spec.acquisition)}"
            if spec.deadline is not None:
                yield f"deadline {duration_text(spec.deadline)}"
            yield spec.gateway.words
        case Gate(inspection):
            yield "waits for the answer"
            if inspection.deadline is not None:
                yield f"deadline {duration_text(inspection.deadline)}"
        case Review():
            yield counted(spec.units, "reviewers")
            yield time_text(spec.time)


def _room(buffer: int | Belt) -> str:
    if isinstance(buffer, Belt):
        return f"belt, {counted(buffer.places, 'places')}"
    return counted(buffer, "places") if buffer else ""
