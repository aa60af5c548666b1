"""Random lines whose servers are shared, batch, or share their processors, tried with something changed."""

import pytest
import shared_lines
import sharing_lines
from hypothesis import HealthCheck, assume, given, settings
from stories import modelled
from subjects import shipped_an_hour, subject

from line_sim.analysis.what_if.changes import changes
from line_sim.analysis.what_if.remedies import remedies_of
from line_sim.analysis.what_if.replay.replays import run_again
from line_sim.analysis.what_if.trials import at_once, tried
from line_sim.chance.chance import Chance
from line_sim.inspection.offline.models import modelled_gateways
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.scenario import Scenario


@settings(max_examples=100, deadline=None)
@given(shared_lines.any_lines() | sharing_lines.any_lines())
def test_of_this_run_a_gain_is_what_the_changed_line_does(scenario):
    """Whatever the line: where the scenario can say the change, it is run and counted."""
    assume(scenario.run.items is not None and scenario.run.items > 1)
    assume(all(spec.on_no_result != "stop" for spec in scenario.inspections))  # a replay goes on
    it = subject(scenario)
    assume(len(it.run.parts) == scenario.run.items)  # a lock-up, too, ends a run that a replay goes on with
    found = remedies_of(it.scenario, it.run, it.layout, it.window, it.interrupt)
    assume(found is not None)
    told = {(remedy.remedy, remedy.place): remedy for remedy in found.ranked}
    places = frozenset(place.name for place in layout_of(scenario).places)
    for remedy, place, trial in changes(scenario, places, frozenset()):
        if not trial.pace and not trial.answers:
            assert told[remedy, place].uph == pytest.approx(shipped_an_hour(trial.scenario))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(shared_lines.any_lines() | sharing_lines.any_lines())
def test_what_waits_for_nobody_is_waited_for_by_nobody(scenario):
    """With answers that take no time no server waits for company, and no deadline passes."""
    assume(scenario.run.items is not None and not scenario.arrivals.saturated)
    assume({spec.gateway.model.miss_rate for spec in scenario.inspections} == {0.0})
    plain = {spec.name: {"gateway": modelled(0)} for spec in scenario.inspections}
    written = scenario.model_dump(exclude_none=True)
    for entry in written["line"]:
        entry.update(plain.get(entry.get("inspection"), {}))
    none = Scenario.model_validate({**written, "servers": None})
    told = tried(at_once(scenario), {}, Chance(scenario.seed), Interrupt(), scenario.run.items)
    expected = run_again(none, modelled_gateways(none), Interrupt(), Chance(scenario.seed))
    assert told.shipped.tolist() == expected.shipped.tolist()
