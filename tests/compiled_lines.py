"""A scenario on both lines, SimPy's and the compiled one: the records of each, and what differs."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from line_sim.compiled.known import KNOWN
from line_sim.compiled.telling import TakesRows
from line_sim.engine.ending import ending_of
from line_sim.inspection.offline.models import modelled_gateways
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.line.line import Ending, Line
from line_sim.line.records import Call, Item, Outage, Visit
from line_sim.scenario import Scenario

RECORDS: dict[str, type[Any]] = {"visit": Visit, "call": Call, "outage": Outage, "item": Item}
WORDS = {
    *("true_state", "defect", "evaluation", "label", "inference_outcome", "lane", "disposition", "made_at"),
    *("variant", "station", "outcome", "status", "name"),
}
MAY_BE_LESS_THAN_NOTHING = {"skew"}


class Happened(NamedTuple):
    """All that a line told: the records of each kind in their order, and how it ended."""

    records: dict[str, list[Any]]
    ending: Ending


class Rows(TakesRows):
    """Takes rows, and has them as records.

    What it says is worked out here once more, field by field: it shares nothing with what writes files.
    """

    def __init__(self) -> None:
        self.records: dict[str, list[Any]] = {kind: [] for kind in RECORDS}

    def on_rows(self, kind: str, rows: Any, words: Sequence[str]) -> None:
        """Take rows of a kind."""
        names = rows.dtype.names
        for row in rows.tolist():
            told = {name: _said(name, value, words) for name, value in zip(names, row, strict=True)}
            self.records[kind].append(RECORDS[kind](**told))


def _said(name: str, value: Any, words: Sequence[str]) -> Any:
    if name in WORDS:
        return None if value == -1 else words[value]
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return None if value == -1 and name not in MAY_BE_LESS_THAN_NOTHING else value


class Watch:
    """Takes the steps of SimPy's line as records, and wishes it to stop after so many of one kind."""

    def __init__(self, interrupt: Interrupt, kind: str = "", after: int = 0) -> None:
        self.records: dict[str, list[Any]] = {kind: [] for kind in RECORDS}
        self._interrupt, self._kind, self._after = interrupt, kind, after
        self.on_visit, self.on_call = self._taking("visit"), self._taking("call")
        self.on_outage, self.on_item = self._taking("outage"), self._taking("item")

    def _taking(self, kind: str) -> Callable[[Any], None]:
        def take(record: Any) -> None:
            self.records[kind].append(record)
            if kind == self._kind and len(self.records[kind]) == self._after:
                self._interrupt.wish()

        return take


def known(scenario: Scenario) -> bool:
    """Whether the compiled line knows all that a scenario has."""
    return not layout_of(scenario).features - KNOWN


def by_simpy(scenario: Scenario, *, stop_after: tuple[str, int] = ("", 0)) -> Happened:
    """Return what SimPy's line does, stopped by a wish right after so many records of a kind."""
    interrupt = Interrupt()
    watch = Watch(interrupt, *stop_after)
    line = Line(scenario, modelled_gateways(scenario), watch, interrupt=interrupt)
    return Happened(watch.records, line.run())


def by_compiled(
    scenario: Scenario,
    *,
    line: Any = None,
    rows: Rows | None = None,
    wished: Callable[[], bool] = lambda: False,
) -> Happened:
    """Return what the compiled line does; `line`: another one made in its likeness."""
    if line is None:
        from line_sim.compiled.line import CompiledLine as line  # noqa: N813 - numba takes its time
    rows, interrupt = rows or Rows(), Interrupt()

    def asked() -> bool:
        interrupt.wished = interrupt.wished or wished()
        return interrupt.wished

    ended = line(scenario, rows, wished=asked).run()
    return Happened(rows.records, ending_of(ended, until=scenario.run.duration, wished=interrupt.wished))


def differences(one: Happened, other: Happened) -> Iterator[str]:
    """Yield what is not the same: the first record of each kind, and the ending."""
    for kind in RECORDS:
        pairs = enumerate(zip_longest(one.records[kind], other.records[kind]), 1)
        for number, (mine, theirs) in pairs:
            if mine != theirs:
                yield f"{kind} {number}: {mine} is not {theirs}"
                break
    if one.ending != other.ending:
        yield f"ending: {one.ending} is not {other.ending}"
