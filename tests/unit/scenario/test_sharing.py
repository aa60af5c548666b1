"""Servers that share their processors, as a scenario says them: what is read, written, and refused where."""

# ruff: noqa: E501 - each message stands on one line, as a user reads it

import pytest

from line_sim.errors import ScenarioError
from line_sim.scenario import dump, loads
from line_sim.scenario.gateways.sharing import Sharing, Speeds

LINE = """\
version: 1
name: Two processors
run: {items: 9}
arrivals: {saturated: true}
line:
  - inspection: camera
    gateway:
      modelled:
        service: 100 ms
        sharing: {places: 4, speed: {1: 1, 2: 1.8}}
        idle: {after: 2 s, adds: 30 ms}
review: {time: 1 s}
"""


def test_it_is_read_told_and_written():
    """The scenario is written and read back as it was; the words say how many side by side."""
    scenario = loads(LINE)
    (spec,) = scenario.inspections
    assert spec.gateway.words == "a model (100 ms, up to 4 side by side)"
    assert spec.gateway.model.places == 4
    assert loads(dump(scenario)) == scenario
    assert hash(loads(dump(scenario))) == hash(scenario)


def test_a_plain_server_is_written_as_before():
    """Older scenarios are written as they were, and shared servers are another object."""
    plain = "\n".join(each for each in LINE.splitlines() if "sharing" not in each and "idle" not in each)
    written = dump(loads(plain))
    assert "sharing" not in written
    assert "idle" not in written
    assert loads(plain).inspections[0].gateway.model.shared is None


def test_one_processor_is_the_default():
    """Whoever shares it."""
    sharing = Sharing.model_validate({"places": 3})
    assert sharing.speeds == (1_000_000_000, 500_000_000, 333_333_333)


def test_between_sizes_it_lies_in_proportion_and_beyond_the_last_it_stays():
    """Exact, and rounded once to the billionth for each call."""
    total = Speeds({1: 1.0, 3: 2.0, 5: 1.0})
    assert [float(total.at(number)) for number in (1, 2, 3, 4, 5, 9)] == [1, 1.5, 2, 1.5, 1, 1]
    sharing = Sharing.model_validate({"places": 9, "speed": {5: 1, 1: 1, 3: 2}})
    assert sharing.speeds[:4] == (1_000_000_000, 750_000_000, 666_666_667, 375_000_000)
    assert (sharing.most(2), sharing.most(4), sharing.most(99)) == (1.5, 2.0, 2.0)


MISTAKES = [
    ("places: 4, speed", "places: 0, speed", "10:27: line[0].gateway.modelled.sharing.places is 0; it must be 1 or more"),
    ("places: 4, speed", "speed", "10:18: line[0].gateway.modelled.sharing.places is missing"),
    ("1: 1, 2: 1.8", "2: 1.8", "10:37: line[0].gateway.modelled.sharing.speed is {2: 1.8}; it must have 1: 1; speeds count from that of a call that is alone"),
    ("1: 1, 2: 1.8", "1: 0.5", "10:37: line[0].gateway.modelled.sharing.speed is {1: 0.5}; it must have 1: 1; speeds count from that of a call that is alone"),
    ("2: 1.8", "2: 2.1", "10:37: line[0].gateway.modelled.sharing.speed is {1: 1, 2: 2.1}; with 2 calls it must be at most 2: none is quicker than alone"),
    ("2: 1.8", "2: 0", "10:47: line[0].gateway.modelled.sharing.speed.2 is 0; it must be 0.001 or more"),
    ("2: 1.8", "two: 1.8", "10:37: line[0].gateway.modelled.sharing.speed is {1: 1, two: 1.8}; the number of calls two must be a whole number from 1 to 10,000"),
    ("adds: 30 ms", "adds: 0", "11:34: line[0].gateway.modelled.idle.adds is 0; it must be greater than 0"),
    ("after: 2 s, ", "", "11:15: line[0].gateway.modelled.idle.after is missing"),
    ("{after: 2 s, adds: 30 ms}", "[{after: 2 s, adds: 30 ms}, {after: 1 s, adds: 40 ms}]", "11:15: line[0].gateway.modelled.idle is [{after: 2 s, adds: 30 ms}, {after: 1 s, adds: 40 ms}]; after 1 s must be longer than the one before, 2 s"),
    ("{after: 2 s, adds: 30 ms}", "[{after: 2 s}]", "11:16: line[0].gateway.modelled.idle[0].adds is missing"),
    ("{after: 2 s, adds: 30 ms}", "[]", "11:15: line[0].gateway.modelled.idle is []; it must have at least one entry"),
    ("service: 100 ms", "service: 100 ms\n        overhead: -1 ms", "10:19: line[0].gateway.modelled.overhead is -1 ms; it must be 0 or more"),
    ("service: 100 ms", "service: {1: 100 ms, 2: 120 ms}", "9:18: line[0].gateway.modelled.service is {1: 100 ms, 2: 120 ms}; it must be one time beside sharing; sizes are those of batches"),
    ("service: 100 ms", "service: 100 ms\n        servers: 3", "10:18: line[0].gateway.modelled.servers is 3; it must be absent beside sharing; 3 servers that share nothing are sharing: {places: 3, speed: {1: 1, 3: 3}}"),
    ("service: 100 ms", "service: 100 ms\n        batching: {max: 4}", "10:19: line[0].gateway.modelled.batching is {max: 4}; it must be absent beside sharing: calls are put together or share"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "message"), MISTAKES, ids=[message for _, _, message in MISTAKES])
def test_a_mistake_is_told_where_it_stands(good, bad, message):
    """One thing wrong is told at its place, with what is allowed."""
    assert LINE.count(good) == 1
    with pytest.raises(ScenarioError) as error:
        loads(LINE.replace(good, bad), "t.yaml")
    assert f"t.yaml:{message}" in str(error.value).splitlines()


def test_a_server_that_batches_does_not_wake_up():
    """Nor does it take sizes where it does without batching."""
    batching = LINE.replace("sharing: {places: 4, speed: {1: 1, 2: 1.8}}", "batching: {max: 4}")
    with pytest.raises(ScenarioError, match=r"idle is .*; it must be absent beside batching"):
        loads(batching)
    sizes = LINE.replace("        sharing: {places: 4, speed: {1: 1, 2: 1.8}}\n", "")
    with pytest.raises(ScenarioError, match=r"service is .*; it must be one time beside idle"):
        loads(sizes.replace("100 ms", "{1: 100 ms}"))
