"""Calendars and ways to stop as a scenario writes them: what is taken, and where each mistake stands."""

import pytest

from line_sim.errors import ScenarioError
from line_sim.scenario import dump, loads
from line_sim.units import HOUR, SECOND

TEXT = """\
version: 1
name: Two shifts
run: {duration: 168 h, starts_at: "Mon 06:00"}
calendars:
  two shifts: {Mon-Fri: ["06:00-09:00", "09:15-14:00"], "Sat, Sun": ["22:00-05:00"]}
arrivals: {every: 60 s, calendar: two shifts}
line:
  - station: mill
    cycle: 45 s
    calendar: two shifts
    breakdowns:
      - {name: tool, up: 200, counts: parts, repair: 3 min}
      - {name: worn, up: {uniform: {low: 150, high: 250.5}}, counts: parts, repair: 3 min}
      - {name: jam, up: {exponential: {mean: 2 h}}, repair: 4 min}
"""


def test_it_is_read_and_written_back():
    """Counts stay bare numbers, shifts as they are written."""
    scenario = loads(TEXT)
    assert loads(dump(scenario)) == scenario
    assert hash(loads(dump(scenario))) == hash(scenario)
    assert scenario.line[0].ways[0].up.value == 200 * SECOND, "so many parts are kept as so many seconds"
    assert "up: 200\n" in dump(scenario)
    assert "high: 250.5\n" in dump(scenario)
    assert "starts_at: Mon 06:00" in dump(scenario)


def test_a_shift_over_midnight_goes_on_into_the_next_day():
    """Sunday's last hours are the week's, its first five of Monday are at the week's beginning."""
    on = loads(TEXT).calendars["two shifts"].on
    assert on[0] == (0, 5 * HOUR)
    assert on[-1] == (6 * 24 * HOUR + 22 * HOUR, 7 * 24 * HOUR)


MISTAKES = [
    ('"Mon 06:00"', '"Mo 06:00"', '3:35: run.starts_at is "Mo 06:00"; it must be a day and a time such as'),
    ('"Mon 06:00"', '"Mon 24:01"', "3:35: run.starts_at is"),
    ("Mon-Fri:", "Mon-Fry:", "'Fry' is no day; the days are Mon, Tue"),
    ('"Sat, Sun"', '"Sat,"', "a day is missing"),
    ("06:00-09:00", "6-9", '5:26: calendars.two shifts.Mon-Fri[0] is "6-9"; it must be a time from and'),
    ("06:00-09:00", "06:00-25:00", "it must have times from 00:00 to 24:00"),
    ("06:00-09:00", "06:00-06:00", "it has no length; a whole day is 00:00-24:00"),
    ("06:00-09:00", "24:00-09:00", "it must begin before 24:00"),
    ("09:15-14:00", "08:00-14:00", "5:41: calendars.two shifts.Mon-Fri[1] is"),
    ("09:15-14:00", "08:00-14:00", "it overlaps: at Mon 08:00 the shift of Mon 06:00 is not over"),
    ("22:00-05:00", "22:00-07:00", "it overlaps: at Mon 06:00 the shift of Sun 22:00 is not over"),
    ('["22:00-05:00"]', '"22:00-05:00"', "it must be a list of shifts such as ['06:00-14:00']"),
    (
        "60 s, calendar: two shifts",
        "60 s, calendar: nights",
        "6:35: arrivals.calendar is nights; there is no such",
    ),
    ("every: 60 s", "saturated: true", "6:39: arrivals.calendar is two shifts; a part is always waiting"),
    ("up: 200,", "up: 200 s,", "12:26: line[0].breakdowns[0].up is 200 s; parts are counted, not timed"),
    ("up: 200,", "up: 0,", "it must be a whole number of parts, 1 or more"),
    ("up: 200,", "up: 2.5,", "it must be a whole number of parts, 1 or more"),
    ("low: 150", "low: 150 s", "parts are counted, not timed: write a number without a unit"),
    ("name: jam", "name: tool", "14:16: line[0].breakdowns[2].name is tool; breakdowns[0] is called tool"),
    ("name: jam, up", "name: jam, upp", "breakdowns[2].upp is an unknown key; did you mean 'up'?"),
    ("200, counts: parts", "200, counts: pieces", "counts is pieces; it must be operating or calendar"),
]


@pytest.mark.parametrize(("good", "bad", "told"), MISTAKES)
def test_a_mistake_is_told_where_it_stands(good, bad, told):
    """File, line, column, the value and what is allowed."""
    assert good in TEXT
    with pytest.raises(ScenarioError) as raised:
        loads(TEXT.replace(good, bad))
    assert told in str(raised.value)


def test_a_calendar_that_is_never_on_is_refused():
    """Nobody would ever work."""
    with pytest.raises(ScenarioError, match="it must have at least one shift"):
        loads(
            TEXT.replace(
                '{Mon-Fri: ["06:00-09:00", "09:15-14:00"], "Sat, Sun": ["22:00-05:00"]}', "{Mon: []}"
            )
        )
