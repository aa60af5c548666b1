"""The parts of the protocol, done: each makes its calls and returns them as a stretch."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np

from line_sim.inspection.gateway import LiveGateway
from line_sim.study.calibration.measuring.team import LONGEST_CALL_S, Team, Timed, ask
from line_sim.study.calibration.observed import Call, Stretch
from line_sim.study.calibration.plan import Part, Pilot

Sleep = Callable[[float], object]

PILOT_CALLS = 6
FULL_CYCLES = 4


class FailedError(Exception):
    """A call that should have been answered was not; the text is its status."""


@dataclass
class Asking:
    """A server that is asked: the way to it, the callers, the pictures that calls take in turn.

    `ping` asks what costs the server nothing; it returns False where such questions are not known. `sleep`
    lets time pass; `chance` is that of the moments of the held-out stream.
    """

    gateway: LiveGateway
    team: Team
    payloads: Sequence[int]
    usual: int
    ping: Callable[[], bool]
    sleep: Sleep
    chance: np.random.Generator

    def __post_init__(self) -> None:
        """Begin with the first picture."""
        self._turn: Iterator[int] = cycle(range(self.usual))
        self._lock = threading.Lock()

    def next_item(self) -> int:
        """Return the number of the next picture."""
        with self._lock:
            return next(self._turn)

    def once(self, item: int | None = None, sender: int = 0, pause: float = 0.0) -> Call:
        """Make one call here that must be answered. Raises FailedError where it is not."""
        item = self.next_item() if item is None else item
        timed = ask(self.gateway, item)
        return self.call(timed, item, sender, pause)

    def call(
        self, timed: Timed, item: int, sender: int = 0, pause: float = 0.0, *, must: bool = True
    ) -> Call:
        """Return a call as it was. Raises FailedError where it must have been answered and was not."""
        if not timed.answered and (must or not timed.given_up):
            raise FailedError(timed.reply.status)
        return Call(timed.sent, timed.ended, sender, pause, timed.answered, self.payloads[item])

    def lone(self, item: int | None = None, pause: float = 0.0) -> Call:
        """Have one call made by one of the team."""
        return self.team.have(lambda: self.once(item, 0, pause)).result()


def pilot_of(asking: Asking, most: int) -> Pilot:
    """Make some first calls, to know how long things take here. Raises FailedError."""
    alone = [asking.lone().latency for _ in range(PILOT_CALLS)]
    loop = _loop(asking, Part("loop", FULL_CYCLES, most))
    cycles = [_mean_cycle([call for call in loop if call.sender == sender]) for sender in range(most)]
    return Pilot(float(np.median(alone)), float(np.mean(cycles)), most)


def _mean_cycle(calls: Sequence[Call]) -> float:
    return (calls[-1].ended - calls[0].ended) / (len(calls) - 1)


def done(part: Part, asking: Asking, pilot: Pilot) -> Stretch:
    """Do a part. Raises FailedError where a call failed."""
    does: dict[str, Callable[[Asking, Part], Sequence[Call]]] = {
        "takt": _takt,
        "pauses": _pauses,
        "sizes": _sizes,
        "loop": _loop,
        "cameras": _loop,
        "burst": _burst,
        "given up": _given_up,
        "pings": _pings,
        "stream": _stream,
    }
    calls = does[part.name](asking, part)
    if part.name == "given up":
        asking.sleep(pilot.cycle(part.size + 1))  # what nobody waits for may still be worked on
    start = min((call.sent for call in calls), default=0.0)
    moved = tuple(call._replace(sent=call.sent - start, ended=call.ended - start) for call in calls)
    return Stretch(part.name, moved, part.size, part.every, part.patience)


def _takt(asking: Asking, part: Part) -> list[Call]:
    """Make lone calls, one each takt; one that is late lets the next begin at once, as on a line."""
    calls = [asking.lone()]
    begun, before = calls[0].sent, calls[0].ended
    for place in range(1, part.number):
        _until(asking, begun + place * part.every)
        calls.append(_after(asking, before))
        before = calls[-1].ended
    return calls


def _after(asking: Asking, before: float, item: int | None = None) -> Call:
    """Make a lone call, and note how long the server had nothing to do since an answer."""
    call = asking.lone(item)
    return call._replace(pause=call.sent - before)


def _until(asking: Asking, moment: float) -> None:
    left = moment - time.perf_counter()
    if left > 0:
        asking.sleep(left)


def _pauses(asking: Asking, part: Part) -> list[Call]:
    before = asking.lone().ended
    calls = []
    for pause in asking.chance.permutation(part.pauses).tolist():
        _until(asking, before + pause)
        calls.append(_after(asking, before))
        before = calls[-1].ended
    return calls


def _sizes(asking: Asking, part: Part) -> list[Call]:
    before = asking.lone().ended
    calls = []
    for item in asking.chance.permutation(part.items).tolist():
        calls.append(_after(asking, before, item))
        before = calls[-1].ended
    return calls


def _loop(asking: Asking, part: Part) -> list[Call]:
    """Let callers ask again and again; who has done its share goes on until the last one has.

    Calls beyond the share are left out. A caller pauses about `every` seconds before each call, if at all.
    """
    gate = threading.Barrier(part.size)
    counts = Counter[int]()
    lock = threading.Lock()
    waits = asking.chance.uniform(0.5, 1.5, (part.size, part.number)) * part.every

    def all_done() -> bool:
        with lock:
            return all(counts[sender] >= part.number for sender in range(part.size))

    def caller(sender: int) -> list[Call]:
        gate.wait(LONGEST_CALL_S)
        calls: list[Call] = []
        try:
            while not all_done():
                if part.every:
                    time.sleep(float(waits[sender][len(calls) % part.number]))
                before = calls[-1].ended if calls else None
                call = asking.once(sender=sender)
                calls.append(call._replace(pause=0.0 if before is None else call.sent - before))
                with lock:
                    counts[sender] += 1
        except BaseException:  # raised again: nobody else waits for a caller that is gone
            with lock:
                counts.update(dict.fromkeys(range(part.size), part.number))
            raise
        return calls[: part.number]

    return _gathered([asking.team.have(_bound(caller, sender)) for sender in range(part.size)])


def _bound(function: Callable[[int], Any], number: int) -> Callable[[], Any]:
    return lambda: function(number)


def _gathered(futures: Sequence[Any]) -> list[Call]:
    """Wait for all, then raise what one of them raised, or return their calls."""
    errors = [future.exception() for future in futures]
    for error in errors:
        if error is not None:
            raise error
    return [call for future in futures for call in future.result()]


def _burst(asking: Asking, part: Part) -> list[Call]:
    """Send calls one closely after the other to a server that has just answered."""
    asking.lone()
    begun = time.perf_counter()
    futures = []
    for place in range(part.size):
        _wait_closely(begun + place * part.every)
        futures.append(asking.team.have(_bound(lambda sender: [asking.once(sender=sender)], place)))
    return _gathered(futures)


def _wait_closely(moment: float) -> None:
    """Wait for a moment that is near, to the fraction of a millisecond."""
    while (left := moment - time.perf_counter()) > 0:
        time.sleep(min(left, 0.0002) if left < 0.002 else left - 0.001)


def _given_up(asking: Asking, part: Part) -> list[Call]:
    """Give calls up in mid-service, and send one behind them that is waited for."""
    asking.lone()

    def gone(sender: int) -> list[Call]:
        item = asking.next_item()
        timed = ask(asking.gateway, item, part.patience)
        return [asking.call(timed, item, sender, must=False)]

    before = _gathered([asking.team.have(_bound(gone, sender)) for sender in range(part.size)])
    return [*before, asking.lone()._replace(sender=part.size)]


def _pings(asking: Asking, part: Part) -> list[Call]:
    calls = []
    for _ in range(part.number):
        sent = time.perf_counter()
        if not asking.ping():
            return []
        calls.append(Call(sent, time.perf_counter()))
    return calls


def _stream(asking: Asking, part: Part) -> list[Call]:
    """Send calls at random moments, whatever is still out."""
    gaps = asking.chance.exponential(part.every, part.number)
    begun = time.perf_counter()
    futures = []
    for place, moment in enumerate((begun + np.cumsum(gaps)).tolist()):
        _until(asking, moment)
        futures.append(asking.team.have(_bound(lambda sender: [asking.once(sender=sender)], place)))
    return _gathered(futures)
