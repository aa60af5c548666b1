"""A fault in the kernel is found: each one of a list is planted into its source and seen to change some row.

The kernel is run as Python runs it (`interpreted_kernel`), so that a fault costs no compiling.
"""

from collections.abc import Iterator
from functools import cache
from itertools import zip_longest
from typing import NamedTuple

import pytest
from compiled_lines import Happened, by_compiled, by_simpy, differences, known
from dense_lines import dense, known_mixed, locked_by_a_belt, locking, queueing
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from interpreted_kernel import Fault, interpreted
from planted_faults import FAULTS, RESUMED

from line_sim.scenario import Scenario

MANY = 150
"""Lines of each of four sorts; nearly all faults show in the first dozen of them."""

SORTS = (dense(), known_mixed(st.just({"items": 40})), queueing(), locking())
SMALL = {"ROWS": 8, "FEW": 8, "PARTS_AT_HAND": 5, "OUTAGES_AT_HAND": 4, "FIRST_SLOTS": 4, "FIRST_EVENTS": 0}


class Case(NamedTuple):
    """A line, and what SimPy's line tells of it."""

    scenario: Scenario
    reference: Happened


@cache
def cases() -> tuple[Case, ...]:
    """Return lines of all sorts in turn, the same in every run, and one that nobody would draw."""
    drawn = [some(sort) for sort in SORTS]
    rare = locked_by_a_belt()
    return (
        *(case for several in zip_longest(*drawn) for case in several if case),
        Case(rare, by_simpy(rare)),
    )


def some(sort: st.SearchStrategy[Scenario]) -> list[Case]:
    """Return lines of a sort."""
    found: list[Case] = []

    @settings(
        max_examples=MANY,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(sort)
    def draw(scenario: Scenario) -> None:
        if known(scenario):
            found.append(Case(scenario, by_simpy(scenario)))

    draw()
    return found


def seen(line: type) -> Iterator[str]:
    """Yield what is not as it should be, line by line; an access beyond a table and a run without end are."""
    for number, case in enumerate(cases(), 1):
        try:
            found = next(differences(by_compiled(case.scenario, line=line), case.reference), "")
        except (IndexError, TimeoutError) as error:
            found = repr(error)
        if found:
            yield f"line {number}: {found}"


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [{}, SMALL], ids=["as it is", "small"])
def test_the_kernel_without_a_fault_looks_at_nothing_beyond_its_tables(sizes, tmp_path):
    """All rows are as SimPy tells them, and every number that is looked up is that of a row there is."""
    with interpreted(tmp_path, sizes=sizes) as line:
        assert list(seen(line)) == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_a_fault_is_found(fault: Fault, tmp_path):
    """By one line at least."""
    with interpreted(tmp_path, fault) as line:
        assert next(seen(line), None), f"nobody notices that {fault.what}"


@pytest.mark.slow
@pytest.mark.parametrize("fault", RESUMED, ids=lambda fault: fault.what)
def test_a_fault_of_going_on_is_found(fault: Fault, tmp_path):
    """Where there is room for next to nothing, so that the kernel returns all the time."""
    with interpreted(tmp_path, fault, sizes=SMALL) as line:
        assert next(seen(line), None), f"nobody notices that {fault.what}"


def test_a_fault_whose_place_is_gone_is_refused(tmp_path):
    """So that a kernel that has changed leaves no fault behind that is none."""
    gone = Fault("something else", "kernel/events", "no such piece", "")
    with pytest.raises(AssertionError, match="has changed"), interpreted(tmp_path, gone):
        pass
