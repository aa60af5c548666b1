"""The summary keeps the contract's names, is plain JSON, and warns with what to do."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from recorded import (
    CAMERA,
    PRESS,
    PRESS_AND_CAMERA,
    PRESS_ONLY,
    REVIEW,
    call,
    item,
    ns,
    run,
    visit,
    without_inference,
)
from stories import camera, happens, modelled, press

from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.summarise import summarise
from line_sim.figures.catalogue import TIMEOUT_RATE
from line_sim.layout import Failures, Feature, Kind, Layout, Place, RunPlan, layout_of
from line_sim.layout.places import Planned
from line_sim.scenario.model import Scenario, ShipWhen

STORY = run(
    [item(1, 0, 4), item(2, 2, 6, good=False)],
    [
        *(visit(1, "press", 0, 0, 2, 2), visit(1, "camera", 2, 2, 4, 4)),
        *(visit(2, "press", 2, 2, 4, 4), visit(2, "camera", 4, 4, 6, 6)),
    ],
    [call(1, 3.5, 0.5), call(2, 5.5, 0.5)],
)


def told(records=STORY, layout=PRESS_AND_CAMERA, **how):
    """Return the summary of a completed run as its file would be read."""
    summary = summarise(records, layout, **{"ended": "completed", **how})
    return json.loads(json.dumps(summary_json(summary), allow_nan=False))


def test_the_contracts_names():
    """Each is there; additions may stand beside them."""
    summary = told()
    assert {
        *("scenario", "seed", "clock", "window", "items", "throughput", "stations", "latency", "lanes"),
        *("quality", "timeouts", "throttle", "audit", "warnings"),
    } <= set(summary)
    assert {"from_s", "to_s"} <= set(summary["window"])
    assert {"arrived", "lost", "shipped", "scrapped", "on_line"} <= set(summary["items"])
    assert {"uph", "uph_ci"} <= set(summary["throughput"])
    states = {"units", "busy", "inference_wait", "blocked", "starved", "down"}
    assert set(summary["stations"]) == {"press", "camera", "review"}
    assert all(states == set(station) for station in summary["stations"].values())
    assert {"ship", "review"} == set(summary["lanes"])
    assert {
        *("escape_rate", "overkill_rate", "overkill_model", "overkill_latency", "first_pass_yield"),
    } <= set(summary["quality"])
    assert {"n", "rate", "rate_ci"} <= set(summary["timeouts"])
    assert {"uph_without_inference", "loss", "by_cause"} <= set(summary["throttle"])
    assert {"passed", "checks"} == set(summary["audit"])


def test_the_numbers_of_a_short_story():
    """Two parts in six seconds, one of them an escape; the camera waits a quarter of its busy time."""
    summary = told(compare=without_inference(1600.0))
    assert summary["window"] == {"from_s": 0.0, "to_s": 6.0, "run_end_s": 6.0}
    assert summary["items"] == {"arrived": 2, "lost": 0, "shipped": 2, "scrapped": 0, "on_line": 0}
    assert summary["throughput"]["uph"] == pytest.approx(1200.0)
    assert (summary["throttle"]["uph_without_inference"], summary["throttle"]["loss"]) == (1600.0, 0.25)
    assert summary["stations"]["camera"]["inference_wait"] == pytest.approx(1 / 6)
    assert summary["stations"]["camera"]["busy"] == pytest.approx(4 / 6)
    assert summary["quality"]["escape_rate"] == 0.5
    assert summary["quality"]["n"]["escapes"] == 1
    assert summary["latency"]["camera"]["service"]["all"]["p50"]["value_s"] == 0.5
    assert summary["latency"]["camera"]["service"]["all"]["n"] == 2
    assert summary["audit"]["passed"] is True


def test_what_cannot_be_known_is_null():
    """An empty run divides by nothing."""
    summary = told(run(), ended="interrupted")
    assert summary["throughput"]["uph"] is None
    assert summary["stations"]["press"]["busy"] is None
    assert summary["quality"]["escape_rate"] is None
    assert summary["timeouts"] == {"n": 0, "calls": 0, "rate": None, "rate_ci": None, "rate_ci_note": None}
    assert summary["throttle"]["loss"] is None


def warnings(records=STORY, layout=PRESS_AND_CAMERA, **how):
    """Return the warnings of a run as one text."""
    return "\n".join(told(records, layout, **how)["warnings"])


def test_few_parts_and_few_calls_are_said():
    """Each warning ends with what to do."""
    text = warnings()
    assert "2 parts shipped in the window, an interval for UPH needs 40; run longer" in text
    assert (
        "camera: 2 calls are too few for an interval: p50 needs 6, p90 needs 36, p95 needs 72, p99 needs 368"
        in text
    )


def test_killed_and_torn_runs_are_said():
    """Their figures are not for quoting."""
    text = warnings(replace(STORY, partial=True), ended=None)
    assert "the run was killed and what it did last is missing; run it again" in text
    assert "the last row of a file was torn off" in text


def test_a_failed_audit_comes_first():
    """No figure is worth anything then."""
    text = warnings(replace(STORY, items=STORY.items[:1]))
    assert text.startswith("the audit failed (conservation): do not use these figures")


def test_timeouts_and_failures_are_said():
    """Some timed out, all timed out, no server."""
    assert "camera: 1 of 2 calls timed out: what lies beyond" in warnings(
        with_outcomes("answered", "timed_out")
    )
    assert "camera: all 2 calls timed out: no latency is known" in warnings(with_outcomes(*["timed_out"] * 2))
    assert "1 of 2 calls brought an answer without use" in warnings(with_outcomes("answered", "unreadable"))


def silence(*outcomes):
    """Return the warnings that speak of servers; a call each second from 1 s on."""
    calls = [call(number, number, 0.5, outcome) for number, outcome in enumerate(outcomes, 1)]
    text = warnings(run([item(number, 0, 9) for number in range(1, len(calls) + 1)], [], calls))
    return [line for line in text.splitlines() if "server" in line or "without use" in line]


def test_calls_that_met_no_server_are_said_with_their_time():
    """Two outages, and in the second one a call that timed out; nothing of them is told twice."""
    (told,) = silence("answered", "unavailable", "answered", "unavailable", "timed_out", "unavailable")
    assert told.startswith(
        "camera: 3 of 6 calls met no server, or one that refused them, from 2.0 s to 6.0 s in 2 stretches "
        "of line time; see status in calls.csv"
    )
    (once,) = silence("answered", "unavailable", "answered")
    assert "1 of 3 calls met no server, or one that refused them, at 2.0 s of line time; see" in once
    both = silence("unavailable", "unreadable")
    assert ["1 of 2 calls" in line for line in both] == [True, True]
    assert silence("answered", "timed_out") == []


def with_outcomes(*outcomes):
    """Return the story with other outcomes of its calls."""
    calls = [c._replace(outcome=outcome) for c, outcome in zip(STORY.calls, outcomes, strict=True)]
    return replace(STORY, calls=tuple(calls))


def test_a_wave_in_the_output_is_said():
    """Parts come in two clumps: half the stretches of time are full, half are empty."""
    moments = [t / 10 for t in (*range(1, 250), *range(500, 750), 1000)]
    records = run([item(n, 0, t) for n, t in enumerate(moments)])
    told = warnings(records, PRESS_ONLY)
    assert "one stretch resembles the next" in told
    assert "there is none" in told


def test_too_few_outages_are_said_and_what_they_leave_open():
    """A press that may fail and did not, in 60 parts."""
    layout = replace(PRESS_ONLY, line=(replace(PRESS_ONLY.line[0], fails=True),))
    told = warnings(run([item(n, n, n + 1) for n in range(60)]), layout)
    assert "0 outages of press seen, and about 20 are needed: UPH has no interval" in told


def test_calls_that_resemble_each_other_are_said_with_what_they_are_worth():
    """400 answers, slower and slower: they say no more of the next one than a few would."""
    calls = [call(n, n, 0.1 + n / 1000) for n in range(400)]
    told = warnings(run([item(n, n, n + 2) for n in range(400)], calls=calls), PRESS_AND_CAMERA)
    assert "calls resemble their neighbours" in told
    assert "service p90 (worth 1 of 18)" in told


EVEN = Failures(ns(60), ns(1), even=True, even_parts=True)
SCENARIO = {
    "version": 1,
    "name": "a story",
    "seed": 7,
    "run": {"items": 12, "warm_up": "auto"},
    "arrivals": {"every": {"uniform": {"low": "100 ms", "high": "300 ms"}}},
    "line": [
        press("100 ms", units=2, breakdowns={"up": "1 min", "repair": "1 s"}),
        camera(buffer=4, deadline="150 ms", units=3),
    ],
    "review": {"buffer": 20, "units": 2, "time": 1},
}


def takes(seconds):
    """Return what every part takes at a place that is always as quick."""
    return (Planned(ns(seconds), ns(seconds)),)


def test_the_layout_is_that_of_the_scenario():
    """What the analysis must know, and nothing else."""
    assert layout_of(Scenario.model_validate(SCENARIO)) == Layout(
        line=(
            Place("press", 2, fails=True, planned=ns(0.1), failures=(EVEN,), takes=takes(0.1)),
            Place(
                "camera",
                3,
                4,
                kind=Kind.INSPECTION,
                deadline=ns(0.15),
                ship_when=ShipWhen(),
                planned=0,
                takes=takes(0),
                modelled=True,
                answers=frozenset({Feature.MODELLED}),
            ),
        ),
        review=Place("review", 2, 20, Kind.REVIEW, planned=ns(1), takes=takes(1)),
        takt=ns(0.2),
        run=RunPlan("a story", 7, "virtual", items=12, warm_up="auto"),
    )


def test_the_takt_in_units_per_hour():
    """A part every 0.2 s is 18,000 an hour; a saturated line has no takt."""
    assert layout_of(Scenario.model_validate(SCENARIO)).takt_uph == 18_000
    saturated = {**SCENARIO, "arrivals": {"saturated": True}}
    assert layout_of(Scenario.model_validate(saturated)).takt_uph is None
    assert Layout((PRESS, CAMERA), REVIEW).places == (PRESS, CAMERA, REVIEW)


def test_a_whole_line_passes_its_audit():
    """Breakdowns, two cameras, timeouts, a review that blocks, a lossy source: every check holds."""
    line = (
        press("180 ms", units=2, breakdowns={"up": "7 s", "repair": "2 s", "counts": "calendar"}),
        camera(
            buffer=2,
            units=2,
            acquisition="30 ms",
            deadline="200 ms",
            gateway=modelled({"lognormal": {"mean": "150 ms", "cv": 0.4}}, false_alarm_rate=0.1),
        ),
        press({"exponential": {"mean": "90 ms"}}, name="pack", buffer=1),
    )
    review = {"buffer": 2, "units": 1, "time": {"exponential": {"mean": "1 s"}}}
    happened = happens(*line, duration=300, every="150 ms", on_full="lose", review=review, defect_rate=0.1)
    layout = Layout(
        (
            Place("press", 2, fails=True),
            Place("camera", 2, 2, kind=Kind.INSPECTION),
            Place("pack", 1, 1),
        ),
        Place("review", 1, 2, Kind.REVIEW),
    )
    summary = summarise(happened.records, layout, ended=happened.ending.how, end=happened.ending.at)
    assert {name: check.detail for name, check in summary.audit.items() if not check.passed} == {}
    assert min(summary.counts.lost, summary.counts.scrapped, summary.figures.of(TIMEOUT_RATE).count) > 0
    for time in summary.stations:
        assert time.busy + time.blocked + time.starved + time.down == time.units * summary.window.length


def test_the_analysis_knows_neither_rich_nor_grpc():
    """Nor SciPy, which an installation need not have."""
    code = (
        "import line_sim.analysis.summary.summarise, sys; print({'rich', 'grpc', 'scipy'} & set(sys.modules))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "set()\n"
    )


def test_of_a_line_that_was_stopped_it_is_said_that_more_was_to_come():
    """For want of an answer, say: the reason is in run.json, and the figures are of what came before."""
    assert any(
        text.startswith("the line was stopped before its end") for text in told(ended="stopped")["warnings"]
    )
    assert not any("stopped before its end" in text for text in told()["warnings"])
