"""The audit's quick ways: they are taken where a run is plain, and never change a verdict."""

import pytest
from fuzzing import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from quick_audits import DAMAGE, FEW, both_ways, damage, damaged, in_small_pieces
from recorded import killed_after
from stopping_lines import stopping_scenarios
from stories import camera, press
from strategies import scenarios

from line_sim.analysis.audit.quick.along import Along
from line_sim.analysis.audit.quick.in_turn import UNKNOWN, Proved, proved_of
from line_sim.analysis.audit.quick.some import some_after_others
from line_sim.figures.window import window_of
from line_sim.layout import layout_of
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.testing import InMemoryRun, run_in_memory

PARTS = 3 * FEW + 1
HARMLESS = {("visits", "told of first"), ("items", "told of first"), ("items", "shipped")}
"""Rows have no order of their own, and all parts that left were shipped."""

SLOWLY = settings(max_examples=examples(120), deadline=None)


def plain(*, every: float | None = None, **run: float) -> Scenario:
    """Return a line of three single machines with room before each."""
    arrivals = {"saturated": True} if every is None else {"every": every}
    line = [
        {"station": name, "cycle": {"exponential": {"mean": 1}}, "buffer": room}
        for name, room in (("s0", 1), ("s1", 2), ("s2", 0))
    ]
    written = {"version": 1, "name": "plain", "run": run or {"items": PARTS}, "arrivals": arrivals}
    return Scenario.model_validate(written | {"line": line})


TRUTH, TIMED = plain(), plain(duration=13)
TOLD = run_in_memory(TRUTH)


def proved(run: InMemoryRun, scenario: Scenario) -> list[Proved]:
    """Return what is proved of each place."""
    layout = layout_of(scenario)
    columns = columns_of(run.records, layout, run.ending.at)
    with in_small_pieces():
        found = proved_of(columns, layout, window_of(columns, layout))
    return [found.get(place, UNKNOWN) for place in range(len(layout.places))]


def gone_along(run: InMemoryRun, scenario: Scenario) -> list[int]:
    """Return to how many places each lot of parts came, one after the other; 0 where they are followed."""
    layout = layout_of(scenario)
    columns = columns_of(run.records, layout, run.ending.at)
    with in_small_pieces():
        return [len(Along(layout).way_of(some)) for some in some_after_others(columns)]


def test_of_a_plain_run_all_is_proved():
    """Of 13 parts, in lots of four: so that the stories below are about the quick ways."""
    first, second, last = (told._replace(held=0) for told in proved(TOLD, TRUTH))
    counts = {"in_turn": True, "starts": PARTS, "finished": PARTS, "departures": PARTS}
    always = counts | {"never_down": True, "with_room": True, "prompt": True}
    handed = {"at_once": False, "handed_on": True, "let_go": True}
    assert first == Proved(**always, **handed, kept_busy=True)
    assert second == Proved(**always, **handed)
    assert last == Proved(**always, at_once=True)
    assert gone_along(TOLD, TRUTH) == [3] * 4


def test_where_there_are_more_queues_or_machines_nothing_is_proved():
    """What comes to be repaired waits apart, belts carry parts, and of two machines either takes one."""
    line = [
        press(1, "repairs"),
        press(1, "belt", buffer={"places": 2, "travel": 1}),
        press(1, "two", units=2),
        camera("camera"),
    ]
    rework = {"to": "repairs", "share": 1.0, "at_most": 1, "buffer": 1}
    written = {"version": 1, "name": "more", "run": {"items": PARTS}, "arrivals": {"saturated": True}}
    review = {"time": 1, "rework": rework}
    scenario = Scenario.model_validate(written | {"line": line, "review": review})
    assert proved(run_in_memory(scenario), scenario)[:3] == [UNKNOWN] * 3


def test_how_long_a_machine_held_parts_is_counted_within_the_window():
    """Part by part, with a warm-up, a run-out behind the window, and parts that have not left at the end."""
    for how in ({"items": PARTS, "warm_up": 5}, {"duration": 28, "warm_up": 5}):
        scenario = plain(**how)
        run, layout = run_in_memory(scenario), layout_of(scenario)
        window = window_of(columns_of(run.records, layout, run.ending.at), layout)
        for place, told in zip(layout.places, proved(run, scenario), strict=True):
            mine = [row for row in run.records.visits if row.station == place.name and row.unit]
            left = [run.ending.at if row.left_at is None else row.left_at for row in mine]
            assert told.held == sum(
                max(0, min(end, window.end) - max(row.started_at, window.start))
                for row, end in zip(mine, left, strict=True)
            )


def test_of_a_run_of_time_all_is_proved_but_the_way_of_the_last_parts():
    """What has not come at the end is later than all that has."""
    scenario = plain(duration=28)
    run = run_in_memory(scenario)
    assert all(told.prompt and told.with_room for told in proved(run, scenario))
    assert gone_along(run, scenario) == [3, 3, 3, 0, 1]


@pytest.mark.parametrize("every", [None, 2.0])
@pytest.mark.parametrize("how", [{"items": PARTS}, {"duration": 30}])
def test_plain_runs_pass_both_ways(every, how):
    """Saturated and paced, with an end of parts and of time; broken off, and as if it had been killed."""
    scenario = plain(every=every, **how)
    run = run_in_memory(scenario)
    quick, slow = both_ways(run.records, layout_of(scenario), run.ending.how, run.ending.at)
    assert quick == slow
    assert all(check.passed for check in quick.values())


@pytest.mark.parametrize(
    ("table", "change"), [(table, change) for table in ("visits", "items") for change in DAMAGE[table]]
)
def test_every_fault_is_told_as_without_the_quick_ways(table, change):
    """In any row of a plain run, first and last and at the borders of pieces: the same words and rows."""
    found = set()
    for scenario in (TRUTH, TIMED):
        run, layout = run_in_memory(scenario), layout_of(scenario)
        for at in range(len(getattr(run.records, table))):
            records = damage(run.records, table, change, at)
            quick, slow = both_ways(records, layout, run.ending.how, run.ending.at)
            assert quick == slow
            found |= {name for name, check in quick.items() if not check.passed}
    assert found or (table, change) in HARMLESS


@SLOWLY
@given(
    st.one_of(scenarios(), stopping_scenarios(), st.builds(plain, every=st.sampled_from([None, 1.5]))),
    st.booleans(),
    st.data(),
)
def test_whatever_the_damage_the_quick_ways_change_nothing(scenario, killed, data):
    """Random lines, told truly, damaged, or of a run that was killed in between: all checks are the same."""
    run = run_in_memory(scenario)
    records = killed_after(run, data.draw(st.sampled_from([0.3, 0.8]))) if killed else run.records
    records = data.draw(damaged(records))
    quick, slow = both_ways(records, layout_of(scenario), None if killed else run.ending.how, run.ending.at)
    assert quick == slow
