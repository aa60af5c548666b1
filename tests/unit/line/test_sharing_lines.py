"""Servers that share their processors, on random lines: beside the plain queue, and a second model."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import Any

from fake_wall import FakeServer, Fare, run_coupled, without_skew
from hypothesis import given, settings
from hypothesis import strategies as st
from sharing_lines import any_lines, own_servers, served_by, whole_lines
from strategies import ticks

from line_sim.analysis.audit.audit import audit
from line_sim.inspection.gateway import Reply
from line_sim.inspection.offline.models import modelled_gateways
from line_sim.inspection.outcome import Answered
from line_sim.layout import layout_of
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory, scripted
from line_sim.units import SECOND


def shared(scenario: Scenario, **keys: Any) -> Scenario:
    """Return the line with its server's keys otherwise."""
    (options,) = [server.modelled for server in (scenario.servers or {}).values()]
    modelled = options.model_dump(exclude_none=True) | keys
    written = scenario.model_dump(exclude_none=True) | {"servers": {"gpu": {"modelled": modelled}}}
    return Scenario.model_validate(written)


@settings(max_examples=300, deadline=None)
@given(any_lines(own_servers(), gated=True))
def test_places_that_slow_nobody_down_are_servers(scenario):
    """K = c and mu(n) = n is the server of before, to the nanosecond: the same records."""
    (options,) = [server.modelled for server in (scenario.servers or {}).values()]
    assert options.shared is None
    own = {number: number for number in range(1, options.servers + 1)}
    alike = shared(scenario, servers=1, sharing={"places": options.servers, "speed": own})
    assert run_in_memory(alike) == run_in_memory(scenario)


class Asked:
    """An observer that keeps the questions in the order in which they were put: (ns, station, part)."""

    def __init__(self) -> None:
        self.questions: list[tuple[int, str, int]] = []

    def on_asked(self, at: int, station: str, unit: int, item_id: int) -> None:
        """Note a question."""
        self.questions.append((at, station, item_id))


def by_fractions(scenario: Scenario, questions: list[tuple[int, str, int]]) -> Iterator[tuple[Any, ...]]:
    """Yield what becomes of each question: (station, part, when it was put, when it is over, how), in s.

    Written from docs/sharing.md, with what is left of each call as an exact fraction. Speeds are rounded to
    the billionth, ends up to the nanosecond, as said there.
    """
    (options,) = [server.modelled for server in (scenario.servers or {}).values()]
    deadlines = {spec.name: spec.deadline for spec in scenario.inspections}
    total, places = options.sharing.total, options.sharing.places
    stops, now, idle_since = options.after_deadline == "stops", Fraction(0), Fraction(0)
    inside: list[dict[str, Any]] = []
    coming = [(Fraction(at), station, item) for at, station, item in questions]
    while coming or inside:
        served = inside[:places]
        speed = Fraction(round(total.at(len(served)) / len(served) * 10**9), 10**9) if served else Fraction(0)
        moments = [Fraction(ceil(now + one["left"] / speed)) for one in served]
        moments += [one["limit"] for one in inside if one["limit"] is not None and not one["told"]]
        moments += [coming[0][0]] if coming else []
        if not moments:
            break
        step = min(moments)
        for one in served:
            one["left"] -= (step - now) * speed
        now = step
        had = bool(inside)
        for one in [one for one in served if one["left"] <= 0]:
            inside.remove(one)
            there = now + options.overhead
            if not one["told"] and one["limit"] is not None and there > one["limit"]:
                yield *one["key"], float(one["limit"] / SECOND), "timed_out"
            elif not one["told"]:
                yield *one["key"], float(there / SECOND), "answered"
        for one in [one for one in inside if one["limit"] == now and not one["told"]]:
            one["told"] = True
            yield *one["key"], float(now / SECOND), "timed_out"
            if stops:
                inside.remove(one)
        idle_since = now if had and not inside else idle_since
        reached = [] if inside else [each for each in options.rests if now - idle_since >= each.after]
        while coming and coming[0][0] == now:
            at, station, item = coming.pop(0)
            limit = None if deadlines[station] is None else at + deadlines[station]
            work = options.service.value + (reached[-1].adds.value if reached else 0)
            key = (station, item, float(at / SECOND))
            inside.append({"key": key, "left": Fraction(work), "limit": limit, "told": False})


def in_seconds(calls) -> list[tuple[Any, ...]]:
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


@settings(max_examples=400, deadline=None)
@given(whole_lines(served_by(ticks), gated=True))
def test_every_call_is_over_when_fractions_say_so(scenario):
    """Ties, deadlines, waking up, work for nobody: call by call as with a second model."""
    asked = Asked()
    run = run_in_memory(scenario, observers=[asked])
    told = set(in_seconds(run.records.calls))
    assert len(told) == len(run.records.calls)
    expected = set(by_fractions(scenario, asked.questions))
    assert told <= expected
    if run.ending.how == "completed":
        assert told == expected


@settings(max_examples=200, deadline=None)
@given(any_lines(gated=True))
def test_the_audit_agrees(scenario):
    """Whatever the times are: the files of a true run are true, and say so in the audit's own words."""
    run = run_in_memory(scenario)
    checks = audit(run.records, layout_of(scenario), run.ending.how, run.ending.at)
    assert {name: check.detail for name, check in checks.items() if not check.passed} == {}
    assert "servers" in checks


@settings(max_examples=50, deadline=None)
@given(any_lines())
def test_at_wall_pace_it_answers_as_ever(scenario):
    """The realtime clock changes nothing but the skew."""
    paced = run_coupled(scenario, modelled_gateways(scenario), factor=1.0)
    assert without_skew(paced.records) == run_in_memory(scenario).records


@settings(max_examples=60, deadline=None)
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
