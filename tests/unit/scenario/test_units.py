"""Durations: what a user may write, and what a file holds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_sim.scenario.fields import DURATION_PATTERN
from line_sim.units import (
    LONGEST,
    counted,
    duration_text,
    every,
    parse_duration,
    seconds_from_text,
    seconds_text,
)

MOMENTS = st.integers(-LONGEST, LONGEST)


@pytest.mark.parametrize(
    ("written", "nanoseconds"),
    [
        ("250 ms", 250_000_000),
        ("1.5 s", 1_500_000_000),
        ("20 min", 1_200_000_000_000),
        ("2 h", 7_200_000_000_000),
        ("90s", 90_000_000_000),
        (3, 3_000_000_000),
        (0.25, 250_000_000),
        ("1e-3", 1_000_000),
        ("0", 0),
        (0.1 + 0.2, 300_000_000),
    ],
)
def test_what_a_user_may_write(written, nanoseconds):
    """A number with a unit, or a bare number of seconds."""
    assert parse_duration(written) == nanoseconds


@pytest.mark.parametrize(
    "written", ["5 parsec", "nan", "", "s", True, None, [1], float("inf"), "1 s 2 ms", "1e99 h"]
)
def test_what_is_no_duration(written):
    """Anything else is refused, whatever its type."""
    with pytest.raises(ValueError, match=r"not a duration|unknown unit|longer than a century"):
        parse_duration(written)


@pytest.mark.parametrize("written", ["\uff11 s", "1.\uff15 s", "\u0663 min", "1e\uff13 s", "\u0968"])
def test_digits_of_another_script_are_none_of_a_duration(written):
    """Full-width ones look like ours, others like nothing; the schema's pattern refuses them, too."""
    with pytest.raises(ValueError, match=r"is not a duration; its digits must be 0 to 9, as in 250 ms"):
        parse_duration(written)
    assert not re.search(DURATION_PATTERN, written)


@given(MOMENTS)
def test_seconds_in_a_file_come_back_to_the_nanosecond(moment):
    """Nine places, exact both ways."""
    assert seconds_from_text(seconds_text(moment)) == moment


@given(MOMENTS)
def test_words_for_a_duration_can_be_written_in_a_scenario(moment):
    """What is said of a duration is the duration, exactly."""
    assert parse_duration(duration_text(moment)) == moment


@pytest.mark.parametrize("text", ["", "--5.0", "1.0000000001", "1e3", "٣", "1,5", "nan", "."])
def test_what_a_file_may_not_hold(text):
    """Only plain decimal seconds are read."""
    with pytest.raises(ValueError, match="not a decimal number"):
        seconds_from_text(text)


@pytest.mark.parametrize(
    ("number", "what", "told"),
    [
        (1, "calls", "1 call"),
        (0, "calls", "0 calls"),
        (2_000, "good parts inspected", "2,000 good parts inspected"),
        (1, "good parts inspected", "1 good part inspected"),
    ],
)
def test_how_many_of_what_is_said_as_people_say_it(number, what, told):
    """One is told in the singular, thousands are parted."""
    assert counted(number, what) == told


def test_all_of_one_is_the_only_one():
    """Nobody says `all 1 calls`."""
    assert every(1, "calls") == "the only call"
    assert every(3_000, "calls") == "all 3,000 calls"
