"""The audit passes what a line did and names the row of every lie."""

from dataclasses import dataclass, replace
from random import Random

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from recorded import CAMERA, REVIEW, call, item, ns, outage, run, visit

from line_sim.analysis.audit.audit import audit
from line_sim.analysis.audit.max_plus import departures, is_followed, max_plus_departures
from line_sim.layout import Layout, Place, RunPlan
from line_sim.recording.run_columns import IntArray

EXAMPLE = yaml.safe_load("""
service: [[2, 1, 4, 1, 3], [3, 3, 1, 2, 2], [1, 5, 2, 2, 1]]
buffers_between: [1, 0]
departures: [[2, 3, 7, 8, 13], [5, 8, 13, 15, 17], [6, 13, 15, 17, 18]]
""")

LAYOUT = Layout((Place("press", buffer=1, fails=True), CAMERA), REVIEW, run=RunPlan(items=4))
ITEMS = (
    item(1, 0, 5, waited=2.5),
    item(2, 1, 9, lane="review", evaluation="NotOK", disposition="scrapped", waited=1.5),
    item(3, 2, 10, waited=3),
    item(4, 3, 3, evaluation="", outcome="", lane="", disposition="lost"),
)
VISITS = (
    visit(1, "press", 0, 0, 2, 2),
    visit(1, "camera", 2, 2, 5, 5),
    visit(2, "press", 1, 2, 4, 4, down=1),
    visit(2, "camera", 4, 5, 7, 7),
    visit(3, "press", 2, 4, 6, 6),
    visit(2, "review", 7, 7, 9, 9),
    visit(3, "camera", 6, 7, 10, 10),
)
CALLS = (call(1, 2.5, 2.5), call(2, 5.5, 1.5), call(3, 7, 3))
OUTAGES = (outage("press", 3, 4),)
TRUTH = run(ITEMS, VISITS, CALLS, OUTAGES)


def plain(number, arrived, left):
    """Return the story of a part that nobody inspected."""
    return item(number, arrived, left, evaluation="", outcome="")


def failed(records, layout=LAYOUT, ended="completed"):
    """Return the names of the checks that failed, each with the rows it names."""
    return {name: check.rows for name, check in audit(records, layout, ended).items() if not check.passed}


def lie(place, **changes):
    """Return the records with one visit changed; the file's line is place + 2."""
    visits = list(VISITS)
    visits[place] = visits[place]._replace(**changes)
    return run(ITEMS, visits, CALLS, OUTAGES)


def test_a_true_story_passes_every_check():
    """Twelve checks, each saying what it looked at."""
    checks = audit(TRUTH, LAYOUT, "completed")
    assert all(check.passed for check in checks.values())
    assert checks["conservation"].detail == "4 parts in = 1 lost + 2 shipped + 1 scrapped + 0 on the line"
    assert len(checks) == 12


def test_an_empty_run_passes():
    """Interrupted before the first part came."""
    assert failed(run(), ended="interrupted") == {}


def told(items=ITEMS, visits=VISITS, calls=CALLS, outages=OUTAGES):
    """Return the records with one table changed."""
    return run(items, visits, calls, outages)


@pytest.mark.parametrize(
    ("records", "checks", "rows"),
    [
        (told(items=(*ITEMS, ITEMS[0])), "conservation", "items.csv:2 items.csv:6"),
        (told(items=ITEMS[:3]), "conservation", ""),
        (told(items=ITEMS[1:]), "conservation", "visits.csv:2 visits.csv:3 calls.csv:2"),
        (told(items=(item(1, 0, None), *ITEMS[1:])), "conservation route decisions", "items.csv:2"),
        (told(items=(*ITEMS, item(5, 2, None, disposition="on_line"))), "conservation decisions", ""),
        (told(items=(*ITEMS, item(5, 2, 4))), "conservation route decisions", ""),
        (told(items=(item(1, 0.5, 5, waited=2.5), *ITEMS[1:])), "route", "visits.csv:2"),
        (told(items=(item(1, 0, 6, waited=2.5), *ITEMS[1:])), "route", "visits.csv:3"),
        (told(visits=(*VISITS, visit(4, "press", 6, 6, 7, 7))), "conservation route", "visits.csv:9"),
        (told(visits=VISITS[:-1], calls=CALLS[:2]), "route decisions", "visits.csv:6"),
        (told(visits=VISITS[1:]), "route", "visits.csv:2"),
        (lie(1, queued_at=ns(2.5)), "visit_times route", "visits.csv:3"),
        (lie(5, station="bench"), "visit_times route", "visits.csv:7"),
        (lie(5, left_at=ns(8.5)), "visit_times route time_adds_up", "visits.csv:7"),
        (lie(3, finished_at=None), "visit_times time_adds_up promptness", "visits.csv:5"),
        (lie(3, queued_at=ns(4.5)), "route", "visits.csv:5"),
        (lie(2, unit=2), "visit_times", "visits.csv:4"),
        (lie(2, down=ns(3)), "visit_times breakdowns", "visits.csv:4"),
        (lie(2, down=ns(0.5)), "breakdowns", "visits.csv:4"),
        (lie(4, started_at=ns(2.5)), "time_adds_up capacity one_part_a_unit breakdowns", ""),
        (
            told(visits=(*VISITS[:5], visit(2, "review", 7, 7.5, 9, 9), VISITS[6])),
            "promptness",
            "visits.csv:7",
        ),
        (
            told(visits=(*VISITS[:5], visit(2, "review", 7, 7, 8.5, 9), VISITS[6])),
            "promptness",
            "visits.csv:7",
        ),
        (lie(6, started_at=ns(7.5)), "promptness calls_within_visits", "visits.csv:8"),
        (lie(2, finished_at=ns(3.9)), "promptness breakdowns", "visits.csv:4"),
        (told(calls=CALLS[1:]), "calls_within_visits decisions", "visits.csv:3"),
        (told(calls=(*CALLS, CALLS[0])), "calls_within_visits", "calls.csv:5"),
        (
            told(calls=(CALLS[0]._replace(latency=ns(2.4)), *CALLS[1:])),
            "calls_within_visits decisions",
            "visits.csv:3",
        ),
        (
            told(calls=(CALLS[0]._replace(latency=ns(2.6)), *CALLS[1:])),
            "calls_within_visits decisions",
            "calls.csv:2",
        ),
        (told(calls=(CALLS[0]._replace(label="stain"), *CALLS[1:])), "decisions", "items.csv:2"),
        (
            told(calls=(CALLS[0]._replace(outcome="timed_out", label="", score=None), *CALLS[1:])),
            "decisions",
            "items.csv:2",
        ),
        (told(items=(ITEMS[0]._replace(score=0.1), *ITEMS[1:])), "decisions", "items.csv:2"),
        (told(items=(ITEMS[0]._replace(lane="review"), *ITEMS[1:])), "decisions", "items.csv:2"),
        (told(items=(ITEMS[0]._replace(disposition="scrapped"), *ITEMS[1:])), "decisions", "items.csv:2"),
        (told(items=(ITEMS[0]._replace(evaluation=""), *ITEMS[1:])), "decisions", "items.csv:2"),
        (told(items=(ITEMS[0], ITEMS[1]._replace(lane="ship"), *ITEMS[2:])), "decisions", "items.csv:3"),
        (
            told(calls=(*CALLS[:2], CALLS[2]._replace(issued_at=ns(6.9)))),
            "calls_within_visits",
            "calls.csv:4",
        ),
        (told(calls=(*CALLS[:2], CALLS[2]._replace(station="press"))), "calls_within_visits", "calls.csv:4"),
        (told(outages=[outage("press", 3, 4.5)]), "breakdowns", "visits.csv:6"),
        (told(outages=[*OUTAGES, outage("camera", 9, 8.5)]), "breakdowns time_adds_up", "breakdowns.csv:3"),
    ],
)
def test_every_lie_is_found(records, checks, rows):
    """The checks that fail, and the rows that the first of them names."""
    found = failed(records)
    assert set(found) == set(checks.split())
    assert set(rows.split()) <= set(found[checks.split()[0]])


def test_a_completed_run_has_an_empty_line():
    """All four came, one still stands on the camera: interrupted so, it is true; completed, it is not."""
    items = (*ITEMS[:2], item(3, 2, None, lane="", disposition="on_line", waited=3), ITEMS[3])
    records = run(items, (*VISITS[:6], visit(3, "camera", 6, 7, 10)), CALLS, OUTAGES)
    assert failed(records, ended="interrupted") == {}
    assert failed(records, ended="completed") == {"conservation": ()}


def test_parts_that_overtake_are_found():
    """Part 3 was there first, part 2 is started first."""
    layout = Layout((Place("press", buffer=2),))
    visits = [visit(1, "press", 0, 0, 3, 3), visit(3, "press", 1, 6, 9, 9), visit(2, "press", 2, 3, 6, 6)]
    items = [plain(1, 0, 3), plain(2, 2, 6), plain(3, 1, 9)]
    assert failed(run(items, visits), layout) == {"order": ("visits.csv:4",)}


def test_a_full_buffer_is_full():
    """Two parts wait where there is one place; at one moment, who leaves makes room for who comes."""
    layout = Layout((Place("press", buffer=1),))
    visits = [visit(1, "press", 0, 0, 3, 3), visit(2, "press", 1, 3, 6, 6), visit(3, "press", 3, 6, 9, 9)]
    items = [plain(1, 0, 3), plain(2, 1, 6), plain(3, 2, 9)]
    assert failed(run(items, visits), layout) == {}
    visits[2] = visits[2]._replace(queued_at=ns(2))
    assert failed(run(items, visits), layout) == {"capacity": ("visits.csv:4",)}


def test_two_units_hold_two_parts():
    """A third at the same time is one too many, on whichever unit it claims to be."""
    layout = Layout((Place("press", units=2),))
    visits = [visit(1, "press", 0, 0, 9, 9), visit(2, "press", 1, 1, 5, 5, unit=2)]
    items = [plain(1, 0, 9), plain(2, 1, 5), plain(3, 4, 8)]
    assert failed(run(items[:2], visits), layout) == {}
    third = run(items, [*visits, visit(3, "press", 4, 4, 8, 8, unit=2)])
    wrong = failed(third, layout)
    assert wrong["one_part_a_unit"] == ("visits.csv:4",)
    assert wrong["capacity"] == ("visits.csv:4",)


def test_a_killed_runs_gaps_are_no_lies():
    """Its last parts and visits were never told; what was told must hold all the same."""
    records = run(ITEMS[:1], VISITS[:5], CALLS, OUTAGES)
    assert failed(records, ended=None) == {}
    assert "conservation" in failed(records, ended="interrupted")
    doubled = run((ITEMS[0], ITEMS[0]), VISITS[:5], CALLS, OUTAGES)
    assert "conservation" in failed(doubled, ended=None)


def test_the_recursions_example():
    """The example of the theory page, event for event."""
    assert max_plus_departures(EXAMPLE["service"], EXAMPLE["buffers_between"]) == EXAMPLE["departures"]


def saturated(service, buffers):
    """Return the layout and records of a saturated line, moved by hand: part by part, station by station."""
    names = [f"s{i}" for i in range(len(service))]
    departures = max_plus_departures(service, buffers)
    stations = [Place(name, buffer=b) for name, b in zip(names, [0, *buffers], strict=True)]
    layout = Layout(tuple(stations), saturated=True)
    visits, items = [], []
    for part in range(len(service[0])):
        queued = departures[0][part - 1] if part else 0
        items.append(plain(part + 1, queued, departures[-1][part]))
        for station, name in enumerate(names):
            before = departures[station][part - 1] if part else 0
            started = max(queued, before)
            finished = started + service[station][part]
            visits.append(visit(part + 1, name, queued, started, finished, departures[station][part]))
            queued = departures[station][part]
    return layout, run(items, visits)


@given(st.integers(1, 4), st.integers(1, 8), st.integers(0, 10**6))
def test_lines_that_obey_the_recursion_pass_every_check(stations, parts, seed):
    """Any service times, any buffers: the recursion's own line is a true story."""
    dice = Random(seed)  # noqa: S311 - no secret
    service = [[dice.randrange(1, 6) for _ in range(parts)] for _ in range(stations)]
    layout, records = saturated(service, [dice.randrange(3) for _ in range(stations - 1)])
    assert failed(records, layout) == {}


@dataclass
class Told:
    """What is told of a station: its departures and service times."""

    departures: IntArray
    times: IntArray

    def __len__(self) -> int:
        return len(self.departures)

    def left(self, parts: range) -> IntArray:
        """Return the departures of some parts."""
        return self.departures[parts.start : parts.stop]

    def service(self, parts: range) -> IntArray:
        """Return their service times."""
        return self.times[parts.start : parts.stop]


@given(st.integers(1, 4), st.integers(1, 8), st.integers(0, 10**6), st.data())
def test_whoever_follows_the_recursion_need_not_be_walked_through(stations, parts, seed, data):
    """Its own departures are told from all others by putting them in: one second more or less is seen."""
    dice = Random(seed)  # noqa: S311 - no secret
    service = [np.array([dice.randrange(4) for _ in range(parts)]) for _ in range(stations)]
    buffers = [dice.randrange(3) for _ in range(stations - 1)]
    leaves = departures(service, buffers, 3)
    told = [Told(*columns) for columns in zip(leaves, service, strict=True)]
    assert is_followed(told, buffers, 3)
    station, part = data.draw(st.integers(0, stations - 1)), data.draw(st.integers(0, parts - 1))
    leaves[station][part] += data.draw(st.sampled_from([-1, 1]))
    assert not is_followed(told, buffers, 3)


def test_a_machine_freed_too_early_is_found():
    """The classic mistake: the machine takes the next part while the finished one still stands on it."""
    layout, records = saturated(EXAMPLE["service"], EXAMPLE["buffers_between"])
    assert failed(records, layout) == {}
    early = [v._replace(left_at=v.finished_at) if v.station == "s1" else v for v in records.visits]
    wrong = failed(replace(records, visits=tuple(early)), layout)
    assert wrong["sample_path_oracle"] == ("visits.csv:9",)
    assert "route" in wrong


def test_the_recursion_survives_a_first_visit_that_is_left_out():
    """Fewer parts at the first station than at the next: a false story, told as one."""
    layout, records = saturated(EXAMPLE["service"], EXAMPLE["buffers_between"])
    wrong = failed(replace(records, visits=records.visits[1:]), layout)
    assert {"route", "sample_path_oracle"} <= set(wrong)


def test_the_recursion_is_checked_on_a_run_cut_short_too():
    """At 10 s some parts are on machines: what has left by then must have left on time."""
    layout, records = saturated(EXAMPLE["service"], EXAMPLE["buffers_between"])

    def until(moment):
        return moment if moment is not None and moment <= ns(10) else None

    visits = tuple(
        v._replace(finished_at=until(v.finished_at), left_at=until(v.left_at), started_at=until(v.started_at),
                   unit=None if until(v.started_at) is None else 1)
        for v in records.visits
        if v.queued_at <= ns(10)
    )  # fmt: skip
    items = tuple(
        part if until(part.left_at) else part._replace(left_at=None, lane="", disposition="on_line")
        for part in records.items
        if part.arrived_at <= ns(10)
    )
    assert failed(run(items, visits), layout, "duration over") == {}
    late = (visits[0]._replace(left_at=ns(2.5)), *visits[1:])
    assert "sample_path_oracle" in failed(run(items, late), layout, "duration over")


def test_where_the_recursion_does_not_apply_it_says_so():
    """A paced line is not saturated."""
    assert audit(TRUTH, LAYOUT, "completed")["sample_path_oracle"].detail.startswith("does not apply")
