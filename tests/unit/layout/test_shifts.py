"""Shifts: working time and line time turned into each other, against a count minute by minute."""

from bisect import bisect_left
from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from line_sim.layout.shifts import shifts_of
from line_sim.scenario import Calendar
from line_sim.units import HOUR, MINUTE

CALENDAR = Calendar.model_validate(
    {"Mon-Fri": ["22:00-06:00", "06:00-07:00", "12:00-13:00"], "Sun": ["20:00-24:00"]}
)
MINUTES = 3 * 7 * 24 * 60
moments = st.integers(0, 2 * 7 * 24 * 60)
durations = st.one_of(st.sampled_from([0, 1, 60, 120, 540]), st.integers(0, 3_000))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([0, 3 * HOUR, 23 * HOUR, 167 * HOUR]), moments, durations)
def test_working_time_is_what_a_count_by_minutes_says(starts_at, moment, duration):
    """Over midnight, over the week's end, and wherever line time 0 lies in the week."""
    shifts = shifts_of("x", CALENDAR, starts_at)
    on = [shifts.is_on(minute * MINUTE) for minute in range(MINUTES)]
    worked = [0, *accumulate(on)]
    assert shifts.worked(moment * MINUTE) == worked[moment] * MINUTE
    if duration:
        due = bisect_left(worked, worked[moment] + duration)
    else:
        just_over = moment > 0 and on[moment - 1]
        due = moment if on[moment] or just_over else on.index(True, moment)
    assert shifts.after(moment * MINUTE, duration * MINUTE) == due * MINUTE
    change = next(minute for minute in range(moment + 1, MINUTES) if on[minute] != on[minute - 1])
    assert shifts.next_change(moment * MINUTE) == change * MINUTE


def test_a_pattern_comes_again_after_a_day_or_a_week():
    """Every night alike, also where it goes over the end of the week; all of the time never changes."""
    nights = shifts_of("x", Calendar.model_validate({"Mon-Sun": ["22:00-06:00"]}), HOUR)
    always = shifts_of("x", Calendar.model_validate({"Mon-Sun": ["00:00-24:00"]}), HOUR)
    assert nights.period == 24 * HOUR
    assert shifts_of("x", CALENDAR, 0).period == 7 * 24 * HOUR
    assert (always.next_change(5), always.share) == (None, 1.0)


def test_line_time_begins_where_starts_at_says():
    """Tuesday at 21:00 the night shift is an hour away."""
    shifts = shifts_of("x", CALENDAR, 45 * HOUR)
    assert (shifts.is_on(0), shifts.resumes(0)) == (False, HOUR)
