"""The page for a person: half a minute to read, 80 columns, nothing told that is not known."""

from dataclasses import replace
from io import StringIO

import pytest
from recorded import CAMERA, PRESS_AND_CAMERA, PRESS_ONLY, REVIEW, call, item, run, visit, without_inference
from rich.console import Console

from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.summary.summary import (
    Cause,
    Estimate,
    OneMoreCamera,
    Remedies,
    Remedy,
    ThisRun,
    Throttle,
)
from line_sim.analysis.summary.verdict import verdict
from line_sim.layout import Layout, Place, RunPlan
from line_sim.report.headline import headline
from line_sim.report.summary_text import summary_text
from line_sim.report.words import TimeUnit, length, moment, percent, span, unit_for, uph
from line_sim.units import HOUR, MILLISECOND, SECOND


def story(parts=2, layout=PRESS_AND_CAMERA, outcomes=(), latency=0.5, **how):
    """Return the summary of parts that pass press and camera, two seconds each."""
    first, second = layout.line[0].name, layout.line[-1].name
    items, visits, calls = [], [], []
    for n in range(1, parts + 1):
        start = 2 * (n - 1)
        items.append(item(n, start, start + 4, good=n != 2))
        visits += [visit(n, first, start, start, start + 2, start + 2)]
        visits += [visit(n, second, start + 2, start + 2, start + 4, start + 4)]
        outcome = outcomes[n - 1] if outcomes else "answered"
        calls.append(call(n, start + 4 - latency, latency, outcome, second))
    return summarise(run(items, visits, calls), layout, **{"ended": "completed", **how})


def page(summary, width=80):
    """Return the page as a terminal of that width shows it, without colours."""
    console = Console(file=StringIO(), width=width, color_system=None)
    console.print(summary_text(summary))
    return console.file.getvalue()


def lines(summary):
    """Return the page's lines with single blanks."""
    return [" ".join(line.split()) for line in page(summary).splitlines()]


def test_a_page():
    """The whole of it, as it is read."""
    told = lines(
        story(layout=replace(PRESS_AND_CAMERA, takt=1.5 * SECOND), compare=without_inference(1600.0))
    )
    assert told == [
        "a story: completed; figures of line time 0.0 s to 6.0 s",
        "Waiting for answers cost the line 25.0 % of its output: 1,200 UPH instead of",
        "1,600 UPH (from 2 parts: too few to be sure of it).",
        "",
        "held back Nothing can be said of what holds the line back: 2 parts are too",
        "few.",
        "",
        "output 1,200 UPH (too few parts for an interval)",
        "takt asks 2,400 UPH, 50.0 % of it reached",
        "0.0 s to 6.0 s: 2 parts came; 2 shipped, 0 scrapped, 0 still there",
        "no waiting 1,600 UPH with answers that take no time, 25.0 % of it lost",
        "parts 2 in: 2 shipped, 0 scrapped, 0 lost, 0 on the line",
        "flow time 4,000 ms on average (no interval: 2 parts, and 40 are needed)",
        "WIP 1.3 parts on average (no interval: 2 parts, and 40 are needed)",
        "answers 500.0 ms on average (no interval: 2 calls, and 40 are needed)",
        "lanes ship 2, review 0",
        "timeouts 0 of 2 calls, 0.0 % (95 %: 0.0 to 65.8)",
        "escapes 1 of 2 parts shipped, 50.0 % (95 %: 9.5 to 90.5)",
        "overkill 0 of 1 good part inspected, 0.0 % (95 %: 0.0 to 79.3)",
        "by the model 0.0 % (0), for want of an answer 0.0 % (0)",
        "first pass 1 of 2 parts inspected, 50.0 % (95 %: 9.5 to 90.5)",
        "audit passed, 12 checks",
        "",
        "Machine time, % units busy of it waiting blocked starved down",
        "press 1 66.7 0.0 33.3 0.0",
        "camera 1 66.7 16.7 0.0 33.3 0.0",
        "review 1 0.0 0.0 100.0 0.0",
        "",
        "camera: latency of 2 calls (95 % intervals)",
        "service, ms response, ms schedule slip, ms",
        "mean 500.0 2,000 1,500",
        *(f"{name} 500.0 2,000 1,500" for name in ("p50", "p90", "p95", "p99", "p99.9", "max")),
        "service: from the call to its answer; response: from when the part was due here",
        "to the decision; schedule slip: from then to the call",
        "too few calls for an interval: p50 needs 6, p90 needs 36, p95 needs 72, p99",
        "needs 368, p99.9 needs 3,688",
        "",
        "! 2 parts shipped in the window, an interval for UPH needs 40; run longer",
        "! camera: 2 calls are too few for an interval: p50 needs 6, p90 needs 36, p95",
        "needs 72, p99 needs 368; run more parts",
    ]


def test_intervals_are_told_where_there_are_some():
    """Forty parts: UPH and p90 have one, p95 has none."""
    text = "\n".join(lines(story(40)))
    assert "output 1,756 UPH (95 %: " in text
    assert "p90 500.0 (500.0-500.0)" in text
    assert "p95 500.0 " in text
    assert "too few calls for an interval: p95 needs 72, p99 needs 368, p99.9 needs 3,688" in text


def test_what_lies_beyond_the_deadline_is_said_to():
    """Of 40 calls 8 timed out: p50 is told, p90 and the maximum are beyond, the mean is restricted."""
    text = "\n".join(lines(story(40, outcomes=["answered"] * 32 + ["timed_out"] * 8)))
    assert "camera: latency of 40 calls, 8 timed out (95 % intervals)" in text
    assert "mean 500.0* 2,000* 1,500" in text
    assert "p90 > deadline (from 500.0) unknown (from 2,000) 1,500 (1,500-1,500)" in text
    assert "max > deadline unknown 1,500" in text
    assert "* at least: a call that timed out counts with what was waited" in text
    assert "unknown: calls that timed out leave it open; where it lies (95 %)" in text
    assert "! camera: 8 of 40 calls timed out" in text


def test_a_failed_audit_cannot_be_overlooked():
    """It is the first warning, and its line says what and where."""
    bare = item(1, 0, 4, evaluation="", outcome="")
    bad = summarise(run([bare, bare], [visit(1, "press", 0, 0, 4, 4)]), PRESS_ONLY, ended="completed")
    text = page(bad)
    assert "FAILED: conservation (a part is told of twice (2 rows); items.csv:2;" in text
    assert "! the audit failed (conservation): do not use these figures" in text


@pytest.mark.parametrize("outcomes", [(), ("answered",) * 50 + ("timed_out",) * 50])
@pytest.mark.parametrize("latency", [0.0001, 0.123456789, 1.9])
def test_it_fits_80_columns(outcomes, latency):
    """Also with a long name, hours of slip and a hundred parts."""
    name = "station with a long name, " * 2
    layout = replace(
        PRESS_AND_CAMERA,
        line=(Place(name + "A"), replace(CAMERA, name=name + "B")),
        run=RunPlan("x" * 200),
    )
    text = page(story(100, layout, outcomes, latency, compare=without_inference(123456.7)))
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "…" not in text


@pytest.mark.parametrize("width", [80, 50, 40])
def test_nothing_is_cut_on_a_narrow_screen(width):
    """A table that has no room becomes a list: every figure is there, and a name of 60 letters, too."""
    name = "camera at the gate behind the press, looking from above, now"
    layout = replace(PRESS_AND_CAMERA, line=(PRESS_AND_CAMERA.line[0], replace(CAMERA, name=name)))
    wide, narrow = (page(story(40, layout, ["answered"] * 32 + ["timed_out"] * 8), w) for w in (160, width))
    assert max(len(line) for line in narrow.splitlines()) <= width
    assert "…" not in narrow
    said, told = ({word.strip(",:") for word in text.split()} for text in (wide, narrow))
    assert said <= told
    assert ("of it waiting 24.4" in " ".join(narrow.split())) == (width < 80)


def test_one_is_told_as_one():
    """A run of one part, a call, a shipped part."""
    told = " ".join(lines(story(1)))
    assert "timeouts 0 of 1 call, " in told
    assert "escapes 0 of 1 part shipped, " in told
    assert "camera: latency of 1 call (95 %" in told
    assert "0.0 s to 4.0 s: 1 part came; 1 shipped, 0 scrapped, 0 still there" in " ".join(
        lines(story(1, replace(PRESS_AND_CAMERA, takt=2 * SECOND)))
    )
    late = headline(story(1, outcomes=["timed_out"]))
    assert late.startswith("No answer came in time: the only call timed out, and the fallback was taken.")


def test_the_schedule_slip_says_what_of_it_is_the_picture():
    """The slip is never less than the picture takes: that part of it is no waiting."""
    layout = replace(PRESS_AND_CAMERA, line=(PRESS_AND_CAMERA.line[0], replace(CAMERA, planned=30e6)))
    assert "schedule slip: from then to the call, 30 ms of it for the picture" in " ".join(
        lines(story(2, layout))
    )


def test_names_are_no_markup():
    """A station called [red] is called [red]."""
    layout = replace(PRESS_AND_CAMERA, line=(Place("[red]"), CAMERA), run=RunPlan("[bold]x[/bold]"))
    text = page(story(2, layout))
    assert "[red] " in text
    assert "[bold]x[/bold]" in text


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


def test_an_empty_run_has_a_page():
    """Interrupted before anything happened."""
    text = page(summarise(run(), Layout((CAMERA,), REVIEW), ended="interrupted"))
    assert "none: no time has passed" in text
    assert "no parts shipped" in text


def test_numbers_for_people():
    """A few digits, and the unit that needs the fewest."""
    assert [span(t * SECOND) for t in (0, 75.25, 600, 10_800)] == ["0.0 s", "75.2 s", "10.0 min", "3.0 h"]
    assert [uph(rate) for rate in (12_345.6, 99.94)] == ["12,346 UPH", "99.9 UPH"]
    assert percent(0.1234) == "12.3 %"
    assert unit_for([9 * SECOND, 1]) == TimeUnit("ms", MILLISECOND)
    assert unit_for([10 * SECOND]) == TimeUnit("s", SECOND)
    assert unit_for([]).text(1_234_567_890) == "1,235"
    assert [unit_for([hours * HOUR]).name for hours in (0.5, 1, 16, 24)] == ["s", "min", "min", "h"]
    assert [length(round(x * SECOND)) for x in (0.04, 12.34, 5400, 57_600)] == [
        *("40.0 ms", "12.34 s", "90.00 min", "16.00 h")
    ]
    assert moment(round(43.6621 * SECOND), 100 * SECOND) == "43.662 s"
    assert moment(round(40_723.662 * SECOND), 16 * HOUR) == "11:18:43.662"


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


def shift(uph, low, high):
    """Return what twelve shifts of 300 parts say."""
    return Estimate(uph, (low, high), 12, 300)


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
    assert told[at + 1 : at + 6] == [
        "camera 10 % quicker +120 +120 +110 (90 to 130)",
        "one more place in front of camera +4.5 +4",
        "a shift like this: 300 parts by other chance; no figure: not tried there",
        "with answers that take as long as those measured here",
        "3 places with time to spare were not tried",
    ]
    assert at < told.index("output 1,200 UPH (too few parts for an interval)")


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
