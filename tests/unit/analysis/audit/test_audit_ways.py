"""The audit of lines with a way back: a part that comes to a place twice is followed visit by visit."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import call, item, ns, run, visit

from line_sim.analysis.audit.audit import audit
from line_sim.layout import REVIEW, Exit, Kind, Lane, Layout, Place, RunPlan, Way
from line_sim.line.records import Call
from line_sim.recording.reader import RunRecords
from line_sim.scenario.model import ShipWhen

GOOD = ShipWhen(labels=("good",), score_at_least=0.5)
PRESS, PACK = Place("press", buffer=2), Place("pack", buffer=1)
CAMERA = Place("camera", buffer=1, kind=Kind.INSPECTION, ship_when=GOOD)
BENCH = Place(REVIEW, buffer=1, kind=Kind.REVIEW)

ONWARD = (
    *(Way(0, Lane.SHIP, 1), Way(1, Lane.SHIP, 2), Way(2, Lane.SHIP, Exit.SHIPPED)),
    *(Way(1, Lane.SCRAP, Exit.SCRAPPED), Way(1, Lane.STOP, Exit.HALT)),
)
AGAIN = Layout((PRESS, CAMERA, PACK), run=RunPlan(items=3), joined=(*ONWARD, Way(1, Lane.REVIEW, 0)))
"""Press, camera and pack; what the camera takes for bad goes through the press and the camera again."""

REPAIRED = Layout(
    (PRESS, CAMERA, PACK),
    BENCH,
    run=RunPlan(items=3),
    joined=(*ONWARD, Way(1, Lane.REVIEW, 3), Way(3, Lane.SHIP, 2), Way(3, Lane.SCRAP, 0)),
)
"""The same with a bench: what it clears is packed, what it repairs goes through the press again."""


def bad(number: int, issued: float, latency: float, nth: int = 1) -> Call:
    """Return a call that was answered with another label."""
    return call(number, issued, latency, nth=nth)._replace(label="scratch")


ITEMS = (item(1, 0, 4, waited=1), item(3, 4, 8, waited=1), item(2, 1, 10, waited=1, lane="review"))
VISITS = (
    visit(1, "press", 0, 0, 2, 2),
    visit(1, "camera", 2, 2, 3, 3),
    visit(2, "press", 1, 2, 4, 4),
    visit(1, "pack", 3, 3, 4, 4),
    visit(2, "camera", 4, 4, 5, 5),
    visit(3, "press", 4, 4, 6, 6),
    visit(3, "camera", 6, 6, 7, 7),
    visit(2, "press", 5, 6, 8, 8, nth=2),
    visit(3, "pack", 7, 7, 8, 8),
    visit(2, "camera", 8, 8, 9, 9, nth=2),
    visit(2, "pack", 9, 9, 10, 10),
)
CALLS = (call(1, 2, 1), bad(2, 4, 1), call(3, 6, 1), call(2, 8, 1, nth=2))


def failed(records, layout=AGAIN, ended="completed"):
    """Return the names of the checks that failed, each with the rows it names."""
    return {name: check.rows for name, check in audit(records, layout, ended).items() if not check.passed}


def told(items=ITEMS, visits=VISITS, calls=CALLS):
    """Return the records with one table changed."""
    return run(items, visits, calls)


def lie(place, **changes):
    """Return the records with one visit changed; the file's line is place + 2."""
    visits = list(VISITS)
    visits[place] = visits[place]._replace(**changes)
    return told(visits=visits)


def test_a_part_may_come_to_a_place_again():
    """Part 2 is pressed twice and seen twice: a true story, in whatever order the rows stand."""
    assert failed(told()) == {}
    assert (
        failed(told(visits=sorted(VISITS, key=lambda one: (one.station, one.item_id, -one.queued_at)))) == {}
    )
    assert failed(told(calls=CALLS[::-1])) == {}


def test_on_a_line_without_that_way_it_may_not():
    """The same records of a line whose camera sends nothing back."""
    straight = Layout(AGAIN.line, BENCH, run=AGAIN.run)
    assert failed(told(), straight) == {
        "route": ("visits.csv:9",),
        "decisions": ("visits.csv:6",),
    }


@pytest.mark.parametrize(
    ("records", "checks", "rows"),
    [
        (told(visits=(*VISITS[:7], *VISITS[8:])), "route", "visits.csv:10"),
        (told(visits=(*VISITS[:7], *VISITS[8:9], *VISITS[10:]), calls=CALLS[:3]), "route", "visits.csv:10"),
        (lie(7, queued_at=ns(5.5)), "route", "visits.csv:9"),
        (lie(9, station="press"), "route", "visits.csv:11"),
        (lie(10, station="press"), "route", "visits.csv:12"),
        (lie(4, left_at=ns(5.5)), "route promptness", "visits.csv:9"),
        (lie(7, started_at=ns(6.5)), "promptness", "visits.csv:9"),
        (lie(7, unit=2), "visit_times", "visits.csv:9"),
        (lie(7, visit=3), "route", "visits.csv:9"),
        (told(calls=CALLS[:3]), "calls_within_visits decisions", "visits.csv:11"),
        (told(calls=(CALLS[0], *CALLS[2:])), "calls_within_visits", "visits.csv:6"),
        (told(calls=(*CALLS, CALLS[1])), "calls_within_visits", "calls.csv:6"),
        (told(calls=(*CALLS[:3], CALLS[3]._replace(issued_at=ns(7)))), "calls_within_visits", "calls.csv:5"),
        (told(calls=(*CALLS[:1], call(2, 4, 1), *CALLS[2:])), "decisions", "visits.csv:6"),
        (told(calls=(*CALLS[:3], bad(2, 8, 1, nth=2))), "decisions", "items.csv:4"),
        (told(items=(*ITEMS[:2], ITEMS[2]._replace(lane="ship"))), "decisions", "items.csv:4"),
        (told(items=(*ITEMS[:2], ITEMS[2]._replace(disposition="scrapped"))), "route", "visits.csv:12"),
    ],
)
def test_lies_about_the_second_time_are_found(records, checks, rows):
    """A visit left out, moved or shifted; a call of the other visit, or none; another answer; another end."""
    found = failed(records)
    assert set(checks.split()) <= set(found)
    assert set(rows.split()) <= set(found[checks.split()[0]])


def test_a_bad_part_that_goes_on_is_found_at_its_first_visit():
    """Sent back by its first answer, it went on to be packed, came back from there: two ways too many."""
    astray = [*VISITS[:7], visit(2, "pack", 5, 5, 6, 6), visit(2, "press", 6, 6, 8, 8, nth=2), *VISITS[8:]]
    astray[-1] = astray[-1]._replace(visit=2)
    found = failed(told(visits=astray))
    assert found["decisions"] == ("visits.csv:6",)
    assert found["route"] == ("visits.csv:10",)


def test_what_the_bench_clears_is_packed_and_what_it_repairs_is_pressed_again():
    """Part 1 is cleared, part 2 repaired and then found good; shipped from the bench, part 1 is a lie."""
    visits = [
        *(visit(1, "press", 0, 0, 1, 1), visit(1, "camera", 1, 1, 2, 2), visit(1, "review", 2, 2, 4, 4)),
        *(visit(2, "press", 1, 1, 2, 2), visit(2, "camera", 2, 2, 3, 3), visit(2, "review", 3, 4, 6, 6)),
        *(visit(1, "pack", 4, 4, 5, 5), visit(2, "press", 6, 6, 7, 7, nth=2)),
        visit(2, "camera", 7, 7, 8, 8, nth=2),
        visit(2, "pack", 8, 8, 9, 9),
    ]
    calls = [bad(1, 1, 1), bad(2, 2, 1), call(2, 7, 1, nth=2)]
    cleared = item(1, 0, 5, evaluation="NotOK", lane="review", waited=1)._replace(label="scratch")
    layout = Layout(REPAIRED.line, BENCH, run=RunPlan(items=2), joined=REPAIRED.joined)
    items = [cleared, item(2, 1, 9, lane="review", waited=1)]
    assert failed(run(items, visits, calls), layout) == {}
    straight_out = run([cleared._replace(left_at=ns(4)), items[1]], visits[:6] + visits[7:], calls)
    assert failed(straight_out, layout) == {"route": ("visits.csv:4",)}


def test_a_killed_runs_second_visit_may_be_untold():
    """Its call was told, the visit was not over: no lie when killed, one in a run that ended."""
    records = told(items=ITEMS[:2], visits=VISITS[:9])
    assert failed(records, ended=None) == {}
    assert "calls_within_visits" in failed(records, ended="interrupted")


def journeys(seed: int, parts: int) -> tuple[Layout, RunRecords]:
    """Return a line with ways back, and parts that go their ways on it one after the other.

    Nothing ever waits, so that what is true of it is plain. Many visits take no time at all.
    """
    dice = Random(seed)  # noqa: S311 - no secret
    kinds = [dice.choice([Kind.STATION, Kind.INSPECTION]) for _ in range(dice.randrange(2, 6))]
    line = tuple(Place(f"s{n}", kind=kind, ship_when=GOOD) for n, kind in enumerate(kinds))
    ways = [Way(n, Lane.SHIP, n + 1 if n + 1 < len(line) else Exit.SHIPPED) for n in range(len(line))]
    ways += [Way(n, Lane.REVIEW, dice.randrange(len(line))) for n in range(len(line)) if line[n].inspects]
    layout = Layout(line, run=RunPlan(items=parts), joined=tuple(ways))
    items, visits, calls, now = [], [], [], 0
    for number in range(1, parts + 1):
        arrived, place, asked, been = now, 0, [], Counter()
        while isinstance(place, int):
            begun, now = now, now + (dice.choice([1, 2]) if line[place].inspects else dice.choice([0, 0, 1]))
            name = line[place].name
            been[name] += 1
            visits.append(visit(number, name, begun, begun, now, now, nth=been[name]))
            lane = Lane.SHIP
            if line[place].inspects:
                lane = dice.choice([Lane.SHIP, Lane.SHIP, Lane.REVIEW])
                issued = dice.choice([begun, now])
                answer = (call if lane is Lane.SHIP else bad)(number, issued, now - issued, nth=been[name])
                asked.append(answer._replace(station=name))
            place = layout.ways_from(place)[lane]
        calls += asked
        items.append(story(number, arrived, now, asked))
    return layout, run(items, visits, calls)


def story(number, arrived, left, asked):
    """Return the story of a part that was shipped, as its calls have it."""
    if not asked:
        return item(number, arrived, left, evaluation="", outcome="")
    evaluation = "OK" if asked[-1].label == "good" else "NotOK"
    lane = "ship" if all(one.label == "good" for one in asked) else "review"
    return item(number, arrived, left, evaluation=evaluation, lane=lane)._replace(
        label=asked[-1].label, inference=asked[-1].latency
    )


@given(st.integers(0, 10**6), st.integers(1, 6))
def test_whatever_the_ways_true_journeys_pass(seed, parts):
    """Ways back and ways ahead, several inspections, visits that take no time."""
    layout, records = journeys(seed, parts)
    assert failed(records, layout) == {}


@given(st.integers(0, 10**6), st.data())
def test_whatever_the_ways_a_visit_left_out_is_found(seed, data):
    """It leaves a gap or a step without a way; at a camera, calls without a visit, too."""
    layout, records = journeys(seed, 3)
    gone = data.draw(st.sampled_from(records.visits))
    left = tuple(one for one in records.visits if one is not gone)
    found = failed(run(records.items, left, records.calls), layout)
    assert "route" in found or hides(
        layout, [one for one in records.visits if one.item_id == gone.item_id], gone
    )
    assert "calls_within_visits" in found or not place_of(layout, gone).inspects


def place_of(layout, of):
    """Return the place of a visit."""
    return next(place for place in layout.places if place.name == of.station)


def hides(layout, path, gone):
    """Return whether a part's way is whole without a visit: it took no time, and a way leads past it."""
    where = next(index for index, one in enumerate(path) if one is gone)
    names = [place.name for place in layout.places]
    before, after = (
        [names.index(one.station) for one in some] for some in (path[:where][-1:], path[where + 1 :][:1])
    )
    if not before:
        return after == [layout.entry]
    to = after[0] if after else Exit.SHIPPED
    return gone.left_at == gone.queued_at and to in layout.ways_from(before[0]).values()
