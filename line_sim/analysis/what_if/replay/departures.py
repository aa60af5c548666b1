"""What a replay counts: nothing but departures."""

from typing import NamedTuple

from line_sim.recording.run_columns import IntArray
from line_sim.units import Nanoseconds


class Departures(NamedTuple):
    """When parts were shipped in a replay, when any part left, when the last came in, when it ended, in ns.

    A line that an answer stops has no last part: it counts to its end.
    `held`: a part that was inspected had to wait for room.
    """

    shipped: IntArray
    gone: IntArray
    last_entry: Nanoseconds
    end: Nanoseconds
    held: bool
