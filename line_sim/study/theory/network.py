"""Lines as Markov chains: Erlang times, blocking after service, branches, breakdowns, lost parts.

A second way to the numbers, which shares nothing with the simulated line: states and rates are written
down and solved. Each station has one machine and at most one station in front of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from line_sim.study.theory.markov import stationary

Condition: TypeAlias = Literal["idle", "works", "down", "blocked"]
OUT = -1
"""Where a part goes that leaves the line."""


@dataclass(frozen=True, slots=True)
class Node:
    """A station: Erlang work of so many stages, places in front, where its parts go and how often.

    `up` and `repair` are the means of exponential breakdowns that count operating time.
    """

    mean: float
    stages: int = 1
    places: int = 0
    to: tuple[tuple[float, int], ...] = ((1.0, OUT),)
    up: float | None = None
    repair: float = 0.0


Machine: TypeAlias = tuple[int, Condition, int]
"""Parts that wait in front; what the machine does; its stage, or the station it is blocked by."""
State: TypeAlias = tuple[Machine, ...]
Change: TypeAlias = Callable[[list[Machine]], None]


class Network:
    """Stations, solved for the long run; saturated where no rate of arrival is given, else lossy."""

    def __init__(self, nodes: Sequence[Node], arrival_rate: float | None = None) -> None:
        self._nodes = tuple(nodes)
        self._rate = arrival_rate
        self._before = {there: n for n, node in enumerate(nodes) for _, there in node.to if there != OUT}
        idle: Machine = (0, "idle", 0)
        first: Machine = idle if arrival_rate else (0, "works", 1)
        self.shares = stationary((first, *[idle] * (len(nodes) - 1)), self._moves)

    def pace(self, station: int) -> float:
        """Return how many parts a unit of time the station finishes."""
        node = self._nodes[station]
        last = sum(p for s, p in self.shares.items() if s[station][1:] == ("works", node.stages))
        return last * node.stages / node.mean

    def share(self, station: int, condition: Condition) -> float:
        """Return the share of time in which a station's machine is in a condition."""
        return sum(p for s, p in self.shares.items() if s[station][1] == condition)

    def full(self) -> float:
        """Return the share of time, and so of arrivals, in which a new part finds no room."""
        return sum(p for s, p in self.shares.items() if not self._room(list(s), 0))

    def _moves(self, state: State) -> Iterator[tuple[float, State]]:
        if self._rate and self._room(list(state), 0):
            yield self._rate, self._after(state, lambda line: self._arrive(line, 0))
        for station, (waiting, condition, stage) in enumerate(state):
            node = self._nodes[station]
            if condition == "down":
                yield 1 / node.repair, _with(state, station, (waiting, "works", stage))
            if condition != "works":
                continue
            if node.up is not None:
                yield 1 / node.up, _with(state, station, (waiting, "down", stage))
            rate = node.stages / node.mean
            if stage < node.stages:
                yield rate, _with(state, station, (waiting, "works", stage + 1))
                continue
            for share, there in node.to:
                yield rate * share, self._finished(state, station, there)

    def _finished(self, state: State, station: int, there: int) -> State:
        if self._room(list(state), there):
            return self._after(state, lambda line: self._leave(line, station, there))
        return _with(state, station, (state[station][0], "blocked", there))

    @staticmethod
    def _after(state: State, change: Change) -> State:
        line = list(state)
        change(line)
        return tuple(line)

    def _room(self, line: list[Machine], station: int) -> bool:
        return station == OUT or line[station][1] == "idle" or line[station][0] < self._nodes[station].places

    @staticmethod
    def _arrive(line: list[Machine], station: int) -> None:
        waiting, condition, stage = line[station]
        line[station] = (0, "works", 1) if condition == "idle" else (waiting + 1, condition, stage)

    def _leave(self, line: list[Machine], station: int, there: int) -> None:
        """Let the finished part go; the machine takes the next one, and who was blocked by that follows."""
        if there != OUT:
            self._arrive(line, there)
        waiting = line[station][0]
        if station == 0 and not self._rate:
            line[0] = (0, "works", 1)
            return
        line[station] = (waiting - 1, "works", 1) if waiting else (0, "idle", 0)
        before = self._before.get(station)
        if before is not None and line[before][1:] == ("blocked", station):
            self._leave(line, before, station)


def _with(state: State, station: int, machine: Machine) -> State:
    return (*state[:station], machine, *state[station + 1 :])


def tandem(
    means: Sequence[float],
    places: Sequence[int],
    stages: int = 1,
    *,
    up: float | None = None,
    repair: float = 0.0,
) -> list[Node]:
    """Return the stations of a line without branches; `places[i]` are in front of station i."""
    last = len(means) - 1
    return [
        Node(mean, stages, places[n], ((1.0, n + 1 if n < last else OUT),), up, repair)
        for n, mean in enumerate(means)
    ]
