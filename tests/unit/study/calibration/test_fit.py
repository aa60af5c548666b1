"""Servers of known law, measured by the protocol in an exact simulation: the fit finds the law again."""

from dataclasses import replace
from itertools import pairwise

import pytest
from known_servers import Known, batching_burst, exponential, gamma

from line_sim.scenario.gateways.sharing import MOST_STEPS
from line_sim.study.calibration.fit.alone import alone_in, with_idle
from line_sim.study.calibration.fit.fit import fit
from line_sim.study.calibration.fit.fitted import Fitted
from line_sim.study.calibration.law import Idle, Law
from line_sim.study.calibration.observed import Call, Observed, Round, Stretch

MEAN = 0.1
OVERHEAD = 0.002
FIFO_1 = Law(1, (1.0,), OVERHEAD)
FIFO_2 = Law(2, (1.0, 2.0), OVERHEAD)
SHARING = Law(100, (1.0, 1.6, 1.9, 2.0), OVERHEAD)
LPS_2 = Law(2, (1.0, 1.5), OVERHEAD)
LAWS = {"FIFO 1": FIFO_1, "FIFO 2": FIFO_2, "sharing": SHARING, "LPS(2)": LPS_2}


def measured(law: Law, cv: float = 0.15, **options: object) -> Observed:
    """Measure a server of gamma work."""
    return Known(law, gamma(MEAN, cv), MEAN, **options).observed()


@pytest.mark.parametrize("keeps", [False, True])
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_the_law_is_found_again(law: Law, keeps: bool) -> None:
    """K and the end of calls given up exactly; mu(n) within 3 %, work within 2 %, overhead within 1 ms."""
    found = fit(measured(replace(law, keeps_computing=keeps)))
    assert found.law.places == law.places
    assert found.law.keeps_computing is keeps
    assert found.law.speeds == pytest.approx(law.speeds, rel=0.03)
    assert found.mean_work.value == pytest.approx(MEAN, rel=0.02)
    assert found.law.overhead == pytest.approx(OVERHEAD, abs=0.001)
    assert not found.law.idle
    assert not found.refusals


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_calls_that_it_was_not_fitted_to_are_told_within_their_noise(law: Law) -> None:
    """Throughput within 2 %, and the median within 4 % or three times what chance scatters."""
    figures = fit(measured(law)).held_out.figures
    assert abs(figures["throughput"].error) < 0.02
    assert abs(figures["p50"].error) < max(0.04, 3 * figures["p50"].noise)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_with_exponential_work_a_queue_is_told_apart_by_order_alone(seed: int) -> None:
    """A queue and a server that shares answer at the same mean times then; not the same calls.

    Whether sharing has a limit near the most calls that were tried may stay open; then that is said.
    """
    queue, shared = (
        fit(Known(law, exponential(MEAN, seed), MEAN).observed(rounds=24))
        for law in (FIFO_1, Law(100, (1.0,), OVERHEAD))
    )
    assert queue.law.places == 1
    assert shared.law.places > 1
    assert shared.law.places == 100 or "no limit would fit about as well" in said(shared)


def test_tails_stay() -> None:
    """The work that a model draws from is the measured one: its p95 is that of the gamma, not a normal's."""
    known = Known(FIFO_1, gamma(MEAN, 0.6), MEAN)
    work = sorted(fit(known.observed()).work.tolist())
    drawn = sorted(next(gamma_of) for gamma_of in [gamma(MEAN, 0.6, 2)] for _ in range(20_000))
    assert work[int(0.95 * len(work))] == pytest.approx(drawn[19_000], rel=0.1)


def test_a_pause_that_makes_calls_slow_is_found() -> None:
    """A server that has rested for 70 ms needs 20 ms more; the takt leaves 100 ms."""
    found = fit(measured(replace(FIFO_1, idle=(Idle(0.07, 0.02),)), cv=0.05))
    (idle,) = found.law.idle
    assert 0.05 < idle.after < 0.1
    assert idle.adds == pytest.approx(0.02, rel=0.1)
    assert found.mean_work.value == pytest.approx(MEAN, rel=0.02)


def test_two_rests_that_cost_more_and_more_are_found() -> None:
    """5 ms more after 10 ms without work, 20 ms after 70 ms."""
    steps = (Idle(0.01, 0.005), Idle(0.07, 0.02))
    found = fit(measured(replace(FIFO_1, idle=steps), cv=0.05))
    short, long = found.law.idle
    assert short.after < 0.03
    assert 0.05 < long.after < 0.1
    assert (short.adds, long.adds) == (pytest.approx(0.005, rel=0.25), pytest.approx(0.02, rel=0.1))
    assert found.mean_work.value == pytest.approx(MEAN, rel=0.02)


def test_a_slope_is_told_in_few_steps() -> None:
    """Calls that take longer the longer the rest, by nothing else: no more steps than a scenario may have."""
    calls = [Call(0.0, MEAN * (1 + n / 500), pause=0.01 * 1.01**n) for n in range(1_000)]
    alone = [
        Stretch("loop", (calls[0],) * 3),
        Stretch("takt", (calls[-1],) * 3),
        Stretch("pauses", tuple(calls)),
    ]
    rounds = [Round(tuple(alone))]
    steps = with_idle(alone_in(rounds), rounds).idle
    assert 4 < len(steps) <= MOST_STEPS
    assert all(later.after >= 1.25 * sooner.after for sooner, later in pairwise(steps))
    assert all(later.adds > sooner.adds for sooner, later in pairwise(steps))


def test_what_a_byte_costs_is_found() -> None:
    """0.2 us a byte, within 10 %."""
    slope = fit(measured(FIFO_1, cv=0.03, per_byte=2e-7)).slope
    assert slope is not None
    assert slope.seconds_per_byte == pytest.approx(2e-7, rel=0.1)
    assert slope.smallest == 20_000
    assert slope.largest == 160_000


def test_intervals_hold_the_truth() -> None:
    """mu(2) to mu(4) of a sharing server lie inside theirs."""
    found = fit(measured(SHARING))
    for size in (2, 3, 4):
        interval = found.speeds[size]
        assert interval.low < SHARING.speeds[size - 1] < interval.high


def test_the_same_data_give_the_same_fit() -> None:
    """Chance is that of the seed."""
    observed = measured(LPS_2)
    one, other = fit(observed, 3), fit(observed, 3)
    assert one.law == other.law
    assert one.speeds == other.speeds
    assert one.held_out.figures == other.held_out.figures


def with_stretches(observed: Observed, part: str, stretches: list[Stretch]) -> Observed:
    """Put other stretches into every round in place of those of a part."""
    rounds = (
        Round((*(s for s in one.stretches if s.part != part), *stretches), one.foreign)
        for one in observed.rounds
    )
    return replace(observed, rounds=tuple(rounds))


def test_a_server_that_puts_calls_together_is_refused_with_words() -> None:
    """The first of a burst alone, the others at once: no number of places says so.

    Callers in a loop are in every other of its batches, so that n of them get n answers in the time of two.
    """
    bursts = [batching_burst(size, MEAN, 0.01) for size in (2, 3, 4)]
    loops = Law(100, (1.0, 1.0, 1.5, 2.0), OVERHEAD)
    found = fit(with_stretches(measured(loops), "burst", bursts))
    assert len(found.refusals) == 1
    assert "puts calls together" in found.refusals[0]


def test_a_drift_is_told() -> None:
    """Lone calls of the second half of the time that take a third longer."""
    observed = measured(FIFO_1, cv=0.05)
    slow = [replace(one, stretches=tuple(map(slower, one.stretches))) for one in observed.rounds[6:]]
    found = fit(replace(observed, rounds=(*observed.rounds[:6], *slow)))
    assert any("second half" in doubt for doubt in found.doubts)
    assert not any("second half" in doubt for doubt in fit(observed).doubts)


def slower(stretch: Stretch) -> Stretch:
    """Stretch the lone calls at the takt by a third."""
    if stretch.part != "takt":
        return stretch
    return replace(
        stretch, calls=tuple(c._replace(ended=c.sent + 1.33 * (c.ended - c.sent)) for c in stretch.calls)
    )


def said(found: Fitted) -> str:
    """Join all doubts."""
    return " ".join(found.doubts)


def test_what_was_not_measured_is_told() -> None:
    """A server that worked on all calls at once: nobody knows about more of them."""
    assert "not measured (--in-flight)" in said(fit(measured(SHARING)))
    assert "not measured (--in-flight)" not in said(fit(measured(FIFO_2)))


def test_a_queue_shows_its_overhead() -> None:
    """Lone calls take more than answers lie apart where calls wait: 6 ms of 106, without any ping."""
    found = fit(with_stretches(measured(replace(FIFO_1, overhead=0.006)), "pings", []))
    assert found.law.overhead == pytest.approx(0.006, abs=0.001)
    assert found.mean_work.value == pytest.approx(MEAN, rel=0.01)


def test_two_servers_show_their_overhead_where_three_ask() -> None:
    """6 ms of 106 without any ping: three callers get two answers in the time of one call's work."""
    found = fit(with_stretches(measured(replace(FIFO_2, overhead=0.006)), "pings", []))
    assert found.law.overhead == pytest.approx(0.006, abs=0.0015)
    assert found.law.speeds == pytest.approx((1.0, 2.0), rel=0.01)


def test_half_of_a_server_goes_on_is_told() -> None:
    """A call in service is finished, those that wait are dropped: neither word of the model is right."""
    observed = measured(replace(FIFO_1, keeps_computing=True))
    stopped = measured(FIFO_1)
    of_four = [s for one in stopped.rounds for s in one.of("given up", 4)][:3]
    of_one = [s for one in observed.rounds for s in one.of("given up", 1)][:3]
    found = fit(with_stretches(observed, "given up", [*of_one, *of_four]))
    assert found.law.keeps_computing
    assert "is dropped" in said(found)


def test_without_lone_calls_there_is_no_fit() -> None:
    """A protocol of which half is missing fits nothing."""
    with pytest.raises(ValueError, match="no lone calls"):
        fit(with_stretches(measured(FIFO_1), "takt", []))
