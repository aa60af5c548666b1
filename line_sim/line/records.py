"""What the line tells its observers: one frozen record for every visit, call, outage and part.

Times are whole nanoseconds of line time; None stands where something has not happened.
"""

from typing import NamedTuple

from line_sim.units import Nanoseconds


class Visit(NamedTuple):
    """A part at a station. `left_at - finished_at` is blocked time; `down` lies between start and finish."""

    item_id: int
    station: str
    unit: int | None
    queued_at: Nanoseconds
    started_at: Nanoseconds | None
    finished_at: Nanoseconds | None
    left_at: Nanoseconds | None
    down: Nanoseconds


class Call(NamedTuple):
    """An inference call, told when its answer (or its deadline) has come."""

    item_id: int
    station: str
    unit: int
    attempt: int
    issued_at: Nanoseconds
    latency: Nanoseconds
    outcome: str
    status: str
    label: str
    score: float | None
    skew: Nanoseconds
    request_bytes: int


class Outage(NamedTuple):
    """A machine was down from `failed_at` to `repaired_at` (None: still down at the end)."""

    station: str
    unit: int
    failed_at: Nanoseconds
    repaired_at: Nanoseconds | None


class Item(NamedTuple):
    """A part's whole story, told when it leaves the line (or at the end, when it is still on it).

    `inference` is the time its last inspection waited for the answer.
    """

    item_id: int
    true_state: str
    defect: str
    arrived_at: Nanoseconds
    left_at: Nanoseconds | None
    evaluation: str
    label: str
    score: float | None
    inference_outcome: str
    inference: Nanoseconds | None
    lane: str
    disposition: str
