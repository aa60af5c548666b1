"""What is told of gates: who waited there and how long, whose time that is, when a part is due behind one."""

import pytest
from stories import camera, deadline_of, happens, modelled, press, takes

from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.summarise import summarise
from line_sim.figures.names import names_of
from line_sim.layout import layout_of
from line_sim.scenario import Scenario
from line_sim.testing import scripted
from line_sim.units import SECOND


def told(*line, gateways=None, items=5, every=None, **keys):
    """Return the summary of a line."""
    written = {
        "version": 1,
        "name": "a story",
        "run": {"items": items},
        "arrivals": {"saturated": True} if every is None else {"every": every},
        "line": list(line),
        "review": {"time": 0, "buffer": 100},
    }
    happened = happens(*line, items=items, every=every, gateways=gateways, **keys)
    layout = layout_of(Scenario.model_validate(written))
    return summarise(happened.records, layout, ended=happened.ending.how, end=happened.ending.at)


def at_gate(places=3, travel=3, **keys):
    """Return an inspection with a gate."""
    return camera(decides="at_gate", gate={"places": places, "travel": travel}, **keys)


def late(items=5):
    """Return the summary of some parts, the third of which waits at the gate from 6 s to 8 s."""
    answers = {"camera": scripted(deadline_of([2, 2, 9] + [1] * items))}
    spec = at_gate(acquisition=1, deadline=5, on_no_result="ship")
    return told(spec, press(1, "pack"), items=items, gateways=answers)


def test_one_part_of_five_waited_two_seconds_at_the_gate():
    """How many waited, for how long on average, together and at most."""
    (gate,) = late().gates
    assert (gate.station, gate.gate) == ("camera", "camera gate")
    assert (gate.waited.count, gate.waited.n, gate.longest) == (1, 5, 2 * SECOND)
    assert (gate.mean, gate.mean_of_waiting) == (0.4 * SECOND, 2 * SECOND)
    told = summary_json(late())["gates"]["camera"]
    assert told | {"share_ci": None} == {
        "n": 5,
        "waited": 1,
        "share": 0.2,
        "share_ci": None,
        "mean_s": 0.4,
        "mean_of_waiting_s": 2.0,
        "max_s": 2.0,
    }


def test_the_waiting_at_the_gate_is_the_gates_and_none_is_the_cameras():
    """Two seconds of the time until the last of 20 parts has come in; the camera only takes pictures."""
    times = {time.station: time for time in late(20).stations}
    assert times["camera"].inference_wait == 0
    gate = times["camera gate"]
    assert gate.inference_wait == gate.busy == 2 * SECOND
    assert gate.busy + gate.blocked + gate.starved == gate.total


def test_a_line_without_gates_tells_of_none():
    """Its summary has no such key."""
    plain = told(camera(acquisition=1))
    assert plain.gates == ()
    assert "gates" not in summary_json(plain)


def test_a_gate_is_no_machine_of_which_oee_could_be_told():
    """Its camera needs what was planned for a picture: waiting for answers is no loss of performance."""
    summary = late()
    assert [each.station for each in summary.oee] == ["camera", "pack", "review"]
    assert summary.oee[0].performance == 1


def test_where_parts_wait_has_a_share_of_waiting():
    """The names that a user may compare by: the gate waits, the camera asks."""
    line = {
        "version": 1,
        "name": "a story",
        "run": {"items": 5},
        "arrivals": {"saturated": True},
        "line": [at_gate()],
        "review": {"time": 0},
    }
    names = names_of(layout_of(Scenario.model_validate(line)))
    assert "camera gate.inference_wait" in names
    assert "camera.inference_wait" not in names
    assert {"camera.service.p95", "camera.busy"} < set(names)
    assert "camera gate.service.p95" not in names


@pytest.mark.parametrize(("answer", "slip"), [(1, 0), (5, 0)])
def test_a_part_is_due_behind_a_gate_when_answer_and_way_allow(answer, slip):
    """One part: 1 s of picture, then 3 s of way or a longer answer; the second camera is asked at once."""
    gateways = {"camera": takes([answer * SECOND]), "other": takes([0])}
    summary = told(at_gate(acquisition=1), camera("other"), items=1, gateways=gateways)
    rows = {(row.station, row.quantity, row.statistic): row.value for row in summary.latency}
    assert rows["other", "schedule_slip", "max"] == slip


def test_a_server_that_is_too_slow_is_found_at_the_gate():
    """Pictures of 1.8 s, one answer each 2 s: parts are waited for without a break, closing up included."""
    slow = at_gate(6, 3, acquisition=1.8, gateway=modelled(2))
    summary = told(slow, press(1, "pack"), items=200)
    assert summary.bottleneck.by_active_period == "camera gate"


def test_a_gate_that_never_waits_is_never_the_bottleneck():
    """Answers come before their parts: it is the camera that all others wait for."""
    quick = at_gate(6, 3, acquisition=1.8, gateway=modelled(1))
    summary = told(quick, press(1, "pack"), items=60)
    assert summary.bottleneck.by_active_period == "camera"
    assert summary.bottleneck.active["camera gate"].n == 0
