"""What the figures make of servers that share their processors."""

from typing import Any

import numpy as np
import pytest
from every_kind import MEASURED
from stories import camera, modelled, press
from subjects import shipped_an_hour, subject

from line_sim.analysis.growth.means import answers_alone, between_answers, foreseen
from line_sim.analysis.limits import limits
from line_sim.analysis.summary.helps import Helps
from line_sim.analysis.what_if.modelled import never_busy
from line_sim.analysis.what_if.remedies import remedies_of
from line_sim.analysis.what_if.replay.recursion import knows
from line_sim.analysis.what_if.throttle import throttle_of
from line_sim.analysis.what_if.trials import with_server
from line_sim.inspection.offline.models import modelled_gateways
from line_sim.scenario import Scenario
from line_sim.scenario.gateways.sharing import Sharing
from line_sim.testing import run_in_memory
from line_sim.units import SECOND

TWO = {1: 1, 2: 1.8}


def line(gateway: dict[str, Any], *, units=1, every: object = 1, items=300, **keys: Any) -> Scenario:
    """Return a line of one inspection behind a press."""
    written = {
        "version": 1,
        "name": "sharing",
        "seed": 5,
        "run": {"items": items},
        "arrivals": {"every": every} if every else {"saturated": True},
        "line": [press(0.2, buffer=4), camera(gateway=gateway, units=units, buffer=9, **keys)],
        "review": {"time": 0, "buffer": 1000},
    }
    return Scenario.model_validate(written)


def sharing(service: object, places: int, speed: dict[int, float], **keys: Any) -> dict[str, Any]:
    """Return a modelled gateway that works on calls side by side."""
    return modelled(service, sharing={"places": places, "speed": speed}, **keys)


@pytest.mark.parametrize(
    ("units", "places", "speed", "most"),
    [
        (1, 4, TWO, 1.0),
        (2, 4, TWO, 1.8),
        (9, 4, TWO, 1.8),
        (9, 1, TWO, 1.0),
        (3, 4, {1: 1, 5: 5}, 3.0),
        (9, 4, {1: 1, 2: 1.8, 4: 1.2}, 1.8),
    ],
)
def test_a_server_makes_what_it_does_best_with_the_calls_that_may_be_out(units, places, speed, most):
    """The largest mu(n) / E[S], of as many calls as there are cameras and places."""
    found = limits(line(sharing(1.2, places, speed), units=units)).servers[0]
    assert found.speed == pytest.approx(most)
    assert found.uph == pytest.approx(3600 * most / 1.2)
    assert found.load == pytest.approx(1.2 / most)


def test_it_bounds_the_line_where_nobody_gives_up():
    """As any server does; a saturated line makes just that."""
    scenario = line(sharing(1.2, 4, TWO), units=3, every=None)
    found = limits(scenario)
    assert found.bottleneck is found.servers[0]
    assert shipped_an_hour(scenario) == pytest.approx(found.bottleneck.uph, rel=0.02)


def test_the_wait_is_foreseen_by_a_run_of_the_line():
    """Parts at random: what a long run of another seed waits, within a few percent."""
    gateway, every = sharing({"exponential": {"mean": 1}}, 9, TWO), {"exponential": {"mean": 0.8}}
    calls = run_in_memory(line(gateway, units=9, every=every, items=20_000)).records.calls
    told = foreseen(line(gateway, units=9, every=every))["camera"]
    assert told.wait.mid == pytest.approx(np.mean([call.latency for call in calls]), rel=0.1)


def test_nothing_takes_its_answers_for_known():
    """Neither the recursion, nor the short ways for servers that are never busy or never waited for."""
    scenario = line(sharing(1, 9, {1: 1, 9: 9}), units=2)
    (spec,) = scenario.inspections
    assert not never_busy(scenario, spec)
    assert not answers_alone(spec)
    assert not knows(scenario, modelled_gateways(scenario))
    wakes = line(modelled(1, servers=3, idle={"after": 1, "adds": 1}))
    assert not never_busy(wakes, wakes.inspections[0])
    assert not answers_alone(wakes.inspections[0])


def test_a_gate_gives_no_more_answers_than_the_server():
    """Two parts at most on their way, and one at the camera: 1.8 of 1 s of work a second."""
    gate = {"decides": "at_gate", "gate": {"places": 2, "travel": 2}}
    (spec,) = line(sharing(1, 9, TWO), acquisition=0.1, **gate).inspections
    assert between_answers(spec, 0.5 * SECOND) == pytest.approx(SECOND / 1.8)


def test_one_server_more_is_a_second_such_server():
    """Calls spread evenly: n of them are done at twice mu(n / 2), with places for twice as many."""
    twice = Sharing.model_validate({"places": 3, "speed": {1: 1, 2: 1.8, 4: 1.2}}).twice
    assert (twice.places, dict(twice.speed)) == (6, {1: 1.0, 2: 2.0, 4: 3.6, 8: 2.4})
    assert [float(twice.total.at(number)) for number in (1, 2, 3, 4, 5, 6)] == pytest.approx(
        [1, 1 + 1, 1 + 1.8, 1.8 + 1.8, 1.8 + 1.5, 1.5 + 1.5]
    )
    scenario = line(sharing(1.2, 4, TWO), units=4, every=0.5)
    it = subject(scenario)
    told = remedies_of(it.scenario, it.run, it.layout, it.window, it.interrupt)
    assert told is not None
    named = {(remedy.remedy, remedy.place): remedy for remedy in told.ranked}
    more = with_server(scenario, "camera", sharing=scenario.inspections[0].gateway.model.sharing.twice)
    assert more.inspections[0].gateway.model.sharing.places == 8
    assert named[Helps.ONE_SERVER_MORE, "camera"].uph == pytest.approx(shipped_an_hour(more))
    assert named[Helps.ONE_SERVER_MORE, "camera"].gain > 100
    assert named[Helps.FASTER_ANSWERS, "camera"].gain > 100


def test_a_server_that_was_measured_is_tried_as_its_model(tmp_path):
    """The same remedies, with the same gains, as with the file's model written out."""
    (tmp_path / "server.yaml").write_text(MEASURED)
    measured = line({"calibrated": str(tmp_path / "server.yaml")}, units=2, every=0.05, items=200)
    model = measured.inspections[0].gateway.model
    written = line({"modelled": model.model_dump(exclude_none=True)}, units=2, every=0.05, items=200)
    told = [
        remedies_of(it.scenario, it.run, it.layout, it.window, it.interrupt)
        for it in map(subject, (measured, written))
    ]
    assert told[0] == told[1]
    assert Helps.ONE_SERVER_MORE in {remedy.remedy for remedy in told[0].ranked}
    assert limits(measured) == limits(written)


def test_the_throttle_adds_up():
    """A server that holds the line back: what its answers cost, and without them the takt."""
    it = subject(line(sharing(1.2, 4, TWO, idle={"after": 0.1, "adds": 0.2}), units=2, every=0.5))
    told = throttle_of(it.scenario, it.run, it.layout, it.window, it.interrupt)
    assert told is not None
    assert sum(cause.uph for cause in told.causes.values()) == pytest.approx(
        told.uph_without_inference - told.uph
    )
    assert told.uph_without_inference == pytest.approx(7200, rel=0.02)
