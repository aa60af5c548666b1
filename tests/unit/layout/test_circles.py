"""Ways round, on graphs of any shape."""

from hypothesis import given
from hypothesis import strategies as st

from line_sim.layout import Exit, Lane, Way
from line_sim.layout.circles import way_round

places = st.integers(0, 9)


def ways(pairs):
    """Return ways between pairs of places, and one off the line."""
    return [*(Way(start, Lane.SHIP, to) for start, to in pairs), Way(0, Lane.SHIP, Exit.SHIPPED)]


@given(st.sets(st.tuples(places, places), max_size=25))
def test_a_way_round_is_found_where_there_is_one_from_the_first_place_on_it(pairs):
    """A place is on one where it can be reached from itself: by all steps there are, again and again."""
    reached = {(start, to) for start, to in pairs}
    while more := {(a, d) for a, b in reached for c, d in pairs if b == c} - reached:
        reached |= more
    round_ = [place for place in range(10) if (place, place) in reached]
    found = way_round(ways(pairs))
    assert bool(found) == bool(round_)
    if found:
        assert found[0] == round_[0]
        assert len(set(found)) == len(found)
        assert set(zip(found, (*found[1:], found[0]), strict=True)) <= pairs


def test_the_shortest_one_is_told():
    """Of two ways from the press the one without the pack."""
    assert way_round(ways({(0, 1), (1, 2), (2, 0), (1, 0)})) == (0, 1)


def test_a_long_line_of_many_shortcuts_is_no_labour():
    """Every place leads to the next three: there are more ways than anybody could go."""
    straight = {(place, place + step) for place in range(400) for step in (1, 2, 3)}
    assert way_round(ways(straight)) == ()
    assert way_round(ways(straight | {(402, 399)})) == (399, 402)
