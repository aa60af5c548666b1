"""Pareto fronts, against looking at every pair."""

from hypothesis import given
from hypothesis import strategies as st

from line_sim.study.sweep.pareto import front, fronts

SMALL = st.integers(0, 6).map(float)


@given(points=st.lists(st.tuples(SMALL, SMALL), max_size=12))
def test_the_front_is_whom_nobody_beats(points):
    """Nobody is as good in both things and better in one; equals stand there together."""

    def beaten(one):
        return any(other != one and other[0] <= one[0] and other[1] <= one[1] for other in points)

    assert front(points) == [place for place, point in enumerate(points) if not beaten(point)]


def test_more_output_is_weighed_against_escapes_cost_and_flow_time():
    """By the numbers of the variants."""
    told = [
        (1, {"uph": 100.0, "escape_rate": 0.01, "cost": 5.0, "flow_time": 9.0}),
        (2, {"uph": 120.0, "escape_rate": 0.02, "cost": 5.0, "flow_time": 8.0}),
        (3, {"uph": 110.0, "escape_rate": 0.03, "cost": 4.0, "flow_time": 9.0}),
    ]
    found = {tuple(each.better.items()): each.variants for each in fronts(told)}
    assert found == {
        (("uph", "more"), ("escape_rate", "less")): (1, 2),
        (("uph", "more"), ("cost", "less")): (2, 3),
        (("uph", "more"), ("flow_time", "less")): (2,),
    }


def test_what_is_not_told_of_all_or_the_same_in_all_has_no_front():
    """There is nothing to weigh."""
    told = [(1, {"uph": 1.0, "escape_rate": 0.0, "flow_time": 2.0}), (2, {"uph": 2.0, "escape_rate": 0.0})]
    assert fronts(told) == []
