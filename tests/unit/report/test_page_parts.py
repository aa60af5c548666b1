"""The parts that the page is made of: packed numbers, axes, bars, charts, moments."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import unpacked
from recorded import CAMERA, PRESS_AND_CAMERA, call, item, outage, run, visit

from line_sim.figures.latency import Observations
from line_sim.figures.statistics.measured import Average
from line_sim.figures.window import window_of
from line_sim.figures.wip import parts_on_line
from line_sim.recording.run_columns import columns_of
from line_sim.report.page.axes import Axis, round_up
from line_sim.report.page.gantt import gantt
from line_sim.report.page.latency import histogram
from line_sim.report.page.machines import bottleneck, effectiveness
from line_sim.report.page.moments import moments_of
from line_sim.report.page.packing import pack, signed
from line_sim.report.page.playback.stretch import Stretch, stretch_of
from line_sim.report.page.tiles import (
    grows,
    held_back_by,
    one_more_camera,
    waterfall,
    waterfall_from,
    zoomed,
)
from line_sim.report.page.timeline import Series
from line_sim.report.page.wip import wip_chart
from line_sim.report.words import TimeUnit
from line_sim.units import MILLISECOND, SECOND

MICRO = 1_000_000


def integers(values):
    """Return a column."""
    return np.array(values, dtype=np.int64)


@given(st.lists(st.tuples(st.integers(0, 2**62), st.integers(-(2**60), 2**60))))
def test_what_is_packed_comes_out_again(rows):
    """Numbers of any size, of either sign where they are folded."""
    first, second = integers([a for a, _ in rows]), integers([b for _, b in rows])
    told = unpacked(pack([first, signed(second)]), 2)
    assert told[0] == first.tolist()
    assert [-(n + 1) // 2 if n % 2 else n // 2 for n in told[1]] == second.tolist()


def test_a_negative_number_is_refused():
    """It would come out as another one."""
    with pytest.raises(ValueError, match="-3 cannot be packed"):
        pack([integers([1, -3])])


def test_axes_have_round_marks():
    """Multiples of 1, 2 and 5; powers of ten where the axis is logarithmic."""
    ms = TimeUnit("ms", MILLISECOND)
    assert [t.text for t in Axis(0, 210 * MILLISECOND).ticks(ms)] == ["0", "50", "100", "150", "200"]
    assert [(t.at, t.text) for t in Axis(0, 100).ticks(most=2)] == [(0, "0"), (50, "50"), (100, "100")]
    assert [t.text for t in Axis(20 * MILLISECOND, 30 * SECOND, log=True).ticks(TimeUnit("s", SECOND))] == [
        *("0.1", "1", "10"),
    ]
    assert Axis(1, 100, log=True).place(10) == 50
    assert Axis(0, 10).place(11) == 100
    assert [round_up(value) for value in (0.11, 1, 3, 50.1)] == pytest.approx([0.2, 1, 5, 100])


def test_the_waterfall_goes_down_from_answers_at_once_to_what_was_reached():
    """Each cause takes its part from where the one before left; a gain goes up and says so."""
    causes = {"typical": {"uph": 200, "orders": [150, 250]}, "timeouts": {"uph": -50, "orders": None}}
    throttle = {"uph_without_inference": 1000, "by_cause": causes}
    bars = waterfall({"throttle": throttle, "throughput": {"uph": 850}})
    assert waterfall_from({"throttle": throttle, "throughput": {"uph": 850}}) == "700 UPH"
    assert [(bar.text, bar.kind, bar.start, round(bar.width, 3)) for bar in bars] == [
        ("1,000 UPH", "possible", 0, 100),
        ("\N{MINUS SIGN}200 UPH", "loss", 33.333, 66.667),
        ("+50.0 UPH", "gain", 33.333, 16.667),
        ("850 UPH", "reached", 0, 50),
    ]
    assert bars[1].note == "\N{MINUS SIGN}250 to \N{MINUS SIGN}150, by which cause goes first"


@given(st.lists(st.floats(0.1, 1e6), min_size=2))
def test_the_waterfall_shows_what_differs(levels):
    """Every level is on the axis, and what differs by a percent or more takes a third of it."""
    axis = zoomed(levels)
    assert 0 <= axis.low <= min(levels)
    assert axis.high == max(levels)
    if max(levels) - min(levels) > 0.01 * max(levels):
        assert axis.place(max(levels)) - axis.place(min(levels)) > 33
    else:
        assert axis.low == 0 or axis.place(min(levels)) > 0


def test_levels_that_hardly_differ_are_shown_from_nothing():
    """A tenth of a UPH of seventy is no half of a bar."""
    numbers = {"throttle": {"uph_without_inference": 69.3}, "throughput": {"uph": 69.2}}
    assert waterfall_from(numbers) == waterfall_from({}) == ""
    assert min(bar.width for bar in waterfall(numbers) if bar.kind != "loss") > 99


def test_people_at_review_have_no_quality_of_their_own():
    """They see what did not pass: that most of it is bad says nothing of them."""
    factors = {"availability": 0.4, "performance": 1.0, "quality_ratio": 0.105, "oee_index": 0.042}
    assert effectiveness({"oee": {"review": factors}}) == (("review", "40.0 %", "100.0 %", "", ""),)


def test_moments_are_told_in_the_unit_that_fits():
    """Of a long run as a clock tells them, what lasted in minutes, and what is short in milliseconds."""
    outages = [outage("press", 40_000, 46_000), outage("press", 10, 10.0123)]
    columns = columns_of(run([item(1, 0, 60_000)], outages=outages), PRESS_AND_CAMERA)
    told = moments_of(columns, [columns.visits(0)], {(0, 1): "press"}, SECOND, Stretch(0, 60_000 * SECOND, 0))
    assert [(one.what, one.when) for one in told] == [
        ("down for 100.0 min", "11:06:40.000"),
        ("down for 12.3 ms", "0:00:10.000"),
    ]


def test_without_a_split_the_waterfall_has_one_step():
    """And none where nothing was compared."""
    numbers = {"throttle": {"uph_without_inference": 1000, "by_cause": {}}, "throughput": {"uph": 850}}
    assert [bar.text for bar in waterfall(numbers)] == ["1,000 UPH", "\N{MINUS SIGN}150 UPH", "850 UPH"]
    assert waterfall({"throttle": {"uph_without_inference": None}, "throughput": {"uph": 850}}) == ()
    assert waterfall({}) == ()


def test_what_may_be_told_some_day_is_left_out_until_then():
    """No sentence is made up."""
    assert held_back_by({}) == one_more_camera({}) == one_more_camera({"throttle": {"what_if": {}}}) == ""
    assert held_back_by({"held_back_by": {"sentence": "The camera does."}}) == "The camera does."


def test_what_grows_is_told_once():
    """Not beside the same sentence, nor of a run that nobody has looked at."""
    told = {
        "held_back_by": {"sentence": "The camera does."},
        "steady_state": {"sentence": "Review fills up."},
    }
    assert grows(told) == "Review fills up."
    assert grows({**told, "held_back_by": {"sentence": "Review fills up."}}) == ""
    assert grows({}) == grows({"steady_state": None}) == ""
    more = {"station": "camera", "uph": 900.0, "gain": {"uph": 50.0}, "latencies": "held"}
    told = one_more_camera({"throttle": {"what_if": {"one_more_camera": more}}})
    assert told.startswith("With one more camera: 900 UPH (+50.0 UPH) if its answers")
    elsewhere = {**more, "station": "vision", "gain": {"uph": 0.0}, "latencies": "modelled"}
    told = one_more_camera({"throttle": {"what_if": {"one_more_camera": elsewhere}}})
    assert told == "With one more camera at vision: 900 UPH (no more)."


def test_the_bottleneck_and_the_effectiveness_are_told_where_they_are_known():
    """By the names of ISO 22400-2, a row a station; a factor that cannot be known is empty."""
    factors = {"availability": 0.4, "performance": None, "quality_ratio": 0.916, "oee_index": None}
    assert effectiveness({"oee": {"press": factors}}) == (("press", "40.0 %", "", "91.6 %", ""),)
    assert bottleneck({"held_back_by": {"station": "press"}}) == "press"
    assert bottleneck({"bottleneck": {"station": "press"}, "held_back_by": {"station": None}}) == ""
    assert effectiveness({}) == ()
    assert bottleneck({}) == bottleneck({"bottleneck": {"station": None}}) == ""


def test_parts_on_the_line_are_counted_moment_by_moment():
    """Two come, one leaves as the third comes; a lost one never came; one has no story but a visit."""
    items = [item(1, 0, 4), item(2, 1, 5), item(3, 4, None, disposition="on_line")]
    items += [item(4, 2, 2, disposition="lost", outcome="")]
    columns = columns_of(run(items, [visit(9, "press", 6), visit(9, "camera", 7)]), PRESS_AND_CAMERA)
    moments, counts = parts_on_line(columns)
    assert list(zip((moments // SECOND).tolist(), counts.tolist(), strict=True)) == [
        *((0, 1), (1, 2), (4, 2), (5, 1), (6, 2)),
    ]
    chart = wip_chart(columns, window_of(columns, PRESS_AND_CAMERA), Average(1.7))
    most = "most were 2, first at 1.0 s."
    assert chart.finding == f"On average 1.7 parts were on the line in the time that counts; {most}"


def test_the_histogram_counts_every_call_once():
    """Answered ones in their bars, the timed-out ones as a share of all; the deadline in its place."""
    service = integers([30, 95, 110, 199, 200, 200]) * MILLISECOND
    late = np.array([False] * 4 + [True] * 2)
    told = histogram(Observations(service, late, service, service, late), CAMERA)
    assert [column.text for column in told.columns] == [
        "30 to 35 ms: 1 call, 16.7 %",
        "95 to 100 ms: 1 call, 16.7 %",
        "110 to 115 ms: 1 call, 16.7 %",
        "195 to 200 ms: 1 call, 16.7 %",
    ]
    assert told.censored == pytest.approx(100 / 3, abs=0.001)
    assert told.deadline == pytest.approx(100 * 200 / 205, abs=0.001)
    nothing = integers([])
    empty = np.zeros(0, dtype=np.bool_)
    assert histogram(Observations(nothing, empty, nothing, nothing, empty), CAMERA) is None


def test_thinning_keeps_the_ends_and_the_peaks():
    """A spike of one moment among many is still there."""
    values = np.zeros(10_000, dtype=np.int64)
    values[4321] = 7
    (thin,) = Series("s", "wip", np.arange(10_000, dtype=np.int64), values).thinned(300)
    assert len(thin.moments) <= 302
    assert thin.values.max() == 7
    assert thin.moments[[0, -1]].tolist() == [0, 9999]


def story():
    """Two parts through press and camera: one late answer, one outage, one blocked visit."""
    items = [item(1, 0, 6), item(2, 1, None, disposition="on_line", outcome="", evaluation="", lane="")]
    visits = [visit(1, "press", 0, 0, 2, 3), visit(2, "press", 1, 3, 5, None)]
    visits += [visit(1, "camera", 3, 3, 6, 6)]
    return run(items, visits, [call(1, 4, 1.5, "timed_out")], [outage("press", 3.5, 4.25)])


def drawn(most=100):
    """Return the chart of that story on a page that holds so many visits."""
    columns = columns_of(story(), PRESS_AND_CAMERA)
    return gantt(columns, PRESS_AND_CAMERA, stretch_of(columns, PRESS_AND_CAMERA, most))


def test_the_gantt_has_every_bar_and_every_call():
    """Times in microseconds: work doubled, odd while it goes on; then the time blocked."""
    chart = drawn()
    press, camera, review = chart.spec["lanes"]
    assert [lane["name"] for lane in (press, camera, review)] == ["press", "camera", "review"]
    assert unpacked(press["visits"], 4) == [[2, 2], [0, 3 * MICRO], [4 * MICRO, 4 * MICRO], [MICRO, MICRO]]
    assert unpacked(camera["calls"], 6) == [[2], [4 * MICRO], [1_500_000], [1], [0], [0]]
    assert unpacked(press["outages"], 2) == [[3_500_000], [750_000]]
    assert unpacked(review["visits"], 4) == [[]] * 4
    assert chart.spec["end"] == 6 * MICRO
    assert chart.cut == ""


def test_the_moments_worth_a_look_are_found():
    """The late answer first, then the outage, then the blocked parts, the longest first."""
    chart = drawn()
    assert [(m.what, m.where, m.when, m.lane) for m in chart.moments] == [
        ("no answer within the deadline", "camera, part 1", "4.000 s", 1),
        ("down for 750.0 ms", "press", "3.500 s", 0),
        ("blocked for 1.00 s", "press, part 1", "2.000 s", 0),
        ("blocked for 1.00 s", "press, part 2", "5.000 s", 0),
    ]


def test_a_run_too_long_for_one_page_is_cut_and_says_so():
    """The chart then holds the stretch in which most was lost: the late answer, an outage, a blocked part."""
    chart = drawn(most=2)
    assert chart.cut.startswith(
        "3 visits are too many for one page: it holds line time 3.0 s to 6.0 s, the stretch"
    )
    assert (chart.spec["begin"], chart.spec["end"]) == (3 * MICRO, 6 * MICRO)
    press, camera, _ = chart.spec["lanes"]
    assert unpacked(press["visits"], 4) == [[2, 2], [0, 3 * MICRO], [4 * MICRO, 4 * MICRO], [MICRO, MICRO]]
    assert unpacked(camera["visits"], 4)[0] == [2]


def test_moments_outside_the_stretch_are_not_told():
    """Nor do they take the place of those within it."""
    assert [moment.when for moment in drawn(most=2).moments] == ["4.000 s", "3.500 s", "5.000 s"]
