"""Normal, Weibull and lognormal times by two quantiles: what theory says of them, also at their limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from scipy import stats
from stories import camera, happens, modelled, press

from line_sim.chance.durations import durations, quantile_function
from line_sim.chance.streams import BLOCK, Stream
from line_sim.scenario import Time
from line_sim.scenario.distributions.by_mean import (
    LEAST_SHAPE,
    LEAST_SPREAD,
    MOST_SHAPE,
    MOST_SPREAD,
    Weibull,
)
from line_sim.scenario.distributions.normal import Normal
from line_sim.scenario.distributions.quantiles import MOST_TIMES_P50, NORMAL_P99, Quantiles
from line_sim.units import LONGEST, SECOND, duration_text

TIMES = TypeAdapter(Time)
PARTS = 100_000
P99 = stats.norm.isf(0.01)


def truncated(mean, sd):
    """Return SciPy's normal given that it is 0 or more."""
    return stats.truncnorm(-mean / sd, np.inf, mean, sd)


def weibull(mean, shape):
    """Return SciPy's Weibull."""
    return stats.weibull_min(shape, scale=mean / stats.weibull_min(shape).mean())


def lognormal(p50, p99):
    """Return SciPy's lognormal."""
    return stats.lognorm(np.log(p99 / p50) / P99, scale=p50)


KINDS = {
    "normal": ({"normal": {"mean": 4, "sd": 1}}, truncated(4, 1)),
    "normal, a third cut off": ({"normal": {"mean": 0.5, "sd": 1}}, truncated(0.5, 1)),
    "weibull that wears out": ({"weibull": {"mean": 2, "shape": 3}}, weibull(2, 3)),
    "weibull that fails early": ({"weibull": {"mean": 2, "shape": 0.8}}, weibull(2, 0.8)),
    "quantiles": ({"quantiles": {"p50": "85 ms", "p99": "240 ms"}}, lognormal(0.085, 0.24)),
}
kinds = pytest.mark.parametrize("kind", KINDS)
FALSE_ALARM = 1e-3 / (4 * len(KINDS))
"""Each of three quantiles and the sd of every kind: together they fail by chance once in 1,000."""


def drawn(written, seed=5):
    """Return the times of many parts in seconds."""
    draw = durations(seed, "cycle", "press", TIMES.validate_python(written))
    return np.array([draw.of(item) for item in range(1, PARTS + 1)]) / SECOND


@kinds
def test_draws_have_the_spread_and_the_quantiles_of_their_distribution(kind):
    """100,000 draws: how many lie below p50, p90 and p99 is binomial; the sd by the fourth moment."""
    written, truth = KINDS[kind]
    times = drawn(written)
    for share in (0.5, 0.9, 0.99):
        below = int((times <= truth.ppf(share)).sum())
        assert stats.binomtest(below, PARTS, share).pvalue > FALSE_ALARM
    error = truth.var() * np.sqrt((truth.stats("k") + 2) / PARTS)
    squares = np.mean((times - truth.mean()) ** 2)
    assert abs(squares - truth.var()) < stats.norm.isf(FALSE_ALARM / 2) * error


def test_a_normal_is_cut_off_at_0_and_not_clipped():
    """Of a normal with mean 0 half is gone: no part takes no time, and few take little."""
    times = drawn({"normal": {"mean": 0, "sd": 1}})
    assert times.min() > 0
    assert stats.kstest(times, stats.halfnorm.cdf).pvalue > FALSE_ALARM


def test_the_lognormal_goes_through_both_quantiles():
    """To the nanosecond."""
    ends = quantile_function(Quantiles(p50="85 ms", p99="240 ms"))(np.array([0.5, 0.99]))
    assert np.rint(ends).tolist() == [85_000_000, 240_000_000]
    assert pytest.approx(P99, rel=1e-15) == NORMAL_P99


def test_a_weibull_of_shape_1_is_exponential():
    """The same uniform number, the same time."""
    u = Stream(3, "cycle", "press").block(0)
    one, other = ({"weibull": {"mean": 2, "shape": 1}}, {"exponential": {"mean": 2}})
    found, wanted = (quantile_function(TIMES.validate_python(written))(u) for written in (one, other))
    assert np.allclose(found, wanted, rtol=1e-12)


@kinds
def test_a_time_is_the_same_alone_and_in_a_column(kind):
    """To the byte: one uniform number, a block of them, many blocks at once."""
    quantile = quantile_function(TIMES.validate_python(KINDS[kind][0]))
    stream = Stream(3, "cycle", "press")
    blocks = [stream.block(index) for index in range(9)]
    column = quantile(np.concatenate(blocks))
    assert column.tobytes() == b"".join(quantile(block).tobytes() for block in blocks)
    assert column[:BLOCK].tobytes() == b"".join(quantile(u.reshape(1)).tobytes() for u in blocks[0])
    draws = durations(3, "cycle", "press", TIMES.validate_python(KINDS[kind][0]))
    assert [draws.of(item) for item in range(BLOCK)] == draws.block(0) == np.rint(column[:BLOCK]).tolist()


nanoseconds = st.sampled_from([1, 2, 10**6, SECOND, LONGEST]) | st.integers(1, LONGEST)
lengths = nanoseconds.map(duration_text)
shapes = st.sampled_from([LEAST_SHAPE, 1, 3.5, MOST_SHAPE]) | st.floats(LEAST_SHAPE, MOST_SHAPE)


@st.composite
def two_quantiles(draw):
    """Return a time by a p50 and a p99 that may stand together."""
    p99 = draw(st.integers(2, LONGEST))
    p50 = draw(st.integers(-(-p99 // MOST_TIMES_P50), p99 - 1))
    return {"quantiles": {"p50": duration_text(p50), "p99": duration_text(p99)}}


anything = st.one_of(
    st.builds(lambda mean, sd: {"normal": {"mean": mean, "sd": sd}}, lengths | st.just(0), lengths),
    st.builds(lambda mean, shape: {"weibull": {"mean": mean, "shape": shape}}, lengths, shapes),
    two_quantiles(),
)
ENDS = (np.array([0.0, 2.0**52 - 1]) + 0.5) * 2.0**-52
"""The least and the largest number that a stream can give."""


@given(anything, st.integers(0, 2**64 - 1))
def test_whatever_is_allowed_can_be_drawn(written, seed):
    """Every time is a whole number, 0 or more, none beyond what the least and the largest uniform give."""
    time = TIMES.validate_python(written)
    with np.errstate(all="raise", under="ignore"):
        shortest, longest = np.rint(quantile_function(time)(ENDS))
        block = durations(seed, "cycle", "press", time).block(0)
    assert 0 <= shortest <= time.mean_ns <= longest < np.inf
    assert all(type(each) is int and 0 <= each <= longest for each in block)


@given(st.floats(0, 50))
def test_the_mean_of_a_normal_is_that_of_what_is_left(a):
    """SciPy's mean of the same truncated normal; beyond 9 standard deviations nothing is cut off."""
    time = Normal(mean=a, sd=1)
    assert time.mean_ns / SECOND == pytest.approx(truncated(time.mean / SECOND, 1).mean(), rel=1e-9)


@pytest.mark.parametrize("shape", [LEAST_SHAPE, MOST_SHAPE])
def test_a_weibull_spreads_no_further_than_a_cv_may(shape):
    """At both limits of its shape its cv is within those of a cv; v^2 = G(1 + 2/k) / G(1 + 1/k)^2 - 1."""
    cv = stats.weibull_min.std(shape) / stats.weibull_min.mean(shape)
    if shape == MOST_SHAPE:  # there the difference of both is lost in rounding: pi / (k sqrt 6)
        cv = np.pi / np.sqrt(6) / shape
    assert LEAST_SPREAD < cv < MOST_SPREAD


@pytest.mark.parametrize("shape", [LEAST_SHAPE, 0.5, 1, 2, 1000, MOST_SHAPE])
def test_the_scale_of_a_weibull(shape):
    """The time that 1 - 1/e of all stay below, by SciPy's mean."""
    assert Weibull(mean=2, shape=shape).scale / SECOND == pytest.approx(
        2 / stats.weibull_min.mean(shape), rel=1e-9
    )


WEIBULL, NORMAL = {"weibull": {"mean": 1, "shape": 0.8}}, {"normal": {"mean": 1, "sd": 1}}
ANSWERS = {"quantiles": {"p50": 0.5, "p99": 2}}
PLACES = {
    ("cycle", "press"): NORMAL,
    ("repair time", "press/1"): WEIBULL,
    ("acquisition", "camera"): WEIBULL,
    ("inference", "camera"): ANSWERS,
    ("review time", "review"): NORMAL,
}


def everywhere(seed):
    """Run a line that has such times wherever a time may stand, and return its records."""
    failing = {"up": {"weibull": {"mean": 9, "shape": 2}}, "repair": WEIBULL}
    line = (
        press(NORMAL, breakdowns=failing),
        camera(acquisition=WEIBULL, gateway=modelled(ANSWERS, false_alarm_rate=0.5), buffer=2),
    )
    review = {"time": NORMAL, "buffer": 3}
    return happens(*line, items=200, every=ANSWERS, review=review, seed=seed).records


def test_they_may_stand_wherever_a_time_may():
    """Arrivals, cycle, breakdowns, acquisition, a modelled answer, a look: each part has its own draw."""
    records = everywhere(3)
    draws = {at: durations(3, *at, TIMES.validate_python(time)) for at, time in PLACES.items()}
    worked = {(v.station, v.item_id): v.finished_at - v.started_at - v.down for v in records.visits}
    answers = {c.item_id: c.latency for c in records.calls}
    assert len(answers) == 200
    for (station, item), work in worked.items():
        if station == "camera":
            assert work == draws["acquisition", "camera"].of(item) + answers[item]
            assert answers[item] == draws["inference", "camera"].of(item, attempt=1)
        else:
            purpose = "review time" if station == "review" else "cycle"
            assert work == draws[purpose, station].of(item)
    repairs = [o.repaired_at - o.failed_at for o in records.outages if o.repaired_at is not None]
    assert len(repairs) > 9
    assert repairs == [draws["repair time", "press/1"].of(n) for n in range(1, len(repairs) + 1)]


def test_the_same_seed_is_the_same_line():
    """And another seed another."""
    assert everywhere(3) == everywhere(3)
    assert everywhere(3).items != everywhere(4).items
