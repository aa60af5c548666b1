"""Chance: numbers that belong to a part and a purpose, and times that follow their distributions."""

import os
import subprocess
import sys
from hashlib import blake2b
from itertools import product

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy import stats
from stories import QUICK_REVIEW, camera, happens, modelled, press

from line_sim.chance.chance import Chance
from line_sim.chance.durations import durations, quantile_function
from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import BLOCK, Draws, Stream, choices, events
from line_sim.scenario import Time
from line_sim.units import SECOND

TIMES = TypeAdapter(Time)
FALSE_ALARM = 1e-3 / 60
"""Each statistical check here fails by chance once in so many; all of them together once in 1,000."""

LARGE = 1 << 20
U = (np.arange(LARGE) + 0.5) / LARGE
KINDS = {
    "exponential": ({"exponential": {"mean": 2}}, stats.expon(scale=2)),
    "uniform": ({"uniform": {"low": 1, "high": 4}}, stats.uniform(1, 3)),
    "triangular": ({"triangular": {"low": 1, "mode": 2, "high": 5}}, stats.triang(0.25, 1, 4)),
    "triangular rising": ({"triangular": {"low": 1, "mode": 5, "high": 5}}, stats.triang(1, 1, 4)),
    "triangular falling": ({"triangular": {"low": 1, "mode": 1, "high": 5}}, stats.triang(0, 1, 4)),
    "lognormal": (
        {"lognormal": {"mean": 4, "cv": 0.5}},
        stats.lognorm(np.sqrt(np.log(1.25)), scale=4 / np.sqrt(1.25)),
    ),
    "normal": ({"normal": {"mean": 4, "sd": 1}}, stats.truncnorm(-4, np.inf, 4, 1)),
    "normal, half cut off": ({"normal": {"mean": 0, "sd": 2}}, stats.halfnorm(scale=2)),
    "quantiles": ({"quantiles": {"p50": 1, "p99": 3}}, stats.lognorm(np.log(3) / stats.norm.isf(0.01))),
    "rayleigh": ({"weibull": {"mean": (np.pi / 2) ** 0.5, "shape": 2}}, stats.rayleigh()),
    "weibull with a long tail": ({"weibull": {"mean": 6, "shape": 0.5}}, stats.weibull_min(0.5, scale=3)),
    "gamma": ({"gamma": {"mean": 3, "cv": 0.4}}, stats.gamma(6.25, scale=0.48)),
    "erlang-2": ({"gamma": {"mean": 1, "cv": 0.5**0.5}}, stats.gamma(2, scale=0.5)),
    "hyperexponential-like": ({"gamma": {"mean": 1, "cv": 2.0}}, stats.gamma(0.25, scale=4)),
}
kinds = pytest.mark.parametrize("kind", KINDS)


def drawn(kind: str, seed: int, parts: int) -> np.ndarray:
    """Return the times of parts 1, 2, ... in seconds."""
    draw = durations(seed, "cycle", "press", TIMES.validate_python(KINDS[kind][0]))
    return np.array([draw.of(item) for item in range(1, parts + 1)]) / SECOND


def test_a_number_belongs_to_its_part_and_not_to_the_order_of_asking():
    """Forwards, backwards, one by one, across blocks: the same number for the same part."""
    items = [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 7 * BLOCK, 10**6, 10**12]
    draws = Draws(Stream(3, "cycle", "press"), np.copy)
    forwards = {item: draws.of(item) for item in items}
    other = Draws(Stream(3, "cycle", "press"), np.copy)
    assert {item: other.of(item) for item in reversed(items)} == forwards
    assert {item: Stream(3, "cycle", "press").uniform(item) for item in items} == forwards


def test_forgotten_blocks_come_back_the_same():
    """Only some blocks are kept; asking again after many others gives the same number."""
    draws = Draws(Stream(3, "cycle", "press"), np.copy)
    first = draws.of(5)
    for block in range(100):
        draws.of(block * BLOCK)
    assert draws.of(5) == first


def test_neighbouring_blocks_and_attempts_share_no_number():
    """50 blocks, 3 visits, 2 attempts: all different (52 bits: a repeat by chance is 1 in 380,000)."""
    stream = Stream(1, "inference", "camera")
    counters = product(range(50), (1, 2, 3), range(2))
    numbers = np.concatenate([stream.block(*counter) for counter in counters])
    assert len(np.unique(numbers)) == len(numbers) == 300 * BLOCK


def test_a_second_visit_draws_anew_and_leaves_the_first_as_it_was():
    """Sent back for rework, a part draws numbers of its own there; without that nothing has changed."""
    before_there_were_visits = np.random.Philox(
        key=int.from_bytes(blake2b(b"3\x1fcycle\x1fpress", digest_size=16).digest(), "little"), counter=BLOCK
    )
    first = (before_there_were_visits.random_raw(4) >> np.uint64(12))[0]
    draws = Draws(Stream(3, "cycle", "press"), np.copy)
    again = [draws.of(item, 2) for item in range(1, 9)]
    assert draws.of(BLOCK) == draws.of(BLOCK, 1) == (float(first) + 0.5) * 2.0**-52
    assert again == [draws.of(item, visit=2) for item in range(1, 9)]
    assert again == [Stream(3, "cycle", "press").uniform(item, 2) for item in range(1, 9)]
    assert not set(again) & {draws.of(item) for item in range(1, 9)}


def test_lines_that_share_their_chance_draw_once():
    """The same purpose and place are the same draws; under another law they are drawn anew."""
    chance = Chance(3)
    time = TIMES.validate_python(KINDS["exponential"][0])
    draws = chance.durations(Purpose.CYCLE, "press", time)
    assert chance.durations(Purpose.CYCLE, "press", time) is draws
    assert chance.durations(Purpose.CYCLE, "pack", time) is not draws
    assert draws.of(7) == durations(3, "cycle", "press", time).of(7)
    assert chance.events(Purpose.TRUE_STATE, "", 0.5) is chance.events(Purpose.TRUE_STATE, "", 0.5)
    assert not any(chance.events(Purpose.TRUE_STATE, "", 0.0).of(item) for item in range(99))
    two, three = (chance.choices(Purpose.DEFECT_KIND, "", kinds) for kinds in (("a", "b"), ("a", "b", "c")))
    assert {three.of(item) for item in range(99)} > {two.of(item) for item in range(99)}
    assert set(chance.draws) == {
        (Purpose.CYCLE, "press"),
        (Purpose.CYCLE, "pack"),
        (Purpose.TRUE_STATE, ""),
        (Purpose.DEFECT_KIND, ""),
    }


@pytest.mark.parametrize(
    "other", [(2, "cycle", "a"), (1, "repair", "a"), (1, "cycle", "b"), (1, "cycle", "")]
)
def test_streams_of_other_names_are_other_numbers(other):
    """Seed, purpose and place each make a stream of its own; their numbers are uncorrelated."""
    one, two = Stream(1, "cycle", "a").block(3), Stream(*other).block(3)
    assert not np.intersect1d(one, two).size
    assert stats.pearsonr(one, two).pvalue > FALSE_ALARM


def test_names_do_not_run_into_each_other():
    """Seed 1 and purpose 2x are not seed 12 and purpose x."""
    assert Stream(1, "2x").uniform(1) != Stream(12, "x").uniform(1)
    assert Stream(1, "ab", "c").uniform(1) != Stream(1, "a", "bc").uniform(1)


def test_numbers_are_never_0_and_never_1():
    """The half bit keeps the interval open, also where all bits are 0 or 1."""
    lowest, highest = (np.array([0.0, 2.0**52 - 1]) + 0.5) * 2.0**-52
    assert lowest > 0.0
    assert highest < 1.0
    numbers = np.concatenate([Stream(9, "open").block(index) for index in range(500)])
    assert numbers.min() > 0.0
    assert numbers.max() < 1.0
    for written, _ in KINDS.values():
        ends = quantile_function(TIMES.validate_python(written))(np.array([lowest, highest]))
        assert np.isfinite(ends).all()
        assert (ends >= 0).all()


def test_the_same_numbers_in_every_process():
    """Nothing hangs on the hash seed of the interpreter, on earlier draws or on the machine's own chance."""
    code = (
        "from line_sim.chance.streams import Stream, choices;"
        "print(Stream(7, 'cycle', 'press').uniform(1), Stream(7, 'cycle', 'press').uniform(100_000),"
        "[choices(7, 'kind', '', ('a', 'b', 'c')).of(n) for n in range(9)])"
    )

    def printed(hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert printed("0") == printed("1") == printed("4242")
    assert str(Stream(7, "cycle", "press").uniform(1)) in printed("2")


def test_the_numbers_are_uniform_and_independent_from_part_to_part():
    """Kolmogorov-Smirnov, and no correlation with the next part's number; 100,000 numbers."""
    numbers = np.concatenate([Stream(11, "cycle", "press").block(index) for index in range(200)])
    assert stats.kstest(numbers, "uniform").pvalue > FALSE_ALARM
    assert stats.pearsonr(numbers[:-1], numbers[1:]).pvalue > FALSE_ALARM


@kinds
def test_an_inverse_is_the_inverse_of_its_distribution(kind):
    """Against SciPy's own quantiles at a million points, to a nanosecond in a second."""
    written, truth = KINDS[kind]
    told = quantile_function(TIMES.validate_python(written))(U) / SECOND
    assert np.allclose(told, truth.ppf(U), rtol=1e-9, atol=1e-12)
    assert (np.diff(told) >= 0).all()


@kinds
def test_draws_follow_their_distribution(kind):
    """20,000 whole-nanosecond draws: Kolmogorov-Smirnov, and the mean inside its interval."""
    truth = KINDS[kind][1]
    times = drawn(kind, 5, 20_000)
    assert stats.kstest(times, truth.cdf).pvalue > FALSE_ALARM
    limit = stats.norm.isf(FALSE_ALARM / 2) * truth.std() / np.sqrt(len(times))
    assert abs(times.mean() - truth.mean()) < limit


@kinds
def test_the_mean_is_the_one_that_was_asked_for(kind):
    """The quantile function over an even grid integrates to the mean and variance within 1 in 1,000."""
    written, truth = KINDS[kind]
    time = TIMES.validate_python(written)
    values = quantile_function(time)(U) / SECOND
    assert values.mean() == pytest.approx(truth.mean(), rel=1e-4)
    assert values.var() == pytest.approx(truth.var(), rel=1e-3)
    assert time.mean_ns / SECOND == pytest.approx(truth.mean(), rel=1e-9)


def test_a_long_time_is_long_under_any_distribution():
    """Inversion: parts ordered by their times come in the same order for every kind."""
    orders = [np.argsort(drawn(kind, 5, 300)).tolist() for kind in KINDS]
    assert all(order == orders[0] for order in orders)


def test_measured_times_are_drawn_as_often_as_they_were_measured(tmp_path):
    """Three values, one of them twice: shares 1/4, 1/2, 1/4, and none but these."""
    (tmp_path / "t.csv").write_text("service\n3\n1\n2\n2\n")
    time = TIMES.validate_python({"empirical": {"file": str(tmp_path / "t.csv"), "column": "service"}})
    draw = durations(1, "cycle", "press", time)
    values, counts = np.unique([draw.of(item) for item in range(20_000)], return_counts=True)
    assert values.tolist() == [SECOND, 2 * SECOND, 3 * SECOND]
    assert stats.chisquare(counts, [5_000, 10_000, 5_000]).pvalue > FALSE_ALARM


def test_a_constant_is_always_the_same():
    """To the nanosecond, for any part, visit and attempt."""
    draw = durations(1, "cycle", "press", TIMES.validate_python("250 ms"))
    anybody = product((1, 2, 10**9), (1, 2), (0, 5))
    assert {draw.of(*counter) for counter in anybody} == {250_000_000}


@pytest.mark.parametrize("probability", [0.0, 0.06, 0.5, 1.0])
def test_events_happen_as_often_as_they_should(probability):
    """Never at 0, always at 1, in between as the binomial distribution allows."""
    draws = events(1, "true state", "", probability)
    happened = sum(draws.of(item) for item in range(20_000))
    if probability in (0.0, 1.0):
        assert happened == 20_000 * probability
    assert stats.binomtest(happened, 20_000, probability).pvalue > FALSE_ALARM


def test_choices_are_even():
    """Five options, 20,000 parts."""
    draws = choices(1, "defect kind", "", tuple("abcde"))
    counts = np.unique([draws.of(item) for item in range(20_000)], return_counts=True)[1]
    assert stats.chisquare(counts).pvalue > FALSE_ALARM


def test_a_higher_rate_keeps_the_parts_of_the_lower_one():
    """Common random numbers for rates too: who is defective at 5 % is defective at 10 %."""
    few, many = (events(1, "true state", "", rate) for rate in (0.05, 0.10))
    defective = [item for item in range(5000) if few.of(item)]
    assert defective
    assert all(many.of(item) for item in defective)


RANDOM = {"exponential": {"mean": 1}}
REVIEW = {"time": RANDOM, "buffer": 3, "miss_rate": 0.3, "false_alarm_rate": 0.2}


def base(**changes):
    """Run the line whose draws must not change; `changes` name an entry or a key of the run."""
    entries = {
        "press": press(RANDOM, breakdowns={"up": {"exponential": {"mean": 9}}, "repair": RANDOM}),
        "camera": camera(
            acquisition=RANDOM,
            gateway=modelled(RANDOM, miss_rate=0.2, false_alarm_rate=0.2),
            buffer=2,
        ),
        "pack": press(RANDOM, "pack", buffer=1),
    }
    entries = {name: {**entry, **changes.pop(name, {})} for name, entry in entries.items()}
    added = changes.pop("added", [])
    keys = {"items": 150, "every": RANDOM, "defect_rate": 0.3, "review": REVIEW, **changes}
    return happens(*entries.values(), *added, **keys)


def draws_of(run):
    """Return everything that was drawn: by part, arrival, truth, work at each station, answers; outages."""
    records = run.records
    work = {
        (v.item_id, v.station): v.finished_at - v.started_at - v.down
        for v in records.visits
        if v.station in ("press", "pack", "review")
    }
    arrived = {i.item_id: (i.arrived_at, i.true_state) for i in records.items}
    answers = {c.item_id: (c.latency, c.label) for c in records.calls if c.outcome == "answered"}
    repairs = [o.repaired_at - o.failed_at for o in records.outages if o.repaired_at is not None]
    return work, arrived, answers, repairs


CHANGES = {
    "another buffer": {"pack": {"buffer": 0}},
    "a second camera": {
        "camera": {"units": 2, "gateway": modelled(RANDOM, servers=2, miss_rate=0.2, false_alarm_rate=0.2)}
    },
    "a deadline": {"camera": {"deadline": 1}},
    "another station": {"added": [press(RANDOM, "label")]},
    "no breakdowns": {"press": {"breakdowns": None}},
    "quick reviewers": {"review": QUICK_REVIEW},
    "a slower pack": {"pack": {"cycle": 3}},
    "everything to review": {"camera": {"ship_when": {"labels": ["never"]}}},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_in_one_place_leaves_every_other_draw(change):
    """Whatever both lines drew for the same part and place is the same."""
    (work, arrived, answers, repairs), (work_too, arrived_too, answers_too, repairs_too) = (
        draws_of(base()),
        draws_of(base(**CHANGES[change])),
    )
    changed = {"a slower pack": "pack", "quick reviewers": "review"}.get(change)
    common = [key for key in work.keys() & work_too.keys() if key[1] != changed]
    assert len(common) >= 150  # as far as two runs share parts and places
    assert all(work[key] == work_too[key] for key in common)
    assert arrived == arrived_too
    assert answers.keys() & answers_too.keys()
    if change == "everything to review":  # its good label is another word
        answers, answers_too = ({k: v[0] for k, v in found.items()} for found in (answers, answers_too))
    assert all(answers[item] == answers_too[item] for item in answers.keys() & answers_too.keys())
    assert all(a == b for a, b in zip(repairs, repairs_too, strict=False))


def test_a_change_of_seed_changes_everything():
    """No draw of seed 0 is left with seed 1."""
    (work, arrived, answers, _), (work_too, arrived_too, answers_too, _) = (
        draws_of(base(seed=0)),
        draws_of(base(seed=1)),
    )
    assert not any(work[key] == work_too[key] for key in work.keys() & work_too.keys())
    assert all(arrived[item][0] != arrived_too[item][0] for item in arrived)
    assert all(answers[i][0] != answers_too[i][0] for i in answers.keys() & answers_too.keys())
