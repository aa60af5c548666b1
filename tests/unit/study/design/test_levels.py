"""The values of an axis: every way to write them says the same."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_sim.study.design.levels import (
    Listed,
    Range,
    number_of,
    read_levels,
    read_typed,
    value_in,
    values_of,
)
from line_sim.units import parse_duration


@pytest.mark.parametrize(
    ("typed", "written", "values"),
    [
        ("1,2,3", [1, 2, 3], (1, 2, 3)),
        (
            "100ms..400ms/4",
            {"from": "100 ms", "to": "400 ms", "points": 4},
            ("100 ms", "200 ms", "300 ms", "400 ms"),
        ),
        ("0.1..0.5/5", {"from": 0.1, "to": 0.5, "points": 5}, (0.1, 0.2, 0.3, 0.4, 0.5)),
        ("1 %..3 %/3", {"from": "1 %", "to": "3 %", "points": 3}, (0.01, 0.02, 0.03)),
        ("2..4", {"from": 2, "to": 4}, (2, 3, 4)),
        ("0..1/5", "0..1/5", (0, 0.25, 0.5, 0.75, 1)),
        ("5 %, 10%", ["5 %", "10 %"], (0.05, 0.1)),
        ("[good, bad]", ["good", "bad"], ("good", "bad")),
        ("[good], [good, fair]", [["good"], ["good", "fair"]], (["good"], ["good", "fair"])),
        ("[good], null", [["good"], None], (["good"], None)),
        (
            "{exponential: {mean: 1 s}}, 200 ms",
            [{"exponential": {"mean": "1 s"}}, "200 ms"],
            ({"exponential": {"mean": "1 s"}}, "200 ms"),
        ),
    ],
)
def test_typed_and_written_say_the_same(typed, written, values):
    """On the command line there is no room for more than a few words."""
    levels = read_typed(typed)
    assert levels == read_levels(written)
    found = values_of(levels, wants_whole=False)
    assert found == values
    assert [type(value) for value in found] == [type(value) for value in values]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ([], "at least one"),
        ([1, 2, 1.0], "each value once"),
        (["100 ms", "0.1 s"], "each value once"),
        (3, "a list of values"),
        ("3", "a list of values"),
        ({"from": 1}, "it has no to"),
        ({"from": 1, "to": 2, "point": 3}, "unknown key point"),
        ({"from": 1, "to": "2 s", "points": 3}, "of one kind"),
        ({"from": 2, "to": 2, "points": 3}, "must go up"),
        ({"from": 1, "to": 2, "points": 1}, "from 2 to 1,000"),
        ({"from": 1, "to": 2, "points": True}, "a whole number"),
        ({"from": "a", "to": 2, "points": 3}, "a is none"),
    ],
)
def test_what_is_no_axis_is_refused_with_the_reason(written, message):
    """Each with what is allowed."""
    with pytest.raises(ValueError, match=message):
        read_levels(written)


def test_a_key_that_wants_whole_numbers_gets_no_others():
    """A range between whole numbers is of whole numbers where the key wants them, and only there."""
    levels = read_levels("1..4/3")
    assert values_of(levels, wants_whole=False) == (1, 2.5, 4)
    with pytest.raises(ValueError, match="wants whole numbers"):
        values_of(levels, wants_whole=True)


def test_steps_that_are_no_short_numbers_are_told_to_three_digits_more():
    """A person reads them in tables and types them behind --set."""
    assert values_of(read_levels("100ms..400ms/8"), wants_whole=False)[1:3] == ("142.86 ms", "185.71 ms")


def test_a_range_must_say_how_many_values_it_is():
    """Only of whole numbers it goes without saying."""
    with pytest.raises(ValueError, match="how many"):
        values_of(read_levels("100ms..400ms"), wants_whole=False)


@given(
    low=st.integers(0, 10**12),
    step=st.integers(1, 10**9),
    points=st.integers(2, 50),
    unit=st.sampled_from(["ns", "us", ""]),
)
def test_a_range_begins_and_ends_as_it_says_and_goes_up(low, step, points, unit):
    """Whatever its numbers are; a time is written to the nanosecond."""
    high = low + step * points
    written = [f"{low}{unit}", f"{high}{unit}"] if unit else [low, high]
    levels = read_levels({"from": written[0], "to": written[1], "points": points})
    found = values_of(levels, wants_whole=False)
    assert len(found) == points
    assert [found[0], found[-1]] == ([low, high] if not unit else [found[0], found[-1]])
    if unit:
        assert [parse_duration(found[0]), parse_duration(found[-1])] == [
            parse_duration(end) for end in written
        ]
    numbers = [number_of(value) for value in found]
    assert numbers == sorted(set(numbers))


@given(at=st.floats(0, 1), low=st.integers(0, 100), reach=st.integers(1, 100))
def test_a_place_of_a_hypercube_lies_on_its_axis(at, low, reach):
    """Whole numbers are all as likely: each has a slice as wide as the others'."""
    whole = value_in(read_levels({"from": low, "to": low + reach}), at, wants_whole=True)
    assert isinstance(whole, int)
    assert low <= whole <= low + reach
    assert whole - low == min(int(Fraction(at) * (reach + 1)), reach)
    real = value_in(read_levels({"from": low, "to": low + reach}), at, wants_whole=False)
    assert low <= real <= low + reach
    assert isinstance(read_levels([low, low + reach]), Listed)
    assert isinstance(read_levels({"from": low, "to": low + reach}), Range)
