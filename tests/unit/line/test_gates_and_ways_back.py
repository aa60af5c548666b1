"""Gates on lines on which parts come again: what rejoins does so behind the gate, and a gate can lock up."""

from stories import camera, happens, modelled, press

from line_sim.layout import Exit, Lane, layout_of
from line_sim.scenario import Scenario

GATE = {"decides": "at_gate", "gate": {"places": 2, "travel": 2}}
REWORK = {"time": 5, "rework": {"to": "press", "at_most": 9, "defect_rate": 1.0}}


def test_what_is_cleared_goes_on_behind_the_gate():
    """From each gate to review, and back to the place behind it; repairs go where they are told."""
    line = [press(1), camera(**GATE), press(1, "pack"), camera("last", **GATE), press(1, "box")]
    written = {"version": 1, "name": "gates", "run": {"items": 1}, "arrivals": {"saturated": True}}
    review = {"time": 1, "rework": {"to": "pack"}}
    layout = layout_of(Scenario.model_validate({**written, "line": line, "review": review}))
    names = [place.name for place in layout.places]
    assert names == ["press", "camera", "camera gate", "pack", "last", "last gate", "box", "review"]
    bench = layout.bench
    assert layout.ways_from(bench, 2)[Lane.SHIP] == names.index("pack")
    assert layout.ways_from(bench, 5)[Lane.SHIP] == names.index("box")
    assert layout.ways_from(bench)[Lane.REWORK] == names.index("pack")
    assert layout.ways_from(bench)[Lane.SCRAP] is Exit.SCRAPPED


def test_a_circle_with_a_blocked_gate_in_it_locks_up():
    """Every part is bad: the belt fills, its head finds no room at review, review none at the press."""
    story = happens(
        press(1),
        camera(gateway=modelled(1), **GATE),
        items=20,
        defect_rate=1.0,
        review=REWORK,
    )
    assert story.ending.how == "deadlocked"
    assert "camera gate" in story.ending.reason


def test_a_gate_with_an_answer_still_out_is_alive():
    """Its part waits for the answer, and all in front of it wait for that; nothing has locked up."""
    story = happens(
        press(1),
        camera(gateway=modelled(30, miss_rate=1.0), **GATE),
        items=6,
        defect_rate=1.0,
        review=REWORK,
    )
    assert story.ending.how == "completed"
