"""The arrays of a line, from its layout and what the scenario says of each place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from line_sim.chance import needs
from line_sim.chance.chance import Chance
from line_sim.chance.need import Kinds, Need
from line_sim.chance.streams import Draws
from line_sim.compiled.answers import Answers, Numbers
from line_sim.compiled.calendars import calendar_tables
from line_sim.compiled.columns import Columns
from line_sim.compiled.inspections import Inspections
from line_sim.compiled.kernel import codes
from line_sim.compiled.kernel.codes import BELT, CALENDAR, GATE_BELT, OPERATING, PARTS, PLAIN
from line_sim.compiled.kernel.tables.machines import MACHINE, WAY
from line_sim.compiled.kernel.tables.numbers import NONE
from line_sim.compiled.kernel.tables.places import BUFFER, CELL, PLACE
from line_sim.compiled.words import Words
from line_sim.layout import Exit, Gate, Lane, Layout, Shifts, Spec, layout_of, specs_of
from line_sim.scenario.model import Inspection, Review, Scenario, Station
from line_sim.scenario.stops.breakdowns import Way, names_of
from line_sim.truth import DEFECTIVE, GOOD
from line_sim.units import SECOND

_EXITS = {Exit.SHIPPED: codes.TO_SHIPPING, Exit.SCRAPPED: codes.TO_SCRAP, Exit.HALT: codes.TO_HALT}
_COUNTS = {"operating": OPERATING, "calendar": CALENDAR, "parts": PARTS}
DISPOSITIONS = Exit.SHIPPED.value, Exit.SCRAPPED.value, "lost", "on_line"


@dataclass(frozen=True)
class Stop:
    """One machine's draws in one way to stop; `parts`: its up times count parts."""

    ups: Draws[int]
    repairs: Draws[int]
    parts: bool

    def fill(self, told: Numbers, what: str, first: int) -> None:
        """Write the ups or the repairs from an outage's number on: `OutageDraws`."""
        drawn = (self.ups if what == "ups" else self.repairs).column(first, len(told))
        if what == "ups" and self.parts:
            drawn = np.array([round(up / SECOND) for up in drawn.tolist()])
        told[:] = np.maximum(drawn, 1) if what == "ups" else drawn


@dataclass
class Built:
    """A line as arrays, with the draws that it needs: those by part, and those of each way to stop."""

    layout: Layout
    words: Words
    columns: Columns
    stops: list[Stop] = field(default_factory=list)
    facts: dict[str, int] = field(default_factory=dict)
    tables: dict[str, NDArray[Any]] = field(default_factory=dict)


def build(scenario: Scenario, chance: Chance, defect_kinds: Kinds, answers: Mapping[str, Answers]) -> Built:
    """Build the arrays of a scenario's line that never change their size."""
    return _Building(scenario, chance, defect_kinds, answers).built


class _Building:
    """One line in the making."""

    def __init__(
        self, scenario: Scenario, chance: Chance, defect_kinds: Kinds, answers: Mapping[str, Answers]
    ) -> None:
        self._scenario, self._chance, self._kinds = scenario, chance, defect_kinds
        self._layout, self._words = layout_of(scenario), Words()
        self._code = self._words.code
        self._columns = Columns(chance, self._code)
        self.built = Built(self._layout, self._words, self._columns)
        self._machines: list[dict[str, int]] = []
        self._ways: list[dict[str, int]] = []
        self._inspections = Inspections(self._layout, answers, self._columns, self._words)
        self._calendars = self._layout.calendars
        specs = specs_of(scenario)
        places = [self._place(index, spec) for index, spec in enumerate(specs)]
        self._join(places)
        self.built.facts = self._facts()
        self.built.tables = {
            "places": _records(PLACE, places),
            "buffers": _records(BUFFER, self._buffers()),
            "cells": np.zeros(sum(place.buffer for place in self._layout.places if place.belt), CELL),
            "machines": _records(MACHINE, self._machines),
            "ways": _records(WAY, self._ways),
            **self._inspections.tables(),
            **calendar_tables(self._calendars),
        }

    def _facts(self) -> dict[str, int]:
        scenario, words, mix = self._scenario, self._words, self._scenario.product.mix
        flaws = needs.flaws_of_new(scenario.product, self._kinds)
        return {
            "no_word": words.code(""),
            "word_good": words.code(GOOD),
            "word_defective": words.code(DEFECTIVE),
            "ship": words.code(Lane.SHIP.value),
            "review": words.code(Lane.REVIEW.value),
            "dispositions": words.row(*DISPOSITIONS),
            "variants": words.row(*mix.names) if mix else NONE,
            "arrival": self._column(needs.arrival(scenario.arrivals)),
            "true_state": self._column(flaws and flaws.happen),
            "defect": self._column(flaws and flaws.kind),
            "variant": self._column(needs.variant(scenario.product)),
        }

    def _column(self, need: Need[Any] | None, visits: int = 1) -> int:
        return NONE if need is None else self._columns.add(need, visits)

    def _place(self, index: int, spec: Spec) -> dict[str, int]:
        place = self._layout.places[index]
        found = dict.fromkeys(PLACE.names or (), NONE)
        found |= {
            "name": self._code(place.name),
            "first_machine": len(self._machines),
            "units": place.units,
            "rank": self._layout.finish_rank(index),
        }
        ways = spec.ways if isinstance(spec, Station) else ()
        shifts = self._calendar(place.shifts)
        for unit in range(1, place.units + 1):
            self._machines.append(
                dict.fromkeys(MACHINE.names or (), 0)
                | {"place": index, "unit": unit, "rank": found["rank"], "part": NONE, "finished_at": NONE}
                | {"set_up_for": NONE, "left_to_do": NONE, "shifts": shifts, "hours": shifts, "visit": 1}
                | {"stops": bool(ways) or shifts != NONE, "first_way": len(self._ways), "ways": len(ways)}
            )
            self._add_ways(len(self._machines) - 1, place.name, unit, ways)
        return found | self._task(index, spec)

    def _add_ways(self, machine: int, station: str, unit: int, ways: Sequence[Way]) -> None:
        for way, name in zip(ways, names_of(ways), strict=True):
            up, repair = (need.of(self._chance) for need in needs.outages(station, unit, way, name))
            self.built.stops.append(Stop(up, repair, way.counts == "parts"))
            self._ways.append(
                dict.fromkeys(WAY.names or (), 0)
                | {"machine": machine, "counts": _COUNTS[way.counts], "name": self._code(name)}
                | {"failed_at": NONE, "due": NONE}
            )

    def _task(self, index: int, spec: Spec) -> dict[str, int]:
        match spec:
            case Station():
                set_up, flaws = needs.changeover(spec), needs.flaws_of_station(spec, self._kinds)
                return {
                    "task": codes.WORK if set_up is None else codes.SET_UP,
                    "time": self._column(needs.cycle(spec)),
                    "changeover": self._column(set_up),
                    "spoilt": self._column(flaws and flaws.happen),
                    "spoilt_how": self._column(flaws and flaws.kind),
                }
            case Inspection():
                return self._inspections.place(index, spec)
            case Gate():
                return {"task": codes.GATE, "camera": self._layout.camera_of(index)}
            case Review():
                visits = needs.most_visits(self._layout, index)
                return {
                    "task": codes.REVIEW,
                    "time": self._column(needs.review_time(spec), visits),
                    "misses": self._column(needs.reviewer_misses(spec), visits),
                    "alarms": self._column(needs.reviewer_false_alarms(spec), visits),
                }

    def _join(self, places: list[dict[str, int]]) -> None:
        """Write into each place where its lanes lead."""
        layout = self._layout
        for index, place in enumerate(places):
            lanes = layout.ways_from(index)
            place["ship_to"] = _end(lanes.get(Lane.SHIP))
            place["review_to"] = _end(lanes.get(Lane.REVIEW))
            if layout.bench is not None and layout.places[index].inspects:
                cleared = layout.ways_from(layout.bench, layout.decider_of(index))
                place["cleared_to"] = _end(cleared.get(Lane.SHIP))

    def _buffers(self) -> list[dict[str, int]]:
        found, offset = [], 0
        for index, place in enumerate(self._layout.places):
            buffer = dict.fromkeys(BUFFER.names or (), 0) | {"places": place.buffer, "kind": PLAIN}
            if place.belt is not None:
                belt = place.belt
                buffer |= {
                    "kind": GATE_BELT if place.is_gate else BELT,
                    "rank": self._layout.belt_rank(index),
                }
                buffer |= {"travel": belt.travel, "cell": belt.cell, "first_cell": belt.first_cell}
                buffer |= {"accumulates": belt.accumulates, "cells": offset, "taken_at": -belt.travel}
                buffer |= {"waits_since": NONE, "clears_at": NONE}
                offset += place.buffer
            found.append(buffer)
        return found

    def _calendar(self, shifts: Shifts | None) -> int:
        return NONE if shifts is None else self._calendars.index(shifts)


def _end(to: int | Exit | None) -> int:
    if to is None:
        return NONE
    return _EXITS[to] if isinstance(to, Exit) else to


def _records(dtype: np.dtype[Any], rows: Sequence[Mapping[str, Any]]) -> Any:
    return np.array([tuple(row[name] for name in dtype.names or ()) for row in rows], dtype)
