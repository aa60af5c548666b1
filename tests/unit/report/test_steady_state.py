"""What tiles, text and api say of a run that is no steady state: its figures are those of these parts."""

from functools import partial
from io import StringIO

import pytest
from recorded import without_inference
from rich.console import Console
from stories import camera, modelled, press

from line_sim.analysis.growth.growth import growth_of
from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.summarise import summarise
from line_sim.api import Run
from line_sim.figures.catalogue import LOSS
from line_sim.layout import layout_of
from line_sim.report.page.tiles import tiles
from line_sim.report.summary_text import summary_text
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory


@pytest.fixture(scope="module", params=[300, 20_000], ids=["filling", "full"])
def told(request):
    """A review bench that is sent 1,440 parts an hour and makes 900, while it fills up and long after."""
    look = {"buffer": 20, "time": {"lognormal": {"mean": "4 s", "cv": 0.5}}}
    spec = Scenario.model_validate(
        {
            "version": 1,
            "name": "a line",
            "run": {"items": request.param},
            "arrivals": {"every": "250 ms"},
            "product": {"defect_rate": 0.1},
            "line": [press("180 ms"), camera(gateway=modelled("90 ms"), buffer=4)],
            "review": look,
        }
    )
    happened = run_in_memory(spec)
    return summarise(
        happened.records,
        layout_of(spec),
        ended="completed",
        end=happened.ending.at,
        compare=without_inference(14_000.0),
        look=partial(growth_of, spec),
    )


def screen(summary):
    """Return the text with single blanks, in one line."""
    console = Console(file=StringIO(), width=80, color_system=None)
    console.print(summary_text(summary))
    return " ".join(console.file.getvalue().split())


def test_the_text_tells_output_and_loss_as_those_of_these_parts(told):
    """With the long run beside them; when all is full they are the line's."""
    text = screen(told)
    filling = not told.settled
    assert ("UPH in these 300 parts (95 %" in text) == filling
    assert ("lost in these 300 parts" in text) == filling
    assert ("long run at most about 8,100 UPH" in text) == filling
    assert "more wait every hour" in text or filling


def test_the_tiles_do(told):
    """And one of them is the long run."""
    shown = {tile.label: tile for tile in tiles(told)}
    filling = not told.settled
    for label in ("Output", LOSS.title):
        assert shown[label].note.startswith("in these 300 parts only; ") == filling
    assert ("In the long run" in shown) == filling


def test_the_api_does(told, tmp_path):
    """In a notebook, too."""
    facts = dict(Run(tmp_path, summary_json(told)).facts())
    assert any("in these 300 parts" in fact for fact in facts.values()) == (not told.settled)
