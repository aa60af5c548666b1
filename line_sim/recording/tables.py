"""The four tables of a run: file name, header, how a record becomes a row and how it is read back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from line_sim.inspection.outcome import OUTCOME_NAMES
from line_sim.line.records import Call, Item, Outage, Visit
from line_sim.line.routing import Evaluation
from line_sim.recording.csvtext import (
    LINE_END,
    ZERO_SECONDS,
    count_value,
    duration_value,
    ordinal_value,
    required_time,
    score_field,
    score_value,
    text_field,
    time_field,
    time_value,
    unit_field,
    unit_value,
    word_value,
)

R = TypeVar("R")

Kind = Literal["count", "ordinal", "unit", "time", "moment", "word", "score"]
"""What a column holds: a whole number, one that counts from 1, the same or nothing, a time that must be
there, the same or nothing, a text, a number or nothing."""

TRUE_STATES = ("good", "defective")
EVALUATIONS = ("", *(evaluation.value for evaluation in Evaluation))
LANES = ("", "ship", "review")
DISPOSITIONS = ("shipped", "scrapped", "lost", "on_line")


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """One kind of record as a CSV file.

    `row` gives a whole line with its end; `parse` takes the fields of one and raises ValueError.
    `kinds` says what each column holds, `allowed` which texts a column of few words may hold;
    `computed` columns are in the file for a reader's sake and in no record.
    """

    file: str
    columns: tuple[str, ...]
    row: Callable[[R], str]
    parse: Callable[[Sequence[str]], R]
    kinds: tuple[Kind, ...]
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    computed: tuple[str, ...] = ()

    @property
    def recorded(self) -> dict[str, Kind]:
        """The columns that a record holds, in its order, each with what it holds."""
        kinds = zip(self.columns, self.kinds, strict=True)
        return {name: kind for name, kind in kinds if name not in self.computed}

    @property
    def header(self) -> str:
        """The first line of the file, with its end."""
        return ",".join(self.columns) + LINE_END


def _visit_row(visit: Visit) -> str:
    item_id, station, unit, queued_at, started_at, finished_at, left_at, down = visit
    queued = time_field(queued_at)  # equal times are the rule (no wait, no blocking): written once
    started = queued if started_at == queued_at else time_field(started_at)
    finished = time_field(finished_at)
    left = finished if left_at == finished_at else time_field(left_at)
    down_text = time_field(down) if down else ZERO_SECONDS
    where = f"{text_field(station)},{unit_field(unit)}"
    return f"{item_id},{where},{queued},{started},{finished},{left},{down_text}\r\n"


def _parse_visit(fields: Sequence[str]) -> Visit:
    item_id, station, unit, queued_at, started_at, finished_at, left_at, down = fields
    return Visit(
        count_value(item_id),
        station,
        unit_value(unit),
        required_time(queued_at),
        time_value(started_at),
        time_value(finished_at),
        time_value(left_at),
        0 if down == ZERO_SECONDS else duration_value(down),
    )


def _item_row(item: Item) -> str:
    flow = None if item.left_at is None else item.left_at - item.arrived_at
    return (
        f"{item.item_id},{text_field(item.true_state)},{text_field(item.defect)},{time_field(item.arrived_at)},"
        f"{time_field(item.left_at)},{time_field(flow)},{text_field(item.evaluation)},{text_field(item.label)},"
        f"{score_field(item.score)},{text_field(item.inference_outcome)},{time_field(item.inference)},"
        f"{text_field(item.lane)},{text_field(item.disposition)}\r\n"
    )


def _parse_item(fields: Sequence[str]) -> Item:
    (
        item_id,
        state,
        defect,
        arrived_at,
        left_at,
        flow,
        evaluation,
        label,
        score,
        outcome,
        waited,
        lane,
        disposition,
    ) = fields
    item = Item(
        count_value(item_id),
        word_value(state, TRUE_STATES),
        defect,
        required_time(arrived_at),
        time_value(left_at),
        word_value(evaluation, EVALUATIONS),
        label,
        score_value(score),
        word_value(outcome, ("", *OUTCOME_NAMES)),
        None if not waited else duration_value(waited),
        word_value(lane, LANES),
        word_value(disposition, DISPOSITIONS),
    )
    if time_value(flow) != (None if item.left_at is None else item.left_at - item.arrived_at):
        raise ValueError(f"flow_s {flow!r} is not left_at - arrived_at")
    return item


def _call_row(call: Call) -> str:
    return (
        f"{call.item_id},{text_field(call.station)},{call.unit},{call.attempt},{time_field(call.issued_at)},"
        f"{time_field(call.latency)},{text_field(call.outcome)},{text_field(call.status)},{text_field(call.label)},"
        f"{score_field(call.score)},{time_field(call.skew)},{call.request_bytes}\r\n"
    )


def _parse_call(fields: Sequence[str]) -> Call:
    (
        item_id,
        station,
        unit,
        attempt,
        issued_at,
        latency,
        outcome,
        status,
        label,
        score,
        skew,
        request_bytes,
    ) = fields
    return Call(
        count_value(item_id),
        station,
        ordinal_value(unit),
        count_value(attempt),
        required_time(issued_at),
        duration_value(latency),
        word_value(outcome, OUTCOME_NAMES),
        status,
        label,
        score_value(score),
        required_time(skew),
        count_value(request_bytes),
    )


def _outage_row(outage: Outage) -> str:
    return (
        f"{text_field(outage.station)},{outage.unit},{time_field(outage.failed_at)},"
        f"{time_field(outage.repaired_at)}\r\n"
    )


def _parse_outage(fields: Sequence[str]) -> Outage:
    station, unit, failed_at, repaired_at = fields
    return Outage(station, ordinal_value(unit), required_time(failed_at), time_value(repaired_at))


ITEMS = Table(
    "items.csv",
    (
        *(
            "item_id",
            "true_state",
            "defect",
            "arrived_at",
            "left_at",
            "flow_s",
            "evaluation",
            "label",
            "score",
        ),
        *("inference_outcome", "inference_s", "lane", "disposition"),
    ),
    _item_row,
    _parse_item,
    (
        *("count", "word", "word", "time", "moment", "moment", "word", "word", "score"),
        *("word", "moment", "word", "word"),
    ),
    {
        "true_state": TRUE_STATES,
        "evaluation": EVALUATIONS,
        "inference_outcome": ("", *OUTCOME_NAMES),
        "lane": LANES,
        "disposition": DISPOSITIONS,
    },
    computed=("flow_s",),
)
VISITS = Table(
    "visits.csv",
    ("item_id", "station", "unit", "queued_at", "started_at", "finished_at", "left_at", "down_s"),
    _visit_row,
    _parse_visit,
    ("count", "word", "unit", "time", "moment", "moment", "moment", "time"),
)
CALLS = Table(
    "calls.csv",
    (
        *("item_id", "station", "unit", "attempt", "issued_at", "latency_s", "outcome", "status"),
        *("label", "score", "skew_s", "request_bytes"),
    ),
    _call_row,
    _parse_call,
    (
        *("count", "word", "ordinal", "count", "time", "time", "word", "word"),
        *("word", "score", "time", "count"),
    ),
    {"outcome": OUTCOME_NAMES},
)
BREAKDOWNS = Table(
    "breakdowns.csv",
    ("station", "unit", "failed_at", "repaired_at"),
    _outage_row,
    _parse_outage,
    ("word", "ordinal", "time", "moment"),
)
