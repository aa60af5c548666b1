"""Curves of more points than a page holds: they come piece by piece, and are thinned as if all were there."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import PRESS_AND_CAMERA, item, run

from line_sim.figures import wip
from line_sim.figures.wip import OnLine
from line_sim.recording.run_columns import columns_of
from line_sim.report.page.timeline import Long
from line_sim.units import SECOND


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12), st.integers(1, 4))
def test_no_part_is_lost_where_one_piece_ends_and_the_next_begins(stays, piece):
    """The count after each moment is that of the parts that have come by then, less those that have gone."""
    items = [item(number, came, came + stayed) for number, (came, stayed) in enumerate(stays, 1)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wip, "PIECE", piece)
        on_line = OnLine(columns_of(run(items), PRESS_AND_CAMERA))
        told = [pair for moments, counts in on_line.pieces() for pair in zip(moments, counts, strict=True)]
    known = sorted({0, *(came for came, _ in stays), *(came + stayed for came, stayed in stays)})
    here = [sum(came <= at < came + stayed for came, stayed in stays) for at in known]
    assert told == [(at * SECOND, count) for at, count in zip(known, here, strict=True)]
    assert on_line.moments == len(known)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=60), st.integers(1, 30), st.integers(1, 60))
def test_of_every_stretch_the_lowest_the_highest_and_the_last_are_kept(values, most, piece):
    """And the first point of all, wherever the pieces end."""
    points = np.arange(len(values), dtype=np.int64), np.array(values, dtype=np.int64)
    pieces = [tuple(column[at : at + piece] for column in points) for at in range(0, len(values), piece)]
    (thin,) = Long("s", "wip", len(values), lambda: iter(pieces)).thinned(most)
    kept = set(range(len(values)))
    if len(values) > most:
        edges = [int(edge) for edge in np.linspace(0, len(values), max(most // 3, 1) + 1)]
        stretches = [range(begin, end) for begin, end in pairwise(edges)]
        lows, highs = ([pick(one, key=values.__getitem__) for one in stretches] for pick in (min, max))
        kept = {0, *lows, *highs, *(one[-1] for one in stretches)}
    assert thin.moments.tolist() == sorted(kept)
    assert thin.values.tolist() == [values[at] for at in sorted(kept)]
