"""What a run's answers are seen to do on a line on which review sends parts on, and back."""

import pytest
from stories import camera, press

from line_sim.analysis.growth.measured import measured
from line_sim.layout import layout_of
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.testing import answered, run_in_memory, scripted
from line_sim.truth import DEFECTIVE

LIVE = {"grpc": {}}


def seen(answer, **review):
    """Return what two real cameras, a station between them, are seen to send to review: good, defective."""
    line = camera("first", gateway=LIVE), press(1, "drill", buffer=99), camera("last", gateway=LIVE)
    spec = Scenario.model_validate(
        {
            "version": 1,
            "name": "two looks",
            "run": {"items": 400},
            "arrivals": {"every": 10},
            "product": {"defect_rate": 0.2},
            "line": line,
            "review": {"time": 1, "buffer": 99, **review},
        }
    )
    layout, gateway = layout_of(spec), scripted(answer)
    records, ending = run_in_memory(spec, {"first": gateway, "last": gateway})
    found = measured(columns_of(records, layout, ending.at), layout)
    return {name: tuple(share.mid for share in each.review) for name, each in found.items()}


def misses_even(inquiry):
    """See the defect of every second part, by its number, and no other."""
    return answered("bad" if inquiry.true_state == DEFECTIVE and inquiry.item_id % 2 else "good")


def test_parts_that_review_clears_were_sent_there_by_the_camera_before():
    """It sends all: those that come to the next camera all the same were said to have passed it."""
    assert seen(lambda _: answered("bad"))["first"] == (1.0, 1.0)


def test_parts_that_were_repaired_were_defective_when_they_were_looked_at():
    """Of about 80 defective parts half are seen and repaired behind the camera: those are good in the end."""
    rework = {"to": "drill", "buffer": 99, "defect_rate": 0.0}
    good, defective = seen(misses_even, rework=rework)["first"]
    assert good == 0.0
    assert defective == pytest.approx(0.5, abs=0.15)
