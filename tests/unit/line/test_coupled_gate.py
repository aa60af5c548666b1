"""The coupled clock against a fake wall: the log is that of a line that knew every answer beforehand."""

import pytest
from belt_lines import lines_with_belts
from fake_wall import GOOD, STARTED, FakeCallers, FakeServer, FakeWall, Fare, run_coupled, without_skew
from gate_lines import lines_with_gates
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import camera, press
from strategies import scenarios, written_scenarios

from line_sim.inspection.gateway import Inquiry, Reply
from line_sim.inspection.outcome import TimedOut, Unavailable
from line_sim.line.clocks.coupled import CoupledEnvironment
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import Line
from line_sim.recording import RunFolder, read_run
from line_sim.recording.memory import Memory
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory, scripted
from line_sim.units import HOUR, MILLISECOND, SECOND


def line(*entries, items=None, duration=None, every=None, **keys) -> Scenario:
    """Return a short line; saturated where `every` is not given."""
    return Scenario.model_validate(
        {
            "version": 1,
            "name": "a story",
            "run": {"items": items} if duration is None else {"duration": duration},
            "arrivals": {"saturated": True} if every is None else {"every": every},
            "line": list(entries),
            "review": {"time": 0, "buffer": 100},
            **keys,
        }
    )


def server(latency, **told) -> FakeServer:
    """Return a server that answers `good` after so many seconds, the same for all or part by part."""

    def fares(inquiry: Inquiry) -> Fare:
        wanted = latency[inquiry.item_id - 1] if isinstance(latency, list) else latency
        return Fare(Reply(GOOD, round(wanted * SECOND), "OK"), **told)

    return FakeServer(fares)


class Fate:
    """Draws how each question fares, the same whenever it is asked: few values, so that there are ties."""

    def __init__(self, seed: int, slowness: int) -> None:
        self._seed = seed
        self._slowness = slowness

    def __call__(self, inquiry: Inquiry) -> Fare:
        """Draw."""
        chance = hash((self._seed, inquiry.item_id))
        latency = (chance % 5) * SECOND + (chance >> 8) % 2 + 1
        late = inquiry.deadline is not None and latency > inquiry.deadline
        reply = Reply(TimedOut(), latency, "DEADLINE_EXCEEDED") if late else Reply(GOOD, latency, "OK")
        if (chance >> 32) % 3 == 0:
            reply = Reply(Unavailable(), 1 if (chance >> 40) % 2 else latency, "UNAVAILABLE")
        sending, bringing = ((chance >> shift) % 3 * self._slowness for shift in (16, 24))
        return Fare(reply, sending, bringing)


any_line = st.one_of(
    scenarios(), lines_with_belts(written_scenarios()), lines_with_gates(written_scenarios())
)


@settings(deadline=None)
@given(any_line, st.integers(0, 2**32), st.sampled_from([0, 1, 70_000, SECOND // 3, SECOND, 10 * SECOND]))
def test_every_log_is_that_of_a_line_that_knew_the_answers_beforehand(scenario, seed, slowness):
    """However late questions leave and answers are brought, only their latency counts, to the nanosecond."""
    fates = {spec.name: Fate(seed + place, slowness) for place, spec in enumerate(scenario.inspections)}
    coupled = run_coupled(scenario, {name: FakeServer(fate) for name, fate in fates.items()})
    known = {name: scripted(lambda inquiry, fate=fate: fate(inquiry).reply) for name, fate in fates.items()}
    virtual = run_in_memory(scenario, known)
    assert without_skew(coupled.records) == virtual.records
    assert coupled.ending == virtual.ending


@settings(deadline=None)
@given(scenarios(), st.integers(0, 2**32), st.data())
def test_live_and_modelled_inspections_share_a_line(scenario, seed, data):
    """Any of the inspections may have the real server, the others a model of one."""
    names = [spec.name for spec in scenario.inspections]
    live = data.draw(st.sets(st.sampled_from(names))) if names else set()
    fate = Fate(seed, 1000)
    known = {name: scripted(lambda inquiry: fate(inquiry).reply) for name in names}
    mixed = {**known, **{name: FakeServer(fate) for name in live}}
    coupled, virtual = run_coupled(scenario, mixed), run_in_memory(scenario, known)
    assert (without_skew(coupled.records), coupled.ending) == (virtual.records, virtual.ending)


def test_an_answer_is_put_in_at_the_call_plus_its_latency():
    """The camera asks at 2 s, 4 s and 6 s; sent late and brought late, each answer takes 0.5 s."""
    late = server(0.5, sending=3 * MILLISECOND, bringing=40 * MILLISECOND)
    run = run_coupled(line(camera(acquisition=0), items=3, every=2), {"camera": late})
    assert [item.left_at for item in run.records.items] == [2.5 * SECOND, 4.5 * SECOND, 6.5 * SECOND]
    assert [(call.latency, call.skew) for call in run.records.calls] == [(SECOND // 2, 0)] * 3


def test_answers_of_one_moment_go_in_the_order_of_their_calls():
    """Both are there after a second; that the second one is brought first changes nothing."""
    bringing = {1: 2 * MILLISECOND, 2: 0}
    one_moment = FakeServer(lambda asked: Fare(Reply(GOOD, SECOND, "OK"), bringing=bringing[asked.item_id]))
    run = run_coupled(line(camera(units=2), items=2), {"camera": one_moment})
    assert [(item.item_id, item.left_at) for item in run.records.items] == [(1, SECOND), (2, SECOND)]


def test_an_answer_takes_a_nanosecond_though_the_wall_clock_stood_still():
    """By then all that happens in the moment of its call has happened."""
    run = run_coupled(line(camera(acquisition=0), items=2), {"camera": server(0)})
    assert [call.latency for call in run.records.calls] == [1, 1]
    assert [item.left_at for item in run.records.items] == [1, 2]


def test_an_event_waits_for_an_answer_that_is_there_but_not_yet_brought():
    """The answer of 1 s is brought 5 s late: the press, done at 1.5 s, comes after it all the same."""
    scenario = line(camera("a"), press("1.5 s", "pack"), items=2)
    late = server(1, bringing=5 * SECOND)
    run = run_coupled(scenario, {"a": late})
    assert [item.left_at for item in run.records.items] == [5 * SECOND // 2, 4 * SECOND]


def test_ten_idle_hours_take_no_wall_time():
    """A part an hour, a second for each answer: ten hours of line time pass in ten seconds."""
    wall = FakeWall()
    run = run_coupled(line(camera(), items=10, every="1 h"), {"camera": server(1)}, wall=wall)
    assert run.ending.at == 10 * HOUR + SECOND
    assert wall.slept == 10 * SECOND


def test_calls_of_several_cameras_overlap():
    """Four cameras that wait a second each have four answers after a second of wall time."""
    wall = FakeWall()
    run = run_coupled(line(camera(units=4), items=4), {"camera": server(1)}, wall=wall)
    assert [(call.unit, call.issued_at) for call in run.records.calls] == [(n, 0) for n in (1, 2, 3, 4)]
    assert wall.slept == SECOND


def test_while_a_call_is_out_the_rest_of_the_line_goes_on_at_wall_pace():
    """The press works 30 times 100 ms while the camera waits 3 s: not an event is ahead of the wall."""
    scenario = line(camera(), press("100 ms", "pack", units=1), items=1, every=1)
    beside = line(press("100 ms", "beside"), camera(buffer=100), items=40)
    for each in (scenario, beside):
        wall = FakeWall()
        run = run_coupled(each, {"camera": server(3)}, wall=wall)
        assert wall.slept >= len(run.records.calls) * 3 * SECOND


def test_a_request_that_is_long_in_leaving_is_not_looked_after_all_the_time():
    """A press that is done 2 ns after the call waits a millisecond for its leaving, in some steps."""
    wall, looks = FakeWall(), []
    wall.now = lambda: looks.append(wall.time) or wall.time
    late = {1: MILLISECOND}
    slow = FakeServer(lambda asked: Fare(Reply(GOOD, SECOND, "OK"), sending=late.get(asked.item_id, 0)))
    run_coupled(line(press("2 ns"), camera(acquisition=0, buffer=2), items=3), {"camera": slow}, wall=wall)
    assert len(looks) < 1000


def test_skew_is_how_late_a_call_leaves_against_the_others():
    """Camera `a` asks at 1 s and waits 5 s; `b` asks at 3 s, and its request leaves 7 ms too late."""
    scenario = line(
        camera("a", ship_when={"labels": ["good"]}, units=2), camera("b", buffer=5), items=2, every=1
    )
    a, b = server([5, 1]), server(1, sending=7 * MILLISECOND)
    run = run_coupled(scenario, {"a": a, "b": b})
    skews = {(call.station, call.item_id): call.skew for call in run.records.calls}
    assert skews["a", 1] == 0
    assert skews["a", 2] == 1  # a nanosecond: the wall must be beyond the moment, not just there
    assert skews["b", 2] == 7 * MILLISECOND + 1
    assert skews["b", 1] == 0  # nothing else was out


def test_calls_of_one_moment_are_late_against_the_first_that_leaves():
    """Two cameras ask at once; one thread is slower by a millisecond."""
    fares = {1: 0, 2: MILLISECOND}
    slow = FakeServer(lambda inquiry: Fare(Reply(GOOD, SECOND, "OK"), sending=fares[inquiry.item_id]))
    run = run_coupled(line(camera(units=2), items=2), {"camera": slow})
    assert [call.skew for call in run.records.calls] == [0, MILLISECOND]


def test_the_horizon_waits_for_an_answer_that_may_come_before_it():
    """Calls at 1 s and 2 s; at the end, 3 s, one answer is there - exactly then - and one is not."""
    run = run_coupled(line(camera(units=2), duration=3, every=1), {"camera": server([2, 5, 5])})
    left = [(item.item_id, item.left_at) for item in run.records.items]
    assert left == [(1, 3 * SECOND), (2, None), (3, None)]
    assert run.ending == ("duration over", 3 * SECOND, "")


def test_a_wish_to_stop_counts_while_the_line_waits():
    """Half-way through the second answer: what is out is nobody's, the part is found on the line."""
    wall, interrupt = FakeWall(), Interrupt()
    wall.after(3 * SECOND // 2, interrupt.wish)
    run = run_coupled(line(camera(), items=5), {"camera": server(1)}, wall=wall, interrupt=interrupt)
    assert run.ending == ("interrupted", SECOND, "")
    assert [call.item_id for call in run.records.calls] == [1]
    assert [item.disposition for item in run.records.items] == ["shipped", "on_line"]
    assert wall.time == STARTED + 3 * SECOND // 2


def test_what_a_gateway_raises_comes_out_of_the_run():
    """A picture that cannot be read any more ends the run with its own error."""

    class Failing(FakeCallers):
        def ask(self, flight):
            self._wall.after(5, lambda: flight.fail(OSError("the picture is gone")))

    wall = FakeWall()
    env = CoupledEnvironment(wall, Failing(wall))
    with pytest.raises(OSError, match="the picture is gone"):
        Line(line(camera(), items=2), {"camera": server(1)}, Memory(), env=env).run()


def test_what_can_wait_is_done_when_the_line_has_been_quiet():
    """Two answers of a second each: 2 ms after each of the calls is leisure, once; not after a short call."""
    wall, moments = FakeWall(), []
    waits = iter([SECOND, SECOND, MILLISECOND])
    quick = FakeServer(lambda _: Fare(Reply(GOOD, next(waits), "OK")))
    env = CoupledEnvironment(wall, FakeCallers(wall), leisure=lambda: moments.append(wall.time - STARTED))
    Line(line(camera(), items=3), {"camera": quick}, Memory(), env=env).run()
    assert moments == [2 * MILLISECOND, SECOND + 2 * MILLISECOND]
    assert wall.time == STARTED + 2 * SECOND + MILLISECOND


def test_a_line_that_waits_for_a_real_answer_has_every_row_on_disk(tmp_path):
    """A call may hang for an hour: what happened before it is safe by then."""
    wall, seen = FakeWall(), []
    wall.after(SECOND, lambda: seen.append(read_run(tmp_path / "run")))
    with RunFolder(tmp_path / "run", lambda: 0.0) as run:
        env = CoupledEnvironment(wall, FakeCallers(wall), leisure=run.flush)
        Line(line(camera(), items=2), {"camera": server([0.001, 3600])}, run, env=env).run()
    assert [(len(one.calls), len(one.visits), len(one.items)) for one in seen] == [(1, 1, 1)]


def test_a_real_server_needs_a_clock_that_waits():
    """The virtual clock would serialise the cameras' calls: it is refused before the first part."""
    with pytest.raises(TypeError, match="a live gateway needs a clock that waits for it"):
        Line(line(camera(), items=2), {"camera": server(1)}, Memory())


def test_at_wall_pace_every_event_has_its_moment():
    """Ten parts, one an hour, at 3600 times the pace: ten seconds, and answers of models at theirs."""
    wall = FakeWall()
    scenario = line(camera(gateway={"modelled": {"service": 1800}}), items=10, every="1 h")
    half_an_hour = scripted(lambda _: Reply(GOOD, 1800 * SECOND, "OK"))
    run = run_coupled(
        scenario,
        {"camera": half_an_hour},
        wall=wall,
        factor=3600,
    )
    assert run.ending.at == 10 * HOUR + 1800 * SECOND
    assert wall.slept == 10 * SECOND + SECOND // 2
    assert {call.skew for call in run.records.calls} == {0}


def test_at_wall_pace_a_real_answer_is_put_in_where_it_belongs():
    """Idle time passes on the wall too, and a request that leaves 2 ms late has a skew of 2 ms."""
    wall = FakeWall()
    late = server(0.25, sending=2 * MILLISECOND)
    run = run_coupled(line(camera(), items=3, every=1), {"camera": late}, wall=wall, factor=1)
    assert [item.left_at for item in run.records.items] == [1.25 * SECOND, 2.25 * SECOND, 3.25 * SECOND]
    assert [call.skew for call in run.records.calls] == [2 * MILLISECOND] * 3


def test_at_wall_pace_a_run_lasts_to_its_end():
    """A run of ten seconds takes ten seconds, also when nothing more happens."""
    wall = FakeWall()
    run_coupled(line(press(1), duration=10, every=6), {}, wall=wall, factor=1)
    assert wall.slept == 10 * SECOND
