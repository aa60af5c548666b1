"""What is still on the line when it has stopped: twin of `Line._tell_unfinished` and `Station.unfinished`."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from line_sim.compiled.arrays import Arrays
from line_sim.compiled.kernel.codes import GATE_BELT, ON_LINE, PLAIN
from line_sim.compiled.kernel.tables.numbers import NONE
from line_sim.compiled.kernel.tables.rows import ITEM, OUTAGE, VISIT
from line_sim.layout import Layout
from line_sim.units import Nanoseconds

Rows = NDArray[np.void]


def unfinished(arrays: Arrays, layout: Layout) -> Iterator[tuple[str, Rows]]:
    """Yield the rows of visits, outages and parts that the end has found."""
    yield (
        "visit",
        np.array(
            [row for place in range(len(arrays["places"])) for row in _visits(arrays, layout, place)], VISIT
        ),
    )
    yield "outage", np.array(list(_outages(arrays)), OUTAGE)
    yield "item", _items(arrays)


def _visits(arrays: Arrays, layout: Layout, place: int) -> Iterator[tuple[Any, ...]]:
    """Yield the visits that are not over: parts on the machines, then parts in the waiting places."""
    where = arrays["places"][place]
    for machine in arrays["machines"][where["first_machine"] :][: where["units"]]:
        if machine["part"] != NONE:
            item, unit = arrays["parts"][machine["part"]]["item"], machine["unit"]
            moments = (machine[name] for name in ("queued_at", "started_at", "finished_at"))
            down = machine["down"] + _down_by_now(arrays, layout, machine)
            yield item, where["name"], unit, *moments, NONE, down, machine["visit"], 0, machine["changeover"]
    for slot in _waiting(arrays, place):
        part = arrays["parts"][slot]
        yield part["item"], where["name"], NONE, part["queued_at"], *(NONE,) * 3, 0, part["visit"], 0, 0


def _down_by_now(arrays: Arrays, layout: Layout, machine: Any) -> Nanoseconds:
    """Return for how long a machine has been down on its part since it went down: `_down_so_far`."""
    if not machine["under_repair"] or machine["left_to_do"] == NONE:
        return 0
    since, now = int(machine["down_since"]), int(arrays.line["now"])
    if machine["shifts"] == NONE:
        return now - since
    return layout.calendars[int(machine["shifts"])].between(since, now)


def _waiting(arrays: Arrays, place: int) -> Iterator[int]:
    """Yield the parts in the waiting places, the next one first; one that is at a gate is on its machine."""
    buffer = arrays["buffers"][place]
    if buffer["kind"] == PLAIN:
        slot = buffer["first_waiting"]
        for _ in range(buffer["waiting"]):
            yield slot
            slot = arrays["parts"][slot]["next_waiting"]
        return
    at_gate = buffer["kind"] == GATE_BELT and buffer["waits_since"] != NONE
    for number in range(int(at_gate), buffer["waiting"]):
        yield arrays["cells"][buffer["cells"] + (buffer["head"] + number) % buffer["places"]]["part"]


def _outages(arrays: Arrays) -> Iterator[tuple[Any, ...]]:
    for way in arrays["ways"]:
        if way["failed_at"] != NONE:
            machine = arrays["machines"][way["machine"]]
            place = arrays["places"][machine["place"]]
            yield place["name"], machine["unit"], way["failed_at"], NONE, way["name"]


def _items(arrays: Arrays) -> Rows:
    """Return the parts on the line, in the order in which they came."""
    facts, parts = arrays.line, arrays["parts"][arrays["parts"]["alive"] != 0]
    parts = parts[np.argsort(parts["item"], kind="stable")]
    rows = np.zeros(len(parts), ITEM)
    for name in ("defect", "arrived_at", "evaluation", "label", "score", "inference", "made_at"):
        rows[name] = parts[name]
    rows["item_id"] = parts["item"]
    rows["inference_outcome"] = parts["outcome"]
    rows["true_state"] = np.where(parts["is_defective"] != 0, facts["word_defective"], facts["word_good"])
    rows["left_at"] = NONE
    rows["lane"] = np.where(parts["reviewed"] != 0, facts["review"], facts["no_word"])
    rows["disposition"] = facts["dispositions"] + ON_LINE
    has = facts["variants"] != NONE
    rows["variant"] = facts["variants"] + parts["variant"] if has else facts["no_word"]
    return rows
