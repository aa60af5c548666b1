"""The audit of random lines: what they do passes, and a fault planted anywhere in their records is found.

A fault is one row left out, doubled or changed by a nanosecond or a word: what a wrong simulator, a wrong
writer or a person with an editor would leave.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import scenarios

from line_sim.analysis.audit.audit import audit
from line_sim.layout import REVIEW, Layout, layout_of
from line_sim.recording.reader import RunRecords
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory

Recorded = tuple[RunRecords, Layout]
patient = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


def failed(records: RunRecords, layout: Layout, how: str, end: int) -> set[str]:
    """Return the names of the checks that failed."""
    return {name for name, check in audit(records, layout, how, end).items() if not check.passed}


@settings(max_examples=150, deadline=None)
@given(scenarios())
def test_what_a_line_does_passes(scenario: Scenario) -> None:
    """Zero times, ties, breakdowns, several inspections, every ending: no false alarm."""
    run = run_in_memory(scenario)
    assert failed(run.records, layout_of(scenario), run.ending.how, run.ending.at) == set()


def rows(table: str, change: Callable[..., object], *where: Callable[..., bool]):
    """Return a fault: one row of a table, of those where something holds, is changed, doubled or left out.

    The change returns the new row, a tuple of rows, or None.
    """

    def plant(told: Recorded) -> Iterator[RunRecords]:
        records, layout = told
        all_rows = getattr(records, table)
        for at, row in enumerate(all_rows):
            if all(holds(row, records, layout) for holds in where):
                new = change(row, records, layout)
                put = () if new is None else new if type(new) is tuple else (new,)
                yield replace(records, **{table: (*all_rows[:at], *put, *all_rows[at + 1 :])})

    return plant


def gone(row, records, layout):
    """Leave a row out."""


def doubled(row, records, layout):
    """Tell of a row twice."""
    return (row, row)


def put(**changes):
    """Change fields of a row; a function is asked for the new value."""

    def change(row, records, layout):
        return row._replace(
            **{
                name: value(row, records, layout) if callable(value) else value
                for name, value in changes.items()
            }
        )

    return change


def later(field: str):
    """Move a moment by a nanosecond."""
    return put(**{field: lambda row, *_: getattr(row, field) + 1})


def has(field: str):
    """Whether something has happened."""
    return lambda row, *_: getattr(row, field) is not None


def elsewhere(row, records, layout):
    """Return another station of the line."""
    names = [place.name for place in layout.places]
    return names[(names.index(row.station) + 1) % len(names)]


def left_line(row, records, layout):
    """Whether the part that a row is about has left the line."""
    return any(item.item_id == row.item_id and item.left_at is not None for item in records.items)


def asked(row, records, layout):
    """Whether a call was made about a part."""
    return row.inference_outcome != ""


def by_the_line(row, records, layout):
    """Whether no person decided about a part: what a reviewer thought is in no file."""
    return not any((visit.item_id, visit.station) == (row.item_id, REVIEW) for visit in records.visits)


def the_last_one(row, records, layout):
    """Whether a call is the last one about its part: its answer stands in items.csv."""
    mine = [call.issued_at for call in records.calls if call.item_id == row.item_id]
    return row.issued_at == max(mine) and mine.count(row.issued_at) == 1


def let_it_go_on(row, records, layout):
    """Whether a call is an earlier one, and its answer sent the part on to the next station."""
    rule = next(place.ship_when for place in layout.inspections if place.name == row.station)
    later = any(call.item_id == row.item_id and call.issued_at > row.issued_at for call in records.calls)
    return later and row.label in rule.labels and row.score >= rule.score_at_least


def on_its_way(row, records, layout):
    """Whether a visit is not its part's first."""
    return any(one.item_id == row.item_id and one.queued_at < row.queued_at for one in records.visits)


def hit_a_visit(row, records, layout):
    """Whether an outage fell into the time of a finished visit."""
    mine = [one for one in records.visits if (one.station, one.unit) == (row.station, row.unit) and one.down]
    return any(one.finished_at and one.started_at <= row.failed_at < one.finished_at for one in mine)


def lasted(row, records, layout):
    """Whether a visit was over and took time on the machine."""
    return row.left_at is not None and row.left_at > row.started_at


def came_in(row, records, layout):
    """Whether a part found room."""
    return row.disposition != "lost"


def several_stations(row, records, layout):
    """Whether a visit could have been elsewhere."""
    return len(layout.places) > 1


def was(disposition: str):
    """Whether that became of a part."""
    return lambda row, *_: row.disposition == disposition


def other_lane(row, *_):
    """Return the lane that a part did not take."""
    return "ship" if row.lane == "review" else "review"


def other_evaluation(row, *_):
    """Return an evaluation that a part did not get."""
    return "NotOK" if row.evaluation == "OK" else "OK"


def other_label(row, *_):
    """Return a label that the answer did not have."""
    return f"no {row.label}"


FAULTS = {
    "a part is lost": (rows("items", gone, has("left_at"), came_in), "conservation"),
    "a part is told of twice": (rows("items", doubled), "conservation"),
    "a part stays on the line": (
        rows("items", put(left_at=None, disposition="on_line"), has("left_at"), came_in),
        "route conservation",
    ),
    "a part leaves later": (rows("items", later("left_at"), has("left_at"), came_in), "route"),
    "a part is shipped that the line scrapped": (
        rows("items", put(disposition="shipped"), was("scrapped"), by_the_line),
        "decisions route",
    ),
    "a part is scrapped that the line shipped": (
        rows("items", put(disposition="scrapped"), was("shipped"), by_the_line),
        "decisions route",
    ),
    "a part changes its lane": (rows("items", put(lane=other_lane), came_in), "decisions"),
    "a part changes its evaluation": (rows("items", put(evaluation=other_evaluation), asked), "decisions"),
    "a visit is left out": (rows("visits", gone, left_line), "route decisions"),
    "a visit is told of twice": (rows("visits", doubled), "route capacity one_part_a_unit"),
    "a visit to another station": (
        rows("visits", put(station=elsewhere), left_line, several_stations),
        "route decisions",
    ),
    "a visit to no station": (rows("visits", put(station="nowhere")), "visit_times"),
    "a visit to no machine": (rows("visits", put(unit=9), has("started_at")), "visit_times"),
    "a visit begins later": (rows("visits", later("queued_at"), on_its_way), "route"),
    "a visit ends later": (rows("visits", later("left_at"), has("left_at")), "route"),
    "start and end are swapped": (
        rows(
            "visits",
            put(started_at=lambda row, *_: row.left_at, left_at=lambda row, *_: row.started_at),
            lasted,
        ),
        "visit_times",
    ),
    "a visit is interrupted for longer": (rows("visits", later("down"), has("finished_at")), "breakdowns"),
    "a breakdown is left out": (rows("outages", gone, hit_a_visit), "breakdowns"),
    "a call is left out": (rows("calls", gone), "calls_within_visits"),
    "a call is made twice": (rows("calls", doubled), "calls_within_visits"),
    "a call is made later": (rows("calls", later("issued_at")), "calls_within_visits"),
    "a call takes longer": (rows("calls", later("latency")), "calls_within_visits"),
    "a call of another camera": (rows("calls", put(unit=9)), "calls_within_visits"),
    "the last answer changes": (rows("calls", put(label=other_label), the_last_one), "decisions"),
    "an earlier answer changes": (rows("calls", put(label=other_label), let_it_go_on), "decisions"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str) -> None:
    """On any line, in any row: at least one of the checks that it concerns fails."""
    plant, checks = FAULTS[fault]

    @patient
    @given(scenarios(), st.data())
    def found(scenario: Scenario, data: st.DataObject) -> None:
        run, layout = run_in_memory(scenario), layout_of(scenario)
        wrong = list(plant((run.records, layout)))
        assume(wrong)
        records = data.draw(st.sampled_from(wrong))
        assert failed(records, layout, run.ending.how, run.ending.at) & set(checks.split())

    found()
