"""Gates on lines that keep hours: cameras may be off, a gate never is."""

from gate_lines import gates, put_gates
from hypothesis import given, settings
from hypothesis import strategies as st
from stopping_lines import written_stopping_scenarios
from stories import camera, happens, takes
from strategies import tied_inspections

from line_sim.analysis.audit.audit import audit
from line_sim.layout import layout_of
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory
from line_sim.units import SECOND


def test_parts_ride_on_and_pass_a_gate_while_its_camera_is_off():
    """Off from 60 s to 2 min: an answer that comes then is heeded, the next picture is finished later."""
    story = happens(
        camera(acquisition=25, decides="at_gate", gate={"places": 4, "travel": 4}, calendar="hours"),
        items=3,
        gateways={"camera": takes([20 * SECOND] * 3)},
        hours={"Mon-Sun": ["00:00-00:01", "00:02-24:00"]},
    )
    assert sorted(visit[-1] for visit in story.at("camera")) == [25, 50, 135]
    assert sorted(visit[-1] for visit in story.at("camera gate")) == [45, 70, 155]


@st.composite
def lines(draw: st.DrawFn) -> Scenario:
    """Return a line that keeps hours, with a gate at its last inspection at least."""
    written = draw(written_stopping_scenarios())
    put_gates(draw, *(entry for entry in written["line"] if "inspection" in entry))
    last = draw(tied_inspections("last")) | {"calendar": draw(st.sampled_from([None, "one", "two"]))}
    written["line"].append(last | {"decides": "at_gate", "gate": draw(gates())})
    return Scenario.model_validate(written)


@settings(max_examples=150, deadline=None)
@given(lines())
def test_random_lines_with_gates_and_hours_pass_the_audit(scenario):
    """Every check, from the rows alone; each part that came is told of once."""
    run = run_in_memory(scenario)
    checks = audit(run.records, layout_of(scenario), run.ending.how, run.ending.at)
    assert {name: check.detail for name, check in checks.items() if not check.passed} == {}
    numbers = [item.item_id for item in run.records.items]
    assert len(set(numbers)) == len(numbers)
