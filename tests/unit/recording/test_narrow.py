"""A column comes back from few bytes as it was."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from line_sim.recording.narrow import FEWEST, narrow, shorten, widen


@st.composite
def columns(draw):
    """Columns of every type, of numbers that lie close together or far apart."""
    kind = draw(st.sampled_from([np.int64, np.int32, np.float64]))
    if kind is np.float64:
        some = draw(st.lists(st.floats(), min_size=1, max_size=4))
        return np.resize(np.array(some, dtype=kind), FEWEST)
    least = draw(st.integers(np.iinfo(kind).min, np.iinfo(kind).max))
    most = min(least + draw(st.sampled_from([0, 1, 255, 256, 2**16, 2**32, 2**63])), np.iinfo(kind).max)
    some = draw(st.lists(st.integers(least, most), max_size=4))
    return np.resize(np.array([least, most, *some], dtype=kind), FEWEST)


@given(columns())
def test_a_column_comes_back_bit_by_bit(column):
    """Negative numbers, those of 64 bit, scores that are not there and zeros with a sign among them."""
    least, kind = narrow(column)
    if kind == column.dtype:  # it is kept as it is
        return
    beyond = np.empty(0 if kind is None else FEWEST, kind or np.uint8)
    if kind is not None:
        shorten(column, least, beyond)
    back = np.zeros_like(column)
    widen(least, beyond, back)
    assert back.tobytes() == column.tobytes()


@pytest.mark.parametrize(
    ("step", "size"),
    [(0, 0), (1, 2), (2**16, 4), (2**32, 8)],
)
def test_numbers_that_lie_close_together_take_few_bytes(step, size):
    """None where they are all the same."""
    column = 10**18 + step * np.arange(FEWEST)
    _, kind = narrow(column)
    assert (0 if kind is None else kind.itemsize) == size


def test_few_rows_are_left_as_they_are():
    """A live run puts away some now and then."""
    column = np.zeros(FEWEST - 1, dtype=np.int64)
    assert narrow(column) == (0, column.dtype)
