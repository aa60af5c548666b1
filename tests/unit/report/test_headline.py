"""What the waiting cost, in the sentence to take away and the lines below: by cause, here and elsewhere."""

from dataclasses import replace

from recorded import PRESS_AND_CAMERA, PRESS_ONLY, run, without_inference
from summaries import lines, shift, story

from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.summary.summary import (
    Cause,
    Estimate,
    OneMoreCamera,
    ThisRun,
    Throttle,
)
from line_sim.report.headline import headline


def test_the_sentence_to_take_away():
    """What the waiting did, whatever is known of it."""
    some = story()
    assert headline(some) == "Share of their time spent waiting for answers: camera 16.7 %."
    assert headline(story(compare=without_inference(1201.0))) == (
        "Waiting for answers cost the line next to nothing: 1,200 UPH, and 1,201 UPH with answers at once "
        "(from 2 parts: too few to be sure of it)."
    )
    assert headline(replace(some, throttle=Throttle(50.0, 80.0))) == (
        "Waiting for answers cost the line 37.5 % of its output: 50.0 UPH instead of 80.0 UPH "
        "(from 2 parts: too few to be sure of it)."
    )
    late = story(outcomes=["timed_out"] * 2, compare=without_inference(1600.0))
    assert headline(late).startswith(
        "No answer came in time: all 2 calls timed out, and the fallback was taken. "
    )
    assert headline(late).endswith(
        "cost the line 25.0 % of its output: 1,200 UPH instead of 1,600 UPH "
        "(from 2 parts: too few to be sure of it)."
    )
    assert "too few" not in headline(story(100, compare=without_inference(123456.7)))
    refused = story(outcomes=["answered", "unavailable"], compare=without_inference(1201.0))
    assert headline(refused) == (
        "Without 1 of 2 answers the line made 1,200 UPH, and 1,201 UPH with answers at once; "
        "what waiting for those would have cost is not known."
    )
    mixed = story(3, outcomes=["timed_out", "unavailable", "unavailable"])
    assert headline(mixed).startswith(
        "No usable answer came: 1 of 3 calls timed out, the others failed. Share of"
    )
    partly = story(outcomes=["answered", "timed_out"], compare=without_inference(1600.0))
    assert headline(partly).startswith(
        "Waiting for answers, and doing without the missing, cost the line 25.0 % of its output"
    )
    more = story(outcomes=["answered", "timed_out"], compare=without_inference(1000.0))
    assert headline(more) == (
        "The line ships 20.0 % more than with answers at once, 1,200 UPH and not 1,000 UPH: "
        "some parts that went on without one would have stopped."
    )
    assert "no waiting 1,000 UPH with answers that take no time, 20.0 % less than reached" in lines(more)
    plain = summarise(run(), PRESS_ONLY, ended="interrupted")
    assert headline(plain) == "Nothing on this line waits for an inference."
    idle = summarise(run(), PRESS_AND_CAMERA, ended="interrupted")
    assert headline(idle) == "No inference call was made in the time that counts."


def test_a_loss_is_told_by_cause_where_there_is_one():
    """Causes below half a percent are left out; of a second camera it is said what it is taken to wait."""
    causes = {
        "typical": Cause(300.0, (290.0, 310.0)),
        "tail": Cause(0.5, None),
        "timeouts": Cause(-60.0, None),
        "review": Cause(159.5, (100.0, 219.0)),
    }
    more = OneMoreCamera("camera", 1500.0, 300.0, held=True)
    told = lines(story(compare=lambda *_: Throttle(1200.0, 1600.0, causes, more)))
    at = told.index("by usual answers: 300 UPH")
    assert told[at + 1 : at + 4] == [
        "by no answers: -60 UPH",
        "by review: 160 UPH (100 to 219, by which cause goes first)",
        "one more camera would make it 1,500 UPH, if it waited as long for its answers",
    ]
    modelled = replace(more, held=False)
    told = lines(story(compare=lambda *_: Throttle(1200.0, 1600.0, causes, modelled)))
    assert "one more camera would make it 1,500 UPH, asking the same server" in told
    slight = lines(story(compare=lambda *_: Throttle(1200.0, 1201.0, causes, more)))
    assert not [line for line in slight if line.startswith(("by usual", "one more"))]


def test_a_loss_that_may_be_chance_is_told_of_this_run_alone():
    """Of another shift it is said what it may lose, and where that is too rare to tell, why."""
    throttle = Throttle(1200.0, 1600.0, this_run=ThisRun(2.0, 298))
    cost = (
        "In this run waiting for answers cost the line 25.0 % of its output: 1,200 UPH instead of 1,600 UPH"
    )
    for told, words in (
        (shift(300.0, 250.0, 350.0), "a shift like this loses 300 UPH (95 %: 250 to 350)."),
        (shift(96.0, -538.0, 730.0), "a shift like this may lose nothing (95 %: -538 to 730 UPH)."),
        (Estimate(96.0, None, 12, 300, "too rare"), "of another shift nothing is sure: too rare."),
    ):
        assert headline(replace(story(), throttle=replace(throttle, shift=told))) == f"{cost}; {words}"
