"""What became of the parts within a window: none comes from nowhere and none gets lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import PRESS_ONLY, item, ns, run, visit

from line_sim.figures.counts import Balance, balance
from line_sim.figures.window import Window
from line_sim.recording.run_columns import columns_of


def balanced(items, start, end, last=100):
    """Return the balance of some parts between two moments in seconds."""
    visits = [visit(one.item_id, "press", one.arrived_at / 10**9) for one in items]
    return balance(columns_of(run(items, visits), PRESS_ONLY, ns(last)), Window(ns(start), ns(end), ns(last)))


def test_what_was_not_shipped_is_told():
    """Of five that came one was scrapped, one turned away and one is still there; one was there before."""
    items = [
        item(1, 0, 3),
        item(2, 3, 5),
        item(3, 4, 9, lane="review", disposition="scrapped"),
        item(4, 5, 5, disposition="lost"),
        item(5, 6, 8),
        item(6, 7, 20),
    ]
    assert balanced(items, 2, 10) == Balance(before=1, came=5, shipped=3, scrapped=1, lost=1, after=1)


@pytest.mark.parametrize(("start", "before", "came"), [(0, 0, 2), (1, 2, 0)])
def test_a_part_that_comes_at_the_very_beginning_comes(start, before, came):
    """At 0 nobody is there yet; at the end of a warm-up everybody who has come is."""
    items = [item(1, 0, 4), item(2, start, 4)]
    assert balanced(items, start, 4) == Balance(before, came, shipped=2, scrapped=0, lost=0, after=0)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9), st.booleans()), min_size=1), st.integers(0, 5)
)
def test_parts_add_up(stories, start):
    """Before and came are shipped, scrapped, lost and after, none of them below 0, whatever the window."""
    items = [
        item(number, came, came + stayed, disposition="shipped" if good else "scrapped")
        for number, (came, stayed, good) in enumerate(stories, 1)
    ]
    told = balanced(items, start, 9)
    assert told.before + told.came == told.shipped + told.scrapped + told.lost + told.after
    assert min(told.before, told.came, told.after) >= 0
