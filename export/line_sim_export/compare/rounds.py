"""Rounds in which every way is asked once, in changing order, so that noise hits all alike."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """What a way said of the picture."""

    label: str
    score: float


@dataclass(frozen=True)
class Measured:
    """One way's latencies in ns, in the order of the rounds, and all its answers, warm-up included."""

    latencies: list[int] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


def measure(
    asks: Mapping[str, Callable[[], Answer]],
    warm_up: int,
    rounds: int,
    advance: Callable[[], None],
    now: Callable[[], int] = time.perf_counter_ns,
) -> dict[str, Measured]:
    """Ask in every way, `warm_up` rounds untimed and then `rounds` timed ones; tell `advance` of each round.

    Each round begins with the next way: none always follows the same way's leftovers in the caches first.
    """
    found = {name: Measured() for name in asks}
    names = list(asks)
    for number in range(warm_up + rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            began = now()
            answer = asks[name]()
            taken = now() - began
            found[name].answers.append(answer)
            if number >= warm_up:
                found[name].latencies.append(taken)
        advance()
    return found
