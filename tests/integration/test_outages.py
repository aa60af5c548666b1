"""A real server is away for some seconds of wall time: the parts of that time meet it, on either clock."""

import threading
import time
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import pytest
from stories import camera
from stub_rest import RestServer, rest_gateway_to
from stub_server import Server, gateway_to

from line_sim.inspection.servers.live import ServerGateway
from line_sim.line.clocks.coupled import environment_for
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import Line
from line_sim.line.records import Call
from line_sim.recording.memory import Memory
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory

TAKT = 0.05
GOES_AT = 20
"""The part behind which the server goes."""


class Closable(Protocol):
    """A server that can go and come back on the same port."""

    def start(self) -> None:
        """Come (back)."""

    def stop(self) -> None:
        """Go."""


class Away:
    """Has a server go when a part's call is over, and come back after some seconds; an observer of the line.

    `silent_s` is for how long calls found none: from the first that did to the first that was answered.
    """

    def __init__(self, server: Closable, seconds: float) -> None:
        self._server = server
        self._seconds = seconds
        self._leaving = threading.Thread(target=self._leave)
        self._first: float | None = None
        self.silent_s: float | None = None

    def on_call(self, call: Call) -> None:
        """Begin the outage; note when it is met and when it is over."""
        if call.item_id == GOES_AT:
            self._leaving.start()
        if call.outcome == "unavailable" and self._first is None:
            self._first = time.perf_counter()
        if call.outcome == "answered" and self._first is not None and self.silent_s is None:
            self.silent_s = time.perf_counter() - self._first

    def end(self) -> None:
        """Wait until the server is back."""
        self._leaving.join()

    def _leave(self) -> None:
        self._server.stop()
        if isinstance(self._server, RestServer):
            self._server.hang_up()
        time.sleep(self._seconds)
        self._server.start()


class Outage(NamedTuple):
    """What a run met: calls without a server, and for how long there was none, in seconds of wall time."""

    calls: int
    silent_s: float | None


def asking_line(clock: str, items: int, every: float = TAKT) -> Scenario:
    """Return a line that is a camera with a live server."""
    written: Mapping[str, Any] = {
        "version": 1,
        "name": "outage",
        "run": {"items": items, "clock": clock},
        "arrivals": {"every": every},
        "line": [camera(gateway={"grpc": {"target": "localhost:1"}}, buffer=20, deadline="200 ms")],
        "review": {"time": 0, "buffer": 1000},
    }
    return Scenario.model_validate(written)


def gateway_over(form: str, server: Any, **settings: Any) -> ServerGateway:
    """Make a gateway over gRPC or REST."""
    return gateway_to(server, **settings) if form == "grpc" else rest_gateway_to(server, **settings)


def outage(form: str, seconds: float, clock: str = "coupled", **settings: Any) -> Outage:
    """Run a line whose server is away for so long, and then 60 parts more."""
    server = Server() if form == "grpc" else RestServer()
    server.start()
    away = Away(server, seconds)
    scenario = asking_line(clock, GOES_AT + round((seconds + 2) / TAKT) + 60)
    try:
        with gateway_over(form, server, **settings) as gateway:
            calls = run_in_memory(scenario, {"camera": gateway}, observers=(away,)).records.calls
    finally:
        away.end()
        server.stop()
    return Outage(sum(call.outcome == "unavailable" for call in calls), away.silent_s)


@pytest.mark.parametrize("seconds", [1, 2, pytest.param(5, marks=pytest.mark.slow)])
@pytest.mark.parametrize("form", ["grpc", "rest"])
def test_an_outage_meets_as_many_parts_as_at_wall_pace(form, seconds):
    """A part each 50 ms: as many as there was no server for, give or take a fifth.

    How long that was is measured, as gRPC may find a server that is back up to a second later.
    """
    met = outage(form, seconds)
    assert met.silent_s is not None, "no call was answered after the outage"
    assert 0.9 * seconds <= met.silent_s
    assert met.calls == pytest.approx(met.silent_s / TAKT, rel=0.2, abs=2)


def test_ctrl_c_counts_at_once_while_line_time_keeps_pace():
    """The server goes before the first part, which is refused; the next one would come in an hour."""
    server, interrupt, memory = Server(), Interrupt(), Memory()
    server.start()
    scenario = asking_line("coupled", 2, every=3600)
    with gateway_over("grpc", server) as gateway:
        server.stop()
        gateways = {"camera": gateway}
        timer = threading.Timer(0.2, interrupt.wish)
        timer.start()
        env = environment_for(scenario, gateways)
        ending = Line(scenario, gateways, memory, interrupt=interrupt, env=env).run()
        timer.join()
    assert ending.how == "interrupted"
    assert [call.outcome for call in memory.records.calls] == ["unavailable"]
