"""The arrays of a line, from its layout and what the scenario says of each place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from line_sim.chance.chance import Chance
from line_sim.chance.purposes import Purpose
from line_sim.chance.streams import Draws
from line_sim.compiled.columns import ATTEMPT, Columns, Numbers, _column
from line_sim.compiled.kernel import facts as task
from line_sim.compiled.kernel.buffers import BELT, GATE_BELT, PLAIN
from line_sim.compiled.kernel.numbers import NONE
from line_sim.compiled.kernel.state import BUFFER, CELL, HOURS, MACHINE, PLACE, SERVER, STRETCH, VERDICT, WAY
from line_sim.compiled.kernel.stops import CALENDAR, OPERATING, PARTS
from line_sim.compiled.words import Words
from line_sim.inspection.offline.modelled import LATE
from line_sim.inspection.outcome import Answered, Outcome, TimedOut
from line_sim.inspection.routing import choose_lane, evaluate
from line_sim.layout import REVIEW, Exit, Gate, Lane, Layout, Shifts, layout_of, server_name, specs_of
from line_sim.scenario.mix.mix import PerVariant
from line_sim.scenario.model import Inspection, Review, Scenario, Station
from line_sim.scenario.stops.breakdowns import names_of
from line_sim.truth import DEFECTIVE, GOOD
from line_sim.units import SECOND

Kinds = tuple[str, ...] | PerVariant[tuple[str, ...]]

_EXITS = {Exit.SHIPPED: task.TO_SHIPPING, Exit.SCRAPPED: task.TO_SCRAP, Exit.HALT: task.TO_HALT}
_LANES = {
    Lane.SHIP: task.SHIP_LANE,
    Lane.REVIEW: task.REVIEW_LANE,
    Lane.SCRAP: task.SCRAP_LANE,
    Lane.STOP: task.STOP_LANE,
}
_COUNTS = {"operating": OPERATING, "calendar": CALENDAR, "parts": PARTS}
DISPOSITIONS = "shipped", "scrapped", "lost", "on_line"


@dataclass(frozen=True)
class Stop:
    """One machine's draws in one way to stop; `parts`: its up times count parts."""

    ups: Draws[int]
    repairs: Draws[int]
    parts: bool

    def fill(self, told: Numbers, what: str, first: int) -> None:
        """Write the up times or the repairs from an outage's number on: `OutageDraws`."""
        drawn = _column(self.ups if what == "ups" else self.repairs, first, len(told), 1, 0, int)
        if what == "ups":
            drawn = [max(1, round(up / SECOND) if self.parts else up) for up in drawn]
        told[:] = drawn


@dataclass
class Built:
    """A line as arrays, with the draws that it needs: those by part, and those of each way to stop."""

    layout: Layout
    words: Words = field(default_factory=Words)
    columns: Columns = field(default_factory=Columns)
    stops: list[Stop] = field(default_factory=list)
    facts: dict[str, int] = field(default_factory=dict)
    tables: dict[str, NDArray[Any]] = field(default_factory=dict)


def build(scenario: Scenario, chance: Chance, defect_kinds: Kinds) -> Built:
    """Build the arrays of a scenario's line that never change their size."""
    return _Building(scenario, chance, defect_kinds).built


class _Building:
    """One line in the making."""

    def __init__(self, scenario: Scenario, chance: Chance, defect_kinds: Kinds) -> None:
        self._scenario, self._chance, self._kinds = scenario, chance, defect_kinds
        self.built = Built(layout_of(scenario))
        self._layout, self._columns = self.built.layout, self.built.columns
        self._words = self.built.words
        self._code = self._words.code
        self._machines: list[dict[str, int]] = []
        self._ways: list[dict[str, int]] = []
        self._verdicts: list[tuple[Any, ...]] = []
        self._servers: dict[str, tuple[int, ...]] = {}
        self._workers = 0
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
            "servers": np.array(list(self._servers.values()), SERVER),
            "free_at": np.zeros(self._workers, np.int64),
            "verdicts": np.array(self._verdicts, VERDICT),
            **_hours(self._calendars),
        }

    def _facts(self) -> dict[str, int]:
        scenario, chance, add = self._scenario, self._chance, self._columns.add
        words, mix, rate = self._words, scenario.product.mix, scenario.product.defect_rates
        every = scenario.arrivals.every
        kinds = or_none(self._kinds)
        return {
            "no_word": words.code(""),
            "good": words.code(GOOD),
            "defective": words.code(DEFECTIVE),
            "ship": words.code(Lane.SHIP.value),
            "review": words.code(Lane.REVIEW.value),
            "dispositions": words.row(*DISPOSITIONS),
            "variants": words.row(*mix.names) if mix else NONE,
            "arrival": NONE if every is None else add(chance.durations(Purpose.ARRIVAL, "", every)),
            "true_state": add(chance.events(Purpose.TRUE_STATE, "", rate)) if rate else NONE,
            "defect": add(chance.choices(Purpose.DEFECT_KIND, "", kinds), code=self._code) if rate else NONE,
            "variant": add(chance.variants(mix)) if mix else NONE,
        }

    def _place(self, index: int, spec: Station | Inspection | Gate | Review) -> dict[str, int]:
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
            self._add_ways(len(self._machines) - 1, f"{place.name}/{unit}", ways)
        return found | self._task(index, spec)

    def _add_ways(self, machine: int, place: str, ways: Sequence[Any]) -> None:
        for way, name in zip(ways, names_of(ways), strict=True):
            where = f"{place} {name}" if name else place
            up = self._chance.durations(Purpose.UP_TIME, where, way.up)
            repair = self._chance.durations(Purpose.REPAIR_TIME, where, way.repair)
            self.built.stops.append(Stop(up, repair, way.counts == "parts"))
            self._ways.append(
                dict.fromkeys(WAY.names or (), 0)
                | {"machine": machine, "counts": _COUNTS[way.counts], "name": self._code(name)}
                | {"failed_at": NONE, "due": NONE}
            )

    def _task(self, index: int, spec: Station | Inspection | Gate | Review) -> dict[str, int]:
        chance, add = self._chance, self._columns.add
        match spec:
            case Station():
                found = {
                    "task": task.WORK,
                    "time": add(chance.durations(Purpose.CYCLE, spec.name, spec.cycle)),
                }
                if spec.changeover is not None:
                    found["task"] = task.SET_UP
                    found["changeover"] = add(
                        chance.durations(Purpose.CHANGEOVER, spec.name, spec.changeover)
                    )
                if spec.makes_defects is not None:
                    makes, kinds = spec.makes_defects, spec.makes_defects.kinds or or_none(self._kinds)
                    found["spoilt"] = add(chance.events(Purpose.SPOILT, spec.name, makes.rate))
                    found["spoilt_how"] = add(
                        chance.choices(Purpose.DEFECT_KIND, spec.name, kinds), code=self._code
                    )
                return found
            case Inspection():
                return self._inspection(index, spec)
            case Gate():
                return {"task": task.GATE, "camera": self._layout.camera_of(index)}
            case Review():
                visits = len(self._layout.inspections)
                looks = chance.durations(Purpose.REVIEW_TIME, REVIEW, spec.time)
                misses = chance.events(Purpose.REVIEWER_MISSES, REVIEW, spec.miss_rate)
                alarms = chance.events(Purpose.REVIEWER_FALSE_ALARM, REVIEW, spec.false_alarm_rate)
                return {
                    "task": task.REVIEW,
                    "time": add(looks, visits=visits),
                    "misses": add(misses, visits=visits),
                    "alarms": add(alarms, visits=visits),
                }

    def _inspection(self, index: int, spec: Inspection) -> dict[str, int]:
        chance, add, options = self._chance, self._columns.add, spec.gateway.model
        if options is None:
            raise TypeError(f"{spec.name}: no modelled server answers there")
        acquisition = chance.durations(Purpose.ACQUISITION, spec.name, spec.acquisition)
        service = chance.durations(Purpose.INFERENCE, spec.name, options.alone)
        misses = chance.events(Purpose.NETWORK_MISSES, spec.name, options.miss_rate)
        alarms = chance.events(Purpose.NETWORK_FALSE_ALARM, spec.name, options.false_alarm_rate)
        gate = self._layout.gate_of(index)
        verdicts = len(self._verdicts)
        good, defective = Answered(spec.ship_when.labels[0], 1.0), Answered(DEFECTIVE, 1.0)
        self._verdicts += [
            self._verdict(spec, good, "OK"),
            self._verdict(spec, defective, "OK"),
            self._verdict(spec, TimedOut(), LATE),
        ]
        return {
            "task": task.INSPECT if gate is None else task.PICTURE,
            "time": add(acquisition),
            "service": add(service, attempt=ATTEMPT),
            "misses": add(misses, attempt=ATTEMPT),
            "alarms": add(alarms, attempt=ATTEMPT),
            "gate": NONE if gate is None else gate,
            "deadline": NONE if spec.deadline is None else spec.deadline,
            "server": self._server(spec),
            "verdicts": verdicts,
        }

    def _verdict(self, spec: Inspection, outcome: Outcome, status: str) -> tuple[Any, ...]:
        answered = outcome if isinstance(outcome, Answered) else None
        evaluation = evaluate(outcome, spec.ship_when)
        return (
            self._code(outcome.name),
            self._code(status),
            self._code(answered.label if answered else ""),
            answered.score if answered else np.nan,
            self._code(evaluation.value),
            _LANES[choose_lane(evaluation, spec.on_no_result)],
            answered is None,
        )

    def _server(self, spec: Inspection) -> int:
        name, options = server_name(spec), spec.gateway.model
        if name not in self._servers and options is not None:
            keeps = options.after_deadline == "keeps_computing"
            self._servers[name] = self._workers, options.servers, keeps, options.overhead
            self._workers += options.servers
        return list(self._servers).index(name)

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


def or_none(kinds: Kinds) -> Kinds:
    """Let there be a kind without a name where none is known."""
    if isinstance(kinds, PerVariant):
        return PerVariant(kinds.mix, tuple(own or ("",) for own in kinds.values))
    return kinds or ("",)


def _end(to: int | Exit | None) -> int:
    if to is None:
        return NONE
    return _EXITS[to] if isinstance(to, Exit) else to


def _records(dtype: np.dtype[Any], rows: Sequence[Mapping[str, Any]]) -> Any:
    return np.array([tuple(row[name] for name in dtype.names or ()) for row in rows], dtype)


def _hours(calendars: Sequence[Shifts]) -> dict[str, Any]:
    """Return the arrays of calendars."""
    rows, stretches, changes = [], [], []
    for shifts in calendars:
        before, turns = 0, [moment for moment, _ in shifts.changes()]
        first = len(stretches)
        for start, end in shifts.on:
            stretches.append((start, end, before))
            before += end - start
        rows.append((first, len(shifts.on), before, len(changes), len(turns)))
        changes += turns
    return {
        "calendars": np.array(rows, HOURS),
        "stretches": np.array(stretches, STRETCH),
        "changes": np.array(changes, np.int64),
    }
