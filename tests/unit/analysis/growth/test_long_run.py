"""Loads, what fills up and the long run, against numbers worked out by hand."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import camera, modelled, press
from ways_back import rework

from line_sim.analysis.growth import pilot
from line_sim.analysis.growth.long_run import long_run
from line_sim.analysis.growth.means import foreseen, no_answer, right_at_once
from line_sim.analysis.growth.words import filling_up, roughly
from line_sim.line.breakdowns import OutageDraws
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory
from line_sim.units import HOUR, MILLISECOND, SECOND

LOOK = {"buffer": 20, "time": "4 s"}


def scenario(*line, every="250 ms", defects=0.0, review=LOOK, run=None, **arrivals):
    """Return a line to which a part comes every 250 ms."""
    inspects = any("inspection" in entry for entry in line)
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "a line",
            "run": run or {"items": 300},
            "arrivals": {"every": every, **arrivals} if every else {"saturated": True},
            "product": {"defect_rate": defects},
            "line": line,
            "review": review if inspects else None,
        }
    )


def ahead(spec, answers=None):
    """Return the outlook of a line."""
    found = long_run(spec, answers or {}, {})
    assert found is not None
    return found.outlook


def loads(spec, answers=None):
    """Return the load of each place, by name."""
    return {load.place: load.value for load in ahead(spec, answers).loads}


def test_the_review_bench_of_the_default_line():
    """14,400 parts an hour, 10 % of them sent to one person of 4 s: 1,440 on 900, full after 21 / 540 h."""
    found = ahead(scenario(press("180 ms"), camera(gateway=modelled("90 ms")), defects=0.1))
    (review,) = found.fills
    assert (review.place, review.load.asked, review.load.makes) == ("review", pytest.approx(1440), 900)
    assert review.full_at == pytest.approx(21 / 540 * HOUR)
    assert found.takes_in == pytest.approx(9000)
    assert found.long_run_uph == pytest.approx(8100)  # the reviewer scraps the tenth that is defective
    assert found.at_first_uph == pytest.approx(12_960)


def test_a_belt_may_bring_less_than_its_station_makes():
    """Two places in 1 s pass 7,200 of 14,400 an hour: the belt is what fills up and what should change."""
    found = long_run(scenario(press("180 ms", buffer={"places": 2, "travel": 1})), {}, {})
    (filling,) = found.outlook.fills
    assert (filling.load.makes, filling.load.by_units) == (pytest.approx(7200), pytest.approx(20_000))
    assert (found.cause, found.outlook.long_run_uph) == ("belt", pytest.approx(7200))
    assert filling.full_at is None, "parts are held up from the first one on"
    told = " ".join(filling_up(found))
    assert "it is sent 14,400 parts an hour and its belt passes 7,200" in told
    assert "give the belt to press less travel or more places" in told


def test_false_alarms_and_time_outs_go_to_review_too():
    """Of the good parts 5 % by mistake; where a third of all answers is late, a third comes there at once."""
    alarms = modelled("90 ms", false_alarm_rate=0.05, miss_rate=0.2)
    sent = 0.9 * 0.05 + 0.1 * 0.8
    assert loads(scenario(camera(gateway=alarms), defects=0.1))["review"] == pytest.approx(sent * 16)
    late = modelled({"uniform": {"low": "50 ms", "high": "200 ms"}}, false_alarm_rate=0.05, miss_rate=0.2)
    two_thirds = scenario(camera(gateway=late, deadline="150 ms"), defects=0.1)
    assert loads(two_thirds)["review"] == pytest.approx((1 / 3 + 2 / 3 * sent) * 16, rel=1e-3)
    shipped = scenario(camera(gateway=late, deadline="150 ms", on_no_result="ship"), defects=0.1)
    assert loads(shipped)["review"] == pytest.approx(2 / 3 * sent * 16, rel=1e-3)


def test_what_one_camera_stops_does_not_come_to_the_next():
    """The second one sees the good parts, and the defective ones that the first has missed."""
    line = camera(gateway=modelled("90 ms", miss_rate=0.5)), camera("last", gateway=modelled("90 ms"))
    found = loads(scenario(*line, defects=0.2))
    assert found["last"] == pytest.approx(0.9 * 90 / 250)
    assert found["review"] == pytest.approx((0.1 + 0.1) * 16)


def test_repairs_take_their_share_of_the_time():
    """240 ms is less than the takt; with 10 % of repairs it is 264 ms, and more."""
    failing = {"up": {"exponential": {"mean": "5 min"}}, "repair": "30 s"}
    found = long_run(scenario(press("240 ms", breakdowns=failing)), {}, {})
    assert found.outlook.limit.value == pytest.approx(264 / 250)
    assert found.cause == "breakdowns"
    assert [filling.place for filling in found.outlook.fills] == ["press"]


@pytest.mark.parametrize(("cycle", "fills"), [("250 ms", []), ("251 ms", ["press"])])
def test_a_load_of_exactly_one_fills_nothing(cycle, fills):
    """And a little more does, for ever."""
    assert [filling.place for filling in ahead(scenario(press(cycle))).fills] == fills


def test_a_place_behind_another_that_is_full_gets_no_more_than_that_makes():
    """The press passes 12,000 an hour, and so packing, which makes 13,000 of the 14,400, does not fill up."""
    found = ahead(scenario(press("300 ms"), press("277 ms", name="pack")))
    assert [filling.place for filling in found.fills] == ["press"]
    assert found.limit.place == "press"


def test_a_saturated_line_sends_review_what_it_takes_in():
    """12,000 an hour through a press of 300 ms, of which review is sent a tenth."""
    found = ahead(scenario(press("300 ms"), camera(), every=None, defects=0.1))
    assert found.entering == pytest.approx(12_000)
    assert [(filling.place, filling.load.asked) for filling in found.fills] == [
        ("review", pytest.approx(1200))
    ]


def test_two_cameras_that_ask_one_server_are_no_faster_than_it():
    """An answer takes 270 ms, and a second camera wins the picture's time alone."""
    line = camera(gateway=modelled("270 ms"), units=2, acquisition="30 ms", buffer=4)
    found = ahead(scenario(line))
    assert found.limit.makes == pytest.approx(HOUR / (270 * MILLISECOND), rel=1e-3)


@pytest.mark.parametrize(("after", "late"), [("keeps_computing", (0.99, 1.0)), ("stops", (0.3, 0.45))])
def test_a_server_that_keeps_computing_falls_behind_until_no_answer_comes_in_time(after, late):
    """It is asked for 8 % more than it does. One that drops late calls answers the others."""
    slow = modelled({"gamma": {"mean": "270 ms", "cv": 0.3}}, after_deadline=after)
    spec = scenario(
        camera(gateway=slow, units=2, deadline="400 ms", acquisition="30 ms"), run={"items": 6000}
    )
    low, high = late
    assert low <= foreseen(spec)["camera"].review[0].mid <= high
    roomy = spec.model_copy(update={"review": spec.review.model_copy(update={"buffer": 10_000})})
    calls = run_in_memory(roomy).records.calls[3000:]
    assert low <= sum(call.outcome == "timed_out" for call in calls) / len(calls) <= high


def test_stations_that_hold_each_other_up():
    """Muth: two exponential stations without a buffer make 2/3; a takt of 1.4 is too short, 1.6 is not."""
    line = press({"exponential": {"mean": 1}}, name="a"), press({"exponential": {"mean": 1}}, name="b")
    short, long = (long_run(scenario(*line, every=every), {}, {}) for every in (1.4, 1.6))
    assert (short.cause, short.outlook.limit.place) == ("blocking", "line")
    assert short.outlook.takes_in == pytest.approx(2400, rel=0.03)
    assert long.outlook.fills == ()


def test_two_machines_that_fail_seldom_stand_still_one_after_the_other():
    """Each is down for a tenth of its work; together the line takes 1.2 cycles a part, and not 1.1."""
    failing = {"up": {"exponential": {"mean": "10 h"}}, "repair": "1 h"}
    line = (press(0.9, name=name, breakdowns=failing) for name in "ab")
    found = ahead(scenario(*line, every=1.0))
    assert all(load.value < 1 for load in found.loads)
    assert found.takes_in == pytest.approx(3600 / (0.9 * 1.2))


def test_outages_to_come():
    """A press that works 72 % of 75 s fails once in 20 min of work: 0.045 times."""
    failing = {"up": {"exponential": {"mean": "20 min"}}, "repair": "30 s"}
    (outages,) = long_run(scenario(press("180 ms", breakdowns=failing)), {}, {}).outages
    assert outages.expected == pytest.approx(300 * 0.18 / 1200)
    assert outages.failing.down == pytest.approx(0.72 * 30 / 1200)
    assert not outages.enough
    calendar = scenario(
        press("180 ms", breakdowns={**failing, "counts": "calendar"}), run={"duration": "10 h"}
    )
    (by_clock,) = long_run(calendar, {}, {}).outages
    assert by_clock.expected == pytest.approx(10 * 3600 / 1230)
    assert by_clock.enough


def test_outages_that_hardly_matter_are_not_counted():
    """A second in 20 minutes is less than 0.5 %."""
    failing = {"up": {"exponential": {"mean": "20 min"}}, "repair": "1 s"}
    assert long_run(scenario(press("180 ms", breakdowns=failing)), {}, {}).outages == ()


def test_a_real_server_is_taken_for_what_is_said_of_it():
    """Right and at once review is sent the defective parts; without an answer all of them."""
    live = scenario(camera(gateway={"grpc": {}}, deadline="200 ms"), defects=0.05)
    (spec,) = live.inspections
    right = long_run(live, {}, {"camera": right_at_once(spec)})
    assert right is not None
    assert right.outlook.limit.value == pytest.approx(0.8)
    assert not right.known
    assert loads(live, {"camera": no_answer(spec)})["review"] == pytest.approx(16)


def test_a_line_without_work_has_no_long_run():
    """It would take in parts without end."""
    assert long_run(scenario(press(0), every=None), {}, {}) is None


def test_reworked_parts_come_again():
    """A tenth is defective and goes back until a reviewer misses it, after two rounds on average."""
    line = press("180 ms"), camera()
    review = {**LOOK, "miss_rate": 0.5, **rework(defect_rate=1.0)}
    found = loads(scenario(*line, defects=0.1, review=review))
    assert found["press"] == pytest.approx(0.72 * (0.9 + 0.1 * 2), rel=1e-6)


@given(
    cycles=st.lists(st.integers(1, 400), min_size=1, max_size=4),
    alarms=st.floats(0, 0.5),
    defects=st.floats(0, 0.5),
    takt=st.integers(50, 500),
)
@settings(max_examples=40, deadline=None)
def test_a_line_takes_in_no_more_than_any_of_its_places_lets_through(cycles, alarms, defects, takt):
    """And what fills up is what is asked for more than it makes; whatever is loaded most limits the line."""
    line = [press(f"{cycle} ms", name=f"s{place}") for place, cycle in enumerate(cycles)]
    gateway = modelled("1 ms", false_alarm_rate=alarms)
    found = ahead(scenario(*line, camera(gateway=gateway), every=f"{takt} ms", defects=defects))
    worst = max(load.value for load in found.loads)
    assert found.takes_in <= found.entering
    assert found.takes_in == pytest.approx(found.entering / max(1.0, worst))
    assert bool(found.fills) == (worst > 1 + 1e-6)
    assert found.long_run_uph <= found.at_first_uph * (1 + 1e-9)
    assert found.limit.asked * SECOND >= 0


@pytest.mark.parametrize("counts", ["operating", "calendar"])
def test_a_line_that_fails_all_the_time_is_left_to_what_is_seen(counts, monkeypatch):
    """A machine up for a microsecond at a time: the line is not run for it until the end of time."""
    failing = {"up": "1 us", "repair": "1 ns", "counts": counts}
    spec = scenario(press("180 ms", breakdowns=failing), camera(gateway=modelled("90 ms")))
    outages = []
    monkeypatch.setattr(OutageDraws, "next_repair", lambda _: outages.append(1) or 1)
    monkeypatch.setattr(pilot, "is_up", lambda: False)  # where there are steps to count
    assert loads(spec)["press"] == pytest.approx(0.72, rel=2e-3)
    assert len(outages) == 300_001


def test_a_second_camera_alone_is_no_advice_where_answers_wait_for_each_other():
    """Both would ask the same server: more cameras help only with more of that."""
    found = long_run(scenario(press("180 ms"), camera(gateway=modelled("300 ms"), buffer=4)), {}, {})
    assert list(filling_up(found))[-1].endswith(
        "give camera faster answers, or 2 cameras whose answers do not wait for each other."
    )


def test_a_place_that_is_full_at_once_is_full_after_some_time():
    """Not after 0 s."""
    assert (roughly(240_000_000), roughly(5 * SECOND), roughly(31 * SECOND)) == ("0.24 s", "5 s", "31 s")


def test_more_cameras_than_there_are_servers_are_no_reason_for_more_cameras():
    """Three at one server of 270 ms: how many would do depends on what answers them."""
    cameras = camera(gateway=modelled("270 ms"), buffer=4, units=3)
    told = list(filling_up(long_run(scenario(press("180 ms"), cameras), {}, {})))
    assert told[-1].endswith("give camera faster answers, or more cameras, and servers to answer them.")


def test_a_station_without_places_is_full_itself():
    """It has no `0 places` to be full."""
    told = list(filling_up(long_run(scenario(press("255 ms"), every="250 ms"), {}, {})))
    assert "sent 14,400 parts an hour and makes 14,118; it is full after 13 s." in told[0]


def at_gate(places, travel, **keys):
    """Return an inspection with a gate."""
    return camera(decides="at_gate", gate={"places": places, "travel": travel}, **keys)


def test_at_a_gate_the_camera_is_loaded_by_its_pictures_alone():
    """A part each 250 ms: 100 ms of picture, 0.4; answers of 600 ms by four servers and eight places."""
    found = loads(scenario(at_gate(8, "1 s", acquisition="100 ms", gateway=modelled("600 ms", servers=4))))
    assert found["camera"] == pytest.approx(0.4)
    assert found["camera gate"] == pytest.approx(0.6)  # 150 ms an answer; there is room for more


def test_a_server_that_is_too_slow_fills_the_gate_up():
    """Answers of 300 ms, one at a time, for a part each 250 ms: the gate is what is asked for too much."""
    spec = scenario(at_gate(4, "400 ms", acquisition="100 ms", gateway=modelled("300 ms")))
    (gate,) = ahead(spec).fills
    assert (gate.place, gate.load.makes) == ("camera gate", pytest.approx(12_000))
    assert long_run(spec, {}, {}).cause == "gate"
    told = " ".join(filling_up(long_run(spec, {}, {})))
    assert "give the camera gate quicker answers, more of them at a time, or a longer belt" in told


def test_a_deadline_lets_parts_pass_a_gate_whose_server_is_too_slow():
    """At most 400 ms for an answer: every part passes, and the long run knows how many go to review."""
    gateway = modelled({"gamma": {"mean": "300 ms", "cv": 0.5}})
    roomy = {"buffer": 5000, "units": 20, "time": "4 s"}
    keys = {"acquisition": "100 ms", "deadline": "400 ms", "gateway": gateway}
    spec = scenario(at_gate(4, "400 ms", **keys), review=roomy, run={"items": 3000})
    assert ahead(spec).fills == ()
    found = foreseen(spec)["camera"]
    calls = run_in_memory(spec).records.calls[500:]
    late = sum(call.outcome == "timed_out" for call in calls) / len(calls)
    assert found.review[0].mid == pytest.approx(late, abs=0.05)
    mean = sum(call.latency for call in calls) / len(calls)
    assert found.wait.mid == pytest.approx(mean, rel=0.05)


def test_much_room_at_review_is_told_in_whole_percents():
    """Not as 6e+02 %: a glance takes 40 ms, and of the 14,400 parts an hour none is sent there rightly."""
    spec = scenario(
        press("100 ms"), camera(gateway=modelled("90 ms")), review={"buffer": 20, "time": "40 ms"}
    )
    found = replace(long_run(spec, {}, {}), known=False)
    assert any("review has room for 625 % of the parts" in told for told in filling_up(found))
