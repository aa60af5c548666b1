"""The line as `line-sim check` draws it."""

from dataclasses import replace
from textwrap import dedent

import pytest
from commands import CONTRACT

from line_sim.layout import Lane, Way, layout_of
from line_sim.report.diagram import diagram
from line_sim.scenario import Scenario, load


def test_a_whole_line():
    """Source, stations with buffers, decision, lanes: the whole line on one screen."""
    assert diagram(load(CONTRACT)) == dedent("""\
        takt 250 ms
          └─▶ (  0) [press]  180 ms; time to failure: exponential, mean 20 min
          └─▶ (  4) [camera]  30 ms + wait for inception_v3 (embedded), at most 200 ms
                good with a score of at least 0.8 goes on; any other to review
          └─▶ (  4) [pack]  150 ms
          └─▶ shipped

        review ( 20) [reviewers]  lognormal, mean 4 s
          ├─▶ pack
          └─▶ scrapped""")


def test_lanes_end_where_their_ways_lead():
    """A bench whose people repair what is bad, for the press to work on again."""
    scenario = load(CONTRACT)
    straight = layout_of(scenario)
    back = Way(straight.bench, Lane.SCRAP, straight.entry)
    ways = tuple(back if way[:2] == back[:2] else way for way in straight.ways)
    assert diagram(scenario, replace(straight, joined=ways)).splitlines()[-2:] == [
        "  ├─▶ pack",
        "  └─▶ press",
    ]


def test_units_lost_parts_and_fallbacks_are_shown():
    """What changes the line's behaviour is in the drawing."""
    overrides = (
        *("line.0.units=3", "arrivals.on_full=lose", "line.camera.on_no_result=scrap", "review.units=2"),
        "arrivals.every={exponential: {mean: 250 ms}}",
        "line.camera.gateway={modelled: {service: {gamma: {mean: 90 ms, cv: 0.5}}}}",
    )
    drawn = diagram(load(CONTRACT, overrides))
    assert "time between parts: exponential, mean 250 ms, lost when there is no room" in drawn
    assert "[press] x 3" in drawn
    assert "a model (gamma, mean 90 ms)" in drawn
    assert "no usable answer: scrap" in drawn
    assert "[reviewers] x 2" in drawn


def test_a_belt_is_drawn_with_its_travel():
    """And whether parts close up on it."""
    overrides = (
        "line.pack.buffer={places: 8, travel: 2.4 s}",
        "line.camera.buffer={places: 4, travel: 600 ms, accumulates: false}",
    )
    drawn = diagram(load(CONTRACT, overrides))
    assert "(  8 in 2.4 s) [pack]" in drawn
    assert "(  4 in 600 ms, not accumulating) [camera]" in drawn


@pytest.mark.parametrize(
    ("gateway", "words"),
    [
        ("{grpc: {model: m}}", "m (embedded)"),
        ("{grpc: {target: 'h:8500', model: m}}", "m at h:8500"),
        ("{rest: {target: 'h:8501', model: m}}", "m at h:8501"),
        ("{rest: {targets: ['a:1', 'b:2'], model: m}}", "m at a:1, b:2"),
        ("{modelled: {service: 90 ms}}", "a model (90 ms)"),
        ("{replay: {calls: /runs/1/calls.csv}}", "the answers in /runs/1/calls.csv"),
    ],
)
def test_every_kind_of_gateway_is_told(gateway, words):
    """A reader sees what the camera waits for, whatever it is."""
    drawn = diagram(load(CONTRACT, (f"line.camera.gateway={gateway}",)))
    assert f"+ wait for {words}, at most 200 ms\n" in drawn


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ("{normal: {mean: 4 s, sd: 1 s}}", "normal, mean 4 s"),
        ("{normal: {mean: 1 s, sd: 1 s}}", "normal cut off at 0, mean 1.288 s"),
        ("{weibull: {mean: 4 s, shape: 2}}", "weibull, mean 4 s"),
        (
            "{quantiles: {p50: 85 ms, p99: 240 ms}}",
            "lognormal through p50 85 ms and p99 240 ms, mean 93.896 ms",
        ),
    ],
)
def test_every_kind_of_time_is_told(time, words):
    """What it is, and the mean of what is drawn: of a normal without what is cut off."""
    overrides = [f"{key}={time}" for key in ("line.press.cycle", "line.press.breakdowns.up", "review.time")]
    service = f"line.camera.gateway={{modelled: {{service: {time}}}}}"
    drawn = diagram(load(CONTRACT, (*overrides, service)))
    assert f"[press]  {words}; time to failure: {words}" in drawn
    assert f"wait for a model ({words})" in drawn
    assert f"[reviewers]  {words}" in drawn


def test_a_mean_is_rounded():
    """A third of a second does not fill the row with digits."""
    drawn = diagram(load(CONTRACT, ("arrivals.every={triangular: {low: 2 s, mode: 2.5 s, high: 4 s}}",)))
    assert "time between parts: triangular, mean 2.833 s" in drawn


def test_a_gate_is_drawn_behind_its_belt():
    """The camera asks and goes on; what is waited for, for how long and what follows stands at the gate."""
    overrides = ("line.camera.decides=at_gate", "line.camera.gate={places: 6, travel: 600 ms}")
    assert diagram(load(CONTRACT, overrides)).splitlines()[1:6] == [
        "  └─▶ (  0) [press]  180 ms; time to failure: exponential, mean 20 min",
        "  └─▶ (  4) [camera]  30 ms, asks inception_v3 (embedded)",
        "  └─▶ (  6 in 600 ms) <camera gate>  waits for the answer, at most until 200 ms after the call",
        "        good with a score of at least 0.8 goes on; any other to review",
        "  └─▶ (  4) [pack]  150 ms",
    ]


def test_ways_to_stop_and_hours_are_told():
    """Each way by its name, whoever keeps hours, and when those are."""
    ways = [
        {"name": "tool change", "up": 200, "counts": "parts", "repair": "3 min"},
        {"up": "2 h", "repair": 60},
    ]
    mill = {"station": "mill", "cycle": "45 s", "breakdowns": ways, "calendar": "days"}
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "hours",
            "run": {"items": 1},
            "calendars": {"days": {"Mon-Fri": ["06:00-09:00", "09:15-14:00"], "Sat": ["22:00-02:00"]}},
            "arrivals": {"every": "60 s", "calendar": "days"},
            "line": [mill],
        }
    )
    assert diagram(scenario).splitlines() == [
        "takt 1 min, while days is on",
        "  └─▶ (  0) [mill]  45 s; tool change after 200 parts; time to failure: 2 h; works days",
        "  └─▶ shipped",
        "",
        "days is on for 42.75 h a week: Mon-Fri 06:00-09:00, 09:15-14:00; Sat 22:00-02:00",
    ]
