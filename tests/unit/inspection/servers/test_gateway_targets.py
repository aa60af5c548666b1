"""Several targets and retries, over gRPC and over REST, against servers that do as they are told."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from stub_rest import RestServer
from stub_rest import answer as rest_answer
from stub_server import Pictures, Server, answer, inquiry

from line_sim.errors import GatewayError
from line_sim.inspection.gateway import Inquiry
from line_sim.inspection.outcome import Answered, TimedOut, Unavailable
from line_sim.inspection.servers import live
from line_sim.inspection.servers.grpc import GRPC
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.servers.rest import REST
from line_sim.inspection.servers.retrying import MOST_SAVED, RetryBudget, RetryPolicy
from line_sim.inspection.servers.rotation import Rotation
from line_sim.inspection.wires.grpc_transport import GrpcTransport
from line_sim.inspection.wires.transport import Access
from line_sim.units import MILLISECOND, SECOND


class Pair:
    """Two servers of one kind; each answers with its own name."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.servers: list[Any] = [Server() if kind == "grpc" else RestServer() for _ in "ab"]
        for name, server in zip("ab", self.servers, strict=True):
            self.answers(server, name)
            server.start()

    def answers(self, server: Any, label: str) -> None:
        """Let a server answer with this label."""
        said: Any = answer(label.encode()) if self.kind == "grpc" else rest_answer(label)
        server.predict = lambda *_: said

    def refuses(self, server: Any) -> None:
        """Let a server be too busy for every question."""
        if self.kind == "grpc":
            server.refuse(grpc.StatusCode.UNAVAILABLE, "busy")
        else:
            server.predict = lambda body: (503, {"error": "busy"})

    def dies(self, server: Any) -> None:
        """End a server, with whatever connections are kept to it."""

        def broken(body: Any) -> Any:
            raise ConnectionAbortedError

        server.stop()
        if self.kind == "rest":
            server.predict = broken

    def gateway(self, **settings: Any) -> ServerGateway:
        """Make a gateway to both."""
        dialect = GRPC if self.kind == "grpc" else REST
        targets = [f"127.0.0.1:{server.port}" for server in self.servers]
        settings = {"warm_up_calls": 1, "connect_timeout": SECOND, **settings}
        return ServerGateway(dialect, targets, "inception_v3", "inspect", Pictures(), **settings)


@pytest.fixture(params=["grpc", "rest"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """Two servers of each kind."""
    both = Pair(request.param)
    yield both
    for server in both.servers:
        server.stop()


def labels(gateway: ServerGateway, count: int) -> list[str]:
    """Ask so often and give the labels, or the status where there is none."""
    replies = [gateway.ask(inquiry()) for _ in range(count)]
    return [reply.outcome.label if isinstance(reply.outcome, Answered) else reply.status for reply in replies]


def until(holds: Callable[[], bool]) -> None:
    """Wait for something to become true, but not for ever."""
    give_up_at = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < give_up_at
        time.sleep(0.01)


def test_targets_take_turns(pair: Pair) -> None:
    """Every other question goes to the other server, and run.json names both."""
    with pair.gateway() as gateway:
        assert labels(gateway, 4) == ["a", "b", "a", "b"]
        assert gateway.identity["target"] == ", ".join(f"127.0.0.1:{one.port}" for one in pair.servers)
        assert "set_aside" not in gateway.identity


def test_a_target_that_dies_costs_one_answer_and_comes_back(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One question is lost; then the other server answers alone until the first is back; it is counted."""
    monkeypatch.setattr(live, "LOOK_AGAIN_S", 0.02)
    first = pair.servers[0]
    with pair.gateway() as gateway:
        pair.dies(first)
        assert labels(gateway, 5) == ["UNAVAILABLE", "b", "b", "b", "b"]
        pair.answers(first, "a")
        first.start()
        until(lambda: "a" in labels(gateway, 2))
        assert gateway.identity["set_aside"] == f"127.0.0.1:{first.port} (1 x)"


def test_a_target_that_is_not_there_at_the_start_is_told(pair: Pair) -> None:
    """One that can be reached is enough; none is not."""
    said: list[str] = []
    pair.servers[1].stop()
    with pair.gateway(narrate=said.append, connect_timeout=200 * MILLISECOND) as gateway:
        assert labels(gateway, 3) == ["a", "a", "a"]
    assert [line.endswith("going on with the other targets") for line in said] == [True]
    pair.servers[0].stop()
    with pytest.raises(GatewayError) as caught:
        pair.gateway(connect_timeout=200 * MILLISECOND).__enter__()
    assert str(caught.value).count("no inference server at") == 2
    for server in pair.servers:
        server.start()


def test_a_retry_goes_to_the_other_target(pair: Pair) -> None:
    """With retries not even the first question is lost, and the reply's latency holds both calls."""
    with pair.gateway(retries=RetryPolicy(attempts=2, backoff=MILLISECOND)) as gateway:
        pair.refuses(pair.servers[0])
        assert labels(gateway, 3) == ["b", "b", "b"]
        assert gateway.identity["retries"] == "1"


def test_a_retry_may_meet_a_server_that_is_better_now(pair: Pair) -> None:
    """Both fail once, the third call is answered: the part never knows, but for its latency."""
    pauses = RetryPolicy(attempts=3, backoff=20 * MILLISECOND)
    with pair.gateway(retries=pauses) as gateway:
        for server in pair.servers:
            pair.refuses(server)
            server.heal = server.predict
        first = pair.servers[0]

        def once(*args: Any) -> Any:
            pair.answers(first, "a")
            return first.heal(*args)

        first.predict = once
        reply = gateway.ask(inquiry())
    assert reply.outcome == Answered("a", 0.875)
    assert reply.latency > pauses.pause(1, 7) + pauses.pause(2, 7)


def test_retries_end_with_the_attempts_the_status_and_the_deadline(pair: Pair) -> None:
    """No more calls than attempts, none after a status that is not listed, no pause beyond the deadline."""
    first, second = pair.servers
    with pair.gateway(retries=RetryPolicy(attempts=3, backoff=MILLISECOND)) as gateway:
        pair.refuses(first)
        pair.refuses(second)
        before = len(first.requests) + len(second.requests)
        assert gateway.ask(inquiry()).status == "UNAVAILABLE"
        assert len(first.requests) + len(second.requests) == before + 3
    slow = RetryPolicy(attempts=3, backoff=SECOND)
    pair.answers(first, "a")
    pair.answers(second, "b")
    with pair.gateway(retries=slow) as gateway:
        pair.refuses(first)
        pair.refuses(second)
        before = len(first.requests) + len(second.requests)
        reply = gateway.ask(inquiry(700 * MILLISECOND))
        assert len(first.requests) + len(second.requests) == before + 1
    assert slow.pause(1, 7) > 700 * MILLISECOND
    assert reply.outcome == Unavailable("busy")
    pair.answers(first, "a")
    pair.answers(second, "b")
    with pair.gateway(retries=RetryPolicy(attempts=3, on=("INTERNAL",))) as gateway:
        pair.refuses(first)
        assert gateway.ask(inquiry()).status == "UNAVAILABLE"


def test_waiting_for_the_last_target(pair: Pair) -> None:
    """With wait_for_ready a question waits only where no other target is left."""
    with pair.gateway(wait_for_ready=True) as gateway:
        for server in pair.servers:
            pair.dies(server)
        replies = [gateway.ask(inquiry(300 * MILLISECOND)) for _ in range(4)]
    for server in pair.servers:
        server.start()
    assert isinstance(replies[0].outcome, Unavailable)
    assert isinstance(replies[-1].outcome, TimedOut)


def test_metadata_goes_with_a_grpc_call(server: Server) -> None:
    """An API key is part of the call's metadata."""
    target = f"127.0.0.1:{server.port}"
    with ServerGateway(
        GRPC, target, "m", "s", Pictures(), warm_up_calls=1, metadata=[("x-api-key", "s3cret")]
    ) as gateway:
        gateway.ask(inquiry())
    assert [seen["x-api-key"] for seen in server.metadata_seen] == ["s3cret"] * 2


def test_a_channel_may_be_closed_right_after_it_was_looked_for_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As at the end of a run with a target set aside: gRPC's own thread, which looks at it, says nothing."""
    raised: list[object] = []
    monkeypatch.setattr(threading, "excepthook", raised.append)
    for looks in (1, 2, 3):
        before = set(threading.enumerate())
        transport = GrpcTransport(f"127.0.0.1:{server.port}", Access())
        for _ in range(looks):
            transport.connect(SECOND)
        transport.close()
        with pytest.raises(GatewayError, match="it is closed"):
            transport.connect(SECOND)
        for thread in set(threading.enumerate()) - before:
            thread.join(5)
    assert raised == []


def test_many_threads_share_a_gateway(pair: Pair) -> None:
    """Cameras that ask at the same time are all answered, by both servers in turn."""
    from concurrent.futures import ThreadPoolExecutor

    with pair.gateway() as gateway, ThreadPoolExecutor(8) as cameras:
        asked = [Inquiry(item, 0, "good", "", 0, 20 * SECOND) for item in range(80)]
        replies = list(cameras.map(gateway.ask, asked))
    assert sorted(reply.outcome.label for reply in replies) == ["a"] * 40 + ["b"] * 40  # type: ignore[union-attr]


def test_the_budget_is_a_share_of_the_questions() -> None:
    """After what was saved up is spent, one question in five may be asked again."""
    budget = RetryBudget(0.2)
    granted = []
    for _ in range(200):
        budget.earn()
        granted.append(budget.spend())
    assert sum(granted) == int(MOST_SAVED + 0.2 * 199)  # the first earns nothing: the budget is full
    assert granted[:10] == [True] * 10
    assert sum(granted[-50:]) == 10


def test_pauses_double_and_are_spread() -> None:
    """The n-th pause lies between half and all of backoff * 2**(n-1), at most a second; parts differ."""
    policy = RetryPolicy(attempts=10, backoff=10 * MILLISECOND)
    for retry in range(1, 12):
        full = min(SECOND, 10 * MILLISECOND * 2 ** (retry - 1))
        pauses = [policy.pause(retry, item) for item in range(50)]
        assert all(full / 2 <= pause <= full for pause in pauses)
        assert len(set(pauses)) == 50


def test_the_rotation_passes_over_what_is_set_aside() -> None:
    """Three targets take turns; without the middle one two do; with none left all do again."""
    rotation = Rotation(3)
    assert [rotation.take() for _ in range(4)] == [(0, False), (1, False), (2, False), (0, False)]
    assert rotation.set_aside(1)
    assert not rotation.set_aside(1)
    assert [rotation.take()[0] for _ in range(4)] == [2, 0, 2, 0]
    rotation.set_aside(0)
    rotation.set_aside(2)
    assert [rotation.take() for _ in range(3)] == [(1, True), (2, True), (0, True)]
    rotation.bring_back(2)
    assert [rotation.take() for _ in range(2)] == [(2, False), (2, False)]
    assert rotation.times_aside == (1, 1, 1)
