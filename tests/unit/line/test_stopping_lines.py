"""Random lines that stop in several ways and keep hours: what must hold of every line holds of them."""

from collections import Counter

from hypothesis import given, settings
from stopping_lines import stopping_scenarios

from line_sim.analysis.audit.audit import audit_columns
from line_sim.figures.flow import station_times
from line_sim.figures.window import window_of
from line_sim.layout import layout_of
from line_sim.recording.run_columns import columns_of
from line_sim.testing import run_in_memory


@settings(max_examples=150, deadline=None)
@given(stopping_scenarios())
def test_the_audit_finds_nothing(scenario):
    """Parts, hours, counted stops, promptness and all the rest agree with the rows."""
    records, ending = run_in_memory(scenario)[:2]
    layout = layout_of(scenario)
    columns = columns_of(records, layout, ending.at)
    checks = audit_columns(columns, layout, window_of(columns, layout), ending.how)
    assert {name: check for name, check in checks.items() if not check.passed} == {}


@settings(max_examples=100, deadline=None)
@given(stopping_scenarios())
def test_parts_are_conserved_and_shares_add_up(scenario):
    """What came in went out or is there; the five states of every station add up to exactly 1."""
    records, ending = run_in_memory(scenario)[:2]
    layout = layout_of(scenario)
    came = Counter(item.item_id for item in records.items)
    assert sorted(came) == list(range(1, len(records.items) + 1)), "each part that came is told of once"
    columns = columns_of(records, layout, ending.at)
    for time in station_times(columns, layout, window_of(columns, layout)):
        shares = time.shares()
        assert shares is None or sum(shares[state] for state in shares if state != "inference_wait") == 1
        assert ("off" in (shares or {"off": 1})) >= (time.off is not None)


@settings(max_examples=50, deadline=None)
@given(stopping_scenarios())
def test_the_same_line_twice_is_the_same(scenario):
    """Same seed, same rows."""
    assert run_in_memory(scenario)[:2] == run_in_memory(scenario)[:2]
