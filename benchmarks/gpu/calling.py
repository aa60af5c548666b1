"""Clients of the server, each a process of its own, that call at given moments or back to back."""

import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, TypeAlias

import grpc
from messages import PREDICT, read_trace

OPTIONS = (("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1))
Call: TypeAlias = "grpc.UnaryUnaryMultiCallable[Any, Any]"
TIMEOUT = 30
LEAD = 20_000_000
"""Nanoseconds from the giving of orders to the start of a series."""


@dataclass(frozen=True)
class Order:
    """What one client is to do from `start`: calls at `due` (ns after it), or `calls` back to back."""

    start: int
    due: tuple[int, ...] = ()
    calls: int = 0


@dataclass(frozen=True)
class Called:
    """One call; microseconds. `due` and `issued` count from the series' start, the rest are spans.

    `arrive`: from issue to the handler's first line; `decode`: parsing and decoding; `wait`: in the queue,
    for a lane and for its batch; `work`: from the batch's start to its answers; what is left of `latency` is
    the way back. `gpu`: that batch on the device, by the device's clock.
    """

    client: int
    number: int
    due: int
    issued: int
    latency: int
    arrive: int
    decode: int
    wait: int
    work: int
    batch: int
    gpu: int


@dataclass(frozen=True)
class Abandoned:
    """Calls given up after `timeout_us`, then one probe: its latency, and the pictures computed in all."""

    number: int
    given_up: int
    timeout_us: int
    answered: int
    latency: int
    computed: int


class Clients:
    """So many processes; they end when the `with` block does."""

    def __init__(self, target: str, requests: Sequence[bytes], count: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for number in range(count):
            here, there = spawn.Pipe()
            process = spawn.Process(
                target=_serve_orders, args=(there, target, number, list(requests)), daemon=True
            )
            process.start()
            self._pipes.append(here)
            self._processes.append(process)
        for pipe in self._pipes:
            pipe.recv()  # it is ready

    def __enter__(self) -> "Clients":
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(5)

    def closed(self, clients: int, each: int) -> list[Called]:
        """Let so many clients call back to back."""
        start = time.perf_counter_ns() + LEAD
        return self._carry_out([Order(start, calls=each)] * clients)

    def timed(self, due: Sequence[Sequence[int]]) -> list[Called]:
        """Let each client call at its moments, or as soon as its call before is answered."""
        start = time.perf_counter_ns() + LEAD
        return self._carry_out([Order(start, due=tuple(moments)) for moments in due])

    def _carry_out(self, orders: list[Order]) -> list[Called]:
        busy = self._pipes[: len(orders)]
        for pipe, order in zip(busy, orders, strict=True):
            pipe.send(order)
        rows = [row for pipe in busy for row in pipe.recv()]
        return sorted(rows, key=lambda row: row.issued)


def _serve_orders(pipe: Connection, target: str, client: int, requests: list[bytes]) -> None:
    with grpc.insecure_channel(target, options=OPTIONS) as channel:
        call: Call = channel.unary_unary(PREDICT)
        for request in requests[:2]:
            call(request, timeout=TIMEOUT)
        pipe.send(None)
        while (order := pipe.recv()) is not None:
            pipe.send(_called(order, client, call, requests))


def _called(order: Order, client: int, call: Call, requests: list[bytes]) -> list[Called]:
    """Carry out one order; nothing is read from an answer before the last has come."""
    raw: list[tuple[int, int, int, bytes]] = []
    for number, due in enumerate(order.due or [0] * order.calls):
        request = requests[(client * 7 + number) % len(requests)]
        if (ahead := order.start + due - time.perf_counter_ns()) > 0:
            time.sleep(ahead / 1e9)
        issued = time.perf_counter_ns()
        answer = call(request, timeout=TIMEOUT)
        raw.append((due, issued, time.perf_counter_ns(), answer))
    return [
        _row(order.start, client, number, due, issued, answered, answer)
        for number, (due, issued, answered, answer) in enumerate(raw)
    ]


def _row(start: int, client: int, number: int, due: int, issued: int, answered: int, answer: bytes) -> Called:
    received, queued, started, finished, batch, gpu = read_trace(answer)
    return Called(
        client,
        number,
        due=due // 1000,
        issued=(issued - start) // 1000,
        latency=(answered - issued) // 1000,
        arrive=(received - issued) // 1000,
        decode=(queued - received) // 1000,
        wait=(started - queued) // 1000,
        work=(finished - started) // 1000,
        batch=batch,
        gpu=gpu,
    )


def abandon(
    channel: grpc.Channel, requests: Sequence[bytes], rounds: int, given_up: int, timeout: float, rest: float
) -> list[Abandoned]:
    """Give up so many calls after `timeout` seconds, ask once more at once, then rest; so many rounds."""
    call: Call = channel.unary_unary(PREDICT)
    count: Call = channel.unary_unary("/bench/Computed")
    rows = []
    for number in range(rounds):
        before = int(count(b""))
        lost = [
            call.future(requests[(number + more) % len(requests)], timeout=timeout)
            for more in range(given_up)
        ]
        answered = sum(one.exception() is None for one in lost)
        issued = time.perf_counter_ns()
        call(requests[number % len(requests)], timeout=TIMEOUT)
        latency = time.perf_counter_ns() - issued
        time.sleep(rest)
        computed = int(count(b"")) - before
        rows.append(Abandoned(number, given_up, round(timeout * 1e6), answered, latency // 1000, computed))
    return rows
