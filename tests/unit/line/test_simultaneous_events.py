"""What happens in one moment happens in the documented order: the line against one written from the docs.

Scenarios of whole seconds, where many things happen at once. That this finds a wrong order is shown by
planting some: each must be found in a bounded number of scenarios.
"""

from collections.abc import Callable

import pytest
from event_list import EventList, Story
from hypothesis import HealthCheck, Phase, given, settings
from strategies import any_scenarios, tied_scenarios

from line_sim.layout import FIRST_FINISH, Layout
from line_sim.line.breakdowns import CalendarTimeMachine, FailingMachine, OperatingTimeMachine
from line_sim.line.buffer import Buffer
from line_sim.line.clocks.virtual import Cue
from line_sim.scenario import Scenario, Station
from line_sim.testing import run_in_memory

EXAMPLES = 150
"""In so many scenarios every planted fault must be found."""


def story_of(scenario: Scenario) -> Story:
    """Run the line and tell it as the event list does."""
    records, ending = run_in_memory(scenario)
    return Story(
        [tuple(visit) for visit in records.visits],
        [(c.item_id, c.station, c.unit, c.issued_at, c.latency, c.outcome) for c in records.calls],
        [tuple(outage)[:4] for outage in records.outages],
        [(item.item_id, item.arrived_at, item.left_at, item.disposition) for item in records.items],
        ending.at,
    )


def does_not_stop(scenario: Scenario) -> bool:
    """Whether no answer stops the line, which the event list does not know."""
    return all(spec.on_no_result != "stop" for spec in scenario.inspections)


def fails_by_the_calendar(scenario: Scenario) -> bool:
    """Whether a machine does."""
    stations = (entry for entry in scenario.line if isinstance(entry, Station))
    return any(station.breakdowns and station.breakdowns.counts == "calendar" for station in stations)


@settings(max_examples=400, deadline=None)
@given(any_scenarios().filter(does_not_stop))
def test_the_line_is_the_one_that_the_documentation_describes(scenario):
    """Every visit with its machine, every call, outage and part."""
    assert story_of(scenario) == EventList(scenario).story()


@settings(max_examples=200, deadline=None)
@given(tied_scenarios().filter(fails_by_the_calendar))
def test_machines_that_fail_by_the_calendar_keep_to_it_where_all_is_ties(scenario):
    """Everything takes a few whole seconds, so that most failures meet something else in their moment."""
    assert story_of(scenario) == EventList(scenario).story()


def some_tied_scenarios() -> list[Scenario]:
    """Return the same scenarios whenever asked, whatever is planted."""
    found: list[Scenario] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(tied_scenarios())
    def collect(scenario: Scenario) -> None:
        found.append(scenario)

    collect()
    return found


@pytest.fixture(scope="module")
def told() -> list[tuple[Scenario, Story]]:
    """Scenarios, and what the event list tells of each."""
    return [(scenario, EventList(scenario).story()) for scenario in some_tied_scenarios()]


def found_in(told: list[tuple[Scenario, Story]]) -> int | None:
    """Return the number of the first scenario in which the line tells another story; None: in none."""
    return next((n for n, (scenario, story) in enumerate(told, 1) if differs(scenario, story)), None)


def differs(scenario: Scenario, story: Story) -> bool:
    """Whether the line tells another story, or none as two parts are on one machine."""
    try:
        return story_of(scenario) != story
    except AssertionError:
        return True


def ranks(**wanted: Callable[..., int]) -> dict[tuple[type, str], object]:
    """Return ranks of the layout's to plant: functions of the layout, and of the place."""
    return {
        (Layout, name): rank if name == "finish_rank" else property(rank) for name, rank in wanted.items()
    }


def behind(layout: Layout) -> int:
    """Return a rank behind all others."""
    return FIRST_FINISH + len(layout.places) + 9


def last_in_first_out(buffer: Buffer):
    """Take the part that came last."""
    buffer._waiting.reverse()
    part = take(buffer)
    buffer._waiting.reverse()
    return part


take = Buffer.take


def hurried(buffer: Buffer, part, moved):
    """Give a part to the machine that has been idle for the shortest time."""
    buffer._takers.reverse()
    moved_at_once = put(buffer, part, moved)
    buffer._takers.reverse()
    return moved_at_once


put = Buffer.put


def pushed_in(buffer: Buffer):
    """Let the part in that was blocked last."""
    buffer._blocked.reverse()
    part = admit(buffer)
    buffer._blocked.reverse()
    return part


admit = Buffer._admit


def failing_first(machine: OperatingTimeMachine, duration: int) -> None:
    """Fail in the very moment in which the part would be finished."""
    work(machine, duration + 1 if duration == machine._up_left else duration)


work = OperatingTimeMachine.work


def shy(machine: CalendarTimeMachine) -> None:
    """Take no part in the very moment of a failure that is to come."""
    if machine._fails_at > machine.env.now:
        seek(machine)


seek = CalendarTimeMachine.seek


def forgetful(machine: CalendarTimeMachine, fails: Cue) -> None:
    """Go down, but wait for a part all the same."""
    FailingMachine._fail(machine, fails)


FAULTS: dict[str, dict[tuple[type, str], object]] = {
    "arrivals before finishes": ranks(arrival_rank=lambda _: FIRST_FINISH - 1),
    "failures before finishes": ranks(outage_rank=lambda _: FIRST_FINISH - 1),
    "failures after arrivals": ranks(outage_rank=behind, arrival_rank=lambda layout: behind(layout) - 1),
    "upstream before downstream": ranks(finish_rank=lambda _, place: FIRST_FINISH + 1 + place),
    "the bench after the line": ranks(
        finish_rank=lambda layout, place: (
            FIRST_FINISH + len(layout.places) - 1 - place
            if place != layout.bench
            else FIRST_FINISH + len(layout.places)
        )
    ),
    "the part that came last first": {(Buffer, "take"): last_in_first_out},
    "the part that was blocked last first": {(Buffer, "_admit"): pushed_in},
    "the machine that is idle the shortest": {(Buffer, "put"): hurried},
    "failures before the part that is done": {(OperatingTimeMachine, "work"): failing_first},
    "no part for a machine that is about to fail": {(CalendarTimeMachine, "seek"): shy},
    "a part for a machine that is down": {(CalendarTimeMachine, "_fail"): forgetful},
}


def test_the_scenarios_are_told_alike_where_nothing_is_planted(told):
    """What the faults below are found in."""
    assert found_in(told) is None
    assert len(told) == EXAMPLES


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault, told, monkeypatch):
    """The line's order is wrong in one respect: some scenario tells of it."""
    for (home, name), planted in FAULTS[fault].items():
        monkeypatch.setattr(home, name, planted)
    assert found_in(told) is not None
