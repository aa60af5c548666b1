"""What holds the line back and would help it most, as a person reads it."""

from dataclasses import replace

from recorded import PRESS_AND_CAMERA, call, item, run, visit, without_inference
from summaries import lines, shift, story

from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.summary.summary import (
    Remedies,
    Remedy,
)
from line_sim.analysis.summary.verdict import verdict
from line_sim.layout import Exit, Lane, Way
from line_sim.report.helps import notes
from line_sim.units import SECOND


def remedy(name, place, gain, told=None, **how):
    """Return a remedy that would have brought a run of an hour that many parts more."""
    return Remedy(name, place, 1200.0 + gain, gain, gain, gain, told, **how)


def of_many(summary):
    """Return the summary as that of a run of 300 parts: of two nothing would be said."""
    return replace(summary, counts=replace(summary.counts, arrived=300))


def helped(*ranked, layout=PRESS_AND_CAMERA, **how):
    """Return the summary of a line on which these remedies were tried."""
    return of_many(story(layout=layout, improve=lambda *_: Remedies(ranked, 2, 1200.0, **how)))


def test_what_would_help_most_is_told_first():
    """A row a change, the best first; what brings nothing is left out, and that answers are held is said."""
    told = lines(
        helped(
            remedy("faster", "camera", 120.0, shift(110.0, 90.0, 130.0), held=True),
            remedy("one_place_more", "camera", 4.5),
            remedy("faster", "press", 0.0),
            left_out=3,
        )
    )
    at = told.index("What would help most parts UPH a shift like this, UPH (95 %)")
    assert told[at + 1 : at + 7] == [
        "camera 10 % quicker +120 +120 +110 (90 to 130)",
        "one more place in front of camera +4.5 +4",
        "parts and UPH: more of them in this run; a shift like this: 300 parts by other",
        "chance, empty where not tried",
        "with answers that take as long as those measured here",
        "3 places with time to spare were not tried",
    ]
    assert at < told.index("output 1,200 UPH (too few parts for an interval)")


def test_of_a_line_that_has_locked_up_that_is_the_first_thing_told_and_nothing_would_help_it_but_room():
    """Whatever was tried before."""
    straight = PRESS_AND_CAMERA
    back = (Way(0, Lane.SHIP, 1), Way(1, Lane.SHIP, Exit.SHIPPED), Way(1, Lane.REVIEW, 0))
    found = helped(remedy("faster", "camera", 120.0), layout=replace(straight, joined=back))
    told = lines(replace(found, ended="deadlocked"))
    assert told[1] == "The line locked up after 6.0 s and 2 parts shipped: nothing moves any more."
    held = " ".join(told[2:6])
    assert "more room on the way round (press, camera, press) helps, or fewer parts that come back" in held
    assert not any("What would help most" in line for line in told)


def test_a_large_change_that_brings_most_is_told_beside_what_holds_the_line_back():
    """A second camera brings more than a tenth of anything; the sentence above goes by what is alike."""
    more = remedy("one_camera_more", "camera", 900.0, shift(900.0, 800.0, 1000.0))
    quick = remedy("faster", "press", 120.0, shift(110.0, 90.0, 130.0))
    large = "one more camera or reviewer is a large change"
    assert any(large in note for note in notes(helped(more, quick)))
    assert not any(large in note for note in notes(helped(quick, more)))


def test_the_verdict_follows_from_what_would_help():
    """What surely brings most in a shift like this; else what would have in this run; else nothing does."""
    quick = remedy("faster", "press", 120.0, shift(110.0, 90.0, 130.0))
    found = verdict(helped(quick, remedy("never_fails", "press", 200.0, shift(60.0, -10.0, 130.0))))
    assert (found.station, found.cause) == ("press", "cycle")
    assert found.sentence == (
        "press holds the line back: with press 10 % quicker a shift like this makes 110 UPH more "
        "(95 %: 90 to 130)."
    )
    unsure = remedy("never_fails", "press", 200.0, shift(60.0, -10.0, 130.0))
    found = verdict(helped(unsure))
    assert (found.station, found.cause) == ("press", "breakdowns")
    assert found.sentence == (
        "press held this run back by its breakdowns: with press never down it would have shipped "
        "200 parts more; another shift may do without."
    )
    slight = remedy("faster", "press", 5.0, shift(3.0, 1.0, 5.0))
    nothing = verdict(helped(slight, layout=replace(PRESS_AND_CAMERA, takt=3 * SECOND)))
    assert (nothing.station, nothing.cause) == (None, "takt")


def test_what_this_run_lost_most_by_is_named_before_a_sure_trifle():
    """A machine that was down half the time, unsure only because other shifts differ so much."""
    trifle = remedy("faster", "camera", 15.0, shift(15.0, 5.0, 25.0))
    down = remedy("never_fails", "press", 300.0, shift(250.0, -60.0, 560.0))
    assert verdict(helped(trifle, down)).station == "press"
    lucky = remedy("never_fails", "press", 300.0, shift(10.0, -60.0, 80.0))
    assert verdict(helped(trifle, lucky)).station == "camera"


def test_a_line_that_would_ship_no_more_if_all_were_quicker_is_held_back_by_nothing():
    """Fewer parts came than the takt says, as chance had it; what is slow together is no such line."""
    layout = replace(PRESS_AND_CAMERA, takt=1.5 * SECOND)
    busy = story(layout=layout).stations
    tight = tuple(replace(time, starved=0, busy=time.busy + time.starved) for time in busy)
    told = [
        verdict(replace(helped(layout=layout, together=together), stations=tight))
        for together in (0.0, 300.0)
    ]
    assert (told[0].station, told[0].cause) == (None, "takt")
    assert "it ships what comes" in told[0].sentence
    assert told[1].sentence.startswith("No single change that was tried would surely help. ")


def test_an_answer_that_is_long_overdue_is_told_beside_a_line_that_keeps_up():
    """Nothing holds the line back, and yet one answer in twenty comes 42 s after it was due."""
    keeps_up = of_many(story(layout=replace(PRESS_AND_CAMERA, takt=2 * SECOND)))
    late = tuple(
        replace(row, value=42 * SECOND) if (row.quantity, row.statistic) == ("response", "p95") else row
        for row in keeps_up.latency
    )
    assert "42 s or more after it was due" not in verdict(keeps_up).sentence
    assert "one answer in twenty comes 42 s or more after it was due" in (
        verdict(replace(keeps_up, latency=late)).sentence
    )


def test_a_camera_holds_the_line_back_by_its_pictures_or_by_its_answers():
    """Whichever brings more where it is quicker; one more of it is no argument where anything else is."""
    whole = remedy("faster", "camera", 120.0, shift(110.0, 90.0, 130.0))
    more = remedy("one_camera_more", "camera", 900.0, shift(900.0, 800.0, 1000.0))
    pictures, answers = (remedy(f"faster_{what}", "camera", 0.0) for what in ("pictures", "answers"))
    for first, second, cause in ((pictures, answers, "acquisition"), (answers, pictures, "typical")):
        found = verdict(helped(more, whole, replace(first, lasting=80.0), replace(second, lasting=30.0)))
        assert (found.station, found.cause) == ("camera", cause)
    assert verdict(helped(more, answers, pictures)).station == "camera"


def test_a_run_killed_before_anything_was_shipped_blames_nobody():
    """A part is under the camera since the start: whether its answer is slow, nobody knows."""
    visits = [visit(1, "press", 0, 0, 2, 2), visit(1, "camera", 2, 2)]
    parts = run([item(1, 0, None, disposition="on_line")], visits, [call(2, 3, 0.5)])
    killed = summarise(parts, PRESS_AND_CAMERA, ended=None, compare=without_inference(1600.0))
    told = " ".join(lines(killed))
    assert "killed before a part was shipped: what the waiting cost cannot be said." in told
    assert "held back Nothing can be said of what holds the line back" in told
