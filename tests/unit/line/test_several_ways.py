"""Machines that stop in several ways, and after so many parts: constant times and exact logs."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from stories import happens, press
from strategies import tied_scenarios

from line_sim.line.stops.machine import StoppingMachine
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory
from line_sim.units import SECOND


def ways(*written):
    """Return a station's breakdowns: (up, repair, what it counts), by number."""
    keys = ("up", "repair", "counts")
    return {"breakdowns": [dict(zip(keys, way, strict=True)) for way in written]}


def test_a_stop_of_five_seconds_every_ten_parts_of_one_makes_two_thirds_a_second():
    """Ten seconds of work and five of standing: 2,000 parts in 3,000 s, to the part."""
    run = happens(press(1, **ways((10, 5, "parts"))), duration=3_000)
    assert sum(disposition == "shipped" for *_, disposition in run.items) == 2_000
    assert run.outages[:2] == [("press", 1, 10, 15), ("press", 1, 25, 30)]
    assert run.down == {}


def test_a_tool_change_comes_between_two_parts():
    """The machine stops as it finishes its second part, and takes the third when it is done."""
    run = happens(press(3, **ways((2, 4, "parts"))), items=3)
    assert run.at("press") == [(1, 1, 0, 0, 3, 3), (2, 1, 3, 3, 6, 6), (3, 1, 10, 10, 13, 13)]


def test_a_blocked_part_may_leave_during_a_tool_change():
    """Each part of press stops it for 1 s; pack takes them every 4 s, whatever press does."""
    run = happens(press(1, **ways((1, 1, "parts"))), press(4, "pack"), items=3)
    assert run.at("press") == [(1, 1, 0, 0, 1, 1), (2, 1, 2, 2, 3, 5), (3, 1, 5, 5, 6, 9)]
    assert run.outages == [("press", 1, 1, 2), ("press", 1, 3, 4), ("press", 1, 6, 7)]


def test_each_machine_counts_its_own_parts():
    """Two machines that take turns: each stops behind its second part."""
    run = happens(press(2, units=2, **ways((2, 1, "parts"))), items=9)
    assert run.outages[:4] == [
        ("press", 1, 4, 5),
        ("press", 2, 4, 5),
        ("press", 1, 9, 10),
        ("press", 2, 9, 10),
    ]


def test_operating_time_stands_while_another_way_is_repaired():
    """Way 1 fails after 4 s of work, way 2 after 6 s: at 4 s and, with 3 s of repair between, at 9 s."""
    run = happens(press(20, **ways((4, 3, "operating"), (6, 1, "operating"))), items=1)
    assert run.outages[:3] == [("press", 1, 4, 7), ("press", 1, 9, 10), ("press", 1, 12, 15)]
    assert [outage.name for outage in run.records.outages[:3]] == ["1", "2", "1"]


def test_repairs_of_two_ways_may_overlap():
    """By the calendar it fails at 5 s, while down from 4 s to 7 s: it works again when both are over."""
    run = happens(press(6, **ways((4, 3, "operating"), (5, 4, "calendar"))), items=1)
    assert run.outages[:2] == [("press", 1, 4, 7), ("press", 1, 5, 9)]
    assert run.at("press") == [(1, 1, 0, 0, 11, 11)]
    assert run.down == {(1, "press"): 5}


def test_ways_that_are_due_together_all_stop_the_machine():
    """Both fail at 4 s, and both are repaired at once, side by side."""
    run = happens(press(6, **ways((4, 3, "operating"), (4, 1, "operating"))), items=1)
    assert run.outages == [("press", 1, 4, 5), ("press", 1, 4, 7)]
    assert run.at("press") == [(1, 1, 0, 0, 9, 9)]


def test_a_part_that_is_finished_at_the_moment_of_a_failure_is_finished():
    """At 4 s the first part is done; then the machine fails on the next one before anything is done to it."""
    run = happens(press(4, **ways((4, 1, "operating"), (99, 1, "calendar"))), items=2)
    assert run.at("press") == [(1, 1, 0, 0, 4, 4), (2, 1, 4, 4, 9, 9)]


def test_parts_of_a_distribution_are_whole_and_at_least_one():
    """From 0 to 3 parts, evenly: the counts between stops are 1, 2 or 3."""
    few = {"uniform": {"low": 0, "high": 3}}
    run = happens(press(1, **ways((few, 1, "parts"))), items=200)
    finished = [visit[4] for visit in run.at("press")]
    stops = [failed for _, _, failed, _ in run.outages]
    made = [sum(before < at <= stop for at in finished) for before, stop in pairwise(stops)]
    assert set(made) == {1, 2, 3}


def test_a_name_is_that_of_the_chance():
    """Taken out of the list and put elsewhere, the others stop as they did."""
    jam = {"name": "jam", "up": {"exponential": {"mean": 20}}, "repair": 1}
    tool = {"name": "tool", "up": 5, "counts": "parts", "repair": 2}
    slow = {"name": "slow", "up": {"exponential": {"mean": 40}}, "repair": {"exponential": {"mean": 3}}}

    def work_until(name, *listed):
        """Return after how much work the machine failed so: its time less that of all repairs before."""
        told = happens(press(1, breakdowns=list(listed)), items=100).records.outages
        mine = [outage.failed_at for outage in told if outage.name == name]
        stood = [sum(o.repaired_at - o.failed_at for o in told if o.failed_at < at) for at in mine]
        return [at - before for at, before in zip(mine, stood, strict=True)]

    alone = work_until("jam", jam)
    assert alone
    assert work_until("jam", tool, jam) == alone
    assert work_until("jam", slow, tool, jam) == alone


@settings(max_examples=60, deadline=None)
@given(tied_scenarios())
def test_a_list_of_one_way_is_that_way(scenario):
    """The machine for several ways does with one what the one for it does, ties and all."""
    listed = tuple(
        entry.model_copy(update={"breakdowns": (entry.breakdowns,)})
        if getattr(entry, "breakdowns", None) is not None
        else entry
        for entry in scenario.line
    )
    with pytest.MonkeyPatch.context() as patch:
        plain = run_in_memory(scenario)[:2]
        patch.setattr("line_sim.line.stations._lone_way", lambda *_: None)
        assert run_in_memory(scenario.model_copy(update={"line": listed}))[:2] == plain


def test_the_machine_for_several_ways_is_only_built_where_it_is_needed():
    """A lone way that counts time has the machine that it had."""
    lone = Scenario.model_validate(
        {
            "version": 1,
            "name": "x",
            "run": {"items": 1},
            "arrivals": {"saturated": True},
            "line": [press(1, breakdowns={"up": 5, "repair": 1})],
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StoppingMachine, "start", lambda _: pytest.fail("it was built"))
        assert run_in_memory(lone)[1].at == SECOND
