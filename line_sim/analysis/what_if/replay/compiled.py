"""Replays on the compiled line: the departures that the recursion works out, or SimPy's line makes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from line_sim.analysis.what_if.answers import AnswersAgain, InTime
from line_sim.analysis.what_if.modelled import NeverBusy
from line_sim.analysis.what_if.replay.departures import Departures
from line_sim.analysis.what_if.replay.works import MOST_OUTAGES
from line_sim.chance.chance import Chance
from line_sim.compiled.answers import Answers
from line_sim.compiled.telling import TakesRows
from line_sim.inspection.gateway import Gateway
from line_sim.inspection.offline.modelled import ModelledGateway
from line_sim.layout import Layout, layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.line.records import LOST, SCRAPPED, SHIPPED
from line_sim.recording.run_columns import IntArray
from line_sim.scenario.model import Scenario


def answers_of(gateways: Mapping[str, Gateway]) -> Mapping[str, Answers] | None:
    """Return the answers of gateways as the compiled line takes them; None where it does not know one."""
    found: dict[str, Answers] = {}
    for name, gateway in gateways.items():
        match gateway:
            case AnswersAgain():
                found[name] = Answers(gateway.right, foreknown=gateway)
            case NeverBusy() if gateway.in_time:
                found[name] = Answers(gateway.right, mends=True)
            case InTime() if type(gateway.gateway) is ModelledGateway:
                found[name] = Answers(gateway.right, mends=True)
            case NeverBusy():
                pass
            case _ if type(gateway) is not ModelledGateway:
                return None
    return found


def foreknown(answers: Mapping[str, Answers]) -> frozenset[str]:
    """Return the inspections whose answers are known before they are asked for."""
    return frozenset(name for name, each in answers.items() if each.foreknown is not None)


def run_compiled(
    scenario: Scenario,
    answers: Mapping[str, Answers],
    interrupt: Interrupt,
    chance: Chance,
    most: int,
) -> Departures | None:
    """Run the compiled line and count.

    None where it made more parts or outages than a replay may have, stood still, or the user would not wait
    for it: what is told then is another's to say.
    """
    from line_sim.compiled.line import CompiledLine  # noqa: PLC0415 - only where it is used

    layout = layout_of(scenario)
    counter = _Counter(layout, most)
    line = CompiledLine(
        scenario, counter, chance=chance, answers=answers, wished=lambda: interrupt.wished or counter.too_much
    )
    ended = line.run()
    by_part = ended.stopped < 1
    if interrupt.wished or counter.too_much or not by_part:
        return None
    to_come = layout.run.items is not None and counter.newest < layout.run.items
    last_entry = ended.at if to_come else counter.last_entry
    return Departures(counter.shipped, counter.gone, last_entry, ended.at, counter.held)


class _Counter(TakesRows):
    """Takes rows and keeps the moments of departures."""

    def __init__(self, layout: Layout, most: int) -> None:
        self._most = most
        self._entry = layout.places[layout.entry].name
        self._decides = [place.name for place in layout.places if place.decides]
        self._left: dict[str, list[IntArray]] = {SHIPPED: [], SCRAPPED: []}
        self._gone: list[IntArray] = []
        self._outages = self._parts = 0
        self.newest = 0
        self.last_entry = 0
        self.held = False

    @property
    def shipped(self) -> IntArray:
        """When parts were shipped."""
        return np.concatenate([np.zeros(0, np.int64), *self._left[SHIPPED]])

    @property
    def gone(self) -> IntArray:
        """When any part left."""
        return np.concatenate([np.zeros(0, np.int64), *self._gone])

    @property
    def too_much(self) -> bool:
        """Whether there are more parts or outages than a replay may have."""
        return self._parts > self._most or self._outages > MOST_OUTAGES

    def on_rows(self, kind: str, rows: NDArray[Any], words: Sequence[str]) -> None:
        """Count rows."""
        if kind == "item":
            self._count(rows, words)
        elif kind == "visit":
            self._note(rows, words)
        elif kind == "outage":
            self._outages += len(rows)

    def _count(self, rows: NDArray[Any], words: Sequence[str]) -> None:
        told, left = rows["disposition"], rows["left_at"]
        shipped, scrapped = (told == words.index(word) for word in (SHIPPED, SCRAPPED))
        self._left[SHIPPED].append(left[shipped])
        self._gone.append(left[shipped | scrapped])
        self._parts += len(self._gone[-1])
        self._came(rows["item_id"], rows["arrived_at"], told == words.index(LOST))

    def _note(self, rows: NDArray[Any], words: Sequence[str]) -> None:
        stations = rows["station"]
        self._came(rows["item_id"], rows["queued_at"], stations == words.index(self._entry))
        if not self.held:
            deciding = np.isin(stations, [words.index(name) for name in self._decides])
            self.held = bool(np.any(deciding & (rows["left_at"] != rows["finished_at"])))

    def _came(self, items: IntArray, moments: IntArray, which: IntArray) -> None:
        """Note parts that have come in, or were lost; none comes back where the compiled line is used."""
        if which.any():
            self.newest = max(self.newest, int(items[which].max()))
            self.last_entry = max(self.last_entry, int(moments[which].max()))
