"""Modelled servers: twin of `line_sim.inspection.offline.modelled`.

A worker that is free at once takes a call; the others wait for the first that is. `free_at` holds, server by
server, when each of its workers is free next, as a heap.
"""

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel.codes import (
    KNOWN,
    RIGHT_DEFECTIVE,
    RIGHT_GOOD,
    SAYS_DEFECTIVE,
    SAYS_GOOD,
    SAYS_NOTHING,
)
from line_sim.compiled.kernel.tables.lookup import drawn, later, part_at, place_at, server_at
from line_sim.compiled.kernel.tables.numbers import NONE
from line_sim.compiled.kernel.tables.pointers import Line, Row, number_at, set_number_at


@compiled
def ask(line: Line, camera: int, slot: int) -> tuple[int, int]:
    """Put a question; return after how long it is over, and what it says: `ModelledGateway.ask`."""
    place = place_at(line, camera)
    if place.known_latency != NONE:
        return _known(line, place, slot)
    server, issued_at = server_at(line, place.server), line.now
    begins_at = max(issued_at, number_at(line.free_at, server.first))
    done_at = later(begins_at, drawn(line, slot, place.service))
    latency = later(done_at, server.overhead) - issued_at
    if place.deadline == NONE or latency <= place.deadline:
        _is_free_at(line.free_at, server, done_at)
        return latency, place.verdicts + _says(line, place, slot)
    given_up_at = later(issued_at, place.deadline)
    if server.keeps_computing:
        _is_free_at(line.free_at, server, done_at)
    elif begins_at < given_up_at:
        _is_free_at(line.free_at, server, min(done_at, given_up_at))
    return place.deadline, place.verdicts + (_rightly(line, slot) if place.mends else SAYS_NOTHING)


@compiled
def _known(line: Line, place: Row, slot: int) -> tuple[int, int]:
    """Return an answer that does not hang on when it is asked for: `Foreknown.ask`."""
    latency, known = drawn(line, slot, place.known_latency), drawn(line, slot, place.known_verdict)
    return latency, place.verdicts + (_rightly(line, slot) if known == NONE else KNOWN + known)


@compiled
def _rightly(line: Line, slot: int) -> int:
    """Return what is said of a part that is judged rightly."""
    return RIGHT_DEFECTIVE if part_at(line, slot).is_defective else RIGHT_GOOD


@compiled
def _says(line: Line, place: Row, slot: int) -> int:
    """Return what the network says of a part: `Model._answer`."""
    if part_at(line, slot).is_defective:
        return SAYS_GOOD if drawn(line, slot, place.misses) else SAYS_DEFECTIVE
    return SAYS_DEFECTIVE if drawn(line, slot, place.alarms) else SAYS_GOOD


@compiled
def _is_free_at(free_at: int, server: Row, moment: int) -> None:
    """Let the worker that is free first be so at another moment: `heapq.heapreplace`."""
    first, last = server.first, server.first + server.workers - 1
    at, below = first, first + 1
    while below <= last:
        if below < last and number_at(free_at, below + 1) < number_at(free_at, below):
            below += 1
        if number_at(free_at, below) >= moment:
            break
        set_number_at(free_at, at, number_at(free_at, below))
        at, below = below, first + 2 * (below - first) + 1
    set_number_at(free_at, at, moment)
