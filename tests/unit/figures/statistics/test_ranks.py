"""Values at ranks are those of the sorted values, though nothing is sorted."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from line_sim.figures.statistics import ranks
from line_sim.figures.statistics.ranks import at_ranks, number_and_most, ordered_at

values = st.lists(st.integers(0, 9) | st.integers(0, 2**53), min_size=1, max_size=40)


@given(values | values.map(sorted), st.integers(1, 9))
def test_each_rank_has_the_value_that_stands_there_when_sorted(told, together):
    """Few values or many, far apart or all the same, in order or not."""
    pieces = [np.array(told[begin : begin + together]) for begin in range(0, len(told), together)]
    assert number_and_most(lambda: pieces) == (len(told), max(told))
    assert at_ranks(lambda: pieces, range(len(told)), len(told), max(told)) == sorted(told)


@given(values, st.data())
def test_values_in_memory_are_not_sorted_either(told, data):
    """Some ranks, in their order, the same one several times."""
    wanted = sorted(data.draw(st.lists(st.integers(0, len(told) - 1), max_size=4)))
    assert ordered_at(np.array(told), wanted) == [sorted(told)[rank] for rank in wanted]


@given(values | values.map(sorted))
def test_what_is_too_much_for_one_look_is_told_apart_by_another(told):
    """Where not even a few values may be sorted, looks go down to single ones."""
    least = ranks._MOST
    try:
        ranks._MOST = 1
        assert at_ranks(lambda: [np.array(told)], range(len(told)), len(told), max(told)) == sorted(told)
    finally:
        ranks._MOST = least
