"""How many parts come to each place of a line whose parts come back from review."""

import pytest
from stories import camera, modelled, press

from line_sim.analysis.growth.flows import traffic
from line_sim.analysis.growth.means import foreseen, means_of
from line_sim.layout import layout_of
from line_sim.scenario import Scenario


def flows(*line, **review):
    """Return the parts that come to each place of a hundred, a fifth of them defective, and those shipped."""
    written = {
        "version": 1,
        "name": "flows",
        "run": {"items": 1},
        "arrivals": {"every": 1},
        "product": {"defect_rate": 0.2},
        "line": list(line),
        "review": {"time": 0, **review},
    }
    scenario = Scenario.model_validate(written)
    layout = layout_of(scenario)
    coming, shipped = traffic(layout, means_of(scenario, foreseen(scenario)), 100, 0.2)
    return dict(zip([place.name for place in layout.places], coming, strict=True)), shipped


LINE = press(1), camera(gateway=modelled(0, false_alarm_rate=0.25)), press(1, "pack")


def test_what_is_cleared_is_packed_unless_it_ships():
    """Twenty defective and twenty false alarms are looked at; the twenty good go on, or not."""
    assert flows(*LINE) == ({"press": 100, "camera": 100, "pack": 80, "review": 40}, 80)
    assert flows(*LINE, cleared="ships") == ({"press": 100, "camera": 100, "pack": 60, "review": 40}, 80)


def test_each_camera_has_its_own_back():
    """The second camera, too, sends a quarter of the good ones away, which then are packed."""
    second = camera("back", gateway=modelled(0, false_alarm_rate=0.25))
    coming, shipped = flows(LINE[0], LINE[1], press(1, "drill"), second, LINE[2])
    assert coming["drill"] == coming["back"] == coming["pack"] == 80
    assert (coming["review"], shipped) == (40 + 20, 80)


@pytest.mark.parametrize(("at_most", "pressed", "shipped"), [(1, 120, 96), (2, 124, 99.2), (1000, 125, 100)])
def test_what_is_repaired_comes_again_and_again(at_most, pressed, shipped):
    """A fifth of those that are repaired is defective again: 100 + 20 + 4 + 0.8 and so on."""
    coming, made = flows(*LINE, rework={"to": "press", "at_most": at_most})
    assert coming["press"] == pytest.approx(pressed)
    assert coming["pack"] == pytest.approx(shipped)
    assert made == pytest.approx(shipped)


def test_half_of_what_is_repaired_and_what_is_good_then():
    """Of twenty defective ten are repaired, all of them good."""
    coming, made = flows(*LINE, rework={"to": "camera", "share": 0.5, "defect_rate": 0.0})
    assert coming["camera"] == pytest.approx(110)
    assert made == pytest.approx(90)
