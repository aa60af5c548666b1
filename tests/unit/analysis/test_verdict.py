"""What is said of lines that ship nothing, of a handful of parts, and of a camera that waits in vain."""

from dataclasses import replace
from functools import partial
from io import StringIO

import pytest
from rich.console import Console
from stories import camera, modelled, press

from line_sim.analysis.growth.growth import growth_of
from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.helps import Helps, words
from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.summary.verdict import verdict
from line_sim.analysis.what_if.remedies import remedies_of
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.report.helps import helps, notes
from line_sim.report.page.tiles import grows
from line_sim.report.summary_text import summary_text
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory

NOBODY_LOOKS = {"time": 0, "buffer": 1000}


def told(*line, items=100, every="250 ms", review=NOBODY_LOOKS, **keys):
    """Run a line and return its summary, with what would help and what grows."""
    spec = Scenario.model_validate(
        {
            "version": 1,
            "name": "a line",
            "run": {"items": items},
            "arrivals": {"every": every, **keys},
            "line": list(line),
            **({"review": review} if any("inspection" in entry for entry in line) else {}),
        }
    )
    happened = run_in_memory(spec)
    layout = layout_of(spec)
    return summarise(
        happened.records,
        layout,
        ended=happened.ending.how,
        end=happened.ending.at,
        improve=lambda run, window: remedies_of(spec, run, layout, window, Interrupt()),
        look=partial(growth_of, spec),
    )


def screen(summary):
    """Return the text with single blanks, in one line."""
    console = Console(file=StringIO(), width=80, color_system=None)
    console.print(summary_text(summary))
    return " ".join(console.file.getvalue().split())


@pytest.mark.parametrize(
    ("remedy", "place", "said"),
    [
        (Helps.ONE_CAMERA_MORE, "camera", "one more camera"),
        (Helps.ONE_CAMERA_MORE, "top camera", "one more top camera"),
        (Helps.ONE_CAMERA_MORE, "vision", "one more camera at vision"),
        (Helps.ONE_REVIEWER_MORE, "review", "one more reviewer"),
        (Helps.ONE_PLACE_MORE, "press", "one more place in front of press"),
    ],
)
def test_what_there_is_one_more_of_is_called_by_its_name(remedy, place, said):
    """A camera, a reviewer, a place, and not a unit."""
    assert words(remedy, place) == said


def test_of_a_line_of_which_nothing_can_be_said_no_remedy_is_told():
    """Four parts pass an empty line: text, page and JSON tell of no change; of what fills up they do."""
    line = press("180 ms"), camera(gateway=modelled("90 ms"))
    growing = told(*line, press("900 ms", "pack"), items=4)
    few = replace(told(*line, items=4), remedies=growing.remedies)
    assert helps(few) == ()
    assert tuple(notes(few)) == ()
    assert "What would help most" not in screen(few)
    numbers = summary_json(few)
    assert numbers["remedies"] == []
    assert "4 parts are too few" in numbers["held_back_by"]["sentence"]
    assert helps(growing)
    assert summary_json(growing)["remedies"]


def test_a_line_that_scraps_all_for_want_of_answers_does_not_keep_up():
    """Everything leaves it in time, and nothing of it is shipped."""
    late = camera(gateway=modelled("90 ms"), deadline="40 ms", on_no_result="scrap")
    found = verdict(told(press("180 ms"), late))
    assert (found.station, found.cause) == ("camera", "timeouts")
    assert "every answer to camera in time" in found.sentence


def test_a_line_of_defective_parts_only_has_nothing_to_ship():
    """No change would bring a part more: none is named."""
    scraps = camera(gateway=modelled("90 ms", false_alarm_rate=1.0))
    nobody_errs = {**NOBODY_LOOKS, "false_alarm_rate": 1.0}
    found = verdict(told(press("180 ms"), scraps, review=nobody_errs))
    assert (found.station, found.cause) == (None, "takt")


def test_of_a_handful_of_parts_nothing_is_said():
    """They pass an empty line: any station a tenth quicker ends it sooner."""
    sentence = "Nothing can be said of what holds the line back: "
    assert verdict(told(press("180 ms"), items=1)).sentence == f"{sentence}1 part is too few."
    assert verdict(told(press("180 ms"), items=9)).sentence == f"{sentence}9 parts are too few."
    assert verdict(told(press("180 ms"), items=10)).cause == "takt"


def test_of_a_handful_of_parts_the_means_still_tell():
    """A press of 300 ms and a takt of 250: that is no question of how many were seen."""
    assert verdict(told(press("300 ms"), items=5)).station == "press"


def test_a_camera_that_waits_out_its_deadline_is_slow_by_its_answers():
    """No answer is ever there, and quicker ones would not be; of its 330 ms 30 are the picture."""
    vain = camera(gateway=modelled("600 ms"), acquisition="30 ms", deadline="300 ms", on_no_result="ship")
    found = verdict(told(press("180 ms"), vain, press("150 ms", name="pack")))
    assert (found.station, found.cause) == ("camera", "typical")


def test_only_one_place_is_said_to_hold_the_line_back():
    """Late answers fill the review: what is said of it beside that says only what it is sent."""
    late = camera(gateway=modelled("90 ms"), deadline="40 ms")
    summary = told(press("180 ms"), late, review={"time": "3 s", "buffer": 2}, items=300)
    assert verdict(summary).station == "camera"
    text, page = screen(summary), grows(summary_json(summary))
    assert text.count("holds the line back") == 1
    assert "grows review is sent 14,400 parts an hour and makes 1,200; about 13,200 more wait every" in text
    assert page.startswith("review is sent 14,400 parts an hour and makes 1,200; about")


def test_a_line_that_loses_parts_does_not_grow():
    """What is lost never waits."""
    text = screen(told(press("180 ms"), press("300 ms", name="pack"), items=300, on_full="lose"))
    assert "loses pack is sent 14,400 parts an hour and makes 12,000; the rest is lost." in text
    assert "grows" not in text


def test_a_machine_that_fails_too_much_is_said_to_do_so():
    """Its 200 ms make 18,000 an hour, and it is up for three quarters of the time."""
    failing = {"up": {"exponential": {"mean": "1 h"}}, "repair": {"exponential": {"mean": "20 min"}}}
    summary = told(press("200 ms", breakdowns=failing), items=300)
    assert verdict(summary).sentence == (
        "press holds the line back by its breakdowns: it is sent 14,400 parts an hour and makes 13,500; "
        "about 900 more wait every hour."
    )


def test_what_is_less_than_a_part_an_hour_is_told_as_that():
    """A part takes 100 minutes; a place more brings 0.13 an hour, and it was told to bring 0, surely."""
    summary = told(press("100 min"), every={"exponential": {"mean": "30 min"}}, items=400, on_full="lose")
    assert "one more place in front of press a shift like this makes 0.1" in verdict(summary).sentence
