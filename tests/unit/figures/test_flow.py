"""Where the machines' time goes: every nanosecond is in one state, and the shares add up to 1."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import PRESS, PRESS_AND_CAMERA, PRESS_ONLY, call, item, ns, outage, run, visit

from line_sim.figures.flow import station_times, throughput
from line_sim.figures.statistics.shares import exact_shares
from line_sim.figures.stops.standing import DownTime, union, union_of
from line_sim.figures.window import Window
from line_sim.layout import Failures, Layout, Place
from line_sim.recording.run_columns import columns_of


def times(records, layout, start, end):
    """Return each station's (busy, blocked, starved, down, inference wait) in seconds of the window."""
    window = Window(ns(start), ns(end), ns(end))
    return {
        time.station: tuple(
            t / 10**9 for t in (time.busy, time.blocked, time.starved, time.down, time.inference_wait)
        )
        for time in station_times(columns_of(records, layout, ns(end)), layout, window)
    }


def test_a_machines_day():
    """Waits 1 s, works 3 s (1 of them under repair), is blocked 2 s, waits again: ten seconds in all."""
    records = run(visits=[visit(1, "press", 1, 1, 4, 6, down=1)], outages=[outage("press", 2, 3)])
    assert times(records, PRESS_ONLY, 0, 10) == {"press": (2, 2, 5, 1, 0)}


def test_the_window_cuts_what_lies_across_its_edges():
    """From 2.5 s to 5 s: half a second of repair, one of work, one of blocking."""
    records = run(visits=[visit(1, "press", 1, 1, 4, 6, down=1)], outages=[outage("press", 2, 3)])
    assert times(records, PRESS_ONLY, 2.5, 5) == {"press": (1, 1, 0, 0.5, 0)}


def test_down_wins_over_every_other_state():
    """An outage from work through blocking into idling counts as down all along."""
    records = run(visits=[visit(1, "press", 0, 0, 4, 6, down=1)], outages=[outage("press", 3, 7)])
    assert times(records, PRESS_ONLY, 0, 10) == {"press": (3, 0, 3, 4, 0)}


def test_what_is_not_over_lasts_to_the_end():
    """One part is being worked on, another is blocked, a third waits, a machine is down."""
    layout = Layout((Place("press", units=3, buffer=1),))
    records = run(
        visits=[visit(1, "press", 0, 6), visit(2, "press", 0, 1, 4, unit=2), visit(3, "press", 2)],
        outages=[outage("press", 8, None, unit=3)],
    )
    assert times(records, layout, 0, 10) == {"press": (7, 6, 15, 2, 0)}


def test_waiting_for_an_answer_is_a_part_of_being_busy():
    """The camera takes a picture for 0.5 s, waits 1.5 s for the answer, then is blocked by review."""
    records = run(visits=[visit(1, "camera", 2, 2, 4, 5)], calls=[call(1, 2.5, 1.5)])
    spent = times(records, PRESS_AND_CAMERA, 0, 10)
    assert spent == {"press": (0, 0, 10, 0, 0), "camera": (2, 1, 7, 0, 1.5), "review": (0, 0, 10, 0, 0)}


moments = st.lists(st.integers(0, 40), min_size=2, max_size=12).map(sorted)
outages = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted), max_size=6)


@given(moments, outages, st.integers(0, 20), st.integers(1, 20))
def test_any_day_adds_up_second_by_second(edges, down, start, length):
    """Against a count of whole seconds, whatever the parts and outages are."""
    spans = [edges[i : i + 3] for i in range(0, len(edges) - 2, 3)]
    visits = [visit(n, "press", a, a, b, c) for n, (a, b, c) in enumerate(spans, start=1)]
    end = start + length
    spent = times(run(visits=visits, outages=[outage("press", *o) for o in down]), PRESS_ONLY, start, end)
    seconds = range(start, end)
    is_down = {s for s in seconds if any(a <= s < b for a, b in down)}
    busy = {s for s in seconds if any(a <= s < b for a, b, _ in spans)} - is_down
    blocked = {s for s in seconds if any(b <= s < c for _, b, c in spans)} - is_down
    starved = length - len(busy) - len(blocked) - len(is_down)
    assert spent["press"] == (len(busy), len(blocked), starved, len(is_down), 0)


@given(st.lists(st.integers(0, 10**17), min_size=1, max_size=6).filter(any))
def test_shares_add_up_to_exactly_one(parts):
    """In any order, as floats, and none is off by more than 1e-12."""
    shares = exact_shares(parts)
    assert sum(shares) == sum(reversed(shares)) == 1.0
    for part, share in zip(parts, shares, strict=True):
        assert abs(Fraction(share) - Fraction(part, sum(parts))) < Fraction(1, 10**12)


def test_a_station_without_time_has_no_shares():
    """Nothing ran: the shares are unknown, not 0."""
    window = Window(0, 0, 0)
    (time,) = station_times(columns_of(run(), PRESS_ONLY), PRESS_ONLY, window)
    assert time.shares() is None


def test_shares_of_a_machine():
    """A fifth busy and so on."""
    records = run(visits=[visit(1, "press", 1, 1, 4, 6, down=1)], outages=[outage("press", 2, 3)])
    window = Window(0, ns(10), ns(10))
    (time,) = station_times(columns_of(records, PRESS_ONLY, ns(10)), PRESS_ONLY, window)
    shares = time.shares()
    assert shares == pytest.approx(
        {"busy": 0.2, "blocked": 0.2, "starved": 0.5, "down": 0.1, "inference_wait": 0}, abs=1e-11
    )
    assert shares["busy"] + shares["blocked"] + shares["starved"] + shares["down"] == 1.0


def test_a_stations_time_is_found_once_for_each_window():
    """Who asks for the same window again is told the same; another window is another question."""
    columns = columns_of(run([], [visit(1, "press", 0, 0, 4, 4)]), PRESS_ONLY, ns(9))
    first, again = (next(station_times(columns, PRESS_ONLY, Window(0, ns(9), ns(9)))) for _ in range(2))
    later = next(station_times(columns, PRESS_ONLY, Window(ns(3), ns(9), ns(9))))
    assert first is again
    assert (first.busy, later.busy) == (ns(4), ns(1))


def test_overlapping_outages_count_once():
    """Two to six and four to eight are six seconds; touching ones make one."""
    down = DownTime(np.array([2, 4, 8]), np.array([6, 8, 9]))
    assert down.between(np.array([0, 3, 5]), np.array([20, 5, 5])).tolist() == [7, 2, 0]


stretches = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), max_size=9)


@given(stretches, st.integers(1, 4), st.booleans())
def test_stretches_that_overlap_or_touch_are_one(told, together, ordered):
    """In any order, one within the other, of no length, and told in pieces: as counted moment by moment."""
    told = sorted(told) if ordered else told
    pairs = np.array([(start, start + length) for start, length in told], dtype=np.int64).reshape(-1, 2)
    merged = union(*pairs.T)
    covered = {2 * at + half for start, end in pairs.tolist() for at, half in _halves(start, end)}
    assert {
        2 * at + half for start, end in zip(*merged, strict=True) for at, half in _halves(start, end)
    } == covered
    assert (merged[0][1:] > merged[1][:-1]).all()
    pieces = [pairs[begin : begin + together].T for begin in range(0, max(len(pairs), 1), together)]
    assert [moments.tolist() for moments in union_of(pieces)] == [moments.tolist() for moments in merged]


def _halves(start, end):
    """Yield the moments of a stretch and what lies between them, so that what only touches is seen to."""
    yield from ((at, half) for at in range(start, end) for half in (0, 1))
    yield end, 0


@given(stretches, st.integers(0, 12), st.integers(0, 30))
def test_moments_are_cut_at_the_ends_of_the_window(told, start, length):
    """Whether all lie in it or not."""
    moments = np.array([at for at, _ in told], dtype=np.int64)
    cut = Window(start, start + length, 99).cut(moments)
    assert cut.tolist() == [min(max(at, start), start + length) for at in moments.tolist()]


def test_time_up_is_time_less_time_down():
    """Down from two to four: of the 6 s from one to seven 4 are left; of a machine that never is, all."""
    down, never = DownTime(np.array([2]), np.array([4])), DownTime(np.array([], int), np.array([], int))
    first, last = np.array([1]), np.array([7])
    assert [time.up_between(first, last).tolist() for time in (down, never)] == [[4], [6]]
    assert [time.up_until(last).tolist() for time in (down, never)] == [[5], [7]]


def test_output_is_what_was_shipped_in_the_window():
    """Of four parts one left before, one was scrapped, one after: one in 5 s is 720 an hour."""
    records = run(
        [item(1, 0, 1), item(2, 0, 3), item(3, 0, 4, lane="review", disposition="scrapped"), item(4, 0, 7)]
    )
    output = throughput(columns_of(records, PRESS_ONLY), Window(ns(1), ns(6), ns(7)))
    assert (output.shipped, output.uph, output.batches) == (1, 720.0, None)


def test_output_of_no_time_is_unknown():
    """A run that ended as it began."""
    assert throughput(columns_of(run(), Layout((PRESS,))), Window(0, 0, 0)).uph is None


FAILING = Place("press", failures=(Failures(ns(90), ns(10)),), fails=True)
"""Up for 90 s on average, repaired in 10 s."""


def steady(*outages, place=FAILING, seconds=200):
    """Return the output of a press that makes a part a second, but while it is down."""
    down = {second for failed, repaired in outages for second in range(failed, repaired)}
    worked = [t for t in range(seconds) if t not in down]
    visits = [visit(n, "press", t, t, t + 1, t + 1) for n, t in enumerate(worked, start=1)]
    items = [item(n, t, t + 1) for n, t in enumerate(worked, start=1)]
    records = run(items, visits, outages=[outage("press", *each) for each in outages])
    layout, window = Layout((place,)), Window(0, ns(seconds), ns(seconds))
    return throughput(columns_of(records, layout, window.end), window, layout=layout)


def test_outages_that_were_not_seen_may_cost_what_the_scenario_says():
    """200 s of work ask for 22 s of repair: 3,600 an hour, or 11 % less, and the note says why."""
    output = steady()
    assert output.ci == pytest.approx((3600 - 3600 / 9, 3600))
    assert output.note.startswith("0 outages of press seen, and about 20 are needed")


def test_outages_beyond_what_is_to_be_expected_may_have_cost_more_than_they_will():
    """Two repairs of 10 s where 180 s of work ask for two of 1 s: the line may well make a tenth more."""
    quick = replace(FAILING, failures=(replace(FAILING.failures[0], repair=ns(1)),))
    output = steady((50, 60), (120, 130), place=quick)
    assert output.uph == 3240
    assert output.ci == pytest.approx((output.batches.low, output.batches.high + 324))


def test_by_the_calendar_a_machine_ages_also_while_it_waits():
    """Up for 200 s, be it that it works for none of them."""
    waiting = replace(FAILING, failures=(replace(FAILING.failures[0], counts="calendar"),))
    assert steady(place=waiting).few[0].excess == pytest.approx(-1 / 9)
    assert steady(seconds=0, place=waiting).few[0].excess is None


def test_of_a_machine_whose_times_are_gone_nothing_is_said():
    """Measured up times whose file is not there any more: no interval, and the reason."""
    output = steady(place=replace(FAILING, failures=(replace(FAILING.failures[0], up=None),)))
    assert output.ci is None
    assert output.note == "0 outages of press seen, and about 20 are needed"


def test_twenty_outages_speak_for_themselves():
    """Ten seconds each, ninety apart: the batches are enough, and nothing is left to say."""
    output = steady(*((100 * n + 40, 100 * n + 50) for n in range(20)), seconds=2000)
    assert output.few == ()
    assert output.note == ""
    assert output.ci == (output.batches.low, output.batches.high)


def test_an_interval_ends_where_the_line_lets_no_more_pass():
    """Of a line that makes 3,500 an hour at best no interval goes beyond, and the note says why."""
    quick = replace(FAILING, failures=(replace(FAILING.failures[0], repair=ns(1)),))
    free = steady((50, 60), (120, 130), place=quick)
    cut = replace(free, ceiling=3500.0)
    assert free.ci[1] > 3500
    assert cut.ci == (free.ci[0], 3500)
    assert cut.note.endswith("lets no more than 3,500 an hour pass in the long run: the interval ends there")
    assert replace(free, ceiling=1e6).ci == free.ci
    assert replace(free, ceiling=1e6).note == free.note


def test_a_lucky_run_is_never_outside_its_own_interval():
    """It shipped 3,600 of which the line makes 3,200 for long: up to what it shipped, and that is said."""
    lucky = replace(steady(), ceiling=3200.0)
    assert lucky.ci == pytest.approx((3200, 3600))
    beyond = replace(steady((50, 60)), ceiling=3200.0)
    assert beyond.ci[1] == beyond.uph == 3420
    assert beyond.note.endswith("the interval ends at what was shipped, which is more")
