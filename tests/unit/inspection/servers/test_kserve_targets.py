"""Several targets of KServe's v2 protocol: what sets one aside, what does not, and when it is back."""

import time
from collections.abc import Callable, Iterator

import grpc
import pytest
from stub_server import inquiry
from stub_v2 import V2Server, answer, metadata, v2_gateway_to

from line_sim.errors import GatewayError
from line_sim.inspection.outcome import Answered
from line_sim.inspection.servers import live
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.servers.retrying import RetryPolicy
from line_sim.inspection.wires.kserve.statuses import advice, is_overload, sets_aside
from line_sim.units import MILLISECOND

Code = grpc.StatusCode
QUEUE_FULL = "[request id: 7] Exceeds maximum queue size"


@pytest.fixture
def pair() -> Iterator[list[V2Server]]:
    """Two servers; each answers with its own name."""
    servers = [V2Server(), V2Server()]
    for name, server in zip((b"a", b"b"), servers, strict=True):
        answers(server, name)
        server.start()
    yield servers
    for server in servers:
        server.stop()


def answers(server: V2Server, label: bytes) -> None:
    """Let a server answer with this label."""
    server.infer = lambda request, context: answer(label)


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


@pytest.mark.parametrize(
    ("status", "detail", "aside"),
    [
        ("UNAVAILABLE", "failed to connect to all addresses", True),
        ("UNAVAILABLE", QUEUE_FULL, False),
        ("UNAVAILABLE", "Request timeout expired", False),
        ("NOT_FOUND", "Request for unknown model: 'flanges' has no available versions", True),
        ("INTERNAL", "Stub process 'flanges' is not healthy.", True),
        ("RESOURCE_EXHAUSTED", "", False),
        ("DEADLINE_EXCEEDED", "", False),
        ("INVALID_ARGUMENT", "", False),
        ("UNKNOWN", "", False),
        ("OK", "", False),
    ],
)
def test_what_sets_a_target_aside(status: str, detail: str, aside: bool) -> None:
    """One that is not there, has no such model, or whose model's process is dead; never one that is busy."""
    assert sets_aside(status, detail) == aside


def test_overload_is_told_by_the_servers_words() -> None:
    """The status alone does not tell it from a connection that is gone."""
    assert is_overload("UNAVAILABLE", QUEUE_FULL)
    assert not is_overload("INTERNAL", QUEUE_FULL)
    assert advice("UNAVAILABLE", QUEUE_FULL) == "; the server has too much to do already"
    assert advice("UNAVAILABLE", "no connection") == ""


def test_a_busy_target_keeps_its_turn(pair: list[V2Server]) -> None:
    """A queue that is full is no reason to leave the other one with everything."""
    with v2_gateway_to(*pair) as gateway:
        pair[0].refuse(Code.UNAVAILABLE, QUEUE_FULL)
        assert labels(gateway, 4) == ["UNAVAILABLE", "b", "UNAVAILABLE", "b"]
        assert "set_aside" not in gateway.identity


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        (Code.NOT_FOUND, "Request for unknown model: 'flanges' has no available versions"),
        (Code.INTERNAL, "Stub process 'flanges' is not healthy."),
        (Code.UNAVAILABLE, "Socket closed"),
    ],
)
def test_a_target_without_its_model_costs_one_answer_and_comes_back(
    pair: list[V2Server], monkeypatch: pytest.MonkeyPatch, code: grpc.StatusCode, detail: str
) -> None:
    """Unloaded, drained, dead: whatever it says of itself, it is back only when it has answered again."""
    monkeypatch.setattr(live, "LOOK_AGAIN_S", 0.02)
    first = pair[0]
    with v2_gateway_to(*pair) as gateway:
        first.refuse(code, detail)
        assert labels(gateway, 5) == [code.name, "b", "b", "b", "b"]
        answers(first, b"a")
        until(lambda: "a" in labels(gateway, 2))
        assert gateway.identity["set_aside"] == f"127.0.0.1:{first.port} (1 x)"


def test_a_target_that_comes_back_as_another_model_stays_aside(
    pair: list[V2Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes pictures in another form now: the questions of this run do not fit it."""
    monkeypatch.setattr(live, "LOOK_AGAIN_S", 0.02)
    first = pair[0]
    with v2_gateway_to(*pair) as gateway:
        first.refuse(Code.NOT_FOUND, "gone")
        assert labels(gateway, 2) == ["NOT_FOUND", "b"]
        seen = []

        def other(name: str, version: str) -> bytes:
            seen.append(name)
            return metadata(inputs=[("image", "UINT8", (-1,))])

        first.metadata = other
        answers(first, b"a")
        until(lambda: len(seen) > 3)
        assert labels(gateway, 4) == ["b"] * 4


def test_targets_that_take_pictures_differently_are_refused(pair: list[V2Server]) -> None:
    """One gateway asks one model."""
    pair[1].metadata = lambda name, version: metadata(inputs=[("image", "BYTES", (-1, 1))])
    with pytest.raises(GatewayError) as caught, v2_gateway_to(*pair):
        pass
    assert str(caught.value) == (
        f"127.0.0.1:{pair[1].port}: model 'flanges' takes 'image' as BYTES of 2 dimensions, and the targets "
        "before it take 'image' as BYTES of 1 dimension: all targets must serve the same model"
    )


def test_a_retry_goes_to_the_other_target(pair: list[V2Server]) -> None:
    """With retries not even a busy server costs an answer, as far as the budget goes."""
    with v2_gateway_to(*pair, retries=RetryPolicy(attempts=2, backoff=MILLISECOND)) as gateway:
        pair[0].refuse(Code.UNAVAILABLE, QUEUE_FULL)
        assert labels(gateway, 4) == ["b"] * 4
        assert int(gateway.identity["retries"]) >= 2
