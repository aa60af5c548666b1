"""What inference costs the line, by cause: the parts add up, and each cause is found where it is put."""

from dataclasses import replace

import pytest
from stories import camera, modelled, press

from line_sim.analysis.summary.summary import ThisRun
from line_sim.analysis.what_if import throttle as replays
from line_sim.analysis.what_if.replay import replays as what_ifs
from line_sim.analysis.what_if.replay import works
from line_sim.analysis.what_if.throttle import throttle_of
from line_sim.figures.window import window_of
from line_sim.layout import layout_of
from line_sim.line import arrivals
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import Line
from line_sim.recording.memory import Memory
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.testing import answered, run_in_memory, scripted, timed_out


def line(*stations, items=400, every=1, review=None, defect_rate=0.0, **run):
    """Return a line that a part enters every second."""
    written = {
        "version": 1,
        "name": "a story",
        "seed": 5,
        "run": run or {"items": items},
        "arrivals": {"every": every} if every else {"saturated": True},
        "product": {"defect_rate": defect_rate},
        "line": list(stations),
        "review": review or {"time": 0, "buffer": 1000},
    }
    return Scenario.model_validate(written)


def told(scenario, gateways=None, interrupt=None):
    """Return the throttle of a line that is run in memory."""
    records, ending = run_in_memory(scenario, gateways)
    layout = layout_of(scenario)
    run = columns_of(records, layout, ending.at)
    return throttle_of(scenario, run, layout, window_of(run, layout), interrupt or Interrupt())


def adds_up(throttle):
    """Whether the causes' sum is the whole difference, without a rounding error."""
    return sum(cause.uph for cause in throttle.causes.values()) == (
        throttle.uph_without_inference - throttle.uph
    )


def shares(throttle):
    """Return each cause's part of the difference, rounded to hundredths."""
    whole = throttle.uph_without_inference - throttle.uph
    return {name: round(cause.uph / whole, 2) + 0.0 for name, cause in throttle.causes.items()}


def every(nth, one, other):
    """Return a gateway that answers every n-th part with one reply and all others with another."""
    return scripted(lambda inquiry: one if inquiry.item_id % nth == 0 else other)


GOOD = answered("good")


def test_an_answer_that_always_takes_two_seconds_costs_by_its_typical_time():
    """Half the takt's output is lost, all of it to the usual answer."""
    throttle = told(line(camera()), {"camera": scripted(lambda _: answered("good", latency=2))})
    assert throttle.loss == pytest.approx(0.5, abs=0.01)
    assert shares(throttle) == {"typical": 1.0, "tail": 0.0, "timeouts": 0.0, "review": 0.0}
    assert adds_up(throttle)


def test_a_line_that_an_answer_stopped_is_replayed_for_as_long_as_it_lasted():
    """Stopped after 5.5 s with four parts shipped; with answers at once the fifth is shipped by then."""
    missing = every(5, timed_out(0.5), answered("good", latency=0.5))
    throttle = told(line(camera(on_no_result="stop")), {"camera": missing})
    assert throttle.uph == pytest.approx(4 * 3600 / 5.5)
    assert throttle.uph_without_inference == pytest.approx(5 * 3600 / 5.5)
    assert throttle.this_run == ThisRun(parts=pytest.approx(1), of=4)


def test_one_answer_in_two_hundred_that_takes_minutes_is_the_tail():
    """The others come at once: nothing of the loss is typical."""
    slow = answered("good", latency=300)
    throttle = told(line(camera()), {"camera": every(200, slow, GOOD)})
    assert throttle.loss > 0.15
    assert shares(throttle) == {"typical": 0.0, "tail": 1.0, "timeouts": 0.0, "review": 0.0}
    assert adds_up(throttle)


def test_timeouts_cost_what_their_fallback_does():
    """Every second call is given up at once and its part scrapped: half of the output is theirs."""
    scenario = line(camera(deadline=1, on_no_result="scrap"))
    throttle = told(scenario, {"camera": every(2, timed_out(0), GOOD)})
    assert throttle.loss == pytest.approx(0.5, abs=0.01)
    assert shares(throttle) == {"typical": 0.0, "tail": 0.0, "timeouts": 1.0, "review": 0.0}
    assert adds_up(throttle)


def test_timeouts_that_fill_a_small_review_share_the_loss_with_it():
    """Every second part goes to one reviewer with no room, who needs four seconds: the camera is blocked.

    With room it no longer is, and half of the loss is gone; the other half waits for the reviewer then.
    Without timeouts all of it is gone at once, room or not: theirs is between half and all, on average three
    quarters.
    """
    scenario = line(camera(deadline=1), review={"time": 4, "buffer": 0})
    throttle = told(scenario, {"camera": every(2, timed_out(0), GOOD)})
    found = shares(throttle)
    whole = throttle.uph_without_inference - throttle.uph
    assert found["review"] == pytest.approx(0.25, abs=0.03)
    assert found["timeouts"] == pytest.approx(0.75, abs=0.03)
    assert [part / whole for part in throttle.causes["timeouts"].orders] == pytest.approx(
        [0.5, 1.0], abs=0.05
    )
    assert adds_up(throttle)


def test_a_review_that_would_be_full_without_waiting_too_is_no_cost_of_the_inference():
    """Every third part is defective and found at once: the reviewer alone holds up the line."""
    scenario = line(camera(), review={"time": 9, "buffer": 0}, defect_rate=0.33)
    label = {"good": GOOD, "defective": answered("stain")}
    throttle = told(scenario, {"camera": scripted(lambda inquiry: label[inquiry.true_state])})
    assert throttle.uph < 3000
    assert throttle.loss == 0
    assert {cause.uph for cause in throttle.causes.values()} == {0.0}


def test_of_this_run_the_loss_is_exact_and_of_another_it_is_an_estimate():
    """Half of 400 s for answers of 2 s: 200 parts fewer. Another loses as much: all answers are alike."""
    slow = {"camera": scripted(lambda _: answered("good", latency=2))}
    throttle = told(line(camera(gateway={"grpc": {}}), every=1), slow)
    assert throttle.this_run.parts == pytest.approx(throttle.this_run.of, rel=0.02)
    assert throttle.shift.uph == pytest.approx(1800, rel=0.02)
    assert throttle.shift.ci[1] - throttle.shift.ci[0] < 1
    assert throttle.shift.parts == 400


def test_two_late_parts_of_an_unlucky_run_are_no_surely_loss_of_another():
    """One answer in 300 holds the camera up for a minute: whether another shift has one is chance."""
    answers = every(300, answered("good", latency=60), answered("good", latency=0.5))
    throttle = told(line(camera(gateway={"grpc": {}}), items=300), {"camera": answers})
    assert throttle.this_run.parts > 0
    assert not throttle.shift.sure


def test_one_more_camera_is_tried_where_the_waiting_is():
    """Two cameras of two seconds keep up with a takt of one; the other inspection waits for nothing."""
    answers = {"front": scripted(lambda _: GOOD), "back": scripted(lambda _: answered("good", latency=2))}
    more = told(line(camera("front"), camera("back", buffer=1, gateway={"grpc": {}})), answers).one_more
    assert (more.station, more.held) == ("back", True)
    assert more.uph == pytest.approx(3600, rel=0.02)
    assert more.gain == pytest.approx(1800, rel=0.02)


def test_one_more_camera_at_a_modelled_server_of_one_worker_gains_little():
    """The model knows what a second camera would see: the same queue."""
    more = told(line(camera(gateway=modelled(2), buffer=1))).one_more
    assert more.held is False
    assert abs(more.gain) < 20


def test_a_long_run_is_replayed_from_its_beginning(monkeypatch):
    """So that the replays take no longer than the run; the parts still add up."""
    monkeypatch.setattr(replays, "MOST_REPLAYED", 100)
    slow = {"camera": scripted(lambda _: answered("good", latency=2))}
    throttle = told(line(camera()), slow)
    assert throttle.parts == 100
    assert throttle.loss == pytest.approx(0.5, abs=0.02)
    assert adds_up(throttle)
    timed = told(line(camera(), duration=400), slow)
    assert timed.parts == 100
    assert timed.loss == pytest.approx(0.5, abs=0.02)


RUN_AGAIN = press(0, "fails", units=2, breakdowns={"up": "1 h", "repair": 1})
"""A station that no recursion knows, so that replays run the line."""


@pytest.mark.parametrize("others", [(), (RUN_AGAIN,)])
def test_a_line_that_is_quick_but_for_its_answers_is_replayed_shortly(monkeypatch, others):
    """Without answers it makes twenty times the parts: over less time, so that they find room in memory."""
    monkeypatch.setattr(replays, "MOST_MORE", 2_500)
    slow = {"camera": scripted(lambda _: answered("good", latency=2))}
    throttle = told(line(*others, camera(acquisition=0.1), every=None, duration=1000), slow)
    assert 40 <= throttle.parts < 125
    assert throttle.loss == pytest.approx(20 / 21, abs=0.02)
    assert adds_up(throttle)


@pytest.mark.parametrize("others", [(), (RUN_AGAIN,)])
def test_a_line_that_never_ends_without_its_answers_is_not_replayed(monkeypatch, others):
    """Every part is scrapped, in no time but that of the answer; the press, which takes some, has none."""
    monkeypatch.setattr(replays, "MOST_MORE", 1_000)
    monkeypatch.setattr(arrivals, "MOST_AT_ONCE", 500)
    scenario = line(*others, camera(), press(1), every=None, duration=100, defect_rate=1.0)
    slow = {"camera": scripted(lambda _: answered("dent", latency=1))}
    assert told(scenario, slow) is None


@pytest.mark.parametrize("units", [1, 2])
def test_a_machine_that_fails_all_the_time_is_no_endless_replay(monkeypatch, units):
    """Its work of an hour was broken off after a moment; a replay of all of it would have no end."""
    monkeypatch.setattr(works, "MOST_OUTAGES", 2_000)
    monkeypatch.setattr(what_ifs, "MOST_OUTAGES", 2_000)
    fails = press(3600, "fails", units=units, breakdowns={"up": "1 ms", "repair": "1 ms"})
    scenario = line(camera(), fails, items=5)
    interrupt, memory = Interrupt(), Memory()
    memory.on_outage = lambda _: interrupt.wish()
    ending = Line(scenario, {"camera": scripted(lambda _: GOOD)}, memory, interrupt=interrupt).run()
    layout = layout_of(scenario)
    run = columns_of(memory.records, layout, ending.at)
    assert throttle_of(scenario, run, layout, window_of(run, layout), Interrupt()) is None


def test_a_first_buffer_that_is_never_empty_is_no_endless_replay(monkeypatch):
    """The parts that are to be replayed all come in the first moment: it is not the end of the stretch."""
    monkeypatch.setattr(replays, "MOST_REPLAYED", 100)
    scenario = line(press(1, buffer=500), camera(), every=None, duration=1000)
    throttle = told(scenario, {"camera": scripted(lambda _: answered("good", latency=2))})
    assert throttle.parts > 500
    assert throttle.loss == pytest.approx(0.5, abs=0.02)
    assert adds_up(throttle)


def test_an_interrupted_run_is_compared_over_the_same_parts():
    """Stopped after 60 of 400 parts had come: both lines are counted until the last of these came in."""
    scenario = line(camera(buffer=400))
    stop = Interrupt()

    def slow(inquiry):
        if inquiry.item_id == 60:
            stop.wished = True
        return answered("good", latency=2)

    memory = Memory()
    ending = Line(scenario, {"camera": scripted(slow)}, memory, interrupt=stop).run()
    layout = layout_of(scenario)
    run = columns_of(memory.records, layout, ending.at)
    throttle = throttle_of(scenario, run, layout, window_of(run, layout), Interrupt())
    assert throttle.parts == len(run.parts)
    assert throttle.loss == pytest.approx(0.5, abs=0.05)
    assert adds_up(throttle)


def test_a_line_that_is_random_in_every_way_adds_up_too():
    """Timeouts, a tail, a full review, breakdowns: no rounding error, whatever the figures are."""
    scenario = line(
        press({"exponential": {"mean": 0.8}}, breakdowns={"up": 60, "repair": 5}),
        camera(
            gateway=modelled({"lognormal": {"mean": 0.9, "cv": 0.9}}, miss_rate=0.1), deadline=2.5, buffer=2
        ),
        review={"time": 6, "buffer": 1},
        defect_rate=0.1,
        items=1500,
    )
    throttle = told(scenario)
    assert adds_up(throttle)
    assert throttle.causes["typical"].uph > 0


def test_there_is_nothing_to_tell_where_nothing_is_inspected_or_nobody_waits():
    """A press alone; no part at all; a user who will not wait."""
    assert told(line(press(1))) is None
    stopped = Interrupt()
    stopped.wish()
    assert told(line(camera()), interrupt=stopped) is None


def test_two_cameras_have_their_own_tails():
    """Each inspection's latencies are cut at its own p99; the usual answers slow the catching up, no more."""
    fast = answered("good", latency=0.1)
    answers = {"front": every(200, answered("good", latency=250), fast), "back": scripted(lambda _: fast)}
    throttle = told(line(camera("front"), camera("back", buffer=1)), answers)
    assert throttle.causes["tail"].orders[1] > 0.9 * (throttle.uph_without_inference - throttle.uph)
    assert shares(throttle)["tail"] > 0.8
    assert replace(throttle, parts=None).one_more.station == "front"


def at_gate(places, travel, **keys):
    """Return an inspection with a gate."""
    return camera(decides="at_gate", gate={"places": places, "travel": travel}, **keys)


def test_at_a_gate_only_what_is_still_waited_for_there_costs_anything():
    """Answers of 0.9 s: held by a camera of 0.5 s they cost the takt of 1 s; behind a belt of 1 s nothing."""
    slow = {"acquisition": 0.5, "gateway": modelled(0.9, servers=3)}
    held = told(line(camera(**slow)))
    assert held.loss == pytest.approx(1 - 1 / 1.4, abs=0.01)
    assert told(line(at_gate(2, 1, **slow))).loss == pytest.approx(0, abs=1e-9)


def test_what_a_short_gate_waits_is_its_answers_cost():
    """One place of 0.1 s and answers of 3 s: two parts each 3.5 s; at once it would make one each 1 s."""
    short = at_gate(1, 0.1, acquisition=0.5, gateway=modelled(3, servers=4))
    found = told(line(short))
    assert found.uph_without_inference == pytest.approx(3600, rel=0.01)
    assert found.uph == pytest.approx(2 * 3600 / 3.5, rel=0.01)
    assert adds_up(found)
    assert shares(found)["typical"] == 1


def test_an_answer_that_is_given_up_at_a_gate_costs_what_it_held_up():
    """Every tenth never comes: the gate waits 8 s from the call, which at one in ten is no tail but usual."""
    good, none = answered("good", latency="100 ms"), timed_out(8)
    spec = at_gate(3, 1.5, acquisition=0.5, deadline=8, on_no_result="ship")
    found = told(line(spec), {"camera": every(10, none, good)})
    assert found.loss > 0.05
    assert shares(found) == {"typical": 1, "tail": 0, "timeouts": 0, "review": 0}
    assert adds_up(found)
