"""Both lines tell the same of lines that no chance draws: queues without end, locks, wishes to stop."""

from typing import Any

import pytest
from compiled_lines import RECORDS, Happened, Rows, by_compiled, by_simpy, differences, known
from dense_lines import dense, known_mixed, locked_by_a_belt
from fuzzing import examples
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from line_sim.line import arrivals
from line_sim.line.line import DEADLOCKED, INTERRUPTED, STOPPED
from line_sim.scenario import Scenario

pytest.importorskip("numba")

ENDS = {"visit": "left_at", "call": "latency", "outage": "repaired_at", "item": "left_at"}
"""What of a record is only there when it is over."""

RANDOM = {"exponential": {"mean": 1}}
ALWAYS = {"modelled": {"service": 0, "false_alarm_rate": 1}}


def line_of(*line: dict[str, Any], **keys: Any) -> Scenario:
    """Return a scenario; by default a saturated one of a thousand parts."""
    written = {"version": 1, "name": "story", "run": {"items": 1000}, "arrivals": {"saturated": True}}
    return Scenario.model_validate({**written, "line": list(line), "review": {"time": 0}, **keys})


def both(scenario: Scenario) -> Happened:
    """Return what both lines tell."""
    reference = by_simpy(scenario)
    assert list(differences(by_compiled(scenario), reference)) == []
    return reference


def test_a_queue_without_end_is_the_same():
    """Twice as many parts come as go: those that wait in front of the line have a slot each."""
    run = both(
        line_of(
            {"station": "first", "cycle": RANDOM},
            arrivals={"every": {"exponential": {"mean": 0.5}}, "on_full": "wait"},
            run={"duration": 2000},
        )
    )
    assert sum(item.disposition == "on_line" for item in run.records["item"]) > 1500


def test_a_huge_buffer_of_a_saturated_line_is_the_same():
    """All its places are filled in the first moment: more parts than there are slots and numbers."""
    run = both(
        line_of(
            {"station": "first", "cycle": RANDOM, "buffer": 6000},
            {"station": "last", "cycle": RANDOM},
            run={"duration": 50},
        )
    )
    assert len(run.records["item"]) > 6000


def test_a_gate_far_behind_its_camera_is_the_same():
    """A hundred answers are out at a time: more events than there is room for at first."""
    both(
        line_of(
            {
                "inspection": "camera",
                "acquisition": 0.1,
                "gateway": {"modelled": {"service": {"uniform": {"low": 10, "high": 30}}, "servers": 200}},
                "decides": "at_gate",
                "gate": {"places": 200, "travel": 20},
            },
            {"station": "last", "cycle": 0},
        )
    )


def test_of_a_circle_the_most_upstream_place_is_told_first():
    """Wherever the kernel came upon it: here from the review, which found no room at the camera."""
    run = both(
        line_of(
            {"station": "press", "cycle": 1},
            {"inspection": "front", "gateway": ALWAYS},
            {"inspection": "back", "acquisition": 2, "gateway": {"modelled": {"service": 0}}},
            {"station": "last", "cycle": 0},
            product={"defect_rate": 0.3},
            review={"time": 0, "miss_rate": 0.3, "cleared": "rejoins"},
        )
    )
    assert run.ending.how == DEADLOCKED
    assert run.ending.reason == "back waits for room at review, review at back"


def test_a_lock_is_noticed_by_a_belt_that_stands():
    """No machine finishes anything then."""
    run = both(locked_by_a_belt())
    assert run.ending.how == DEADLOCKED
    assert run.ending.reason == "back waits for room at review, review at back"


def test_a_machine_that_is_off_and_idle_is_no_part_of_a_lock():
    """It takes a part when its shift begins, and the line goes on."""
    scenario = line_of(
        {"inspection": "front", "gateway": ALWAYS},
        {"inspection": "back", "units": 2, "gateway": ALWAYS, "calendar": "one"},
        calendars={"one": {"Mon": ["00:00:00-00:00:01", "00:00:03-23:00"]}},
        review={"time": 1, "cleared": "rejoins"},
    )
    run = both(scenario)
    assert any(visit.station == "back" and visit.started_at == 3 * 10**9 for visit in run.records["visit"])


def test_a_line_whose_time_stands_still_is_stopped_at_the_same_part(monkeypatch):
    """After a hundred parts here; a million else."""
    from line_sim.compiled import line

    monkeypatch.setattr(arrivals, "MOST_AT_ONCE", 100)
    monkeypatch.setattr(line, "_MOST_AT_ONCE", 100)
    run = both(
        line_of(
            {"inspection": "camera", "gateway": {"modelled": {"service": 0}}},
            {"station": "press", "cycle": 1},
            run={"duration": 10},
            product={"defect_rate": 1},
        )
    )
    assert run.ending.how == STOPPED


@pytest.mark.parametrize("on_no_result", ["stop", "ship"])
def test_a_part_that_stops_the_line_is_named_by_both(on_no_result):
    """So is why."""
    camera = {"inspection": "camera", "deadline": 1, "on_no_result": on_no_result}
    late = {"modelled": {"service": {"uniform": {"low": 0, "high": 1.02}}}}
    run = both(line_of({"station": "press", "cycle": 2}, {**camera, "gateway": late}))
    assert (run.ending.how == STOPPED) == (on_no_result == "stop")


ROOM, FULL = 8, 5
"""Rows of a kind that there is room for, and how many make the kernel return: an event may tell four more."""


class Wish:
    """Wishes the line to stop when the kernel has returned so often, and notes after which row that was."""

    def __init__(self, returns: int) -> None:
        self.rows = Rows()
        self.came_after: tuple[str, int] | None = None
        self._returns = returns
        self._had = dict.fromkeys(RECORDS, 0)

    def __call__(self) -> bool:
        """Say whether it wishes; asked once each time that the kernel has returned."""
        told = {kind: len(records) for kind, records in self.rows.records.items()}
        full = [(kind, number) for kind, number in told.items() if number - self._had[kind] >= FULL]
        self._returns -= 1
        self._had = told
        if self._returns <= 0 and full:
            self.came_after = full[0]
        return self.came_after is not None


@settings(max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck))
@given(dense() | known_mixed(st.just({"items": 60})), st.integers(1, 20))
def test_a_wish_to_stop_is_heard_between_two_events(scenario, returns):
    """When the kernel returns: all that is told then is what SimPy's line tells that is stopped at that row.

    So the rows up to there are the first of the whole run's, and nothing is torn.
    """
    assume(known(scenario))
    wish = Wish(returns)
    with pytest.MonkeyPatch.context() as patch:
        from line_sim.compiled import line

        patch.setattr(line, "ROWS", ROOM)
        stopped = by_compiled(scenario, rows=wish.rows, wished=wish)
    assume(wish.came_after is not None)
    assert stopped.ending.how == INTERRUPTED
    assert list(differences(stopped, by_simpy(scenario, stop_after=wish.came_after))) == []
    whole = by_simpy(scenario).records
    for kind, ends in ENDS.items():
        told = [row for row in stopped.records[kind] if getattr(row, ends) is not None]
        assert told == whole[kind][: len(told)], kind
