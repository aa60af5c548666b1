"""The audit of where defects are from: random lines pass it, and whatever is told otherwise is found."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from recorded import killed_after
from spoiling_lines import spoiling, spoils
from stories import camera, press

from line_sim.analysis.audit.audit import audit
from line_sim.layout import layout_of
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory
from line_sim.truth import DEFECTIVE, GOOD

patient = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


def told(scenario, records, ending):
    """Return the checks of a run's records."""
    return audit(records, layout_of(scenario), ending.how, ending.at)


@settings(max_examples=250, deadline=None)
@given(spoiling(), st.floats(0, 1))
def test_what_a_line_does_passes(scenario, share):
    """Ties, repairs, several makers, every ending: no false alarm, also of a run that was killed."""
    run = run_in_memory(scenario)
    checks = told(scenario, *run)
    assert {name: check for name, check in checks.items() if not check.passed} == {}
    killed = audit(killed_after(run, share), layout_of(scenario), None, None)
    assert killed["defects"].passed, killed["defects"]


def line(**keys):
    """Return a line of two makers, a camera between them and one behind, which errs."""
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "two makers",
            "seed": 2,
            "run": {"items": 60},
            "arrivals": {"every": 5},
            "product": {"defect_rate": 0.2},
            "line": [
                press(1, "saw", **spoils(0.3, "chip")),
                camera("middle", gateway={"modelled": {"service": 0, "miss_rate": 0.7}}),
                press(1, "mill", **spoils(0.3, "scratch")),
                camera("last", gateway={"modelled": {"service": 0, "miss_rate": 0.7}}),
            ],
            "review": {"time": 1, "buffer": 9, "miss_rate": 0.5},
            **keys,
        }
    )


ITEM, CALL = "items", "calls"
FAULTS = {
    "a part is told to be defective": (ITEM, {"true_state": GOOD}, {"true_state": DEFECTIVE}),
    "a part is told to be good": (
        ITEM,
        {"true_state": DEFECTIVE, "made_at": "mill", "disposition": "scrapped"},
        {"true_state": GOOD, "made_at": ""},
    ),
    "a good part was made defective": (ITEM, {"true_state": GOOD}, {"made_at": "mill"}),
    "a defect comes from a station that makes none": (ITEM, {"made_at": "mill"}, {"made_at": "last"}),
    "a defect comes from a place that is not there": (ITEM, {"made_at": "mill"}, {"made_at": "lathe"}),
    "a defect comes from the other station": (
        ITEM,
        {"made_at": "mill"},
        {"made_at": "saw", "defect": "chip"},
    ),
    "a defect was made behind where it was seen": (
        ITEM,
        {"made_at": "saw"},
        {"made_at": "mill", "defect": "scratch"},
    ),
    "a defect has a kind that the station does not make": (ITEM, {"made_at": "mill"}, {"defect": "chip"}),
    "a defect was brought along": (ITEM, {"made_at": "mill"}, {"made_at": "", "defect": ""}),
    "a part was good at the last look": (
        CALL,
        {"station": "last", "true_state": DEFECTIVE},
        {"true_state": GOOD},
    ),
    "a part was defective at the last look": (
        CALL,
        {"station": "last", "true_state": GOOD},
        {"true_state": DEFECTIVE},
    ),
    "a part was defective at the first look": (
        CALL,
        {"station": "middle", "true_state": GOOD},
        {"true_state": DEFECTIVE},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault):
    """In every row of a run where it can be planted, and by this check; the row is named."""
    table, holds, change = FAULTS[fault]
    records, ending = run_in_memory(line(), defect_kinds=("stain",))
    rows = getattr(records, table)
    which = [at for at, row in enumerate(rows) if all(getattr(row, k) == v for k, v in holds.items())]
    assert which
    for at in which:
        changed = (*rows[:at], rows[at]._replace(**change), *rows[at + 1 :])
        check = told(line(), replace(records, **{table: changed}), ending)["defects"]
        assert not check.passed, rows[at]
        assert f"items.csv:{at + 2}" in check.rows or (table == CALL and check.rows)


def test_a_station_that_spoils_every_part_leaves_none_good():
    """A part that is told to be good behind it is found, in both files."""
    scenario = Scenario.model_validate(
        {
            **line().model_dump(exclude_unset=True),
            "line": [press(1, "saw"), camera("middle"), press(1, "mill", **spoils(1)), camera("last")],
            "product": {"defect_rate": 0},
        }
    )
    records, ending = run_in_memory(scenario)
    good = tuple(item._replace(true_state=GOOD, defect="", made_at="") for item in records.items)
    calls = tuple(call._replace(true_state=GOOD) for call in records.calls)
    check = told(scenario, replace(records, items=good, calls=calls), ending)["defects"]
    assert "still good behind a station that spoils every part" in check.detail


@patient
@given(spoiling(), st.data())
def test_a_part_that_was_nowhere_was_spoilt_nowhere(scenario, data):
    """A part that no maker was done with cannot have its defect from one."""
    records, ending = run_in_memory(scenario)
    makers = [place.name for place in layout_of(scenario).places if place.makes_defects]
    been = {(v.item_id, v.station) for v in records.visits if v.finished_at is not None}
    wrong = [
        (at, maker)
        for at, item in enumerate(records.items)
        for maker in makers
        if (item.item_id, maker) not in been
    ]
    assume(wrong)
    at, maker = data.draw(st.sampled_from(wrong))
    spoilt = records.items[at]._replace(true_state=DEFECTIVE, made_at=maker)
    items = (*records.items[:at], spoilt, *records.items[at + 1 :])
    assert not told(scenario, replace(records, items=items), ending)["defects"].passed
