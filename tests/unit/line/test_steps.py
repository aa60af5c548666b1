"""The line tells every step of every part when it happens, to whom it concerns, and changes nothing."""

from typing import Any

import pytest
from hypothesis import given, settings
from stories import camera, press
from strategies import scenarios

from line_sim.inspection.offline.modelled import ModelledGateway
from line_sim.line.line import Line
from line_sim.line.records import Item
from line_sim.line.steps import STEPS, Steps
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

        def note(told: Any, *rest: Any) -> None:
            moment, *whom = (told, *rest) if isinstance(told, int) else ENDS[what](told)
            self.steps.append((None if moment is None else moment / SECOND, what, *whom))

        return note


ENDS = {
    "call": lambda call: (call.issued_at + call.latency, call.station, call.unit, call.item_id),
    "visit": lambda visit: (visit.left_at, visit.station, visit.unit, visit.item_id),
    "item": lambda item: (item.left_at, item.item_id, item.disposition),
    "outage": lambda outage: (outage.repaired_at, outage.station, outage.unit),
}


def watched(scenario: Scenario, observer: Any) -> RunRecords:
    """Run a modelled line with an observer beside one that keeps the records."""
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
    Line(scenario, gateways, memory, observer).run()
    return memory.records


def line_of(*entries: dict[str, Any], items: int) -> Scenario:
    """Return a saturated line."""
    written = {
        "version": 1,
        "name": "watched",
        "run": {"items": items},
        "arrivals": {"saturated": True},
        "line": list(entries),
        "review": {"time": 0},
    }
    return Scenario.model_validate(written)


def test_the_steps_of_two_parts():
    """The press makes part 2 while the camera waits for the answer about part 1, then it is blocked."""
    notes = Notes()
    looks = camera(acquisition=1, gateway={"modelled": {"service": 2}})
    watched(line_of(press(1), looks, items=2), notes)
    assert notes.steps == [
        (0, "queued", "press", 1),
        (0, "arrival", 1),
        (0, "started", "press", 1, 1),
        (1, "finished", "press", 1, 1),
        (1, "queued", "camera", 1),
        (1, "visit", "press", 1, 1),
        (1, "queued", "press", 2),
        (1, "started", "press", 1, 2),
        (1, "started", "camera", 1, 1),
        (1, "arrival", 2),
        (2, "asked", "camera", 1, 1),
        (2, "finished", "press", 1, 2),
        (4, "call", "camera", 1, 1),
        (4, "finished", "camera", 1, 1),
        (4, "item", 1, "shipped"),
        (4, "visit", "camera", 1, 1),
        (4, "queued", "camera", 2),
        (4, "started", "camera", 1, 2),
        (4, "visit", "press", 1, 2),
        (5, "asked", "camera", 1, 2),
        (7, "call", "camera", 1, 2),
        (7, "finished", "camera", 1, 2),
        (7, "item", 2, "shipped"),
        (7, "visit", "camera", 1, 2),
        (7, "end"),
    ]


def test_a_machine_goes_down_and_is_repaired():
    """Down from 2 s to 5 s of the part's work."""
    notes = Notes()
    watched(line_of(press(3, breakdowns={"up": 2, "repair": 3, "counts": "operating"}), items=1), notes)
    assert [step for step in notes.steps if step[1] in {"down", "outage"}] == [
        (2, "down", "press", 1),
        (5, "outage", "press", 1),
    ]


def test_an_outage_behind_a_blocked_part_is_told_when_it_happens():
    """The press fails and is repaired while its part waits for the pack, each 2 s and 1 s by the clock."""
    broken = press(1, breakdowns={"up": 2, "repair": 1, "counts": "calendar"})
    notes = Notes()
    watched(line_of(broken, press(9, "pack"), items=3), notes)
    assert (10, "visit", "press", 1, 2) in notes.steps
    told = [step[:2] for step in notes.steps if step[1] in {"down", "outage"} and (step[0] or 0) <= 9]
    assert told == [(at, what) for at in (2, 5, 8) for what, at in (("down", at), ("outage", at + 1))]


@settings(deadline=None, max_examples=50)
@given(scenarios())
def test_a_watched_line_is_the_same_line(scenario):
    """Its records are those of the line that nobody watches, and its steps those of its visits."""
    notes = Notes()
    records = watched(scenario, notes)
    assert records == run_in_memory(scenario).records
    steps = [step for step in notes.steps if step[0] is not None]
    moments = [step[0] for step in steps]
    assert moments == sorted(moments)
    on_machines = [visit for visit in records.visits if visit.unit is not None]
    assert sum(step[1] == "started" for step in steps) == len(on_machines)
    finished = sum(visit.finished_at is not None for visit in on_machines)
    assert sum(step[1] == "finished" for step in steps) == finished
    assert sum(step[1] == "queued" for step in steps) == len(records.visits)
    assert sum(step[1] == "arrival" for step in steps) == len(records.items)


class Leavings:
    """Takes one step."""

    def __init__(self) -> None:
        self.items: list[int] = []

    def on_item(self, item: Item) -> None:
        """Keep the part's number."""
        self.items.append(item.item_id)


def test_whoever_takes_a_step_is_called_directly_and_nobody_for_the_others():
    """A lone listener is not wrapped; where nobody listens, there is nothing to call."""
    leavings = Leavings()
    steps = Steps.of([leavings])
    assert steps.item == leavings.on_item
    assert {step for step in STEPS if getattr(steps, step) is not None} == {"item"}


def test_several_observers_are_told_one_after_the_other():
    """In the order in which they were given."""
    told: list[str] = []

    class Says:
        def __init__(self, what: str) -> None:
            self.on_arrival = self.on_down = lambda *_: told.append(what)

    steps = Steps.of([Says("one"), Leavings(), Says("other")])
    assert steps.arrival is not None
    steps.arrival(1, 2)
    assert told == ["one", "other"]


def test_a_line_that_nobody_watches_makes_no_records(monkeypatch):
    """No visit, item, call or outage is built that nobody takes: it costs a look at None."""

    def refuse(*_: object) -> None:
        raise AssertionError("a record was made")

    for home in ("machines.Visit", "parts.Item", "tasks.Call", "breakdowns.Outage"):
        monkeypatch.setattr(f"line_sim.line.{home}", refuse)
    broken = press(3, breakdowns={"up": 2, "repair": 3, "counts": "operating"})
    scenario = line_of(broken, camera(), items=3)
    gateway = ModelledGateway(
        scenario.inspections[0].gateway.modelled, seed=0, station="camera", good_label="good"
    )
    assert Line(scenario, {"camera": gateway}).run().how == "completed"


def test_a_typing_mistake_is_not_silent():
    """A method that is no step is refused by its name, and so is what takes no step at all."""

    class Mistaken(Leavings):
        def on_vist(self, visit: object) -> None:
            """Never called."""

    class Deaf:
        on_line = 3  # no method, no mistake

    with pytest.raises(TypeError, match=r"Mistaken\.on_vist is no step of the line; the steps are on_arr"):
        Steps.of([Mistaken()])
    with pytest.raises(TypeError, match=r"Deaf takes no step of the line; the steps are on_arrival, on_q"):
        Steps.of([Deaf()])
