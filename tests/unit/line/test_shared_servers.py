"""Servers that inspections share, on random lines: a slow second model of the queue, second by second."""

from collections.abc import Iterator
from typing import Any

from fake_wall import FakeServer, FakeWall, Fare, run_coupled, without_skew
from hypothesis import given, settings
from hypothesis import strategies as st
from shared_lines import any_lines, whole_lines
from stories import camera

from line_sim.analysis.audit.audit import audit
from line_sim.inspection.gateway import Reply
from line_sim.inspection.offline.models import Models, modelled_gateways
from line_sim.inspection.offline.together import BatchGateway, BatchServer
from line_sim.inspection.outcome import Answered
from line_sim.layout import layout_of
from line_sim.scenario import Batching, Scenario
from line_sim.testing import run_in_memory, scripted
from line_sim.units import SECOND


class Asked:
    """An observer that keeps the questions in the order in which they were put: (second, station, part)."""

    def __init__(self) -> None:
        self.questions: list[tuple[float, str, int]] = []

    def on_asked(self, at: int, station: str, unit: int, item_id: int) -> None:
        """Note a question."""
        self.questions.append((at / SECOND, station, item_id))


def second_by_second(  # noqa: C901 - all of it at a glance
    scenario: Scenario, questions: list[tuple[float, str, int]]
) -> Iterator[tuple[Any, ...]]:
    """Yield what becomes of each question: (station, part, when it was put, when it is over, how).

    Written from docs/scenario.md: a server that is asked again every second what it would do now.
    """
    (options,) = [server.modelled for server in (scenario.servers or {}).values()]
    together = options.batching or Batching(max=1)
    deadlines = {spec.name: spec.deadline for spec in scenario.inspections}
    stops = options.after_deadline == "stops"
    busy: list[dict[str, Any]] = []
    queue: list[dict[str, Any]] = []
    second, last = 0, max([at for at, _, _ in questions], default=0)
    coming = list(questions)
    while coming or queue or second <= last:
        for work in list(busy):
            waiting = [one for one in work["for"] if one["limit"] > second]
            if work["until"] <= second or (stops and not waiting):
                busy.remove(work)
        while coming and coming[0][0] == second:
            at, station, item = coming.pop(0)
            deadline = deadlines[station]
            limit = float("inf") if deadline is None else at + deadline / SECOND
            queue.append({"key": (station, item, at), "at": at, "limit": limit, "told": False})
        for one in list(queue):
            if one["limit"] <= second and not one["told"]:
                yield *one["key"], one["limit"], "timed_out"
                one["told"] = True
                if stops:
                    queue.remove(one)
        while len(busy) < options.servers and queue:
            full, patient = len(queue) >= together.max, queue[0]["at"] + together.wait / SECOND > second
            if not full and patient:
                break
            batch, queue = queue[: together.max], queue[together.max :]
            takes, way = options.service[len(batch)].value / SECOND, options.overhead / SECOND
            busy.append({"for": batch, "until": second + takes})
            for one in batch:
                if not one["told"]:
                    there = second + takes + way
                    late = there > one["limit"]
                    yield *one["key"], min(there, one["limit"]), "timed_out" if late else "answered"
        second += 1


def in_seconds(calls):
    """Return who was asked about which part, when, until when, and what came of it."""
    return [
        (
            call.station,
            call.item_id,
            call.issued_at / SECOND,
            (call.issued_at + call.latency) / SECOND,
            call.outcome,
        )
        for call in calls
    ]


@settings(max_examples=300, deadline=None)
@given(whole_lines())
def test_every_call_is_over_when_a_server_that_looks_every_second_says_so(scenario):
    """Shared, batched, given up, kept at: part by part, also where everything falls into the same second."""
    asked = Asked()
    run = run_in_memory(scenario, observers=[asked])
    told = sorted(in_seconds(run.records.calls))
    expected = sorted(second_by_second(scenario, asked.questions))
    if run.ending.how == "completed":
        assert told == expected
    else:  # the line stood still before some of the answers came
        end = run.ending.at / SECOND
        assert set(told) <= set(expected)
        assert all(one in told for one in expected if one[3] < end)


@settings(max_examples=200, deadline=None)
@given(any_lines())
def test_the_audit_agrees(scenario):
    """Whatever the times are: the files of a true run are true, and say so in the audit's own words."""
    run = run_in_memory(scenario)
    checks = audit(run.records, layout_of(scenario), run.ending.how, run.ending.at)
    assert {name: check.detail for name, check in checks.items() if not check.passed} == {}
    assert "servers" in checks


@settings(max_examples=200, deadline=None)
@given(whole_lines(gated=True))
def test_several_calls_of_one_camera_are_over_when_the_queue_says_so(scenario):
    """Parts on their way to a gate have a request out each, and the server puts these together, too."""
    asked = Asked()
    run = run_in_memory(scenario, observers=[asked])
    told = set(in_seconds(run.records.calls))
    assert len(told) == len(run.records.calls)
    expected = set(second_by_second(scenario, asked.questions))
    assert told <= expected
    if run.ending.how == "completed":
        assert told == expected


@settings(max_examples=200, deadline=None)
@given(any_lines(gated=True))
def test_gates_before_a_server_that_batches_lose_no_part_and_pass_the_audit(scenario):
    """Each part that came is told of once and is gone at the end; no call is told twice."""
    run = run_in_memory(scenario)
    checks = audit(run.records, layout_of(scenario), run.ending.how, run.ending.at)
    assert {name: check.detail for name, check in checks.items() if not check.passed} == {}
    assert "servers" in checks
    calls = [(call.station, call.item_id, call.visit) for call in run.records.calls]
    numbers = [item.item_id for item in run.records.items]
    assert (len(set(calls)), len(set(numbers))) == (len(calls), len(numbers))
    if run.ending.how == "completed":
        assert {item.disposition for item in run.records.items} <= {"shipped", "scrapped", "lost"}


class OneByOne(Models):
    """Models whose every server is one that puts requests together, at most one at a time."""

    def gateway(self, spec):
        """Return the long way to a server without batching."""
        options = spec.gateway.model
        assert options is not None
        assert options.most == 1
        server = self._batching.setdefault("gpu", BatchServer(options))
        return BatchGateway(
            server, options, station=spec.name, good_label=spec.ship_when.labels[0], chance=self._chance
        )


@settings(max_examples=200, deadline=None)
@given(any_lines())
def test_a_batch_of_one_is_no_batch(scenario):
    """The queue that is worked out at once and the one on the clock leave the same records, byte for byte."""
    (server,) = (scenario.servers or {}).values()
    plain = server.modelled.model_copy(update={"batching": None})
    written = scenario.model_dump(exclude_none=True) | {
        "servers": {"gpu": {"modelled": plain.model_dump(exclude_none=True)}}
    }
    scenario = Scenario.model_validate(written)
    models = OneByOne(scenario.seed)
    slow = run_in_memory(scenario, {spec.name: models.gateway(spec) for spec in scenario.inspections})
    assert slow == run_in_memory(scenario)


@settings(max_examples=100, deadline=None)
@given(any_lines(), st.data())
def test_it_lives_beside_real_servers_on_the_coupled_clock(scenario, data):
    """Some ask a real server, the others share a modelled one: as if all answers had been known before."""
    names = [spec.name for spec in scenario.inspections]
    live = data.draw(st.sets(st.sampled_from(names)))
    latency = data.draw(st.sampled_from([1, SECOND, 2 * SECOND + 1]))
    reply = Reply(Answered("good", 1.0), latency, "OK")

    def gateways(live_one):
        return {**modelled_gateways(scenario), **dict.fromkeys(live, live_one)}

    virtual = run_in_memory(scenario, gateways(scripted(lambda _: reply)))
    coupled = run_coupled(scenario, gateways(FakeServer(lambda _: Fare(reply, 1000, 70_000))))
    assert (without_skew(coupled.records), coupled.ending) == (virtual.records, virtual.ending)


@settings(max_examples=50, deadline=None)
@given(any_lines())
def test_at_wall_pace_it_answers_as_ever(scenario):
    """The realtime clock changes nothing but the skew."""
    paced = run_coupled(scenario, modelled_gateways(scenario), factor=1.0)
    assert without_skew(paced.records) == run_in_memory(scenario).records


def test_at_wall_pace_its_calls_have_their_skew():
    """As those of any model: how late the line has come to ask. Another inspection takes the processor."""
    asks = {"gateway": {"server": "gpu"}}
    written = {
        "version": 1,
        "name": "late",
        "run": {"items": 4},
        "arrivals": {"every": 2},
        "servers": {"gpu": {"modelled": {"service": 1, "batching": {"max": 2}}}},
        "line": [camera("one", **asks)],
        "review": {"time": 0},
    }
    scenario = Scenario.model_validate(written)
    run = run_coupled(scenario, modelled_gateways(scenario), wall=LateWall(), factor=1.0)
    assert [call.latency for call in run.records.calls] == [SECOND] * 4
    assert {call.skew for call in run.records.calls} == {5}


class LateWall(FakeWall):
    """Wakes up five nanoseconds late."""

    def wait(self, until: int | None) -> None:
        """Wait for a little longer."""
        super().wait(None if until is None else until + 5)
