"""Other shifts of a line: other chance, answers like those measured, and what follows for the next one."""

from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from stories import camera, modelled, press

from line_sim.analysis.what_if.shifts.estimate import estimate
from line_sim.analysis.what_if.shifts.losses import lost_in_a_shift
from line_sim.analysis.what_if.split import shapley
from line_sim.analysis.what_if.subject import Subject
from line_sim.analysis.what_if.trials import Trial, at_once, tried
from line_sim.chance.chance import Chance
from line_sim.chance.paced import PacedChance
from line_sim.chance.purposes import Purpose
from line_sim.figures.defects.looks import good_when_seen
from line_sim.figures.window import window_of
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.scenario.times import Constant, Exponential
from line_sim.testing import answered, run_in_memory, scripted

FALSE_ALARM = 1e-4

LIVE = {"grpc": {}}


def subject(*stations, gateways=None, items=200, seed=5, defect_rate=0.3, review=None):
    """Run a line that a part enters every second."""
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "a story",
            "seed": seed,
            "run": {"items": items},
            "arrivals": {"every": 1},
            "product": {"defect_rate": defect_rate},
            "line": list(stations),
            "review": review or {"time": 0, "buffer": 1000},
        }
    )
    records, ending = run_in_memory(scenario, gateways)
    layout = layout_of(scenario)
    run = columns_of(records, layout, ending.at)
    return Subject(scenario, run, layout, window_of(run, layout), Interrupt())


def by_truth(inquiry):
    """Answer rightly, good parts sooner than defective ones; each part a nanosecond later."""
    good = inquiry.true_state == "good"
    reply = answered("good" if good else "stain", latency="100 ms" if good else "300 ms")
    return reply._replace(latency=reply.latency + inquiry.item_id)


def drawn(it, number):
    """Return the answers of a shift at the camera."""
    return it.shifts()._answers(number)["camera"]


def test_a_shift_has_answers_that_were_measured():
    """As many as it has parts, each one's latency among those of the run; another shift has others."""
    it = subject(camera(gateway=LIVE), gateways={"camera": scripted(by_truth)})
    one, other = drawn(it, 0), drawn(it, 1)
    measured = it.calls(200)["camera"].latency
    assert set(one.latency.tolist()) <= set(measured.tolist())
    assert len(one.latency) == 200
    assert one.latency.tolist() != other.latency.tolist()
    assert one.latency.tolist() == drawn(it, 0).latency.tolist()


def test_what_becomes_of_a_part_hangs_on_what_it_truly_is():
    """The network was always right: in other shifts it is right, too, though other parts are defective."""
    it = subject(camera(gateway=LIVE), gateways={"camera": scripted(by_truth)})
    for number in (0, 1):
        good = it.shifts()._truly_good(number)
        lanes = [fate.lane.value for fate in drawn(it, number).fates]
        assert lanes == ["ship" if each else "review" for each in good]


def test_twins_differ_in_the_drawn_answers_alone():
    """Shifts 0 and 1 have the same parts; without drawn answers each shift has its own."""
    held = subject(camera(gateway=LIVE), gateways={"camera": scripted(by_truth)}).shifts()
    assert held.groups(2) == [range(2), range(2, 4)]
    assert held._truly_good(0).tolist() == held._truly_good(1).tolist()
    assert held._truly_good(0).tolist() != held._truly_good(2).tolist()
    assert subject(camera(gateway=modelled(0.1))).shifts().groups(2) == [range(1), range(1, 2)]


def test_the_loss_of_a_shift_is_what_many_other_runs_lose():
    """A modelled camera that is a little too slow: the interval holds the mean of fifty other seeds."""
    gamma = {"gamma": {"mean": 1.1, "cv": 0.5}}
    told = lost_in_a_shift(subject(camera(gateway=modelled(gamma))))
    losses = []
    for seed in range(100, 150):
        it = subject(camera(gateway=modelled(gamma)), seed=seed)
        stretch = it.stretch(1000)
        quick, as_is = (
            stretch.counted(tried(trial, {}, Chance(seed), Interrupt(), stretch.parts)).uph
            for trial in (at_once(it.scenario), Trial(it.scenario))
        )
        losses.append(quick - as_is)
    assert told.ci[0] <= fmean(losses) <= told.ci[1]
    assert told.ci[1] - told.ci[0] < told.uph


def test_a_review_that_is_close_to_full_has_no_interval():
    """Parts without an answer nearly fill it: a shift in which they do loses more than those tried."""
    gateway = modelled({"exponential": {"mean": 0.2}})
    close = {"time": 22, "buffer": 3}
    it = subject(camera(gateway=gateway, deadline=0.9), review=close, defect_rate=0.02, items=300, seed=0)
    told = lost_in_a_shift(it)
    assert told.ci is None
    assert "review is close to full" in told.why
    roomy = lost_in_a_shift(
        subject(camera(gateway=gateway, deadline=0.9), review={"time": 1, "buffer": 30}, defect_rate=0.02)
    )
    assert roomy.ci is not None


def test_an_estimate_from_modelled_shifts_is_students():
    """Mean 10, standard deviation 1 of four: 3.18 standard errors to a side, a bit more to the right."""
    values = [9.0, 11.0, 9.0, 11.0]
    told = estimate([[value] for value in values], 300, drawn=False)
    half = 3.182 * np.std(values, ddof=1) / 2
    assert told.uph == 10
    assert told.ci[1] - told.ci[0] == pytest.approx(2 * half, rel=1e-3)
    assert told.ci == pytest.approx((10 * (1 - half / 20) ** 2, 10 * (1 + half / 20) ** 2), rel=1e-3)
    assert (told.shifts, told.parts) == (4, 300)


def test_what_drawn_answers_differ_by_is_added_whole():
    """Twins that are 2 apart: as unsure as one set of measured answers is, however many are tried."""
    few = estimate([[99.0, 101.0]] * 4, 300, drawn=True)
    many = estimate([[99.0, 101.0]] * 400, 300, drawn=True)
    assert few.ci[0] < 100 - 2 * 2**0.5
    assert many.ci[1] - many.ci[0] == pytest.approx(2 * 1.966 * 2**0.5, rel=1e-3)


@given(st.floats(-100, 100), st.floats(0.01, 100))
def test_an_interval_holds_its_mean(mean, spread):
    """Whether its mean is far above 0 for its width, or below it."""
    told = estimate([[mean - spread], [mean + spread], [mean]], 300, drawn=False)
    assert told.ci[0] <= told.uph <= told.ci[1]


def test_nothing_but_chance_is_sure_of_nothing():
    """Shifts that gain and lose alike."""
    assert not estimate([[-1.0], [1.0], [0.5]], 300, drawn=False).sure
    assert estimate([[1.0], [1.0], [1.0]], 300, drawn=False).sure


def test_a_change_that_brings_nothing_is_seldom_sure_to_bring_something():
    """Eight shifts that differ by chance alone are above 0 for sure in 1 set of 40."""
    sets = np.random.default_rng(4).normal(size=(10_000, 8, 1))
    sure = sum(estimate(shifts.tolist(), 300, drawn=False).sure for shifts in sets)
    assert binom.cdf(sure - 1, len(sets), 0.025) < 1 - FALSE_ALARM
    assert binom.cdf(sure, len(sets), 0.025) > FALSE_ALARM


@settings(max_examples=50)
@given(st.lists(st.floats(-50, 50), min_size=8, max_size=8))
def test_parts_by_all_orders_add_up(worths):
    """Whatever each set of causes is worth; and each part lies between its least and its most."""
    causes = ("a", "b", "c")
    index = {cause: 1 << number for number, cause in enumerate(causes)}

    def worth(gone):
        return worths[sum(index[cause] for cause in gone)]

    parts = shapley(causes, worth)
    assert sum(part.value for part in parts.values()) == pytest.approx(worths[7] - worths[0], abs=1e-9)
    assert all(part.low - 1e-9 <= part.value <= part.high + 1e-9 for part in parts.values())


def test_two_causes_that_only_act_together_share_what_they_cost():
    """Either one mended is all of it: half each, nothing or all by the order."""
    parts = shapley(("timeouts", "review"), lambda gone: 10.0 if gone else 0.0)
    assert {name: (part.value, part.low, part.high) for name, part in parts.items()} == {
        "timeouts": (5.0, 0.0, 10.0),
        "review": (5.0, 0.0, 10.0),
    }


def test_a_pace_shortens_one_time_and_leaves_all_others():
    """The press's cycle by a tenth, draw by draw; events and other places as they were."""
    chance = Chance(3)
    paced = PacedChance(chance, {(Purpose.CYCLE, "press"): 0.9})
    time = Exponential(mean=1)
    was, then = (each.durations(Purpose.CYCLE, "press", time) for each in (chance, paced))
    assert [then.of(item) for item in range(5)] == [round(0.9 * was.of(item)) for item in range(5)]
    assert then.block(1) == [round(0.9 * value) for value in was.block(1)]
    other = (each.durations(Purpose.CYCLE, "pack", time) for each in (chance, paced))
    assert next(other).block(0) == next(other).block(0)
    assert paced.durations(Purpose.CYCLE, "press", Constant(value=10)).of(1) == 9 * 10**9
    assert paced.events(Purpose.TRUE_STATE, "", 0.5) is chance.events(Purpose.TRUE_STATE, "", 0.5)
    assert paced.choices(Purpose.DEFECT_KIND, "", ("a", "b")).of(1) in {"a", "b"}


def test_a_line_with_a_way_back_has_no_shifts():
    """Its parts come again, and answers are by visit."""
    from ways_back import rework

    line = press(0.1), camera(gateway=modelled(0.1))
    assert subject(*line, defect_rate=0.0, review={"time": 0.1, **rework()}).shifts() is None


def test_a_part_of_which_nothing_is_told_is_taken_for_good():
    """Such as a number beyond all others in a damaged file: it takes no room for the numbers before it."""
    it = subject(press(0.1), camera(gateway=LIVE), gateways={"camera": scripted(by_truth)})
    told = it.run.items
    defective = int(told.item[~told.good][0])
    parts = np.array([defective, 10**15])
    assert good_when_seen(it.run, it.layout, 1, parts).tolist() == [False, True]
