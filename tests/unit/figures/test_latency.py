"""The latency report: what was measured, of which calls, and what cannot be known."""

from recorded import PRESS, PRESS_AND_CAMERA, call, item, ns, run, visit

from line_sim.figures.latency import latency_csv, latency_rows
from line_sim.figures.window import Window
from line_sim.layout import Kind, Layout, Place
from line_sim.recording.run_columns import columns_of
from line_sim.scenario.fields import Belt

QUICK = Belt(places=2, travel=1)
ALL_TIME = Window(0, ns(1000), ns(1000))


def report(records, layout=PRESS_AND_CAMERA, window=ALL_TIME):
    """Return {(quantity, population, statistic): value in seconds}, and the counts of each population."""
    rows = latency_rows(columns_of(records, layout), layout, window)
    told = {
        (row.quantity, row.population, row.statistic): None if row.value is None else row.value / 10**9
        for row in rows
    }
    return told, {(row.quantity, row.population): (row.n, row.censored) for row in rows}


def one_part(number, latency, outcome="answered", arrived=0.0):
    """Return a part's rows: 2 s at the press (blocked for 3 s more), 0.5 s of picture, then the call."""
    issued = arrived + 5.5
    return (
        item(number, arrived, None, disposition="on_line"),
        [
            visit(number, "press", arrived, arrived, arrived + 2, arrived + 5),
            visit(number, "camera", arrived + 5, arrived + 5),
        ],
        call(number, issued, latency, outcome),
    )


def story(*parts):
    """Return the records of some parts."""
    items, visits, calls = zip(*parts, strict=True)
    return run(items, [v for several in visits for v in several], calls)


def test_service_response_and_slip_of_one_part():
    """Due at 2 s (the press needs no more), asked at 5.5 s, decided at 5.6 s: a slip of 3.5 s."""
    told, counts = report(story(one_part(1, 0.1)))
    assert told["service", "all", "mean"] == 0.1
    assert told["response", "all", "mean"] == 3.6
    assert told["schedule_slip", "all", "mean"] == 3.5
    assert set(counts.values()) == {(1, 0)}


def test_travel_is_the_parts_own_time():
    """Three seconds to the press, one to the camera: due at 2 + 3 + 1 s, two seconds before it is asked."""
    places = Place("press", belt=Belt(places=3, travel=3)), Place("camera", kind=Kind.INSPECTION, belt=QUICK)
    records = run(
        [item(1, 0, None, disposition="on_line")],
        [visit(1, "press", 0, 3, 5, 7), visit(1, "camera", 7, 8)],
        [call(1, 8, 0.1)],
    )
    assert report(records, Layout(places))[0]["schedule_slip", "all", "mean"] == 2.0


def test_a_repair_upstream_is_not_the_parts_own_time():
    """Two seconds at the press, 1.5 of them under repair: the part was due half a second after arrival."""
    records = run(
        [item(1, 0, None, disposition="on_line")],
        [visit(1, "press", 0, 0, 2, 2, down=1.5), visit(1, "camera", 2, 2)],
        [call(1, 2, 0.1)],
    )
    assert report(records)[0]["schedule_slip", "all", "mean"] == 1.5


def test_only_stations_upstream_count_for_due():
    """What the part needs after the camera does not make it due later there."""
    layout = Layout((Place("camera", kind=Kind.INSPECTION), PRESS))
    records = run(
        [item(1, 1, 9)], [visit(1, "camera", 1, 1, 2, 2), visit(1, "press", 2, 2, 9, 9)], [call(1, 1, 1)]
    )
    assert report(records, layout)[0]["response", "all", "mean"] == 1.0


def test_timed_out_calls_are_censored_not_dropped():
    """Four answers and a timeout: p50 is exact, the upper quantiles lie beyond, the mean is restricted."""
    latencies = [0.1, 0.11, 0.12, 0.13]
    parts = [one_part(n, latency, arrived=10 * n) for n, latency in enumerate(latencies, start=1)]
    told, counts = report(story(*parts, one_part(5, 0.2, "timed_out", arrived=50)))
    assert counts["service", "all"] == (5, 1)
    assert told["service", "all", "p50"] == 0.12
    assert told["service", "all", "p90"] is None
    assert told["service", "all", "max"] is None
    assert told["service", "all", "restricted_mean"] == 0.132
    assert ("service", "all", "mean") not in told
    assert counts["service", "answered"] == (4, 0)
    assert told["service", "answered", "mean"] == 0.115
    assert told["service", "answered", "max"] == 0.13
    assert counts["response", "all"] == (5, 1)
    assert told["response", "all", "p50"] == 3.62
    assert counts["schedule_slip", "all"] == (5, 0)
    assert told["schedule_slip", "all", "max"] == 3.5


def test_a_missed_deadline_leaves_the_quantiles_below_it_as_they_were():
    """The same draws with and without a deadline that a fifth of them misses: p50 does not move."""
    draws = [0.05 + 0.01 * ((7 * n) % 20) for n in range(1, 101)]
    cut = [min(draw, 0.2) for draw in draws]
    outcomes = ["timed_out" if draw > 0.2 else "answered" for draw in draws]
    free, _ = report(story(*(one_part(n, draw, arrived=10 * n) for n, draw in enumerate(draws))))
    bound, counts = report(
        story(*(one_part(n, *d, arrived=10 * n) for n, d in enumerate(zip(cut, outcomes, strict=True))))
    )
    assert counts["service", "all"] == (100, 20)
    assert bound["service", "all", "p50"] == free["service", "all", "p50"]
    assert bound["service", "all", "p90"] is None


def test_a_server_that_is_not_there_has_no_latency():
    """Unavailable and unreadable calls are in no population; n says so."""
    told, counts = report(
        story(one_part(1, 0.1), one_part(2, 0.001, "unavailable", 10), one_part(3, 0.05, "unreadable", 20))
    )
    assert set(counts.values()) == {(1, 0)}
    assert told["service", "all", "max"] == 0.1


def test_calls_of_the_warm_up_are_left_out():
    """The first call is issued at 5.5 s, the second at 15.5 s."""
    records = story(one_part(1, 0.1), one_part(2, 0.15, arrived=10))
    told, counts = report(records, window=Window(ns(6), ns(12), ns(20)))
    assert counts["service", "all"] == (1, 0)
    assert told["service", "all", "min"] == 0.15


def test_a_part_without_a_story_has_a_service_but_no_schedule():
    """A killed run may have told of a call and not of the part."""
    records = story(one_part(1, 0.1), one_part(2, 0.15, arrived=10))
    _, counts = report(run(records.items[:1], records.visits, records.calls))
    assert counts["service", "all"] == (2, 0)
    assert counts["response", "all"] == (1, 0)


def test_no_calls_are_told_as_none():
    """Every row is there, and empty."""
    told, counts = report(run())
    assert set(counts.values()) == {(0, 0)}
    assert set(told.values()) == {None}


def test_the_report_as_a_file():
    """The contract's columns; a row a statistic; an interval only where there is one."""
    ranks = [rank for pair in zip(range(1, 21), range(40, 20, -1), strict=True) for rank in pair]
    parts = [one_part(n, 0.1 + 0.001 * rank, arrived=10 * n) for n, rank in enumerate(ranks, start=1)]
    layout = PRESS_AND_CAMERA
    lines = latency_csv(latency_rows(columns_of(story(*parts), layout), layout, ALL_TIME)).split("\r\n")
    assert lines[0] == "station,quantity,population,n,censored,statistic,value_s,ci_low_s,ci_high_s"
    assert "camera,service,all,40,0,mean,0.120500000,," in lines
    assert "camera,service,all,40,0,p50,0.120000000,0.114000000,0.127000000" in lines
    assert "camera,service,all,40,0,p90,0.136000000,0.132000000,0.140000000" in lines
    assert "camera,service,all,40,0,p95,0.138000000,," in lines
    assert "camera,schedule_slip,answered,40,0,max,3.500000000,," in lines
    assert len(lines) == 1 + 3 * 2 * 8 + 1
