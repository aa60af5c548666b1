"""A watcher sees every step of every part when it happens, and changes nothing."""

from typing import Any

from hypothesis import given, settings
from stories import camera, press
from strategies import scenarios

from line_sim.inspection.offline.modelled import ModelledGateway
from line_sim.line.line import Line
from line_sim.line.records import Call
from line_sim.line.watcher import Unmoved, Watcher
from line_sim.recording.memory import Memory
from line_sim.recording.reader import RunRecords
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory
from line_sim.units import SECOND


class Notes:
    """Notes every step as (second, what, ...)."""

    def __init__(self) -> None:
        self.steps: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        what = name.removeprefix("on_")

        def note(at: int, *rest: Any) -> None:
            told = (rest[0].station, rest[0].unit, rest[0].item_id) if isinstance(rest[0], Call) else rest
            self.steps.append((at / SECOND, what, *told))

        return note


def watched(scenario: Scenario, watcher: Watcher) -> RunRecords:
    """Run a modelled line with a watcher."""
    gateways = {
        spec.name: ModelledGateway(
            spec.gateway.modelled,
            seed=scenario.seed,
            station=spec.name,
            good_label=spec.ship_when.labels[0],
        )
        for spec in scenario.inspections
    }
    memory = Memory()
    Line(scenario, gateways, memory, watcher=watcher).run()
    return memory.records


def test_the_steps_of_two_parts():
    """The press makes part 2 while the camera waits for the answer about part 1, then it is blocked."""
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "watched",
            "run": {"items": 2},
            "arrivals": {"saturated": True},
            "line": [press(1), camera(acquisition=1, gateway={"modelled": {"service": 2}})],
            "review": {"time": 0},
        }
    )
    notes = Notes()
    watched(scenario, notes)
    assert notes.steps == [
        (0, "queued", "press", 1),
        (0, "arrival", 1),
        (0, "started", "press", 1, 1),
        (1, "finished", "press", 1, 1),
        (1, "queued", "camera", 1),
        (1, "left", "press", 1, 1),
        (1, "queued", "press", 2),
        (1, "started", "press", 1, 2),
        (1, "started", "camera", 1, 1),
        (1, "arrival", 2),
        (2, "asked", "camera", 1, 1),
        (2, "finished", "press", 1, 2),
        (4, "answered", "camera", 1, 1),
        (4, "finished", "camera", 1, 1),
        (4, "gone", 1, "shipped"),
        (4, "left", "camera", 1, 1),
        (4, "queued", "camera", 2),
        (4, "started", "camera", 1, 2),
        (4, "left", "press", 1, 2),
        (5, "asked", "camera", 1, 2),
        (7, "answered", "camera", 1, 2),
        (7, "finished", "camera", 1, 2),
        (7, "gone", 2, "shipped"),
        (7, "left", "camera", 1, 2),
    ]


def test_a_machine_goes_down_and_up():
    """Down from 2 s to 5 s of the part's work."""
    broken = press(3, breakdowns={"up": 2, "repair": 3, "counts": "operating"})
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "watched",
            "run": {"items": 1},
            "arrivals": {"saturated": True},
            "line": [broken],
        }
    )
    notes = Notes()
    watched(scenario, notes)
    assert [step for step in notes.steps if step[1] in {"down", "up"}] == [
        (2, "down", "press", 1),
        (5, "up", "press", 1),
    ]


@settings(deadline=None, max_examples=50)
@given(scenarios())
def test_a_watched_line_is_the_same_line(scenario):
    """Its records are those of the line that nobody watches, and its steps those of its visits."""
    notes = Notes()
    records = watched(scenario, notes)
    assert records == run_in_memory(scenario).records
    left = {(step[2], step[3], step[4]) for step in notes.steps if step[1] == "left"}
    assert left == {(v.station, v.unit, v.item_id) for v in records.visits if v.left_at is not None}
    assert sum(step[1] == "answered" for step in notes.steps) == len(records.calls)


def test_a_watcher_that_cares_for_nothing_can_watch():
    """`Unmoved` has every method."""
    names = {name for name in vars(Watcher) if name.startswith("on_")}
    assert names == {name for name in vars(Unmoved) if name.startswith("on_")}
