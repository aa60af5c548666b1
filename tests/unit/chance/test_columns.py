"""Columns of draws: what each item would be told alone, wherever it stands in the column."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from line_sim.chance.chance import Chance
from line_sim.chance.durations import BEYOND
from line_sim.chance.paced import PacedChance
from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import BLOCK, Stream
from line_sim.scenario import Time
from line_sim.scenario.mix.by_variant import ByVariant
from line_sim.scenario.mix.mix import Mix, PerVariant

SHARED = Mix(("A", "B", "C"), (0.5, 0.3, 0.2))
IN_BATCHES = Mix(SHARED.names, SHARED.shares, 3)
LAST = 1 << 64
"""The items from here on have the numbers of those from 0 on: counters hold 64 bits."""


@pytest.fixture(scope="module")
def times(tmp_path_factory):
    """Return a time of every kind."""
    path = tmp_path_factory.mktemp("measured") / "t.csv"
    path.write_text("service\n3\n1\n2\n2\n")
    written = {
        "constant": "250 ms",
        "exponential": {"exponential": {"mean": 2}},
        "uniform": {"uniform": {"low": 1, "high": 4}},
        "triangular": {"triangular": {"low": 1, "mode": 2, "high": 5}},
        "normal": {"normal": {"mean": 4, "sd": 3}},
        "lognormal": {"lognormal": {"mean": 4, "cv": 0.5}},
        "quantiles": {"quantiles": {"p50": 1, "p99": 3}},
        "gamma": {"gamma": {"mean": 3, "cv": 0.4}},
        "gamma of a small shape": {"gamma": {"mean": 1, "cv": 2.0}},
        "gamma of a large shape": {"gamma": {"mean": 1, "cv": 0.1}},
        "weibull": {"weibull": {"mean": 6, "shape": 0.7}},
        "empirical": {"empirical": {"file": str(path), "column": "service"}},
        "values": {"values": {"of": [1, 2, 5]}},
    }
    known = {name: TypeAdapter(Time).validate_python(each) for name, each in written.items()}
    constants = {
        name: TypeAdapter(Time).validate_python(name_s) for name, name_s in zip("ABC", (1, 2, 3), strict=True)
    }
    own = {"A": known["lognormal"], "B": known["constant"], "C": known["weibull"]}
    return known | {
        f"{said} by variant, {order}": ByVariant(by_variant=laws).joined_to(mix)
        for said, laws in (("constants", constants), ("laws", own))
        for order, mix in (("drawn", SHARED), ("in batches", IN_BATCHES))
    }


KINDS = (
    "constant", "exponential", "uniform", "triangular", "normal", "lognormal", "quantiles", "gamma",
    "gamma of a small shape", "gamma of a large shape", "weibull", "empirical", "values",
    "constants by variant, drawn", "constants by variant, in batches",
    "laws by variant, drawn", "laws by variant, in batches",
)  # fmt: skip
firsts = st.integers(0, 3 * BLOCK) | st.integers(0, 1 << 40)
counts = st.integers(0, 40) | st.integers(0, 3 * BLOCK)
visits = st.integers(1, 3)
attempts = st.integers(0, 2)


def alone(draws, first, count, visit, attempt):
    """Return what each item is told when it alone is asked for."""
    return [draws.of(item, visit, attempt) for item in range(first, first + count)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [1, 0.37])
@given(first=firsts, count=counts, visit=visits, attempt=attempts)
@example(first=0, count=5, visit=1, attempt=0)
@example(first=BLOCK - 1, count=2, visit=2, attempt=1)
def test_a_column_of_times_is_what_each_item_takes(times, kind, share, first, count, visit, attempt):
    """To the nanosecond, for every kind of time, at its own pace and at another."""
    chance = PacedChance(Chance(7), {} if share == 1 else {(Purpose.CYCLE, "press"): share})
    draws = chance.durations(Purpose.CYCLE, "press", times[kind])
    column = draws.column(first, count, visit, attempt)
    assert column.dtype == np.int64
    assert column.tolist() == alone(draws, first, count, visit, attempt)


@pytest.mark.parametrize(
    "probability",
    [0.0, 0.06, 1.0, PerVariant(SHARED, (0.1, 0.9, 0.0)), PerVariant(IN_BATCHES, (0.0, 1.0, 1.0))],
)
@given(first=firsts, count=counts, visit=visits, attempt=attempts)
def test_a_column_of_events_says_to_whom_they_happen(probability, first, count, visit, attempt):
    """Item by item, whether chance has a say or not."""
    draws = Chance(7).events(Purpose.NETWORK_MISSES, "camera", probability)
    column = draws.column(first, count, visit, attempt)
    assert column.dtype == np.bool_
    assert column.tolist() == alone(draws, first, count, visit, attempt)


@pytest.mark.parametrize(
    "options",
    [
        ("",),
        ("a", "b", "c"),
        ("a", "b", "a"),
        PerVariant(SHARED, (("a", "b"), ("c", "b", "a"), ("",))),
        PerVariant(IN_BATCHES, (("a",), ("b",), ("a",))),
    ],
)
@given(first=firsts, count=counts, visit=visits, attempt=attempts)
def test_a_column_of_choices_says_which_of_the_options(options, first, count, visit, attempt):
    """Each option once, those of all variants together; an option named twice is picked twice as often."""
    draws = Chance(7).choices(Purpose.DEFECT_KIND, "press", options)
    column = draws.column(first, count, visit, attempt)
    assert len(set(draws.options)) == len(draws.options)
    assert [draws.options[place] for place in column] == alone(draws, first, count, visit, attempt)


@pytest.mark.parametrize("mix", [SHARED, IN_BATCHES, Mix(("A", "B"), (0.4, 0.6), 1)])
@given(first=firsts, count=counts)
def test_a_column_of_variants_says_who_is_what(mix, first, count):
    """Drawn and in batches."""
    draws = Chance(7).variants(mix)
    assert draws.column(first, count).tolist() == alone(draws, first, count, 1, 0)


@given(st.integers(0, LAST - 1) | st.integers(LAST - 3 * BLOCK, LAST + BLOCK), counts, visits, attempts)
def test_a_column_of_numbers_is_those_of_its_blocks(first, count, visit, attempt):
    """To the bit, from any item on; where 64 bits of counters are used up, too."""
    stream = Stream(3, "cycle", "press")
    begin, end = first // BLOCK, -(-(first + count) // BLOCK)
    blocks = [stream.block(index, visit, attempt) for index in range(begin, end)]
    among = np.concatenate([*blocks, np.empty(0)])[first - begin * BLOCK :][:count]
    assert stream.column(first, count, visit, attempt).tobytes() == among.tobytes()


def test_a_time_beyond_all_runs_is_as_long_as_a_column_can_say():
    """Parts of a heavy tail of centuries; at another pace it stays so long."""
    century = TypeAdapter(Time).validate_python({"gamma": {"mean": "876000 h", "cv": 5}})
    chance = Chance(7)
    paced = PacedChance(chance, {(Purpose.CYCLE, "press"): 0.5})
    for draws in (each.durations(Purpose.CYCLE, "press", century) for each in (chance, paced)):
        column, each = draws.column(1, 300), [draws.of(item) for item in range(1, 301)]
        assert max(each) > BEYOND
        assert all(
            told == is_so or (told == BEYOND and is_so >= BEYOND / 2)
            for told, is_so in zip(column.tolist(), each, strict=True)
        )
