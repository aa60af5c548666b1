"""Crews as a scenario says them: what is read, and what is refused where."""

import pytest

from line_sim.errors import ScenarioError
from line_sim.layout import layout_of
from line_sim.scenario import dump, loads

GOOD = """\
version: 1
name: Crews
run: {items: 20}
calendars:
  days: {Mon-Fri: ["06:00-14:00"]}
  nights: {Mon-Fri: ["22:00-06:00"]}
arrivals: {every: 1 min}
crews: {fitters: 2, operators: {people: 1, calendar: days}}
line:
  - station: mill
    cycle: 40 s
    calendar: days
    crew: {fitters: [repair], operators: [work]}
"""

NEVER = "is needed for work, but is never there when the station is"
ONE_EACH = "it must name one crew for work and one for repair, no two for the same"
STATIONS = "is only for a station; cameras need nobody, and the reviewers are units of their own"
MISTAKES = [
    ("fitters: 2", "fitters: 0", "8:18: crews.fitters is 0; it must be 1 or more"),
    ("fitters: 2", "mill: 2", "8:15: crews.mill is the name of line[0], too; choose another"),
    (
        "calendar: days}}",
        "calendar: day}}",
        "8:54: crews.operators.calendar is day; there is no such calendar; the calendars are days, nights",
    ),
    (
        "{fitters: [repair],",
        "{fiters: [repair],",
        "13:20: line[0].crew.fiters is [repair]; there is no crew of that name; did you mean 'fitters'?",
    ),
    (
        "operators: [work]}",
        "operators: [load]}",
        "13:43: line[0].crew.operators[0] is load; it must be work or repair",
    ),
    (
        "operators: [work]}",
        "operators: []}",
        "13:42: line[0].crew.operators is []; it must have at least one entry",
    ),
    (
        "{fitters: [repair], operators: [work]}",
        "{fitters: [work], operators: [work]}",
        f"13:11: line[0].crew is {{fitters: [work], operators: [work]}}; {ONE_EACH}",
    ),
    (
        "calendar: days}}",
        "calendar: nights}}",
        f"13:42: line[0].crew.operators {NEVER}: nights and days have no time in common",
    ),
    (
        "- station: mill\n    cycle: 40 s",
        "- inspection: mill\n    gateway: {modelled: {service: 1 s}}",
        f"13:5: line[0].crew {STATIONS}",
    ),
]


@pytest.mark.parametrize(("good", "bad", "message"), MISTAKES, ids=[bad for _, bad, _ in MISTAKES])
def test_a_mistake_is_told_where_it_stands(good, bad, message):
    """With the value, and what is allowed."""
    assert GOOD.count(good) == 1
    with pytest.raises(ScenarioError) as caught:
        loads(GOOD.replace(good, bad), "t.yaml")
    assert f"t.yaml:{message}" in str(caught.value).splitlines()


def test_a_scenario_is_written_as_it_was_read():
    """And known to the layout."""
    scenario = loads(GOOD)
    assert loads(dump(scenario)) == scenario
    (mill,) = layout_of(scenario).places
    assert (mill.worked_by.name, mill.worked_by.people, mill.worked_by.shifts.name) == (
        "operators",
        1,
        "days",
    )
    assert (mill.repaired_by.name, mill.repaired_by.people, mill.repaired_by.shifts) == ("fitters", 2, None)
    assert [crew.name for crew in layout_of(scenario).crews] == ["operators", "fitters"]
