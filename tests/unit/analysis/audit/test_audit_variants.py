"""What the audit says of rows of variants that no line can have written."""

from dataclasses import replace

import pytest
from stories import press
from variant_lines import product, scenario_of

from line_sim.analysis.audit.audit import audit
from line_sim.layout import layout_of
from line_sim.testing import run_in_memory
from line_sim.units import SECOND

LINE = scenario_of(press({"by_variant": {"A": 1, "B": 2}}, changeover=10), made=product(2), items=8)


def spoilt(table, row, **changes):
    """Return the checks of a right run in which a row says something else."""
    records, ending = run_in_memory(LINE)
    rows = [*getattr(records, table)]
    rows[row] = rows[row]._replace(**changes)
    return audit(replace(records, **{table: tuple(rows)}), layout_of(LINE), ending.how, ending.at)


def failed(checks):
    """Return the names of the checks that failed."""
    return {name for name, check in checks.items() if not check.passed}


def test_a_right_run_passes():
    """All three checks are made, and hold."""
    records, ending = run_in_memory(LINE)
    checks = audit(records, layout_of(LINE), ending.how, ending.at)
    assert {"variants", "planned_work", "changeovers"} <= checks.keys()
    assert failed(checks) == set()


def test_who_is_waited_for_is_no_work():
    """Two presses, one operator: what a part takes is planned from when he is there, and no later."""
    two = press({"by_variant": {"A": 1, "B": 2}}, changeover=10, units=2, crew={"team": ["work"]})
    line = scenario_of(two, made=product(2), items=8, crews={"team": 1})
    records, ending = run_in_memory(line)
    assert failed(audit(records, layout_of(line), ending.how, ending.at)) == set()
    visits = [visit._replace(changeover=0) for visit in records.visits]
    checks = audit(replace(records, visits=tuple(visits)), layout_of(line), ending.how, ending.at)
    assert {"planned_work", "changeovers"} <= failed(checks)
    killed = audit(replace(records, jobs=records.jobs[:3]), layout_of(line), None, ending.at)
    assert "planned_work" not in failed(killed), "who was waited for then is not told"


@pytest.mark.parametrize(
    ("table", "row", "changes", "check", "told"),
    [
        ("items", 0, {"variant": "C"}, "variants", "no such variant"),
        ("items", 0, {"variant": "B"}, "variants", "another variant's turn"),
        ("visits", 1, {"changeover": SECOND}, "changeovers", "set up without need"),
        ("visits", 0, {"changeover": SECOND}, "changeovers", "set up without need"),
        ("visits", 2, {"changeover": SECOND}, "changeovers", "set up for another time"),
        ("visits", 2, {"changeover": 0}, "planned_work", "another time than is planned"),
        ("visits", 1, {"finished_at": 3 * SECOND // 2}, "planned_work", "another time than is planned"),
    ],
)
def test_a_wrong_row_is_found(table, row, changes, check, told):
    """By the check that knows what it should say."""
    checks = spoilt(table, row, **changes)
    assert check in failed(checks)
    assert told in checks[check].detail


def test_a_killed_run_may_not_tell_of_the_parts_on_the_line():
    """Of a part whose variant is not known nothing is said, nor of the one that came next."""
    records, ending = run_in_memory(LINE)
    cut = replace(records, items=tuple(item for item in records.items if item.item_id != 3))
    checks = audit(cut, layout_of(LINE), None, ending.at)
    assert not failed(checks) & {"variants", "planned_work", "changeovers"}
