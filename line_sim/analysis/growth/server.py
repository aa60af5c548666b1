"""Cameras that ask one modelled server, run for some thousand calls: what none of the means can tell.

A call waits behind those of the other cameras, and behind those that nobody waits for any more. Where there
is a gate, it waits behind those of the same camera, too. Where several inspections ask one server, or it puts
calls together or side by side, it hangs on the whole line when they come: that is run in memory.
"""

import heapq
from collections import defaultdict, deque
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from line_sim.inspection.gateway import Gateway, Inquiry, Reply
from line_sim.inspection.offline.models import modelled_gateways
from line_sim.inspection.offline.scripted import ScriptedGateway
from line_sim.inspection.outcome import Answered, TimedOut
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import INTERRUPTED, Line
from line_sim.line.records import Call
from line_sim.scenario.fields import Belt
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.scenario.model import Inspection, Run, Scenario
from line_sim.scenario.times import has_unread_files
from line_sim.units import Nanoseconds

TRIES = 20_000
_SETTLED = TRIES // 2

_PARTS = 6_000
"""Parts of a run of the whole line, of which the second half is counted."""
_MOST_VISITS = 100_000
_FEWEST_CALLS = 100
_SEED = 1
MOST_OUTAGES = 300_000
"""A machine may fail every nanosecond; of a line that fails more often than this what is seen must do."""


def queue_of(
    spec: Inspection,
    options: ModelledOptions,
    interval: float,
    service: NDArray[np.float64],
    acquisition: NDArray[np.float64],
) -> tuple[float, float]:
    """Return the share of time-outs and the mean wait (ns) once the queue has settled.

    Parts come every `interval` ns, or as soon as a camera is free where that is later; `service` and
    `acquisition` are what the calls take. The server goes by the rules of `ModelledGateway`.
    """
    cameras, servers = [0.0] * spec.units, [0.0] * options.places
    deadline = float("inf") if spec.deadline is None else float(spec.deadline)
    keeps, overhead = options.after_deadline == "keeps_computing", float(options.overhead)
    gate = None if spec.gate is None else _Gate(spec.gate.belt)
    late, waited = 0, 0.0
    asked = _calls(interval, service, acquisition)
    for number, (arrives, picture, needs) in enumerate(asked):
        issued = max(arrives, heapq.heappop(cameras)) + picture
        begins = max(issued, servers[0])
        wait = begins + needs + overhead - issued
        missed = wait > deadline
        if not missed or keeps:
            heapq.heapreplace(servers, begins + needs)
        elif begins < issued + deadline:
            heapq.heapreplace(servers, min(begins + needs, issued + deadline))
        wait = min(wait, deadline)
        heapq.heappush(cameras, issued + wait if gate is None else gate.free_at(issued, issued + wait))
        if number >= _SETTLED:
            late += missed
            waited += wait
    counted = len(asked) - _SETTLED
    return late / counted, waited / counted


class _Gate:
    """A gate behind which there is always room; its parts keep their order."""

    def __init__(self, belt: Belt) -> None:
        self._belt = belt
        self._stepped_on = self._passed = -float(belt.travel)
        self._passes: deque[float] = deque([0.0] * belt.places, belt.places)

    def free_at(self, issued: float, answered: float) -> float:
        """Return when a camera is free again whose call was issued then and will be answered then (ns)."""
        self._stepped_on = max(issued, self._stepped_on + self._belt.first_cell, self._passes[0])
        there = max(self._stepped_on + self._belt.travel, self._passed + self._belt.cell)
        self._passed = max(there, answered)
        self._passes.append(self._passed)
        return self._stepped_on


def _calls(
    interval: float, service: NDArray[np.float64], acquisition: NDArray[np.float64]
) -> list[tuple[float, float, float]]:
    """Return when each part comes, what its picture and what its answer takes, in ns."""
    arrivals = interval * np.arange(1, len(service) + 1)
    return list(zip(arrivals.tolist(), acquisition.tolist(), service.tolist(), strict=True))


def asked_together(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """Return the share of time-outs and the mean wait (ns) of calls to servers that hang on other requests.

    Those are shared, or put requests together or side by side. By inspection; none of one that was hardly
    asked. Servers that are not modelled answer at once.
    """
    if not layout_of(scenario).servers or has_unread_files(scenario):
        return {}
    parts = min(_PARTS, _MOST_VISITS // len(scenario.line))
    run = {"name": "pilot", "seed": _SEED, "run": Run(items=parts)}
    return _waits(scenario.model_copy(update=run))


@lru_cache(maxsize=16)
def _waits(piloted: Scenario) -> dict[str, tuple[float, float]]:
    interrupt = Interrupt()
    calls, failures = _Calls(), Failures(interrupt)
    ending = Line(piloted, _all_gateways(piloted), calls, failures, interrupt=interrupt).run()
    if failures.too_many:
        return {}
    if ending.how == INTERRUPTED:
        raise KeyboardInterrupt
    layout = layout_of(piloted)
    asked = {layout.places[place].name for server in layout.servers for place in server.places}
    return {name: _settled(told) for name, told in calls.told.items() if name in asked and _enough(told)}


def _enough(told: list[tuple[bool, Nanoseconds]]) -> bool:
    return len(told) >= _FEWEST_CALLS


def _settled(told: list[tuple[bool, Nanoseconds]]) -> tuple[float, float]:
    late, waited = np.array(told[len(told) // 2 :], dtype=np.float64).mean(axis=0).tolist()
    return late, waited


def _all_gateways(scenario: Scenario) -> dict[str, Gateway]:
    others = [spec for spec in scenario.inspections if spec.gateway.model is None]
    return {**{spec.name: _at_once(spec) for spec in others}, **modelled_gateways(scenario)}


def _at_once(spec: Inspection) -> Gateway:
    reply = Reply(Answered(spec.ship_when.labels[0], 1.0), 0, "OK")

    def answer(_: Inquiry) -> Reply:
        return reply

    return ScriptedGateway(answer)


class _Calls:
    """An observer that keeps of each call whether it was given up, and how long it took."""

    def __init__(self) -> None:
        self.told: dict[str, list[tuple[bool, Nanoseconds]]] = defaultdict(list)

    def on_call(self, call: Call) -> None:
        """Note a call."""
        self.told[call.station].append((call.outcome == TimedOut.name, call.latency))


class Failures:
    """An observer that counts outages, and stops the line where there are too many."""

    def __init__(self, interrupt: Interrupt) -> None:
        self._interrupt = interrupt
        self._seen = 0

    @property
    def too_many(self) -> bool:
        """Whether the line was stopped."""
        return self._seen > MOST_OUTAGES

    def on_down(self, at: Nanoseconds, station: str, unit: int) -> None:  # noqa: ARG002 - the step's form
        """Count a machine that has gone down."""
        self._seen += 1
        if self.too_many:
            self._interrupt.wished = True
