"""What a line ships in the long run, told from one run: by its means, or by what chance did in it."""

from io import StringIO

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from recorded import item, ns, outage, run, visit
from rich.console import Console
from stories import camera, modelled, press

from line_sim.analysis.growth.growth import growth_of
from line_sim.analysis.growth.means import PlaceMeans, foreseen, means_of
from line_sim.analysis.lasting.ceiling import ceiling_of
from line_sim.analysis.lasting.controls import Seen
from line_sim.analysis.lasting.lasting import Lasting, lasting_of
from line_sim.analysis.lasting.words import in_the_long_run
from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.summarise import summarise
from line_sim.figures.flow import Throughput, throughput
from line_sim.figures.statistics.batch_means import batch_means
from line_sim.figures.window import Window, window_of
from line_sim.layout import Failures, Layout, Place, layout_of
from line_sim.recording.run_columns import columns_of
from line_sim.report.page.tiles import tiles
from line_sim.report.summary_text import summary_text
from line_sim.scenario import Scenario, load
from line_sim.testing import answered, run_in_memory, scripted

LOOK = {"buffer": 20, "units": 6, "time": {"lognormal": {"mean": 4, "cv": 0.5}}}


def exponential(mean):
    """Return an exponential time."""
    return {"exponential": {"mean": mean}}


def failing(up, repair):
    """Return breakdowns that count operating time."""
    return {"up": exponential(up), "repair": repair, "counts": "operating"}


def scenario(*line, items=3000, every=None, seed=1, warm_up=0, **keys):
    """Return a line that always has a part, or one every so many seconds."""
    inspects = any("inspection" in entry for entry in line)
    written = {
        "version": 1,
        "name": "a line",
        "seed": seed,
        "run": {"items": items, "warm_up": warm_up, "clock": "virtual"},
        "arrivals": {"every": every} if every else {"saturated": True},
        "line": line,
        "review": LOOK if inspects else None,
    }
    return Scenario.model_validate(written | keys)


def told(spec, gateways=None):
    """Return what a run ships, and what it tells of the long run."""
    happened, layout = run_in_memory(spec, gateways), layout_of(spec)
    columns = columns_of(happened.records, layout, happened.ending.at)
    window = window_of(columns, layout)
    output = throughput(columns, window, layout=layout)
    return output, lasting_of(spec, columns, window, growth_of(spec, columns, window), output)


PRESS = press(1, breakdowns=failing(100, 10))
"""It makes a part in 1.1 s on average, repairs in it."""


def test_outages_that_happened_to_be_few_are_put_right():
    """30 outages of 10 s where work asks for 33: the run ships more than the line, and it is known why."""
    output, found = told(scenario(PRESS, items=3300, seed=7))
    assert output.ci[1] - output.ci[0] > 100
    assert found.by == "controls"
    assert found.ci[0] <= 3600 / 1.1 <= found.ci[1] + 1
    assert found.ci[1] - found.ci[0] < 10
    assert np.sign(found.excess["down"]) == np.sign(found.uph - output.uph) == np.sign(found.shifts["down"])


def test_a_line_that_keeps_up_ships_what_comes():
    """A part each 250 ms and a press that seldom fails: 14,400 less what review scraps, whatever was seen."""
    line = (
        press("180 ms", breakdowns=failing("20 min", "30 s")),
        camera(gateway=modelled("90 ms", false_alarm_rate=0.1), buffer=4, deadline="200 ms"),
    )
    look = LOOK | {"false_alarm_rate": 0.5}
    output, found = told(scenario(*line, items=800, every=0.25, review=look))
    assert (found.by, found.ci) == ("means", None)
    assert found.uph == pytest.approx(14_400 * (1 - 0.1 * 0.5))
    assert output.uph != found.uph


def test_a_real_server_is_never_told_of():
    """Nobody knows what its answers are on average."""
    live = camera(gateway={"grpc": {"target": "embedded", "model": "m"}}, buffer=4)
    spec = scenario(press(exponential(1)), live, items=300, run={"items": 300})
    answers = {"camera": scripted(lambda _: answered("good", 0.9, latency="100 ms"))}
    assert told(spec, answers)[1] is None


def test_who_waits_for_people_is_told_no_long_run():
    """What each press takes longer than its mean has the waits for the other one's operator in it."""
    needs = {"crew": {"team": ["work"]}}
    line = press(1, "slow", breakdowns=failing(50, 5), **needs), press(exponential(0.05), "quick", **needs)
    _, found = told(scenario(*line, items=6000, crews={"team": 1}))
    assert (found.uph, found.by) == (None, None)
    assert "share people" in found.why


def test_outages_that_are_too_few_leave_the_long_run_open():
    """Three seen: what one of them costs is not known; a page says so."""
    found = told(scenario(press(1, breakdowns=failing(1000, 100)), items=3000))[1]
    assert found == Lasting(None, why="fewer than 5 outages were seen")


def test_a_review_that_may_fill_must_have_been_full_often_enough():
    """Two people look for 4 s at a part in eleven: a run that hardly saw them swamped knows too little."""
    look = LOOK | {"buffer": 10, "units": 2}
    asking = camera(gateway=modelled("90 ms", false_alarm_rate=0.09), buffer=4)
    line = (press(exponential(0.2)), asking, press(exponential(0.15), name="pack", buffer=4))
    found = told(scenario(*line, items=1000, review=look))[1]
    assert found.why == "review may fill, and was full too seldom to tell what that costs"


def test_where_nothing_is_left_to_chance_there_is_nothing_to_explain():
    """Even times, no breakdowns."""
    found = told(scenario(press(1), press(0.9, name="pack"), items=200))[1]
    assert found.why == "nothing whose mean is known varied"


def test_too_few_parts():
    """A run of thirty."""
    assert told(scenario(press(exponential(1)), items=30))[1].why == "the parts are too few"


FAILS = Failures(ns(5), ns(1))
MEANS = (PlaceMeans("press", 1, 0, ns(1), repair=ns(0.2), stops=(FAILS,)),)


def controls(seconds, visits, outages=(), means=MEANS):
    """Return the controls of a run by hand, in two stretches."""
    layout, end = Layout((Place("press"),)), ns(seconds)
    columns = columns_of(run([item(1, 0, 1)], visits, outages=outages), layout, end)
    edges = np.array([0, end // 2, end])
    return {
        c.name: c.excess.tolist()
        for c in Seen(columns, layout, Window(0, end, end), edges, means, [1]).controls(0)
    }


def test_work_counts_where_it_was_begun():
    """One begun in the first 5 s takes 2 s and not 1, one in the second half a second."""
    parts = [visit(1, "press", 0, 4, 6, 6), visit(2, "press", 5, 6, 6.5, 6.5)]
    assert controls(10, parts, means=(PlaceMeans("press", 1, 0, ns(1)),)) == {
        "work": pytest.approx([0.2, -0.1])
    }


@given(
    st.lists(st.tuples(st.integers(0, 99), st.sampled_from([0, 1, 7, 2**52, 2**61])), max_size=9),
    st.sampled_from([3.0, 0.1, float(2**52)]),
    st.booleans(),
)
def test_what_is_added_as_whole_numbers_is_what_is_added_one_by_one(told, mean, ordered):
    """To the last bit, whether the parts stand in order or not, and where a float rounds."""
    started, took = np.array(sorted(told) if ordered else told, dtype=np.int64).reshape(-1, 2).T
    seen = Seen(None, None, None, np.array([0, 10, 50, 90]), (), ())
    so_far = np.array([5.0, -(2.0**50), 0.0])
    added = seen._added(so_far, started, took, mean)
    assert added.tolist() == seen._by_stretch(started, took - mean, so_far).tolist()


def test_down_time_counts_beyond_what_the_work_asks_for():
    """Of each 5 s: 3 s of work ask for 0.6 s of repair, and 2 s it was down; then 1 s of work ask for 0.2."""
    parts = [visit(1, "press", 0, 0, 6, 6, down=2), visit(2, "press", 6, 9, 10, 10)]
    found = controls(10, parts, [outage("press", 1, 3)])
    assert found["down"] == pytest.approx([(2 - 0.6) / 5, (0 - 0.4) / 5])


def test_what_chance_does_is_nothing_on_average():
    """40 runs of three stations that fail, with a camera that sends parts to review: no control leans."""
    asking = camera(gateway=modelled(exponential(0.4), false_alarm_rate=0.05), buffer=5, deadline=1)
    line = (
        press(exponential(1), breakdowns=failing(60, exponential(6))),
        asking,
        press(0.9, name="pack", buffer=5),
    )
    found = [told(scenario(*line, items=1500, seed=seed, warm_up=100))[1].excess for seed in range(1, 41)]
    for name in ("work", "down", "review"):
        values = [each[name] for each in found if name in each]
        assert len(values) > 20
        assert abs(np.mean(values)) < 3.5 * np.std(values) / np.sqrt(len(values))


@pytest.mark.parametrize("up", [None, 60])
def test_the_intervals_hold_and_are_narrower(up):
    """Three exponential stations, without and with outages; the truth is that of all runs together."""
    fails = {"breakdowns": failing(up, up / 10)} if up else {}
    line = [press(exponential(1), name=name, buffer=3, **fails) for name in "abc"]
    runs = [told(scenario(*line, items=2000, seed=seed, warm_up=50)) for seed in range(1, 61)]
    runs = [(output, found) for output, found in runs if found.ci]
    truth = batch_means([found.uph for _, found in runs]).mean
    assert len(runs) >= 50
    assert sum(found.ci[0] <= truth <= found.ci[1] for _, found in runs) >= 0.9 * len(runs)
    widths = [[ci[1] - ci[0] for ci in (output.ci, found.ci)] for output, found in runs]
    assert np.mean([found / own for own, found in widths]) < 0.75


def test_no_line_ships_more_than_comes_or_than_its_slowest_station_makes():
    """By the takt, by a press with its repairs, by pictures and answers cut at the deadline."""
    slow = press(1, breakdowns=failing(100, 10))
    assert ceiling_of(scenario(press(1), every=2)) == 1800
    assert ceiling_of(scenario(slow)) == pytest.approx(3600 / 1.1)
    assert ceiling_of(scenario(slow | {"units": 3}, every=0.5)) == 7200
    asking = camera(gateway=modelled(exponential(1)), acquisition=0.5, deadline=1)
    assert ceiling_of(scenario(asking)) == pytest.approx(3600 / (0.5 + 1 - np.exp(-1)), rel=1e-4)


def test_behind_an_inspection_parts_may_come_out_of_review():
    """Where what people clear does not pass the packer, and it is known how many that are."""
    packing = press(10, name="pack")
    quarter = camera(gateway=modelled(1, false_alarm_rate=0.25))
    assert ceiling_of(scenario(quarter, packing)) == 360  # what they clear rejoins the line
    ships = LOOK | {"cleared": "ships"}
    assert ceiling_of(scenario(quarter, packing, review=ships)) == pytest.approx(360 / 0.75)
    assert ceiling_of(scenario(camera(gateway=modelled(1), units=2), packing)) == 7200
    live = camera(gateway={"grpc": {"target": "embedded", "model": "m"}})
    assert ceiling_of(scenario(live, packing, run={"items": 9})) is None
    assert ceiling_of(scenario(press(0))) is None


def output_of(uph, half, ceiling=None):
    """Return an output with such an interval."""
    return Throughput(100, uph, batch_means([uph - half, uph + half] * 10), ceiling=ceiling)


ADJUSTED = Lasting(
    9750, (9700, 9790), "controls", {"work": 0.0, "down": -0.02}, {"work": 1.0, "down": -200.0}
)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (ADJUSTED, ("9,750 UPH (95 %: 9,700 to 9,790)", "this run was down less than its breakdowns make")),
        (
            Lasting(9750, (9700, 9790), "controls", {"work": 0.02}, {"work": 200.0}),
            ("9,750 UPH (95 %: 9,700 to 9,790)", "the work of this run was slower than its means"),
        ),
        (
            Lasting(9750, (9700, 9790), "controls", {"review": 0.02}, {"review": 3.0}),
            ("9,750 UPH (95 %: 9,700 to 9,790)", "this run was much as the means of its line"),
        ),
        (Lasting(9750, by="means"), ("9,750 UPH", "by its means the line keeps up with what comes")),
        (Lasting(None, why="too few"), None),
        (None, None),
    ],
)
def test_the_long_run_is_told_with_why_the_run_differs(found, words):
    """What moved the output most, where something did."""
    assert in_the_long_run(found, output_of(9950, 200)) == words


def test_what_a_run_shows_by_itself_is_not_said_twice():
    """A line that keeps up, and a run that ships all that comes."""
    assert in_the_long_run(Lasting(9750, by="means"), output_of(9750, 0)) is None
    assert in_the_long_run(Lasting(9750, by="means"), output_of(9750, 900)) is not None


def test_text_page_and_json_tell_it_beside_the_output_of_the_run():
    """The run's own number stays what it is: a count over a window."""
    spec = scenario(PRESS, items=3300, seed=7)
    happened = run_in_memory(spec)
    summary = summarise(
        happened.records,
        layout_of(spec),
        ended="completed",
        end=happened.ending.at,
        look=lambda run, window: growth_of(spec, run, window),
        last=lambda *seen: lasting_of(spec, *seen),
        ceiling=ceiling_of(spec),
    )
    found = summary.lasting
    console = Console(file=StringIO(), width=200, color_system=None)
    console.print(summary_text(summary))
    assert f"long run    {found.uph:,.0f} UPH (95 %: " in console.file.getvalue()
    tile = next(tile for tile in tiles(summary) if tile.label == "In the long run")
    assert (tile.value, tile.note.startswith("95 %: ")) == (f"{found.uph:,.0f} UPH", True)
    output = summary_json(summary)["throughput"]
    assert output["long_run"] == {
        "uph": found.uph,
        "ci": list(found.ci),
        "by": "controls",
        "excess": found.excess,
        "shifts": found.shifts,
        "why": None,
    }
    assert output["uph_ci"][0] <= output["uph"] <= output["uph_ci"][1]
    assert output["uph_ci"][1] == max(output["uph"], ceiling_of(spec))


def test_times_whose_file_is_gone_bound_nothing(tmp_path):
    """A report that is made again without them: the takt is left, and nothing is said of the long run."""
    times, path = tmp_path / "times.csv", tmp_path / "line.yaml"
    times.write_text("answer_ms\n" + "".join(f"{90 + n}\n" for n in range(30)))
    measured = {"empirical": {"file": "times.csv", "column": "answer_ms"}}
    spec = {
        "version": 1,
        "name": "measured",
        "run": {"items": 100},
        "arrivals": {"every": 0.25},
        "line": [press(measured), camera(gateway=modelled(measured), buffer=4)],
        "review": LOOK,
    }
    path.write_text(yaml.safe_dump(spec))
    whole = load(path)
    happened = run_in_memory(whole)
    times.unlink()
    gone = load(path, read_files=False)
    assert ceiling_of(gone) == 14_400
    columns = columns_of(happened.records, layout_of(gone), happened.ending.at)
    window = window_of(columns, layout_of(gone))
    output = throughput(columns, window, layout=layout_of(gone))
    assert lasting_of(gone, columns, window, growth_of(gone, columns, window), output) is None


def gated(seed, items):
    """Return a line whose press fails, whose camera holds no part, and whose review is rarely full."""
    asks = camera(
        decides="at_gate",
        gate={"places": 6, "travel": "600 ms"},
        acquisition={"lognormal": {"mean": "200 ms", "cv": 0.5}},
        buffer=3,
        deadline=2,
        gateway=modelled({"lognormal": {"mean": "500 ms", "cv": 0.4}}, servers=8, false_alarm_rate=0.1),
    )
    first = press({"lognormal": {"mean": "250 ms", "cv": 0.8}}, breakdowns=failing(100, 5))
    pack = press(exponential("230 ms"), "pack", buffer=4)
    return scenario(first, asks, pack, items=items, seed=seed, product={"defect_rate": 0.05})


def test_what_happens_at_a_gate_is_beyond_no_mean():
    """It does no work of its own, and it is the gate that sends parts to review, not the camera."""
    spec = gated(seed=5, items=20_000)
    happened, layout = run_in_memory(spec), layout_of(spec)
    columns = columns_of(happened.records, layout, happened.ending.at)
    window = window_of(columns, layout)
    means, loads = means_of(spec, foreseen(spec)), [1.0] * len(layout.places)
    seen = Seen(columns, layout, window, np.array(window.stretches(20)), means, loads)
    for control in seen.controls(defective=0.05):
        scatter = control.excess.std(ddof=1) / np.sqrt(len(control.excess))
        assert abs(control.excess.mean()) < 4 * scatter, control.name
