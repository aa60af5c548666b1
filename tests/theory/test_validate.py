"""The command that holds the line against theory: its oracles, its verdicts, its budget."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from line_sim.errors import ScenarioError
from line_sim.study.theory.cases import Case, ExactCase, station, throughput
from line_sim.study.theory.exact import fewest_observations, packaging_line, random_lines, worked_example
from line_sim.study.theory.gauge import exponential
from line_sim.study.theory.markov import throughput as plain_throughput
from line_sim.study.theory.network import OUT, Network, Node, tandem
from line_sim.study.theory.validate import (
    FAMILY_FALSE_ALARM,
    Checked,
    Validation,
    catalogue,
    interval_at,
    validate,
)
from line_sim.study.theory.validation_text import validation_markdown, verdict

rates = st.floats(0.5, 2)
places = st.integers(0, 2)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(rates, places), min_size=1, max_size=4))
def test_two_ways_of_writing_an_exponential_line_as_a_chain_agree(stations):
    """The network with branches and stages, and the plain chain, which share no moves."""
    speed, room = [rate for rate, _ in stations], [0, *(b for _, b in stations[1:])]
    network = Network(tandem([1 / rate for rate in speed], room))
    assert network.pace(0) == pytest.approx(plain_throughput(speed, room), rel=1e-9)
    assert network.pace(len(speed) - 1) == pytest.approx(network.pace(0), rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(rates, places), min_size=2, max_size=3), st.integers(1, 3))
def test_a_mirrored_line_of_erlang_stations_makes_as_much(stations, stages):
    """Reversibility holds for the chain itself."""
    means, room = [1 / rate for rate, _ in stations], [0, *(b for _, b in stations[1:])]
    there = Network(tandem(means, room, stages)).pace(0)
    assert Network(tandem(means[::-1], [0, *room[:0:-1]], stages)).pace(0) == pytest.approx(there, rel=1e-9)


@given(st.floats(0.1, 3), st.integers(1, 6))
def test_a_lossy_chain_is_the_birth_and_death_formula(load, room):
    """M/M/1/K: P(full) = (1 - r) r^K / (1 - r^(K+1))."""
    truth = load**room / sum(load**n for n in range(room + 1))
    assert Network([Node(1.0, 1, room - 1)], load).full() == pytest.approx(truth, rel=1e-9)


def test_a_failing_chain_works_for_its_share_of_the_time():
    """Operating time: a station alone makes 1 / (t0 (1 + repair / up))."""
    network = Network(tandem([2.0], [0], 3, up=8, repair=2))
    assert network.pace(0) == pytest.approx(1 / 2.5)
    assert network.share(0, "down") == pytest.approx(0.2)


def test_a_branch_that_takes_everything_is_a_line():
    """A camera that sends all its parts to review."""
    lane = Network([Node(1.0, 1, 0, ((0.0, OUT), (1.0, 1))), Node(2.0, 1, 1)])
    assert lane.pace(0) == pytest.approx(Network(tandem([1.0, 2.0], [0, 1])).pace(0))


def test_what_must_hold_exactly_does():
    """Tens of thousands of departures of random lines; the worked example; the packaging line."""
    tried, failed = random_lines(1)
    assert failed == 0
    assert tried > 10_000
    for check in (worked_example, packaging_line, fewest_observations):
        tried, failed = check(0)
        assert (tried > 0, failed) == (True, 0)


@pytest.mark.slow
def test_short_lines_of_every_kind_agree_with_theory():
    """The command's whole catalogue with few parts: what it takes to notice that something is broken."""
    found = validate(parts=4000)  # with fewer the batches of a queue resemble each other
    assert found.whole
    assert [(r.case, r.quantity) for r in found.results if isinstance(r, Checked) and not r.agrees] == []
    assert found.agrees
    assert len(found.results) == sum(
        1 if isinstance(c, ExactCase) else len(c.quantities) for c in catalogue()
    )


def test_the_budget_is_shared_by_all_numbers_whichever_are_asked_for():
    """A case asked for alone is judged as among all."""
    some, numbers = validate(parts=1000, only=["worked"]), 0
    numbers = sum(len(case.quantities) for case in catalogue() if isinstance(case, Case))
    assert some.level * numbers == pytest.approx(FAMILY_FALSE_ALARM)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ((station("s0", exponential()), station("s1", exponential(), buffer=1)), "a place too many"),
        ((station("s0", 1), station("s1", exponential())), "another distribution"),
    ],
)
def test_a_line_that_is_not_what_theory_speaks_of_is_found_out(line, why):
    """Two exponential stations make 2/3; these make more."""
    case = Case("wrong", why, line, (throughput(2 / 3, "s1"),))
    interval = interval_at(case.quantities[0], case.run(10_000, 0), 1e-5)
    assert not interval.contains(2 / 3)
    found = Validation(10_000, 0, 1e-5, (Checked("wrong", why, "throughput", 2 / 3, interval),), whole=True)
    assert not found.agrees
    assert verdict(found) == "1 of 1 numbers do not agree with theory: wrong"
    assert " ! |" in validation_markdown(found)


def test_no_two_cases_have_the_same_name_and_an_unknown_one_is_refused():
    """A name picks a case; a wrong one shows them all."""
    names = [case.name for case in catalogue()]
    assert len(set(names)) == len(names)
    with pytest.raises(ScenarioError, match="no case has that in its name"):
        validate(only=["perpetuum mobile"])
