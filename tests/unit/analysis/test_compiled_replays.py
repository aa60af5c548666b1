"""Replays on the compiled line tell what SimPy's line does, whatever answers."""

import numpy as np
import pytest
from gate_lines import lines_with_gates
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mixed_lines import mixed
from strategies import scenarios, tied_scenarios

from line_sim.analysis.growth import pilot
from line_sim.analysis.what_if.answers import (
    AS_RECORDED,
    AT_ONCE,
    NEVER_MISSING,
    AnswersAgain,
    Change,
    InTime,
    recorded_calls,
)
from line_sim.analysis.what_if.modelled import NeverBusy, never_busy
from line_sim.analysis.what_if.replay.compiled import answers_of, foreknown
from line_sim.analysis.what_if.replay.replays import never_ends, replay, run_again
from line_sim.analysis.what_if.replay.works import TooMuchError
from line_sim.chance.chance import Chance
from line_sim.chance.paced import PacedChance
from line_sim.chance.purposes import Purpose
from line_sim.engine.asking import can_replay
from line_sim.inspection.offline.models import Models
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.scenario.model import Arrivals, Run
from line_sim.testing import run_in_memory

pytest.importorskip("numba")

LINES = st.one_of(scenarios(), tied_scenarios(), lines_with_gates(), mixed(inspections=1))
CHANGES = st.sampled_from(
    [AS_RECORDED, NEVER_MISSING, AT_ONCE, Change(share=0.5), Change(less=10**9, none_missing=True)]
)


def same(told, run):
    """Whether two replays tell the same departures, in whatever order those of a moment."""
    moments = [(told.shipped, run.shipped), (told.gone, run.gone)]
    alike = [np.array_equal(np.sort(one), np.sort(other)) for one, other in moments]
    return all(alike) and told[2:] == run[2:]


def replayed(scenario, gateways, chance):
    """The same replay on both lines; nothing where the compiled one does not know it."""
    answers = answers_of(gateways)
    assume(answers is not None and can_replay(scenario, foreknown(answers)))
    assume(not never_ends(scenario))
    return (
        replay(scenario, gateways, Interrupt(), chance, quickly=True),
        run_again(scenario, gateways, Interrupt(), chance),
    )


@settings(max_examples=150, deadline=None)
@given(LINES, CHANGES, st.integers(0, 30))
def test_recorded_answers_are_given_again(scenario, change, known):
    """Of parts that were asked about, and of others, changed in any way."""
    records, ending = run_in_memory(scenario)
    layout = layout_of(scenario)
    run = columns_of(records, layout, ending.at)
    specs = {spec.name: spec for spec in scenario.inspections}
    gateways = {
        place.name: AnswersAgain(recorded_calls(run, at, specs[place.name], known), change)
        for at, place in enumerate(layout.places)
        if place.inspects
    }
    assert same(*replayed(scenario, gateways, Chance(scenario.seed)))


@settings(max_examples=150, deadline=None)
@given(LINES, st.booleans(), st.sampled_from([0.0, 0.5, 1.0]))
def test_models_are_asked_again_at_another_pace(scenario, in_time, share):
    """Where what would be missing is right, too, and where nobody ever waits for a worker."""
    pace = {(Purpose.INFERENCE, spec.name): share for spec in scenario.inspections}
    chance = PacedChance(Chance(scenario.seed), pace)
    models = Models(scenario.seed, chance)

    def gateway(spec):
        if never_busy(scenario, spec):
            return NeverBusy(spec, scenario.product.defect_rates, chance, in_time=in_time)
        assume(not layout_of(scenario).servers)
        model = models.gateway(spec)
        return InTime(model, spec) if in_time else model

    gateways = {spec.name: gateway(spec) for spec in scenario.inspections}
    answers = answers_of(gateways)
    assume(answers is not None and can_replay(scenario, foreknown(answers)) and not never_ends(scenario))
    told = replay(scenario, gateways, Interrupt(), chance, quickly=True)
    again = Models(scenario.seed, chance)
    fresh = {
        spec.name: gateways[spec.name]
        if never_busy(scenario, spec)
        else InTime(again.gateway(spec), spec)
        if in_time
        else again.gateway(spec)
        for spec in scenario.inspections
    }
    assert same(told, run_again(scenario, fresh, Interrupt(), chance))


ENDLESS = {
    "version": 1,
    "name": "a part in a nanosecond",
    "run": {"duration": 1},
    "arrivals": {"saturated": True},
    "line": [{"station": "press", "cycle": "1 ns"}],
}


@pytest.mark.parametrize("quickly", [False, True])
def test_a_line_that_makes_too_many_parts_is_ended_alike(quickly):
    """How far it got is told by the line that always tells it."""
    scenario = Scenario.model_validate(ENDLESS)
    with pytest.raises(TooMuchError) as error:
        replay(scenario, {}, Interrupt(), most=5_000, quickly=quickly)
    assert error.value.reached == 5_118


def test_a_wish_ends_a_replay():
    """As it ends a line."""
    scenario = Scenario.model_validate(ENDLESS)
    interrupt = Interrupt()
    interrupt.wish()
    assert replay(scenario, {}, interrupt, quickly=True) is None


@settings(max_examples=60, deadline=None)
@given(st.one_of(mixed(), tied_scenarios()))
def test_a_pilot_takes_the_same_parts_in_on_both_lines(scenario):
    """What a line makes in the long run is told alike, whoever runs it."""
    run = {"run": Run(items=60), "arrivals": Arrivals(saturated=True)}
    piloted = scenario.model_copy(update=run)
    assume(can_replay(piloted, ()) and not never_ends(piloted))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pilot, "is_up", lambda: False)
        pilot._entries.cache_clear()
        told = pilot._entries(piloted)
    assert told.tolist() == pilot._quickly(piloted).tolist()
