"""Which pictures are made ahead of the calls: all that could stain one, and no more than that."""

import pytest
from PIL import Image
from stories import camera

from line_sim.pictures.ahead import DRAWN_AHEAD, FILES_AHEAD
from line_sim.pictures.opening import made_ahead, picture_source
from line_sim.scenario import Scenario

LIVE = {"grpc": {"target": "127.0.0.1:1"}}
MODELLED = {"modelled": {"service": 1}}


def ahead(*, units=1, gateway=LIVE, items=None, clock="coupled", folder=None):
    """Return how many parts ahead pictures are made and up to which part; None: they are not."""
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "a story",
            "run": {"clock": clock, **({"items": items} if items else {"duration": 10})},
            "arrivals": {"saturated": True},
            "product": {"images": {"folder": str(folder)} if folder else {"rendered": "flange"}},
            "line": [camera(gateway=gateway, units=units)],
            "review": {"time": 0, "buffer": 9},
        }
    )
    made = made_ahead(scenario, picture_source(scenario), lambda item_id: (item_id, "good", ""))
    return made if made is None else (made._ahead, made._last)


@pytest.fixture
def folder(tmp_path):
    """A folder of two pictures."""
    for state in ("good", "defective"):
        (tmp_path / state).mkdir()
        Image.new("L", (8, 8)).save(tmp_path / state / "one.png")
    return tmp_path


def test_nobody_looks_at_the_pictures_of_a_modelled_line():
    """No process is started for them."""
    assert ahead(gateway=MODELLED, clock="virtual", items=40) is None


@pytest.mark.parametrize(("units", "clock"), [(4, "coupled"), (1, "realtime")])
def test_calls_that_overlap_want_every_picture_ahead(units, clock):
    """Several cameras, or one whose line goes on at wall pace; also where nobody knows how many parts."""
    assert ahead(units=units, clock=clock, items=9000) == (DRAWN_AHEAD, 9000)
    assert ahead(units=units, clock=clock) == (DRAWN_AHEAD, None)


def test_a_lone_camera_has_the_first_ones_ahead():
    """To draw further ones beside its calls would compete with them, and line time can stand still."""
    assert ahead(items=40) == (DRAWN_AHEAD, 40)
    assert ahead(items=9000) == ahead() == (DRAWN_AHEAD, DRAWN_AHEAD)


def test_files_are_read_only_a_little_ahead(folder):
    """Each may have megabytes; a lone camera's is read while line time stands still."""
    assert ahead(units=2, items=9000, folder=folder) == (FILES_AHEAD, 9000)
    assert ahead(items=9000, folder=folder) is None
