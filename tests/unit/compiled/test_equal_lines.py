"""Both lines tell the same for every sort of line: all records of each kind, in order, and how it ended."""

import pytest
from belt_lines import lines_with_belts
from compiled_lines import by_compiled, by_simpy, differences, known
from dense_lines import dense, known_mixed, locking, queueing
from extremes import extreme_scenarios
from fuzzing import examples
from gate_lines import lines_with_gates
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from mixed_lines import mixed
from pydantic import ValidationError
from shared_lines import any_lines
from spoiling_lines import spoiling
from stopping_lines import stopping_scenarios
from strategies import Written, scenarios, tied_scenarios
from variant_lines import written_variants

from line_sim.scenario import Scenario

pytest.importorskip("numba")

FEW, MANY = examples(50), examples(250)
LONG = st.builds(lambda items: {"items": items}, st.integers(200, 900))


def accepted(written: Written) -> bool:
    """Whether a scenario is one: the extreme ones say now and then what cannot be."""
    try:
        Scenario.model_validate(written)
    except ValidationError:
        return False
    return True


LINES = {
    "plain": scenarios(),
    "tied": tied_scenarios(),
    "belts": lines_with_belts(),
    "gates": lines_with_gates(),
    "stopping": stopping_scenarios(),
    "variants": written_variants().map(Scenario.model_validate),
    "spoiling": spoiling(),
    "shared": any_lines(gated=True),
    "extreme": extreme_scenarios().filter(accepted).map(Scenario.model_validate),
    "mixed": mixed(),
    "known": known_mixed(),
    "dense": dense(),
    "locking": locking(),
    "queueing": queueing(),
}
"""Every sort of line that the tests have: what the compiled one does not know is left out."""

SMALL = {"ROWS": 5, "FEW": 5, "PARTS_AT_HAND": 5, "OUTAGES_AT_HAND": 4, "FIRST_SLOTS": 4, "FIRST_EVENTS": 0}
"""Sizes with which the kernel returns after nearly every event: rows, numbers, outages, slots and events."""


def tried(lines: st.SearchStrategy[Scenario], most: int) -> None:
    """Run so many lines on both."""

    @settings(max_examples=most, deadline=None, suppress_health_check=list(HealthCheck))
    @given(lines)
    def both_tell_the_same(scenario):
        assume(known(scenario))
        reference = by_simpy(scenario)
        event(reference.ending.how)
        assert list(differences(by_compiled(scenario), reference)) == []

    both_tell_the_same()


@pytest.fixture
def small(monkeypatch):
    """Let there be room for next to nothing."""
    from line_sim.compiled import line

    for name, size in SMALL.items():
        assert getattr(line, name) > size
        monkeypatch.setattr(line, name, size)


@pytest.mark.parametrize("sort", LINES)
def test_a_line_is_told_the_same_by_both(sort):
    """As many lines as a test run has time for."""
    tried(LINES[sort], FEW)


@pytest.mark.slow
@pytest.mark.parametrize("sort", LINES)
def test_many_lines_are_told_the_same_by_both(sort):
    """More of them."""
    tried(LINES[sort], MANY)


@pytest.mark.parametrize("sort", LINES)
def test_a_line_that_is_resumed_again_and_again_is_the_same(sort, small):
    """Stopped for want of rows, numbers, outages, slots or events, wherever that can be."""
    tried(LINES[sort], FEW)


@pytest.mark.slow
def test_long_lines_are_told_the_same_by_both():
    """Hundreds of parts: lists, rings and slots are used again and again."""
    tried(known_mixed(LONG), MANY // 3)


def test_long_lines_that_are_resumed_are_the_same(small):
    """Both at once."""
    tried(known_mixed(LONG), FEW // 2)
