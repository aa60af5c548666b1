"""What is told of a line with a way back: real lines, whose parts are inspected again and again."""

from hypothesis import given, settings
from live_agreement import assert_the_screen_agrees
from stories import camera, happens, press
from ways_back import rework, reworking

from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.what_if.answers import AnswersAgain, recorded_calls
from line_sim.analysis.what_if.replay.recursion import knows
from line_sim.analysis.what_if.replay.replays import replay
from line_sim.analysis.what_if.throttle import throttle_of
from line_sim.layout import REVIEW, Kind, Layout, Place, layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.live.state import LiveState
from line_sim.recording.run_columns import columns_of
from line_sim.scenario.model import Inspection
from line_sim.testing import answered, run_in_memory, scripted
from line_sim.units import SECOND


@settings(max_examples=100, deadline=None)
@given(reworking())
def test_nothing_that_is_told_breaks_on_a_way_back(scenario):
    """The audit holds, a replay as recorded is the run itself, and the live state ends with the summary."""
    layout = layout_of(scenario)
    state = LiveState(layout)
    records, ending = run_in_memory(scenario, observers=(state,))
    run = columns_of(records, layout, ending.at)
    answers = {
        layout.places[place].name: AnswersAgain(
            recorded_calls(run, place, scenario.line[place], scenario.run.items)
        )
        for place in range(len(scenario.line))
        if layout.places[place].inspects
    }
    assert not knows(scenario, answers)
    again = replay(scenario, answers, Interrupt())
    summary = summarise(
        records,
        layout,
        ended=ending.how,
        end=ending.at,
        compare=lambda run, window: throttle_of(scenario, run, layout, window, Interrupt()),
    )
    assert {name: check for name, check in summary.audit.items() if not check.passed} == {}
    assert again.shipped.tolist() == [i.left_at for i in records.items if i.disposition == "shipped"]
    assert again.gone.tolist() == [i.left_at for i in records.items if i.disposition != "lost"]
    assert (again.last_entry, again.end) == (state.all_in_at, ending.at)
    throttle = summary.throttle
    if throttle is not None:
        lost = sum(cause.uph for cause in throttle.causes.values())
        assert lost == throttle.uph_without_inference - throttle.uph
    assert_the_screen_agrees(state, summary)


def judged(*good):
    """Answer a part on each of its visits: good or not, after as many seconds as the visit's number."""
    return scripted(
        lambda inquiry: answered("good" if good[inquiry.visit - 1] else "scratch", latency=inquiry.visit)
    )


SPEC = Inspection.model_validate(camera())
LAYOUT = Layout((Place("press"), Place("camera", kind=Kind.INSPECTION)), Place(REVIEW, kind=Kind.REVIEW))


def looked_at(*good, items=1):
    """Run parts that the reviewer, who always errs, sends back to the camera until it takes them for good."""
    review = {"time": 1, "buffer": 9, "false_alarm_rate": 1.0, **rework("camera")}
    gateways = {"camera": judged(*good)}
    return happens(press(1), camera(buffer=9), items=items, every=20, review=review, gateways=gateways)


def test_a_part_that_is_repaired_has_the_lane_of_the_looks_behind_that():
    """Sent to review by its first look and passed by its second one, it has gone the ship lane."""
    assert looked_at(False, True).lanes == [(1, "ship", "OK", "answered")]
    assert looked_at(True).lanes == [(1, "ship", "OK", "answered")]


def test_a_part_that_was_cleared_has_been_to_review_whatever_the_next_inspection_says():
    """The first camera sends every part there, the second one passes all: overkill all the same."""
    gateways = {"front": judged(False), "back": judged(True)}
    line = press(1), camera(buffer=1, inspection="front"), camera(buffer=1, inspection="back")
    told = happens(*line, items=2, every=20, review={"time": 1, "buffer": 1}, gateways=gateways)
    assert told.lanes == [(1, "review", "OK", "answered"), (2, "review", "OK", "answered")]


def test_every_visit_of_a_part_has_its_own_answer():
    """Asked three times, for 1, 2 and 3 s: three answers, not one of all the time between them."""
    records, ending = looked_at(False, False, True, items=2)
    calls = recorded_calls(columns_of(records, LAYOUT, ending.at), 1, SPEC, 2)
    assert calls.item.tolist() == [1, 1, 1, 2, 2, 2]
    assert calls.latency.tolist() == [SECOND, 2 * SECOND, 3 * SECOND] * 2
    assert [fate.outcome.label for fate in calls.fates] == ["scratch", "scratch", "good"] * 2
