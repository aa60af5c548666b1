"""What is told of lines that have all there is: replays, the twin without waiting, remedies, the screen."""

import pytest
from fuzzing import examples
from hypothesis import HealthCheck, given, settings
from live_agreement import assert_the_screen_agrees
from mixed_lines import mixed

from line_sim.analysis.growth.growth import growth_of
from line_sim.analysis.lasting.lasting import lasting_of
from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.what_if.answers import AnswersAgain, recorded_calls
from line_sim.analysis.what_if.remedies import remedies_of
from line_sim.analysis.what_if.replay.recursion import knows
from line_sim.analysis.what_if.replay.replays import replay, run_again
from line_sim.analysis.what_if.throttle import throttle_of
from line_sim.chance.chance import Chance
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import COMPLETED
from line_sim.live.state import LiveState
from line_sim.recording.run_columns import columns_of
from line_sim.testing import run_in_memory

slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


@settings(max_examples=examples(60), deadline=None, suppress_health_check=slow)
@given(mixed())
def test_a_replay_as_recorded_is_the_run_itself(scenario):
    """The same parts leave at the same moments, worked out or run again; so do they of modelled answers."""
    layout = layout_of(scenario)
    records, ending = run_in_memory(scenario)
    if ending.how != COMPLETED:  # what was out then is in no file
        return
    run = columns_of(records, layout, ending.at)
    most = len(records.items)
    answers = {
        spec.name: AnswersAgain(
            recorded_calls(run, [place.name for place in layout.places].index(spec.name), spec, most)
        )
        for spec in scenario.inspections
    }
    again = replay(scenario, answers, Interrupt())
    assert again.shipped.tolist() == sorted(
        item.left_at for item in records.items if item.disposition == "shipped"
    )
    assert again.gone.tolist() == sorted(item.left_at for item in records.items if item.disposition != "lost")
    assert again.end == ending.at
    if knows(scenario, answers):
        other = run_again(scenario, answers, Interrupt(), Chance(scenario.seed))
        assert (again.shipped.tolist(), again.last_entry) == (other.shipped.tolist(), other.last_entry)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=slow)
@given(mixed())
def test_screen_and_summary_tell_the_same(scenario):
    """The live state ends with the summary's window, output and shares; the causes of a loss add up to it."""
    layout = layout_of(scenario)
    state = LiveState(layout)
    records, ending = run_in_memory(scenario, observers=(state,))
    interrupt = Interrupt()
    summary = summarise(
        records,
        layout,
        ended=ending.how,
        end=ending.at,
        compare=lambda run, window: throttle_of(scenario, run, layout, window, interrupt),
        look=lambda *told: growth_of(scenario, *told),
        last=lambda *told: lasting_of(scenario, *told),
        improve=lambda run, window: remedies_of(scenario, run, layout, window, interrupt),
    )
    assert {name: check for name, check in summary.audit.items() if not check.passed} == {}
    if (throttle := summary.throttle) is not None:
        lost = sum(cause.uph for cause in throttle.causes.values())
        assert lost == pytest.approx(throttle.uph_without_inference - throttle.uph, abs=1e-9)
    if scenario.run.warm_up == "auto":
        return
    assert_the_screen_agrees(state, summary)
