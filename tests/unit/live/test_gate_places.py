"""The live state of a gate's belt: a part that waits at the gate is still on it."""

from stories import camera, modelled, press

from line_sim.layout import layout_of
from line_sim.line.records import Visit
from line_sim.live.state import LiveState
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory


class Watch:
    """Notes how many parts are on the belt whenever a part has left the press."""

    def __init__(self, state: LiveState) -> None:
        self.gate = next(place for place in state.places if place.place.is_gate)
        self.seen: list[int] = []

    def on_visit(self, visit: Visit) -> None:
        """Look."""
        if visit.station == "press":
            self.seen.append(self.gate.waiting)


def test_a_belt_that_holds_the_camera_up_is_full_and_empty_in_the_end():
    """Two places, and answers that take ten times as long as a part needs to the gate."""
    asks = camera(decides="at_gate", gate={"places": 2, "travel": 2}, gateway=modelled(20), acquisition=1)
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "full",
            "run": {"items": 12},
            "arrivals": {"saturated": True},
            "line": [press(1), asks],
            "review": {"time": 1},
        }
    )
    state = LiveState(layout_of(scenario))
    watch = Watch(state)
    run_in_memory(scenario, observers=(state, watch))
    assert max(watch.seen) == 2
    assert watch.gate.waiting == 0
