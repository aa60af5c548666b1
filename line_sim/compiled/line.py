"""The compiled line: its arrays, and what is done for the kernel whenever it returns."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from line_sim.chance.chance import Chance
from line_sim.chance.need import Kinds
from line_sim.compiled.answers import Answers
from line_sim.compiled.arrays import Arrays
from line_sim.compiled.building import build
from line_sim.compiled.code.entry import Entry
from line_sim.compiled.kernel import codes
from line_sim.compiled.kernel.codes import TOO_LATE
from line_sim.compiled.kernel.tables.events import AT_ONCE, LATER
from line_sim.compiled.kernel.tables.numbers import NONE
from line_sim.compiled.kernel.tables.parts import PART
from line_sim.compiled.kernel.tables.rows import CALL, ITEM, OUTAGE, VISIT
from line_sim.compiled.telling import TakesRows
from line_sim.compiled.unfinished import unfinished
from line_sim.scenario.model import Scenario
from line_sim.units import LATEST, Nanoseconds

PARTS_AT_HAND = 4096
"""Parts whose numbers are drawn at a time."""

OUTAGES_AT_HAND = 256
ROWS = 16_384
FEW = 64

FIRST_SLOTS = FIRST_EVENTS = 64
"""Parts on the line, and events to come, that there is room for at first: it is doubled as needed."""

_MOST_AT_ONCE = 1_000_000
_ROWS = "item_rows", "visit_rows", "call_rows", "outage_rows"

NO_ANSWERS: Mapping[str, Answers] = MappingProxyType({})


advance = Entry("line_sim.compiled.kernel.advance", "advance", 1)
"""The loop: `line_sim.compiled.kernel.advance`."""


class Ended(NamedTuple):
    """How a compiled line ended: when, why it was stopped (NONE: not), by which part, in what circle."""

    at: Nanoseconds
    stopped: int = NONE
    stopped_by: int = NONE
    circle: tuple[str, ...] = ()


class CompiledLine:
    """A line ready to run once.

    `wished` says whether anybody wants it to stop; `takes` is told of all rows, `progress` how far it has
    come, after each round: parts that have left, line time, calls without an answer.
    """

    def __init__(
        self,
        scenario: Scenario,
        takes: TakesRows,
        *,
        chance: Chance | None = None,
        defect_kinds: Kinds = (),
        answers: Mapping[str, Answers] = NO_ANSWERS,
        wished: Callable[[], bool] = lambda: False,
        progress: Callable[[int, Nanoseconds, int], None] = lambda *_: None,
    ) -> None:
        self._takes, self._wished, self._progress = takes, wished, progress
        self._built = build(scenario, chance or Chance(scenario.seed), defect_kinds, answers)
        self.layout = self._built.layout
        self._arrays = self._made(scenario)
        self._before = {name: np.empty_like(self._arrays[name]) for name in _ROWS}
        self._line = self._arrays.line
        self._drawn = np.zeros((len(self._built.stops), 2), np.int64)

    def run(self) -> Ended:
        """Let the parts through, hand over all rows, and say how it ended."""
        self._draw(1)
        self._draw_outages(first=True)
        while (why := advance(self._arrays.address)) != codes.DONE:
            if why == codes.ROWS_FULL:
                self._hand_over()
            elif why == codes.NUMBERS_SHORT:
                self._draw(int(self._line["arrived"]) + 1)
            elif why == codes.OUTAGES_SHORT:
                self._draw_outages()
            elif why == codes.SLOTS_SHORT:
                self._more_slots()
            else:
                self._more_events()
            if self._wished():
                self._line["over"] = True
        ended = self._ended()
        self._hand_over()
        self._tell_unfinished()
        self._takes.on_end()
        return ended

    def _ended(self) -> Ended:
        line, horizon = self._line, self.layout.run.duration
        stopped = int(line["stopped"])
        if not line["over"]:
            if horizon is not None:
                line["now"] = horizon
            elif line["to_come"]:
                stopped = TOO_LATE
        circle = self._arrays["circle"][: int(line["circle_length"])].tolist()
        names = tuple(self.layout.places[place].name for place in circle)
        return Ended(int(line["now"]), stopped, int(line["stopped_by"]), names)

    def _hand_over(self) -> None:
        """Hand over the rows that there are, and begin anew in the room of those before."""
        line, words, arrays = self._line, self._built.words.texts, self._arrays
        for kind in ("visit", "call", "outage", "item"):
            many, name = int(line[f"{kind}s_told"]), f"{kind}_rows"
            if many:
                self._takes.on_rows(kind, arrays[name][:many], words)
                line[f"{kind}s_told"] = 0
                arrays[name], self._before[name] = self._before[name], arrays[name]
        self._takes.on_round()
        self._progress(int(line["left"]), int(line["now"]), int(line["unanswered"]))

    def _tell_unfinished(self) -> None:
        for kind, rows in unfinished(self._arrays, self.layout):
            if len(rows):
                self._takes.on_rows(kind, rows, self._built.words.texts)
        self._takes.on_round()

    def _draw(self, first: int) -> None:
        """Draw the numbers of the parts to come."""
        self._built.columns.fill(self._arrays["columns"], first)
        self._line["drawn_from"] = first

    def _draw_outages(self, *, first: bool = False) -> None:
        """Draw anew for every way to stop that has used up half of what there is."""
        for which, stop in enumerate(self._built.stops):
            way, drawn = self._arrays["ways"][which], self._drawn[which]
            for column, name in enumerate(("ups", "repairs")):
                if first or way[name] > OUTAGES_AT_HAND // 2:
                    drawn[column] += way[name]
                    way[name] = 0
                    stop.fill(self._arrays[name][which], name, int(drawn[column]) + 1)
        self._line["outages_short"] = False

    def _more_slots(self) -> None:
        """Make room for twice as many parts on the line."""
        arrays, had = self._arrays, len(self._arrays["parts"])
        parts = np.concatenate([arrays["parts"], np.zeros(had, PART)])
        parts["next_waiting"][had:] = np.arange(had + 1, 2 * had + 1)
        parts["next_waiting"][-1] = self._line["free"]
        self._line["free"] = had
        self._line["slots_free"] += had
        arrays["parts"] = parts
        arrays["drawn"] = np.concatenate([arrays["drawn"], np.zeros_like(arrays["drawn"])])

    def _more_events(self) -> None:
        """Make room for twice as many events to come."""
        later = self._arrays["later"]
        self._arrays["later"] = np.concatenate([later, np.zeros_like(later)])
        self._line["room_later"] = 2 * len(later)

    def _made(self, scenario: Scenario) -> Arrays:
        layout, built = self.layout, self._built
        places, machines, ways = len(layout.places), len(built.tables["machines"]), len(built.tables["ways"])
        kinds, slots, items = len(built.columns), FIRST_SLOTS, layout.run.items
        at_hand = PARTS_AT_HAND if items is None else min(PARTS_AT_HAND, items + codes.SPARE + 1)
        parts = np.zeros(slots, PART)
        parts["next_waiting"] = np.arange(1, slots + 1)
        ring = 1 << (2 * machines + 4).bit_length()
        events = machines + ways + 1 + FIRST_EVENTS  # as many as there are when all begin, and more
        calls, outages = ROWS if layout.inspections else FEW, ROWS if ways else FEW
        made = Arrays(
            {
                **built.tables,
                "later": np.zeros(events, LATER),
                "at_once": np.zeros(ring, AT_ONCE),
                "parts": parts,
                "drawn": np.zeros((slots, kinds), np.int64),
                "columns": np.zeros((kinds, at_hand), np.int64),
                "ups": np.zeros((ways, OUTAGES_AT_HAND), np.int64),
                "repairs": np.zeros((ways, OUTAGES_AT_HAND), np.int64),
                "locked": np.zeros(places, np.int64),
                "circle": np.zeros(places + 1, np.int64),
                "item_rows": np.zeros(ROWS, ITEM),
                "visit_rows": np.zeros(ROWS, VISIT),
                "call_rows": np.zeros(calls, CALL),
                "outage_rows": np.zeros(outages, OUTAGE),
            }
        )
        duration, comes = layout.run.duration, layout.comes
        room = sum(place.units + place.buffer for place in layout.places)
        facts = {
            **built.facts,
            "until": LATEST if duration is None else duration,
            "wanted": NONE if items is None else items,
            "more_to_come": True,
            "saturated": layout.saturated,
            "loses": scenario.arrivals.on_full == "lose",
            "comes_in": NONE if comes is None else layout.calendars.index(comes),
            "arrival_rank": layout.arrival_rank,
            "outage_rank": layout.outage_rank,
            "shift_rank": layout.shift_rank,
            "entry": layout.entry,
            "bench": NONE if layout.bench is None else layout.bench,
            "leads_back": layout.leads_back,
            "outside": NONE,
            "moment": NONE,
            "most_at_once": room + _MOST_AT_ONCE,
            "stopped": NONE,
            "slots_free": slots,
            "room_later": events,
            "ring": ring,
            "places_count": places,
            "ways_count": ways,
            "room_items": ROWS,
            "room_visits": ROWS,
            "room_calls": calls,
            "room_outages": outages,
            "kinds_of_numbers": kinds,
            "parts_at_hand": at_hand,
            "outages_at_hand": OUTAGES_AT_HAND,
        }
        for name, value in facts.items():
            made.line[name] = value
        return made
