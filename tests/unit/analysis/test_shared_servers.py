"""What the figures make of servers that inspections share or that put requests together."""

from typing import Any

import numpy as np
import pytest
from stories import camera, modelled, press
from subjects import shipped_an_hour, subject

from line_sim.analysis.growth.means import foreseen
from line_sim.analysis.limits import limits
from line_sim.analysis.summary.helps import Helps
from line_sim.analysis.what_if.answers import Change
from line_sim.analysis.what_if.remedies import remedies_of
from line_sim.analysis.what_if.replay.recursion import knows
from line_sim.analysis.what_if.throttle import throttle_of
from line_sim.analysis.what_if.trials import Trial, tried, with_server
from line_sim.chance.chance import Chance
from line_sim.inspection.offline.models import modelled_gateways, unused_servers
from line_sim.line.interrupt import Interrupt
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory
from line_sim.units import SECOND

TIMES = {1: 0.6, 2: 0.66, 4: 0.8}


def shared(gpu: dict[str, Any], *, units=1, every: object = 1, items=300, **keys: Any) -> Scenario:
    """Return a line of two inspections that ask one server."""
    asks = {"gateway": {"server": "gpu"}, "units": units, "buffer": 4, **keys}
    written = {
        "version": 1,
        "name": "shared",
        "seed": 5,
        "run": {"items": items},
        "arrivals": {"every": every} if every else {"saturated": True},
        "servers": {"gpu": gpu},
        "line": [camera("top", **asks), press(0.2, "turn", buffer=4), camera("bottom", **asks)],
        "review": {"time": 0, "buffer": 1000},
    }
    return Scenario.model_validate(written)


def test_a_server_makes_what_its_best_batch_does_for_all_who_ask():
    """Two requests of 0.6 s a part are 3,000 parts an hour; no more go together than there are cameras."""
    alone = limits(shared(modelled(TIMES)))
    (gpu,) = alone.servers
    assert (gpu.name, gpu.size, gpu.mean / SECOND, gpu.uph) == ("gpu", 1, 1.2, pytest.approx(3000))
    assert alone.bottleneck is gpu
    assert gpu.load == pytest.approx(3600 / 3000)
    batch = {"batching": {"max": 4}}
    assert limits(shared(modelled(TIMES, **batch))).servers[0].uph == pytest.approx(3600 / 0.66)
    assert limits(shared(modelled(TIMES, **batch), units=2)).servers[0].uph == pytest.approx(2 * 3600 / 0.8)
    assert limits(shared(modelled(TIMES, servers=3, **batch))).servers[0].uph == pytest.approx(
        3 * 3600 / 0.66
    )


def test_padded_batches_take_the_time_of_the_next_size():
    """Three would take as long as four: of four cameras all together pay, of two the pair."""
    gpu = modelled({1: 0.6, 2: 0.66, 4: 1.2}, batching={"max": 4, "pads": True})
    found = limits(shared(gpu, units=2)).servers[0]
    assert (found.size, found.batch / SECOND) == (4, 1.2)
    lone = limits(shared(gpu)).servers[0]
    assert (lone.size, lone.batch / SECOND) == (2, 0.66)


def test_where_calls_are_given_up_the_server_does_not_bound_the_line():
    """The parts go on; its load is told all the same."""
    found = limits(shared(modelled(TIMES), deadline=1))
    assert found.bottleneck.name != "gpu"
    assert found.servers[0].load > 1


@pytest.mark.parametrize("gpu", [modelled(0.3, servers=1), modelled(TIMES, batching={"max": 4, "wait": 0.1})])
def test_the_wait_is_foreseen_by_a_run_of_the_line(gpu):
    """Parts at random: what a long run of another seed waits, within a few percent."""
    scenario = shared(gpu, units=3, every={"exponential": {"mean": 1}})
    calls = run_in_memory(
        shared(gpu, units=3, every={"exponential": {"mean": 1}}, items=20_000)
    ).records.calls
    told = foreseen(scenario)
    for name in ("top", "bottom"):
        waited = np.mean([call.latency for call in calls if call.station == name])
        assert told[name].wait.mid == pytest.approx(waited, rel=0.1)


def test_one_server_more_is_tried_and_told_of_the_server():
    """Of this run its gain is what the line with it does; quicker answers are the server's, too."""
    scenario = shared(modelled(0.6))
    it = subject(scenario)
    told = remedies_of(it.scenario, it.run, it.layout, it.window, it.interrupt)
    assert told is not None
    named = {(remedy.remedy, remedy.place): remedy for remedy in told.ranked}
    assert {place for kind, place in named if kind == Helps.FASTER_ANSWERS} == {"gpu"}
    more = with_server(scenario, "gpu", servers=2)
    assert more.inspections[0].gateway.model.servers == 2
    assert named[Helps.ONE_SERVER_MORE, "gpu"].uph == pytest.approx(shipped_an_hour(more))
    assert named[Helps.ONE_SERVER_MORE, "gpu"].gain > 100


def test_the_throttle_adds_up():
    """A batching server that holds the line back: what its answers cost, and without them the takt."""
    scenario = shared(modelled({1: 0.9, 4: 1.2}, batching={"max": 4, "wait": 0.4}), every=1)
    it = subject(scenario)
    told = throttle_of(it.scenario, it.run, it.layout, it.window, it.interrupt)
    assert told is not None
    assert sum(cause.uph for cause in told.causes.values()) == pytest.approx(
        told.uph_without_inference - told.uph
    )
    assert told.uph_without_inference == pytest.approx(3600, rel=0.02)


def test_every_answer_in_time_is_right_at_the_deadline():
    """Every call is given up in a batch, and every part scrapped; with the right answers all are shipped."""
    gpu = modelled({1: 3, 4: 3}, batching={"max": 4})
    scenario = shared(gpu, deadline=1, on_no_result="scrap", units=2, every=4)
    in_time = {spec.name: Change(none_missing=True) for spec in scenario.inspections}
    chance = Chance(scenario.seed)
    assert len(tried(Trial(scenario), {}, chance, Interrupt(), scenario.run.items).shipped) == 0
    told = tried(Trial(scenario, answers=in_time), {}, chance, Interrupt(), scenario.run.items)
    assert len(told.shipped) == 300
    assert told.shipped[0] == (4 + 1 + 0.2 + 1) * SECOND


def test_the_recursion_leaves_queues_across_inspections_to_the_line():
    """It goes part by part, and would ask about part 2 at the first camera before part 1 at the second."""
    scenario = shared(modelled(1))
    assert not knows(scenario, modelled_gateways(scenario))


def test_a_server_that_nobody_asks_is_told():
    """By its name, and how to ask it."""
    written = shared(modelled(1)).model_dump(exclude_none=True)
    written["servers"]["spare"] = modelled(2)
    (told,) = unused_servers(Scenario.model_validate(written))
    assert told == "servers.spare: no inspection asks it; name it in one's gateway, {server: spare}"
    assert unused_servers(shared(modelled(1))) == []
