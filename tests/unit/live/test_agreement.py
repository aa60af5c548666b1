"""Screen, metrics and summary of one run tell the same, whatever the line, however short it is."""

from dataclasses import asdict
from math import isnan

from belt_lines import put_belts
from gate_lines import put_gates
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import generate_latest
from scraping import samples_of, value
from stories import camera, takes
from strategies import Written, inspection_entries, rates, reviews, station_entries

from line_sim.analysis.summary.summarise import summarise
from line_sim.analysis.summary.summary import Summary
from line_sim.dashboard.frame import ShareFrame
from line_sim.dashboard.framing import frame_of
from line_sim.figures.catalogue import CATALOGUE, UPH, Figure
from line_sim.figures.folds import Share
from line_sim.figures.populations import INSPECTED_PARTS, REVIEWED
from line_sim.inspection.gateway import Gateway
from line_sim.layout import layout_of
from line_sim.live.figures import live_figures
from line_sim.live.state import LiveState
from line_sim.metrics.serving import registry_of
from line_sim.scenario import Scenario
from line_sim.testing import answered, run_in_memory, scripted
from line_sim.units import SECOND

warm_ups = st.sampled_from([0, 1, 2, 5, 10, 20, 50])
"""Short enough to be over, or longer than the run."""

paced = st.fixed_dictionaries({"every": st.integers(1, 3), "on_full": st.sampled_from(["wait", "lose"])})


@st.composite
def runs(draw: st.DrawFn) -> Written:
    """Return so many parts, or so long a time; and how they arrive, where they may be done in no time."""
    warm_up = draw(warm_ups)
    if draw(st.booleans()):
        run = {"duration": warm_up + draw(st.integers(1, 40)), "warm_up": warm_up}
        return {"run": run, "arrivals": draw(paced)}
    run = {"items": draw(st.integers(1, 30)), "warm_up": warm_up}
    return {"run": run, "arrivals": draw(st.just({"saturated": True}) | paced)}


@st.composite
def twice_inspected(draw: st.DrawFn) -> Scenario:
    """Return a line with two inspections, each with what it does without an answer, and a warm-up."""
    line = [
        draw(station_entries("press")),
        draw(inspection_entries("front")),
        draw(inspection_entries("back")),
    ]
    review = draw(reviews)
    put_belts(draw, *line, review)
    put_gates(draw, *line[1:])
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "two looks",
            "seed": draw(st.integers(0, 2**64 - 1)),
            **draw(runs()),
            "product": {"defect_rate": draw(rates)},
            "line": line,
            "review": review,
        }
    )


def watched(scenario: Scenario, **gateways: Gateway) -> tuple[LiveState, Summary]:
    """Run a line; return its state at the end and its summary."""
    layout = layout_of(scenario)
    state = LiveState(layout)
    records, ending = run_in_memory(scenario, gateways, observers=(state,))
    return state, summarise(records, layout, ended=ending.how, end=ending.at)


@settings(max_examples=300, deadline=None)
@given(twice_inspected())
def test_the_last_frame_and_the_last_page_tell_what_the_summary_tells(scenario):
    """Every share with its count, the output, and the window that they speak of; to the last digit."""
    state, summary = watched(scenario)
    shares = {f.name: summary.figures.of(f) for f in CATALOGUE if isinstance(f.fold, Share)}
    frame, page = frame_of(state), samples_of(generate_latest(registry_of(state)).decode())
    window = live_figures(state).window
    assert (window.start, window.end, window.last) == (
        *(summary.window.start, summary.window.end, summary.window.last),
    )
    assert frame.uph == summary.throughput.uph
    assert same(value(page, "kpi_per_hour", figure=UPH.name), summary.throughput.uph)
    assert {(share.name, share.count, share.n) for share in frame.shares} == {
        (figure.name, rate.count, rate.n) for figure, _, rate in summary.figures.shares()
    }
    for name, rate in shares.items():
        assert same(value(page, "kpi_ratio", figure=name), rate.value), name
    assert value(page, "kpi_window_start_seconds") == frame.from_s == summary.window.start / SECOND
    assert value(page, "line_time_seconds") == frame.line_s == summary.window.last / SECOND


@given(twice_inspected())
def test_the_counts_of_parts_are_those_of_the_whole_run(scenario):
    """They are counts: a warm-up does not cut them."""
    state, summary = watched(scenario)
    assert asdict(frame_of(state).counts) == asdict(summary.counts)


@given(twice_inspected())
def test_what_waits_at_a_gate_is_counted_live(scenario):
    """Without a warm-up it is what the summary tells, to the nanosecond."""
    run = scenario.run.model_copy(update={"warm_up": 0})
    state, summary = watched(scenario.model_copy(update={"run": run}))
    counted = [
        (place.place.name, place.passed, place.waited, place.gate_wait)
        for place in state.places
        if place.place.is_gate
    ]
    assert counted == [(gate.gate, gate.waited.n, gate.waited.count, gate.together) for gate in summary.gates]


def test_a_part_that_leaves_at_the_very_start_is_in_no_rate_per_hour():
    """A rate counts what leaves after its window's beginning: one part in one second, not two."""
    written = {
        "version": 1,
        "name": "at once",
        "run": {"items": 2},
        "arrivals": {"saturated": True},
        "line": [camera()],
        "review": {"time": 0},
    }
    gateway = takes([0, 1 * SECOND])
    state, summary = watched(Scenario.model_validate(written), camera=gateway)
    assert frame_of(state).uph == summary.throughput.uph == 3600


def test_a_new_share_is_counted_live_because_it_is_in_the_catalogue(monkeypatch):
    """Neither the state nor a view is told of it."""
    fold = Share(REVIEWED, INSPECTED_PARTS)
    reviewed = Figure("review_rate", "Reviewed", "parts sent to people", "share", fold, ())
    for home in ("line_sim.live.figures", "line_sim.dashboard.framing"):
        monkeypatch.setattr(f"{home}.CATALOGUE", (*CATALOGUE, reviewed))
    written = {
        "version": 1,
        "name": "one of two",
        "run": {"items": 2},
        "arrivals": {"saturated": True},
        "line": [camera(), camera("other", buffer=1)],
        "review": {"time": 0, "cleared": "ships"},
    }
    poor = scripted(lambda inquiry: answered("good" if inquiry.item_id == 1 else "bad"))
    state, _ = watched(Scenario.model_validate(written), camera=poor)
    assert ShareFrame("review_rate", "reviewed", 1, 2) in frame_of(state).shares
    page = samples_of(generate_latest(registry_of(state)).decode())
    assert value(page, "kpi_ratio", figure="review_rate") == 0.5


def same(told: float, known: float | None) -> bool:
    """Return whether a sample is the number that is known, or says that none is."""
    return isnan(told) if known is None else told == known
