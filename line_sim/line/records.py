"""What the line tells its observers: one frozen record for every visit, call, outage and part.

Times are whole nanoseconds of line time; None stands where something has not happened. A field here is a
column of the record's file, in this order: what it holds is said beside it, and nowhere else. One that is
`Extra` comes last, and is a column only where the layout says so: see `line_sim.recording.tables`.

Its compiled twin is `line_sim.compiled.kernel.rows`.
"""

from typing import Annotated, NamedTuple

from line_sim.inspection.gateway import Inquiry, Reply
from line_sim.inspection.outcome import OUTCOME_NAMES, Answered
from line_sim.inspection.routing import Evaluation
from line_sim.layout import Exit, Lane
from line_sim.line.fields import Count, Duration, Extra, Lag, Moment, OneOf, Ordinal, Score, Since, Word
from line_sim.scenario.stops.crews import REPAIR, WORK
from line_sim.truth import GOOD, TRUE_STATES

EVALUATIONS = ("", *(evaluation.value for evaluation in Evaluation))
LANES = ("", Lane.SHIP.value, Lane.REVIEW.value)
SHIPPED, SCRAPPED = Exit.SHIPPED.value, Exit.SCRAPPED.value
LOST, ON_LINE = "lost", "on_line"
DISPOSITIONS = (SHIPPED, SCRAPPED, LOST, ON_LINE)
TASKS = (WORK, REPAIR)


class Visit(NamedTuple):
    """A part at a station. `left_at - finished_at` is blocked time; `down` lies between start and finish.

    `visit` is the number of its visits there so far, this one among them; `reworked` how often it had been
    repaired before: where that is more than at the visit before, it came to be repaired. `changeover` is for
    how long the machine was set up for it first, down and off time left out.
    """

    item_id: Ordinal
    station: Word
    unit: Ordinal | None
    queued_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    left_at: Moment | None
    down: Duration
    visit: Annotated[Ordinal, Extra(1)] = 1
    reworked: Annotated[Count, Extra(0)] = 0
    changeover: Annotated[Duration, Extra(0)] = 0


class Call(NamedTuple):
    """An inference call, told when its answer (or its deadline) has come.

    `true_state` is what the part was when the question was put.
    """

    item_id: Ordinal
    station: Word
    unit: Ordinal
    attempt: Ordinal
    issued_at: Moment
    latency: Duration
    outcome: Annotated[Word, OneOf(OUTCOME_NAMES)]
    status: Word
    label: Word
    score: Score | None
    skew: Lag
    request_bytes: Count
    visit: Annotated[Ordinal, Extra(1)] = 1
    true_state: Annotated[Word, OneOf(TRUE_STATES), Extra(GOOD)] = GOOD

    @classmethod
    def of(cls, station: str, unit: int, inquiry: Inquiry, reply: Reply) -> "Call":
        """Return the record of a question that a machine put, and of what came back."""
        answered = reply.outcome if isinstance(reply.outcome, Answered) else None
        return cls(
            item_id=inquiry.item_id,
            station=station,
            unit=unit,
            attempt=inquiry.attempt,
            issued_at=inquiry.issued_at,
            latency=reply.latency,
            outcome=reply.outcome.name,
            status=reply.status,
            label=answered.label if answered else "",
            score=answered.score if answered else None,
            skew=reply.skew,
            request_bytes=reply.request_bytes,
            visit=inquiry.visit,
            true_state=inquiry.true_state,
        )


class Outage(NamedTuple):
    """A machine was down from `failed_at` to `repaired_at` (None: still down at the end).

    `name` is that of the way in which it stopped, empty where the station has only one without a name.
    """

    station: Word
    unit: Ordinal
    failed_at: Moment
    repaired_at: Moment | None
    name: Annotated[Word, Extra("")] = ""


class Job(NamedTuple):
    """Something for which a machine needed a person: asked for, there, and let go (None: not by the end).

    `task` is work or repair, `name` that of the way in which the machine had stopped.
    """

    crew: Word
    station: Word
    unit: Ordinal
    task: Annotated[Word, OneOf(TASKS)]
    name: Word
    asked_at: Moment
    began_at: Moment | None
    ended_at: Moment | None


class Item(NamedTuple):
    """A part's whole story, told when it leaves the line (or at the end, when it is still on it).

    `inference` is the time its last inspection waited for the answer, at a gate what the answer took;
    `reworked` how often it was repaired. `made_at` is the station that made its defect, empty where it came
    with that, or has none. `variant` is which kind of part it is.
    """

    item_id: Ordinal
    true_state: Annotated[Word, OneOf(TRUE_STATES)]
    defect: Word
    arrived_at: Moment
    left_at: Annotated[Moment | None, Since("arrived_at", "flow_s")]
    evaluation: Annotated[Word, OneOf(EVALUATIONS)]
    label: Word
    score: Score | None
    inference_outcome: Annotated[Word, OneOf(("", *OUTCOME_NAMES))]
    inference: Duration | None
    lane: Annotated[Word, OneOf(LANES)]
    disposition: Annotated[Word, OneOf(DISPOSITIONS)]
    reworked: Annotated[Count, Extra(0)] = 0
    made_at: Annotated[Word, Extra("")] = ""
    variant: Annotated[Word, Extra("")] = ""
