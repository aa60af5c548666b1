"""A table looked at piece by piece says the same as at once; the rows about some parts are found."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from recorded import item, run, visit

from line_sim.analysis.by_part import ByPart
from line_sim.layout import Layout, Place
from line_sim.recording.rows import are_in_order
from line_sim.recording.run_columns import Known, RunColumns, columns_of

LAYOUT = Layout((Place("press"),))


def columns(parts: list[int]) -> RunColumns:
    """Return a run in which these parts came to the press, one after the other."""
    visits = [visit(part, "press", at, at, at + 1, at + 1) for at, part in enumerate(parts)]
    return columns_of(run([], visits), LAYOUT)


@given(st.lists(st.integers(1, 9), max_size=12), st.integers(1, 5), st.integers(0, 2))
def test_pieces_are_the_table_in_its_order(parts, most, again):
    """Put together without the rows that they repeat they are all of it."""
    visits = columns(parts).visits(0)
    pieces = list(visits.pieces(most, again))
    own = [piece.item[min(again, most * number) if number else 0 :] for number, piece in enumerate(pieces)]
    assert np.concatenate(own).tolist() == parts
    assert sum(map(len, visits.pieces(most))) == len(visits)


@given(st.lists(st.integers(1, 9), max_size=12), st.integers(1, 5), st.integers(1, 9))
def test_what_holds_of_a_row_holds_of_it_in_a_piece(parts, most, least):
    """Rows chosen by a mask are read whether they stand together or apart."""
    visits = columns(parts).visits(0)
    chosen = visits.where(visits.item >= least)
    assert chosen.item.tolist() == [part for part in parts if part >= least]
    again = [piece.where(piece.queued % 2 == 0).queued for piece in chosen.pieces(most)]
    assert np.concatenate(again).tolist() == [at for at in chosen.queued.tolist() if at % 2 == 0]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=30))
def test_the_rows_about_some_parts_are_those_that_name_them(parts):
    """However the parts are mixed, each row is found with its part, and no other."""
    found = columns(parts)
    known = sorted(set(parts))
    by_part = ByPart(found.visits(0), found.parts)
    for begin in range(0, len(known), 3):
        some = by_part.of(range(begin, min(begin + 3, len(known))))
        rows = [row for row, part in enumerate(parts) if part in known[begin : begin + 3]]
        assert some.rows.tolist() == rows
        assert some.table.item.tolist() == [parts[row] for row in rows]
        assert [known[who] for who in some.who.tolist()] == some.table.item.tolist()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=8))
def test_rows_are_in_order_where_sorting_would_leave_them(pairs):
    """The first key is the weightiest, and equal rows are in order."""
    first, second = (np.array([pair[key] for pair in pairs], dtype=np.int64) for key in (0, 1))
    assert are_in_order(first, second) == (pairs == sorted(pairs))


@given(st.sets(st.integers(0, 9)), st.lists(st.integers(-2, 11), max_size=6))
def test_whether_numbers_are_known(known, wanted):
    """Whether they follow one another or have gaps."""
    there = Known(np.array(sorted(known), dtype=np.int64))
    assert there.has(np.array(wanted, dtype=np.int64)) == known.issuperset(wanted)


@given(st.lists(st.integers(1, 9)), st.lists(st.integers(1, 9)))
def test_the_parts_of_a_run_are_those_of_all_its_tables(told, seen):
    """Each has a place among them, and it is known of which items.csv tells."""
    visits = [visit(part, "press", at, at, at + 1, at + 1) for at, part in enumerate(seen)]
    parts = columns_of(run([item(part, 0, 1) for part in told], visits), LAYOUT).parts
    assert parts.numbers.tolist() == sorted({*told, *seen})
    assert parts.told.tolist() == [part in told for part in parts.numbers.tolist()]
    assert parts.all_told == (set(seen) <= set(told))
