"""The page for a person: half a minute to read, 80 columns, nothing told that is not known."""

from dataclasses import replace

import pytest
from recorded import CAMERA, PRESS_AND_CAMERA, PRESS_ONLY, REVIEW, item, run, visit, without_inference
from summaries import lines, page, story

from line_sim.analysis.summary.summarise import summarise
from line_sim.layout import Layout, Place, RunPlan
from line_sim.report.headline import headline
from line_sim.report.words import TimeUnit, length, moment, percent, span, unit_for, uph
from line_sim.units import HOUR, MILLISECOND, SECOND


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
        "flow time 4.00 s on average (no interval: 2 parts, and 40 are needed)",
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
