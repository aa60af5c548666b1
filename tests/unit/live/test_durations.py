"""Durations counted up to limits: exact at the limits that were asked for, to a percent between them."""

from hypothesis import given
from hypothesis import strategies as st

from line_sim.live.durations import Durations, Snapshot, fine_limits, together
from line_sim.live.limits import latency_limits, skew_limits
from line_sim.units import HOUR, MICROSECOND


@given(st.integers(1, HOUR))
def test_the_deadline_is_the_last_limit(deadline):
    """Limits rise, none is 0, none is beyond what can be known; the budget lies among its own."""
    limits = latency_limits(deadline)
    assert list(limits) == sorted(set(limits))
    assert limits[0] > 0
    assert limits[-1] == fine_limits(limits, deadline)[-1] == deadline
    assert deadline in skew_limits(deadline)[:-1]
    assert len({str(limit / 1e9) for limit in limits}) == len(limits), "Prometheus tells them apart"


def test_a_limit_belongs_to_its_own_bucket():
    """`le` means: at most."""
    durations = Durations((10, 20))
    for duration in (0, 10, 11, 20, 21):
        durations.add(duration)
    assert durations.snapshot((10, 20)) == Snapshot((2, 4), 5, 62)


@given(st.lists(st.integers(0, HOUR)), st.integers(1, HOUR))
def test_fine_counts_are_exact_at_the_limits_asked_for(values, deadline):
    """However fine they are counted, what Prometheus reads is what counting at its limits alone gives."""
    limits = latency_limits(deadline)
    fine, coarse = Durations(fine_limits(limits, deadline)), Durations(limits)
    for value in values:
        fine.add(value)
        coarse.add(value)
    assert fine.snapshot(limits) == coarse.snapshot(limits)
    assert together([fine.snapshot(limits)] * 2).n == 2 * len(values)


@given(st.integers(MICROSECOND, HOUR), st.none() | st.integers(HOUR, 10 * HOUR))
def test_fine_limits_are_a_percent_apart(value, longest):
    """So that the limit above a duration stands for it to about one percent."""
    limits = fine_limits((), longest)
    above = next(limit for limit in limits if limit >= value)
    assert above <= value * 1.011 + 1
