"""Exact answers from small Markov chains, solved with linear algebra."""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

import numpy as np

State = TypeVar("State", bound=Hashable)
Moves = Callable[[State], Iterable[tuple[float, State]]]
"""From a state: the rate of each move and where it leads."""


def stationary(start: State, moves: Moves[State]) -> dict[State, float]:
    """Return the long-run probability of every state that can be reached from `start`."""
    states, queue = {start: 0}, [start]
    rates: list[tuple[int, int, float]] = []
    for state in queue:
        for rate, there in moves(state):
            if there not in states:
                states[there] = len(states)
                queue.append(there)
            rates.append((states[state], states[there], rate))
    generator = np.zeros((len(states), len(states)))
    for source, target, rate in rates:
        generator[source, target] += rate
        generator[source, source] -= rate
    balance = generator.T
    balance[-1] = 1.0  # one balance follows from the others; in its place the shares add up to 1
    solution = np.linalg.solve(balance, np.array([0.0] * (len(states) - 1) + [1.0]))
    return {state: float(solution[number]) for state, number in states.items()}


Line = tuple[tuple[int, bool], ...]
"""For each station: parts in its places and on its machine, and whether the one on the machine is blocked."""


def exponential_line(rates: list[float], places: list[int]) -> dict[Line, float]:
    """Solve a saturated line of exponential stations with blocking after service.

    `places[i]` is the buffer in front of station i; the first one's plays no part.
    """
    last = len(rates) - 1

    def leave(line: list[tuple[int, bool]], station: int) -> None:
        """Let the finished part of a station move on, and whoever was blocked behind it follow."""
        line[station] = (line[station][0] - 1 if station else 1, False)
        if station < last:
            line[station + 1] = (line[station + 1][0] + 1, line[station + 1][1])
        if station and line[station - 1][1]:
            leave(line, station - 1)

    def moves(state: Line) -> Iterable[tuple[float, Line]]:
        for station, (parts, blocked) in enumerate(state):
            if not parts or blocked:
                continue
            line = list(state)
            if station < last and line[station + 1][0] == places[station + 1] + 1:
                line[station] = (parts, True)
            else:
                leave(line, station)
            yield rates[station], tuple(line)

    return stationary(((1, False), *[(0, False)] * last), moves)


def throughput(rates: list[float], places: list[int]) -> float:
    """Return how many parts a unit of time such a line makes."""
    solved = exponential_line(rates, places)
    return rates[-1] * sum(share for state, share in solved.items() if state[-1][0])
