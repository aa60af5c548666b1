"""The audit of modelled servers whose answers hang on other requests: their queue, worked out again.

What each kind of queue must have done stands in `queues`, said again from the calls alone.
"""

import numpy as np

from line_sim.analysis.audit.answers import visits_of
from line_sim.analysis.audit.check import Check, Fault, Run, verdict
from line_sim.analysis.audit.queues.asked import Asked
from line_sim.analysis.audit.queues.side_by_side import SideBySide
from line_sim.analysis.audit.queues.together import Together
from line_sim.layout import Server
from line_sim.recording.run_columns import NONE, IntArray
from line_sim.units import Nanoseconds, counted

_NEVER = 2**62


def servers(run: Run) -> Check:
    """Each answer of a server whose answers hang on other requests comes when its queue tells."""
    found: list[Fault] = []
    seen = 0
    for server in run.layout.servers if run.ended is not None else ():
        kind = SideBySide if server.speeds else Together
        queue = kind(server, _calls(run, server), _all_told_before(run, server))
        found += queue.faults()
        seen += queue.seen
    names = ", ".join(server.name for server in run.layout.servers)
    return verdict(found, f"{counted(seen, 'calls')} to {names}, each over when the queue tells")


def _calls(run: Run, server: Server) -> list[Asked]:
    """Return its calls in the order in which they were put."""
    told: list[Asked] = []
    for place in server.places:
        calls, deadline = run.columns.calls(place), run.layout.places[place].deadline
        columns = (calls.issued, calls.returned, calls.answered, calls.row)
        for issued, returned, answered, row in zip(*(each.tolist() for each in columns), strict=True):
            expires = _NEVER if deadline is None else issued + deadline
            told.append(Asked(issued, returned, answered, expires, row))
    return sorted(told)


def _all_told_before(run: Run, server: Server) -> Nanoseconds:
    """Return up to when every call is told of: at the end some are out."""
    earliest = _NEVER
    for place in server.places:
        earliest = min(earliest, int(_out(run, place).min(initial=_NEVER)))
    return earliest


def _out(run: Run, place: int) -> IntArray:
    """Return the moments from which calls may be out that no row tells of.

    A camera that waits for its answer has called since its visit began; where there is a gate, its visit ends
    with the call.
    """
    visits = run.columns.visits(place)
    done, begun = visits.finished != NONE, visits.started != NONE
    of = visits_of(run, place)
    silent = np.ones(len(visits), dtype=np.bool_)
    silent[of[of != NONE]] = False
    called = visits.finished[done & silent & run.layout.places[place].at_gate]
    return np.concatenate((visits.started[begun & ~done], called))
