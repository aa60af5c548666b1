"""Room: whether things find it when they come, looked at in their order or, where there is none, sorted."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from line_sim.recording.rows import are_in_order
from line_sim.recording.run_columns import BoolArray, IntArray, Visits

Intervals: TypeAlias = Callable[[Visits], tuple[IntArray, IntArray]]


def beyond(visits: Visits, intervals: Intervals, room: int) -> BoolArray:
    """Return the intervals that begin when there is no room: at one moment, ends come before beginnings.

    Of those that last, each begins behind so many others; there is room if all but `room` of these are over.
    So where they begin and end in order, as at single machines, each is compared with the one `room` before.
    """
    over = [np.zeros(0, dtype=np.bool_)]
    begun, ended = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    for piece in visits.pieces():
        first, last = intervals(piece)
        lasting = last > first
        begun, ended = np.append(begun[-1:], first[lasting]), np.append(ended[-room - 1 :], last[lasting])
        if not (are_in_order(begun) and are_in_order(ended)):
            return _beyond_in_any_order(*intervals(visits), room)
        over.append(np.zeros(len(lasting), dtype=np.bool_))
        places = np.flatnonzero(lasting)
        some = min(len(places), max(0, len(ended) - room))
        late = ended[len(ended) - some - room : len(ended) - room] > begun[len(begun) - some :]
        over[-1][places[len(places) - some :]] = late
    return np.concatenate(over)


def _beyond_in_any_order(first: IntArray, last: IntArray, room: int) -> BoolArray:
    over = np.zeros(len(first), dtype=np.bool_)
    lasting = np.flatnonzero(last > first)
    order = np.argsort(first[lasting], kind="stable")[room:]
    ended = np.sort(last[lasting])[: len(order)]
    over[lasting[order]] = ended > first[lasting[order]]
    return over
