"""Gates, as the audit sees them: whose visit to the gate each call is about, and when it may pass.

Said again from docs/line.md: the question is put when the picture is taken and the camera is done; the part
is at the gate when the belt has brought it, and done there when it is at the gate and its answer is there,
whichever comes later.
"""

import numpy as np

from line_sim.analysis.audit.check import Fault, Run, faults
from line_sim.recording.run_columns import NONE, BoolArray, Calls, IntArray, Visits, find, or_end

_SEEN = 2**20  # more than any part's visits to one place


def rides_of(run: Run, camera: int, gate: int) -> IntArray:
    """Return the row of the visit to the gate that followed each visit to the camera, NONE where none did.

    A part rides to the gate before it comes to the camera again: its first visits belong together, and so on.
    """
    cameras, gates = run.columns.visits(camera), run.columns.visits(gate)
    started = or_end(cameras.started, run.columns.end + 1)  # the one that a part still waits for is its last
    wanted, known = _turns(run, cameras, started), _turns(run, gates, gates.queued)
    order = np.argsort(known, kind="stable")
    where, there = find(known[order], wanted)
    of = np.full(len(cameras), NONE, dtype=np.int64)
    of[there] = order[where[there]]
    return of


def _turns(run: Run, visits: Visits, moments: IntArray) -> IntArray:
    """Return one number for each visit's part and which of its visits to the place it is."""
    parts = run.columns.parts.place(visits.item)
    order = np.lexsort((moments, parts))
    count = np.arange(len(parts))
    first = np.append(True, parts[order][1:] != parts[order][:-1])[: len(parts)]
    turn = np.empty(len(parts), dtype=np.int64)
    turn[order] = count - np.maximum.accumulate(np.where(first, count, 0))
    return parts * _SEEN + turn


def gate_faults(run: Run, gate: int, calls: Calls, ride: IntArray) -> list[Fault]:
    """Find parts that were done at the gate without a call, or at another moment than they could be.

    `ride` is the visit to the gate of the part that each call is about.
    """
    gates = run.columns.visits(gate)
    returned = np.full(len(gates), NONE, dtype=np.int64)
    mine = ride != NONE
    np.maximum.at(returned, ride[mine], calls.returned[mine])
    there, done = gates.started != NONE, gates.finished != NONE
    silent, could = returned == NONE, np.maximum(gates.started, returned)
    apart = done & ~silent & (gates.finished != could)
    held = there & ~done & ~silent
    return [
        *faults(gates, "visits.csv", silent & done, "an inspection without a call"),
        *faults(gates, "visits.csv", apart, "done at the gate at another moment than its answer was there"),
        *faults(gates, "visits.csv", held, "kept at the gate although its answer was there"),
    ]


def asked_apart(calls: Calls, cameras: Visits, of: IntArray) -> BoolArray:
    """Return the calls that were not put the moment that their camera was done."""
    apart = np.zeros(len(calls), dtype=np.bool_)
    known = of != NONE
    apart[known] = cameras.finished[of[known]] != calls.issued[known]
    return apart
