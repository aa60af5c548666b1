"""Calls to a server of a known law, exactly: in a stream, in closed loops, given up in mid-service.

Half of the overhead lies before the server and half behind it.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from math import inf

from line_sim.study.calibration.law import Law, Sharing


@dataclass(frozen=True, slots=True)
class Question:
    """One call: who sends it and when, its work, and how long its sender waits."""

    sent: float
    work: float
    sender: int = 0
    patience: float = inf


@dataclass(frozen=True, slots=True)
class Ended:
    """A question and when its sender had its answer, or gave it up."""

    question: Question
    at: float
    answered: bool

    @property
    def latency(self) -> float:
        """Seconds from sending to the end."""
        return self.at - self.question.sent


Then = Callable[[Ended], Question | None]
"""What a sender does after a call has ended: the next one, or none."""

_ENTER, _GIVE_UP = 1, 0


class _Course:
    """The calls of one simulation: what is known to come, and the server."""

    def __init__(self, law: Law, then: Then) -> None:
        self._law, self._then = law, then
        self._server = Sharing(law)
        self._numbers = count()
        self._coming: list[tuple[float, int, int]] = []
        self._open: dict[int, Question] = {}
        self.ended: list[Ended] = []

    def send(self, question: Question) -> None:
        number = next(self._numbers)
        self._open[number] = question
        heapq.heappush(self._coming, (question.sent + self._law.overhead / 2, _ENTER, number))
        if question.patience < inf:
            heapq.heappush(self._coming, (question.sent + question.patience, _GIVE_UP, number))

    def run(self) -> None:
        while self._coming or self._server.next_end is not None:
            end = self._server.next_end
            if end is not None and (not self._coming or end <= self._coming[0][0]):
                self._answer()
            else:
                self._come()

    def _come(self) -> None:
        at, what, number = heapq.heappop(self._coming)
        if number not in self._open:
            return
        if what == _ENTER:
            self._server.enter(at, number, self._open[number].work)
            return
        if not self._law.keeps_computing:
            self._server.leave(at, number)
        self._end(number, at, answered=False)

    def _answer(self) -> None:
        at, number = self._server.finish()
        if number in self._open:
            question, at = self._open[number], at + self._law.overhead / 2
            late = at > question.sent + question.patience
            self._end(number, question.sent + question.patience if late else at, answered=not late)

    def _end(self, number: int, at: float, *, answered: bool) -> None:
        ended = Ended(self._open.pop(number), at, answered)
        self.ended.append(ended)
        following = self._then(ended)
        if following is not None:
            self.send(following)


def simulate(law: Law, first: Iterable[Question], then: Then = lambda _: None) -> list[Ended]:
    """Return how all questions ended, in the order of their ends."""
    course = _Course(law, then)
    for question in first:
        course.send(question)
    course.run()
    return course.ended


def stream(law: Law, sent: Sequence[float], works: Iterator[float]) -> list[float]:
    """Return the latencies of calls that are sent at these moments, in their order."""
    ended = simulate(law, [Question(at, next(works), place) for place, at in enumerate(sent)])
    by_place = {one.question.sender: one.latency for one in ended}
    return [by_place[place] for place in range(len(sent))]


def closed(
    law: Law, callers: int, each: int, works: Iterator[float], pauses: Iterator[float]
) -> list[list[Ended]]:
    """Return the first `each` calls of every caller of a closed loop.

    A caller pauses before each call; all go on until the last one has done its share.
    """
    done: list[list[Ended]] = [[] for _ in range(callers)]

    def then(ended: Ended) -> Question | None:
        mine = done[ended.question.sender]
        mine.append(ended)
        if all(len(calls) >= each for calls in done):
            return None
        return Question(ended.at + next(pauses), next(works), ended.question.sender)

    simulate(law, [Question(next(pauses), next(works), caller) for caller in range(callers)], then)
    return [calls[:each] for calls in done]


def after_given_up(law: Law, given_up: int, patience: float, works: Iterator[float]) -> float:
    """Return the latency of a probe sent when so many calls, sent at once, have ended or been given up."""
    left = [given_up]
    probe: list[float] = []

    def then(ended: Ended) -> Question | None:
        if ended.question.sender == given_up:
            probe.append(ended.latency)
        left[0] -= 1
        return Question(ended.at, next(works), given_up) if left[0] == 0 else None

    simulate(law, [Question(0.0, next(works), place, patience) for place in range(given_up)], then)
    return probe[0]
