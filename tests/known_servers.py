"""What a calibration would measure of a server whose law is known: the protocol, simulated exactly."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from line_sim.study.calibration.law import Law, added
from line_sim.study.calibration.observed import Call, Observed, Round, Stretch
from line_sim.study.calibration.simulating import (
    Ended,
    Question,
    after_given_up,
    closed,
    simulate,
    stream,
)

Works = Iterator[float]


def exponential(mean: float, seed: int = 1) -> Works:
    """Give exponential times."""
    generator = np.random.default_rng(seed)
    while True:
        yield from generator.exponential(mean, 4096).tolist()


def gamma(mean: float, cv: float, seed: int = 1) -> Works:
    """Give gamma times; shape 1 / cv^2."""
    generator, shape = np.random.default_rng(seed), 1 / cv**2
    while True:
        yield from generator.gamma(shape, mean / shape, 4096).tolist()


@dataclass(frozen=True)
class Known:
    """A server to be measured: its law, its work, and what a byte costs."""

    law: Law
    works: Works
    mean: float
    per_byte: float = 0.0
    pause: float = 0.0002
    takt: float = 2.0

    def observed(self, rounds: int = 12, most: int = 4, each: int = 40, takts: int = 40) -> Observed:
        """Measure it in so many rounds."""
        return Observed(
            tuple(Round(tuple(self._round(most, each, takts)), 0.01) for _ in range(rounds)),
            most,
            (0.9, 0.3),
            0.01,
        )

    def _round(self, most: int, each: int, takts: int) -> Iterator[Stretch]:
        yield self._takt(takts)
        yield from (self._loop(size, each) for size in range(1, most + 1))
        yield from (self._burst(size, 0.03) for size in range(2, most + 1) for _ in range(3))
        yield self._burst(2, 0.5)
        yield from (self._given_up(size) for size in (1, most) for _ in range(3))
        yield self._sizes()
        yield self._pauses()
        yield Stretch("pings", tuple(Call(at, at + self.law.overhead) for at in range(5)))
        yield self._stream(most)
        yield self._cameras()

    def _alone(self, at: float, pause: float, extra: float = 0.0) -> Call:
        adds = added(self.law.idle, pause + self.law.overhead)
        return Call(at, at + next(self.works) + adds + self.law.overhead + extra, pause=pause)

    def _takt(self, number: int) -> Stretch:
        every = self.takt * self.mean
        calls, before = [], 0.0
        for place in range(number):
            at = max(place * every, before)
            calls.append(self._alone(at, at - before))
            before = calls[-1].ended
        return Stretch("takt", tuple(calls))

    def _pauses(self) -> Stretch:
        arms = [0.0, 0.25, 0.5, 2.0] * 3
        return Stretch("pauses", tuple(self._alone(10 * n, self.mean * arm) for n, arm in enumerate(arms)))

    def _loop(self, size: int, each: int) -> Stretch:
        runs = closed(self.law, size, each, self.works, iter(lambda: self.pause, None))
        return Stretch("loop", tuple(call for run in runs for call in _calls(run, self.pause)), size)

    def _cameras(self) -> Stretch:
        runs = closed(self.law, 2, 7, self.works, iter(lambda: 0.4 * self.mean, None))
        return Stretch("cameras", tuple(c for run in runs for c in _calls(run, 0.4 * self.mean)), 2)

    def _burst(self, size: int, spacing: float) -> Stretch:
        sent = [place * spacing * self.mean for place in range(size)]
        took = stream(replace(self.law, idle=()), sent, self.works)
        calls = (Call(at, at + each, place) for place, (at, each) in enumerate(zip(sent, took, strict=True)))
        return Stretch("burst", tuple(calls), size, spacing * self.mean)

    def _given_up(self, size: int) -> Stretch:
        patience = 0.5 * self.mean
        took = after_given_up(replace(self.law, idle=()), size, patience, self.works)
        gone = [Call(0.0, patience, place, answered=False) for place in range(size)]
        return Stretch("given up", (*gone, Call(patience, patience + took, size)), size, patience=patience)

    def _sizes(self) -> Stretch:
        sizes = (20_000, 40_000, 80_000, 160_000)
        calls = [
            self._alone(10.0 * n, 0.0, self.per_byte * size)._replace(payload=size)
            for n, size in enumerate(sizes * 3)
        ]
        return Stretch("sizes", tuple(calls))

    def _stream(self, most: int) -> Stretch:
        gap = self.mean / self.law.speed(most) / 0.7
        gaps = np.random.default_rng(int(next(self.works) * 1e9)).exponential(gap, 40)
        sent = np.cumsum(gaps).tolist()
        took = stream(self.law, sent, self.works)
        return Stretch("stream", tuple(Call(at, at + each) for at, each in zip(sent, took, strict=True)))


def _calls(run: list[Ended], pause: float) -> Iterator[Call]:
    """Give a caller's calls; how long it paused before the first one nobody knows."""
    return (
        Call(one.question.sent, one.at, one.question.sender, pause if place else 0.0)
        for place, one in enumerate(run)
    )


def batching_burst(size: int, mean: float, more: float) -> Stretch:
    """Answer a burst as a server does that puts what waits together: the first alone, the others at once."""
    together = 2 * mean + more
    ends = [mean, *[together] * (size - 1)]
    return Stretch("burst", tuple(Call(0.001 * n, end, n) for n, end in enumerate(ends)), size, 0.001)


__all__ = ["Callable", "Ended", "Known", "Question", "batching_burst", "exponential", "gamma", "simulate"]
