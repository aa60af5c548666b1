"""What a part passes that is shipped at once, as stations: belts and gates, too."""

import numpy as np

from line_sim.analysis.growth.means import between_answers, draws_of
from line_sim.layout import Gate, Layout, Spec, specs_of
from line_sim.layout.places import belt_to
from line_sim.scenario.fields import belt_of
from line_sim.scenario.model import Inspection, Review, Scenario, Station
from line_sim.scenario.times import Constant
from line_sim.units import Nanoseconds


def stations_passed(
    scenario: Scenario, layout: Layout, answer: Nanoseconds | None
) -> list[Station | Inspection]:
    """Return what every part that is shipped at once has to pass, in order; of a belt its first place."""
    specs = specs_of(scenario)
    passed = (specs[place] for place in layout.ship_lane)
    return [each for spec in passed for each in (*_of_its_belt(spec), *_passed(spec, answer))]


def _passed(spec: Spec, answer: Nanoseconds | None) -> tuple[Station | Inspection, ...]:
    """Return what a part passes at a place: cameras that hold no part, and their gate, are as stations."""
    match spec:
        case Inspection() if spec.gate is not None:
            camera = Station.model_construct(station=spec.name, cycle=spec.acquisition, units=spec.units)
            return (camera.model_copy(update={"calendar": spec.calendar}),)
        case Gate(inspection):
            apart = between_answers(inspection, _mean_answer(inspection, answer)) or 0.0
            return _as_station(spec.name, apart) if apart else ()
        case Review():
            return ()
    return (spec,)


def _mean_answer(spec: Inspection, answer: Nanoseconds | None) -> float:
    """Return the mean wait for an answer that waits for no other, in ns; no longer than the deadline."""
    time, deadline = spec.gateway.answer_time, np.inf if spec.deadline is None else float(spec.deadline)
    answers = float(answer or 0) if time is None else draws_of(time) + spec.gateway.overhead
    return float(np.minimum(answers, deadline).mean())


def _of_its_belt(spec: Spec) -> tuple[Station, ...]:
    """Return a station that needs what a part needs for the first place of the belt, if there is one."""
    belt = belt_of(spec.buffer)
    if belt is None or isinstance(spec, Review):
        return ()
    return _as_station(belt_to(spec.name), belt.first_cell, spec.calendar)


def _as_station(name: str, time: float, calendar: str | None = None) -> tuple[Station, ...]:
    cycle = Constant.of_nanoseconds(round(time))
    return (Station.model_construct(station=name, cycle=cycle, calendar=calendar),)
