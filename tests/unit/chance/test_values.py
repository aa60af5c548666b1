"""Measured times in the file itself: what is drawn is one of them, each as often as it stands there."""

from collections import Counter

import pytest
from pydantic import TypeAdapter, ValidationError

from line_sim.chance.durations import durations
from line_sim.scenario import Time, Values
from line_sim.units import MILLISECOND

TIMES = TypeAdapter[Time](Time)


def test_each_is_drawn_as_often_as_it_stands_there() -> None:
    """118 ms three times of four, within four standard errors of 4,000 draws."""
    time = TIMES.validate_python({"values": {"of": ["118 ms", "121 ms", 0.118, "118 ms"]}})
    draws = durations(5, "service", "camera", time)
    drawn = Counter(draws.of(part, 1, 1) for part in range(4000))
    assert set(drawn) == {118 * MILLISECOND, 121 * MILLISECOND}
    assert abs(drawn[118 * MILLISECOND] - 3000) < 4 * (4000 * 0.75 * 0.25) ** 0.5


def test_the_mean_is_that_of_the_times() -> None:
    """It is told with how many they are."""
    time = Values(of=("100 ms", "200 ms", "600 ms"))
    assert time.mean_ns == 300 * MILLISECOND
    assert time.words == "3 measured times"


def test_an_empty_list_is_no_time() -> None:
    """Nothing could be drawn from it."""
    with pytest.raises(ValidationError, match="at least 1"):
        TIMES.validate_python({"values": {"of": []}})
