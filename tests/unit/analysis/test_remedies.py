"""What would help most: of this run it is what the changed line does; of others it comes from trying them."""

import importlib.util
import sys
from dataclasses import replace
from types import ModuleType

import pytest
from commands import ROOT
from hypothesis import assume, given, settings
from stories import camera, modelled, press
from strategies import any_scenarios

from line_sim.analysis.summary.helps import Helps, cause_of, words
from line_sim.analysis.what_if import remedies as tried
from line_sim.analysis.what_if.changes import changes, everywhere
from line_sim.analysis.what_if.remedies import remedies_of
from line_sim.analysis.what_if.subject import Subject
from line_sim.analysis.what_if.trials import Trial
from line_sim.figures.window import window_of
from line_sim.layout import REVIEW, layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.testing import answered, run_in_memory, scripted, timed_out
from line_sim.units import HOUR


def line(*stations, items=300, every=1, seed=5, **keys):
    """Return a line that a part enters every second; saturated where `every` is None."""
    inspects = any("inspection" in station for station in stations)
    written = {
        "version": 1,
        "name": "a story",
        "seed": seed,
        "run": {"items": items},
        "arrivals": {"every": every} if every else {"saturated": True},
        "line": list(stations),
        **({"review": {"time": 0, "buffer": 1000}} if inspects else {}),
        **keys,
    }
    return Scenario.model_validate(written)


def subject(scenario, gateways=None, interrupt=None):
    """Run a line in memory and return what is known of it."""
    records, ending = run_in_memory(scenario, gateways)
    layout = layout_of(scenario)
    run = columns_of(records, layout, ending.at)
    return Subject(scenario, run, layout, window_of(run, layout), interrupt or Interrupt())


def helped(scenario, gateways=None, interrupt=None):
    """Return the remedies of a line, by kind and place."""
    it = subject(scenario, gateways, interrupt)
    return remedies_of(it.scenario, it.run, it.layout, it.window, it.interrupt)


def by_name(remedies):
    """Return remedies by kind and place."""
    return {(remedy.remedy, remedy.place): remedy for remedy in remedies.ranked}


def shipped_an_hour(scenario):
    """Run a line and count what it ships until its last part has come in."""
    it = subject(scenario)
    within = it.window.left_within(it.run.items.left) & it.run.items.shipped
    return within.sum() * HOUR / it.window.length


def lasting(scenario, time):
    """Return a line that is looked at until a moment (ns), however many parts come by then."""
    run = scenario.run.model_copy(update={"items": None, "duration": time})
    return scenario.model_copy(update={"run": run})


def test_a_slow_station_is_where_a_tenth_helps_and_nothing_else_does():
    """Pack needs 1.25 s and parts come every second: 0.8 an hour's worth, 0.889 with a tenth less."""
    found = helped(line(press(0.5), press(1.25, "pack", buffer=2)))
    best = found.ranked[0]
    assert (best.remedy, best.place) == ("faster", "pack")
    assert best.gain == pytest.approx(3600 / 1.125 - 3600 / 1.25, rel=0.05)
    assert best.parts == pytest.approx(300 * (1.25 / 1.125 - 1), abs=3)
    assert best.shift.uph == pytest.approx(best.gain, rel=0.05)
    assert best.shift.sure
    assert by_name(found)["faster", "press"].lasting < 1


def test_a_machine_that_is_down_half_its_time_should_not_fail():
    """Its own work and its neighbours' are quick enough."""
    failing = press(0.7, "pack", buffer=2, breakdowns={"up": {"exponential": {"mean": 8}}, "repair": 8})
    best = helped(line(press(0.8), failing)).ranked[0]
    assert (best.remedy, best.place) == ("never_fails", "pack")


def test_a_machine_that_did_not_fail_here_is_tried_where_it_may():
    """One failure in 300 s of work, for three minutes: this seed has none, others have."""
    failing = press(0.5, breakdowns={"up": {"exponential": {"mean": 300}}, "repair": 180})
    found = by_name(helped(line(failing, press(0.5, "pack"), seed=4)))["never_fails", "press"]
    assert found.gain == 0
    assert found.shift.uph > 0


def three_that_fail(seed):
    """Return what helps a line whose last press is down half its time, which 300 parts may not show."""
    seldom, often = (
        {"up": {"exponential": {"mean": up}}, "repair": {"exponential": {"mean": repair}}}
        for up, repair in ((300, 1), (60, 60))
    )
    line_ = [press("150 ms", name, breakdowns=seldom) for name in ("a", "b")]
    last = press("200 ms", "c", breakdowns=often)
    return helped(line(*line_, last, every="250 ms", seed=seed))


def test_of_many_that_fail_those_that_are_down_most_are_tried_elsewhere():
    """Wherever they stand on the line: the first two hardly matter."""
    for seed in range(1, 9):
        never = [remedy for remedy in three_that_fail(seed).ranked if remedy.remedy == "never_fails"]
        assert next(remedy for remedy in never if remedy.place == "c").shift is not None


def test_to_fail_brings_no_gain_in_any_shift():
    """What an outage holds back at first leaves later, and is no gain of the line that fails."""
    breakdowns = {"up": {"exponential": {"mean": 600}}, "repair": 60}
    for seed in range(1, 13):
        found = helped(line(press("240 ms", breakdowns=breakdowns), every="250 ms", seed=seed))
        (never,) = (remedy for remedy in found.ranked if remedy.remedy == "never_fails")
        assert never.gain >= 0
        assert never.shift.uph >= 0
        assert never.shift.ci != (0, 0)


def test_a_long_warm_up_leaves_the_remedies_as_they_are():
    """More parts than a trial may have come before any of them counts."""
    run_ = {"items": 101_500, "warm_up": "25250 s"}
    found = helped(line(press("200 ms"), every="250 ms", run=run_))
    assert found is not None
    assert found.ranked


def test_pictures_and_answers_are_told_apart():
    """1.2 s for the picture and 0.1 s for the answer: a tenth of the picture is what helps."""
    found = by_name(helped(line(camera(acquisition=1.2, gateway=modelled(0.1)))))
    pictures, answers = found["faster_pictures", "camera"], found["faster_answers", "camera"]
    both = found["faster", "camera"]
    assert pictures.gain > 5 * answers.gain > 0
    assert both.gain > pictures.gain


def test_measured_answers_are_held_and_made_a_tenth_shorter():
    """2 s become 1.8 s; what timed out stays timed out after its deadline."""
    scenario = line(camera(gateway={"grpc": {}}, deadline=3, on_no_result="scrap"))
    slow = {"camera": scripted(lambda _: answered("good", latency=2))}
    quicker = by_name(helped(scenario, slow))["faster_answers", "camera"]
    assert quicker.held
    assert quicker.uph == pytest.approx(3600 / 1.8, rel=0.02)
    late = by_name(helped(scenario, {"camera": scripted(lambda _: timed_out(3))}))
    assert late["faster_answers", "camera"].gain == 0
    assert late["answers_in_time", "camera"].gain == pytest.approx(1200, rel=0.05)


def test_a_line_that_keeps_up_gains_nothing_that_lasts():
    """Parts come every second and need less everywhere: whatever is quicker, no more come."""
    found = helped(line(press(0.8), camera(gateway=modelled(0.7), buffer=1), press(0.6, "pack")))
    assert {remedy.lasting for remedy in found.ranked} == {0.0}
    assert found.together == 0


def test_two_stations_that_are_slow_alike_are_helped_together_only():
    """Either one alone is still waited for."""
    found = helped(line(press(1.25), press(1.25, "pack", buffer=2)))
    assert max(remedy.lasting for remedy in found.ranked) < 30
    assert found.together > 250


def test_a_long_line_is_tried_where_it_is_busy(monkeypatch):
    """The two busiest places of five; the others are counted."""
    monkeypatch.setattr(tried, "MOST_PLACES", 2)
    cycles = (0.2, 0.9, 0.3, 1.1, 0.4)
    found = helped(line(*(press(cycle, f"s{n}", buffer=1) for n, cycle in enumerate(cycles))))
    assert {remedy.place for remedy in found.ranked} == {"s1", "s3"}
    assert found.left_out == 3


def test_there_is_nothing_to_tell_without_parts_or_for_a_user_who_will_not_wait():
    """No time has passed; the wish to stop came."""
    stopped = Interrupt()
    stopped.wish()
    assert helped(line(press(1)), interrupt=stopped) is None
    it = subject(line(press(0), items=1, every=None))
    assert remedies_of(it.scenario, it.run, it.layout, it.window, it.interrupt) is None


def test_a_run_of_very_many_parts_is_tried_on_its_beginning(monkeypatch):
    """As many parts as are allowed for all changes together."""
    monkeypatch.setattr(tried, "_PARTS_IN_ALL", 200)
    monkeypatch.setattr(tried, "_FEWEST_PARTS", 50)
    assert helped(line(press(1), press(1, "pack"))).parts == 200 // 3


@settings(max_examples=60, deadline=None)
@given(any_scenarios())
def test_of_this_run_a_gain_is_what_the_changed_line_does(scenario):
    """Where a scenario can say the change, it is run and counted: one unit, one place more, no breakdowns."""
    assume(scenario.run.items is not None and scenario.run.items > 1)
    it = subject(scenario)
    if len(it.run.parts) < scenario.run.items:  # an answer stopped it: of what comes later nothing is told
        scenario = lasting(scenario, it.run.end)
    found = remedies_of(it.scenario, it.run, it.layout, it.window, it.interrupt)
    assume(found is not None)
    told = by_name(found)
    places = frozenset(place.name for place in layout_of(scenario).places)
    for remedy, place, trial in changes(scenario, places, frozenset()):
        if not trial.pace and not trial.answers:
            assert told[remedy, place].uph == pytest.approx(shipped_an_hour(trial.scenario))


def test_everything_quicker_leaves_no_time_as_it_was():
    """Every station, picture, answer and look."""
    scenario = line(press(1), camera(acquisition=1, gateway=modelled(1)))
    trial = everywhere(scenario).trial
    assert isinstance(trial, Trial)
    assert {place for _, place in trial.pace} == {"press", "camera", REVIEW}
    assert set(trial.answers) == {"camera"}


def test_every_remedy_has_words_and_a_cause():
    """A kind that is forgotten in a table fails here."""
    for remedy in Helps:
        assert words(remedy, "press")
        assert cause_of(remedy, "press")
    assert cause_of("faster", REVIEW) == "review"


def study() -> ModuleType:
    """Return the benchmark as a module."""
    path = ROOT / "benchmarks" / "verdicts.py"
    spec = importlib.util.spec_from_file_location("verdicts", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["verdicts"] = module
    spec.loader.exec_module(module)
    return module


VERDICTS = study()


@pytest.mark.slow
def test_verdicts_name_what_limits_a_line():
    """One seed of every line of the study: the whole of it is `python benchmarks/verdicts.py`."""
    wrong = VERDICTS.study(VERDICTS.LINES, seeds=1, parts=300)
    assert len(wrong) >= 27
    assert sum(map(len, wrong.values())) <= 0.07 * len(wrong), {k: v for k, v in wrong.items() if v}


def test_a_wrong_verdict_counts_as_one():
    """The study can fail: a slow pack is not a slow press."""
    known = replace(
        next(one for one in VERDICTS.LINES if one.name == "a slow pack"), right={("press", "cycle")}
    )
    assert len(VERDICTS.study((known,), seeds=1, parts=100)[known.name]) == 1


def gated(places, travel, **keys):
    """Return an inspection with a gate."""
    return camera(decides="at_gate", gate={"places": places, "travel": travel}, **keys)


def test_a_longer_gate_helps_where_answers_are_not_there_yet():
    """Two places: never more than three calls out, so that with 4 s of answers they hold the line back."""
    spec = gated(2, 1, acquisition=1, gateway=modelled(4, servers=9))
    found = by_name(helped(line(spec, every=None, items=200)))
    assert found[Helps.ONE_PLACE_MORE, "camera gate"].lasting > 0
    assert found[Helps.FASTER_ANSWERS, "camera"].lasting > 0
    assert found[Helps.FASTER_BELT, "camera gate"].lasting == pytest.approx(0, abs=1)


def test_a_quicker_belt_helps_where_the_gates_is_the_limit():
    """Two places in 4 s pass a part each 2 s; pictures and answers would do with 1 s."""
    spec = gated(2, 4, acquisition=1, gateway=modelled(0.5))
    found = by_name(helped(line(spec, every=None, items=200)))
    assert found[Helps.FASTER_BELT, "camera gate"].lasting == pytest.approx(200, rel=0.05)
    assert found[Helps.FASTER_ANSWERS, "camera"].lasting == pytest.approx(0, abs=1)
