"""Cameras that ask one modelled server, run for some thousand calls: what none of the means can tell.

A call waits behind those of the other cameras, and behind those that nobody waits for any more. Where there
is a gate, it waits behind those of the same camera, too.
"""

import heapq
from collections import deque

import numpy as np
from numpy.typing import NDArray

from line_sim.scenario.fields import Belt
from line_sim.scenario.gateways.modelled import ModelledOptions
from line_sim.scenario.model import Inspection

TRIES = 20_000
_SETTLED = TRIES // 2


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
    cameras, servers = [0.0] * spec.units, [0.0] * options.servers
    deadline = float("inf") if spec.deadline is None else float(spec.deadline)
    keeps = options.after_deadline == "keeps_computing"
    gate = None if spec.gate is None else _Gate(spec.gate.belt)
    late, waited = 0, 0.0
    asked = _calls(interval, service, acquisition)
    for number, (arrives, picture, needs) in enumerate(asked):
        issued = max(arrives, heapq.heappop(cameras)) + picture
        begins = max(issued, servers[0])
        wait = begins + needs - issued
        missed = wait > deadline
        if not missed or keeps:
            heapq.heapreplace(servers, begins + needs)
        elif begins < issued + deadline:
            heapq.heapreplace(servers, issued + deadline)
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
