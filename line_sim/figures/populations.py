"""What figures are over: calls, or parts; each counts by one moment, which must lie after the warm-up."""

from dataclasses import dataclass
from enum import StrEnum

from line_sim.figures.conditions import ALWAYS, Condition, Is


class Over(StrEnum):
    """What is counted one by one; time is not, but cut into stretches."""

    CALLS = "calls"
    PARTS = "parts"
    TIME = "time"


class Moment(StrEnum):
    """The moment that says whether a row counts: it must not lie before the end of the warm-up.

    A call has `issued_at`, a part that left `left_at`. `INSPECTED` is when a part's last inspection was
    finished: it stands in no record, but the visits tell it.
    """

    ISSUED = "issued"
    INSPECTED = "last inspection finished"
    LEFT = "left"


GOOD = Is("true_state", "good")
SHIPPED = Is("disposition", "shipped")
SCRAPPED = Is("disposition", "scrapped")
LOST = Is("disposition", "lost")
GONE = Is("disposition", "shipped", "scrapped")
REVIEWED = Is("lane", "review")
EVALUATED = ~Is("evaluation", "")
STOPPED = REVIEWED | SCRAPPED
"""Sent to review, or scrapped by the inspection."""
WITH_ANSWER = Is("inference_outcome", "answered")
"""Of a part: its last inspection got a usable answer."""
ANSWERED = Is("outcome", "answered")
TIMED_OUT = Is("outcome", "timed_out")
USELESS = ~(ANSWERED | TIMED_OUT)
"""Of a call: it met no server, or an answer that nobody could read."""


@dataclass(frozen=True)
class Population:
    """Some calls or parts: their name in summary.json, their words, which they are, what they count by."""

    name: str
    words: str
    over: Over
    of: Condition
    moment: Moment


EVERY_CALL = Population("calls", "calls", Over.CALLS, ALWAYS, Moment.ISSUED)
TIMED_CALLS = Population("timed_calls", "calls", Over.CALLS, ANSWERED | TIMED_OUT, Moment.ISSUED)
"""The calls that have a latency, be it only the beginning of one."""
SHIPPED_PARTS = Population("shipped", "parts shipped", Over.PARTS, SHIPPED, Moment.LEFT)
LEFT_PARTS = Population("left", "parts that left", Over.PARTS, GONE, Moment.LEFT)
INSPECTED_PARTS = Population("inspected", "parts inspected", Over.PARTS, EVALUATED, Moment.INSPECTED)
GOOD_INSPECTED_PARTS = Population(
    "good_inspected", "good parts inspected", Over.PARTS, EVALUATED & GOOD, Moment.INSPECTED
)
