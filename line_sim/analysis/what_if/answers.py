"""What the calls of an inspection brought in a run, and the same answers again, changed in one respect.

How long an answer would have taken at another moment is not known of a real server: every call's latency is
held as it was measured.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from line_sim.chance.streams import BLOCK, BLOCK_BITS, IN_BLOCK
from line_sim.inspection.gateway import FIRST_ATTEMPT, Gateway, Inquiry, Offline, Reply
from line_sim.inspection.offline.queued import QueuedGateway
from line_sim.inspection.outcome import Answered, Outcome, Unavailable, Unreadable
from line_sim.inspection.routing import choose_lane, evaluate
from line_sim.layout import Lane
from line_sim.recording.run_columns import BoolArray, IntArray, RunColumns
from line_sim.scenario.model import Inspection
from line_sim.truth import GOOD
from line_sim.units import Nanoseconds

NOT_SHIPPED = "\tnot shipped"
"""A label that no scenario ships: its texts hold no such character."""


class Fate(NamedTuple):
    """What a part is told at an inspection, and on which lane that sends it."""

    outcome: Outcome
    lane: Lane


@dataclass(frozen=True)
class Recorded:
    """The calls of an inspection: a row for each visit that was asked about, by part and visit.

    `item` tells the part; the rows of one part are its visits from the first on, without a gap. `latency`
    (ns) is how long it waited, `usable` whether it then had an answer, `fates` what that made
    of it (None: it was judged rightly).
    """

    spec: Inspection
    item: IntArray
    latency: IntArray
    usable: BoolArray
    fates: Sequence[Fate | None]

    @cached_property
    def different(self) -> tuple[tuple[Fate, ...], IntArray]:
        """The different fates, and for each row which of them it has (-1: it was judged rightly)."""
        numbers: dict[Fate | None, int] = {None: -1}
        which = [numbers.setdefault(fate, len(numbers) - 1) for fate in self.fates]
        return tuple(fate for fate in numbers if fate is not None), np.array(which, dtype=np.int64)


class Change(NamedTuple):
    """What is made of recorded answers.

    `limit` (ns): none takes longer; then each takes that much `less` (ns), and of the rest this `share`.
    `none_missing`: a call without a usable answer brings the right one at the moment when it was given up.
    """

    limit: Nanoseconds | None = None
    none_missing: bool = False
    less: Nanoseconds = 0
    share: float = 1.0

    def of(self, latency: IntArray) -> IntArray:
        """Return what becomes of these times (ns)."""
        if self.limit is not None:
            latency = np.minimum(latency, self.limit)
        if self.less:
            latency = np.maximum(latency - self.less, 0)
        return latency if self.share == 1.0 else np.rint(latency * self.share).astype(np.int64)


AS_RECORDED = Change()
NEVER_MISSING = Change(none_missing=True)
AT_ONCE = Change(0, none_missing=True)


def recorded_calls(run: RunColumns, place: int, spec: Inspection, most: int) -> Recorded:
    """Return what the calls of an inspection about parts 1 to `most` brought.

    Of a part that was asked about several times in a visit it is the last answer, after the whole time that
    they took. A visit begins with its first attempt.
    """
    calls = run.calls(place)
    calls = calls.where(calls.item <= most)
    calls = calls.sorted_by(calls.item, calls.visit, calls.issued, calls.attempt)
    other = np.append(True, calls.item[1:] != calls.item[:-1])[: len(calls)]
    first = other | (calls.attempt == FIRST_ATTEMPT)
    last = calls.where(np.append(first[1:], True)[: len(calls)])
    begun = calls.issued[first]
    usable = last.answered & ~np.isnan(last.score)
    said = zip(usable.tolist(), last.label.tolist(), last.score.tolist(), strict=True)
    known: dict[tuple[str, float] | None, Fate] = {}
    fates = []
    for answered, label, score in said:
        answer = (run.words[label], score) if answered else None
        fate = known.get(answer)
        if fate is None:
            fate = known[answer] = fate_of(_outcome(answer), spec)
        fates.append(fate)
    return Recorded(spec, last.item, last.returned - begun, usable, fates)


def _outcome(answer: tuple[str, float] | None) -> Outcome:
    """Return a recorded answer; a damaged file may hold one that is none."""
    try:
        return Answered(*answer) if answer else Unavailable()
    except ValueError as error:
        return Unreadable(str(error))


def fate_of(outcome: Outcome, spec: Inspection) -> Fate:
    """Return what an inspection makes of an outcome."""
    return Fate(outcome, choose_lane(evaluate(outcome, spec.ship_when), spec.on_no_result))


def right_answers(spec: Inspection) -> tuple[Answered, Answered]:
    """Return what is said of a good part and of a defective one that are judged rightly."""
    return Answered(spec.ship_when.labels[0], 1.0), Answered(NOT_SHIPPED, 1.0)


class Foreknown(Offline, ABC):
    """A gateway whose answers do not hang on when it is asked: a block of parts is told at a time."""

    def __init__(self, spec: Inspection) -> None:
        self.right = right_answers(spec)
        self._rightly = [fate_of(outcome, spec) for outcome in self.right]
        self._last = (-1, -1)
        self._asked: tuple[list[Nanoseconds], list[Fate | None]] = [], []

    @abstractmethod
    def block(self, index: int, visit: int = 1) -> tuple[list[Nanoseconds], list[Fate | None]]:
        """Return how long parts index * BLOCK up to (index + 1) * BLOCK - 1 wait, and what becomes of them.

        None stands for a part that is judged rightly.
        """

    def rightly(self, *, good: bool) -> Fate:
        """Return what becomes of a part that is judged rightly; what the network would say is not known."""
        return self._rightly[0 if good else 1]

    def ask(self, inquiry: Inquiry) -> Reply:
        """Answer as is known."""
        which = inquiry.item_id >> BLOCK_BITS, inquiry.visit
        if which != self._last:  # the next part is nearly always in the block of the last one
            self._asked, self._last = self.block(*which), which
        latencies, fates = self._asked
        place = inquiry.item_id & IN_BLOCK
        fate = fates[place] or self.rightly(good=inquiry.true_state == GOOD)
        return Reply(fate.outcome, latencies[place], "OK")


class AnswersAgain(Foreknown):
    """A gateway that gives every part the answer that it had, visit by visit, changed.

    A part that the run never asked about in that visit waits as long as one that it did, taken in turn, and
    is judged rightly, unless that one had no answer and may have none.
    """

    def __init__(self, recorded: Recorded, change: Change = AS_RECORDED) -> None:
        super().__init__(recorded.spec)
        self._recorded = recorded
        self._change = change
        self._missing = fate_of(Unavailable(), recorded.spec)
        self._blocks: dict[tuple[int, int], tuple[list[Nanoseconds], list[Fate | None]]] = {}

    @property
    def identity(self) -> dict[str, str]:
        """Say that nothing real answered."""
        return {"server": "as recorded"}

    def block(self, index: int, visit: int = 1) -> tuple[list[Nanoseconds], list[Fate | None]]:
        """Return how long the parts of a block wait, and what becomes of them."""
        which = index, visit
        if which not in self._blocks:
            self._blocks[which] = self._made(np.arange(index * BLOCK, (index + 1) * BLOCK), visit)
        return self._blocks[which]

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All the answers that there are, the missing one last."""
        return *(fate.outcome for fate in self._recorded.different[0]), self._missing.outcome

    def known(self, first: int, count: int) -> tuple[IntArray, IntArray]:
        """Return how long parts wait on their first visit, and which of the outcomes they get.

        -1 stands for a part that is judged rightly.
        """
        recorded, items = self._recorded, np.arange(first, first + count)
        if not len(recorded.item):
            return np.zeros(count, np.int64), np.full(count, -1)
        row, asked = self._rows(items, 1)
        fates, which = recorded.different
        found = np.where(asked, which[row], -1)
        missing = -1 if self._change.none_missing else len(fates)
        return self._change.of(recorded.latency[row]), np.where(recorded.usable[row], found, missing)

    def _rows(self, items: IntArray, visit: int) -> tuple[IntArray, BoolArray]:
        """Return the row whose answer each part gets, and whether it is the part's own."""
        recorded, known = self._recorded, len(self._recorded.item)
        row = np.minimum(np.searchsorted(recorded.item, items) + visit - 1, known - 1)
        asked = recorded.item[row] == items
        return np.where(asked, row, (items - 1) % known), asked

    def _made(self, items: IntArray, visit: int) -> tuple[list[Nanoseconds], list[Fate | None]]:
        recorded, change = self._recorded, self._change
        if not len(recorded.item):
            return [0] * len(items), [None] * len(items)
        row, asked = self._rows(items, visit)
        latency = change.of(recorded.latency[row])
        missing = None if change.none_missing else self._missing
        each = zip(asked.tolist(), recorded.usable[row].tolist(), row.tolist(), strict=True)
        fates = [
            (recorded.fates[at] if its_own else None) if usable else missing for its_own, usable, at in each
        ]
        return latency.tolist(), fates


class InTime(Offline):
    """A gateway that is never without an answer: what would be missing is right, when it is given up."""

    def __init__(self, gateway: Gateway, spec: Inspection) -> None:
        self.gateway = gateway
        self.right = right_answers(spec)

    @property
    def identity(self) -> dict[str, str]:
        """Say what answers."""
        return self.gateway.identity

    def ask(self, inquiry: Inquiry) -> Reply:
        """Answer, rightly where there would be none."""
        return self.mended(inquiry, self.gateway.ask(inquiry))

    def mended(self, inquiry: Inquiry, reply: Reply) -> Reply:
        """Return a reply, the right one where there is none."""
        if isinstance(reply.outcome, Answered):
            return reply
        return reply._replace(outcome=self.right[0 if inquiry.true_state == GOOD else 1], status="OK")


def in_time(gateway: Gateway, spec: Inspection) -> Gateway:
    """Return a gateway that is never without an answer, as `InTime`."""
    mending = InTime(gateway, spec)
    if not isinstance(gateway, QueuedGateway):
        return mending
    gateway.mend = mending.mended
    return gateway
