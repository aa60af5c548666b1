"""The audit of the decisions: every part was dealt with as the answers about it ask."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from line_sim.analysis.audit.answers import judged_visits
from line_sim.analysis.audit.check import Check, Fault, Run, by_kind, faults, verdict
from line_sim.analysis.audit.route import NOWHERE, Walk
from line_sim.analysis.audit.verdicts import (
    EVALUATIONS,
    LANES,
    SCRAPPED,
    SHIPPED,
    UNDEFINED,
    judged,
    sent,
)
from line_sim.layout import Lane
from line_sim.recording.rows import are_in_order
from line_sim.recording.run_columns import NONE, BoolArray, FloatArray, IntArray, Items, Known, distinct, find
from line_sim.units import counted

_ASTRAY = "it did not go where the evaluation sends it"
_UNTOLD = -7
"""What follows a visit of which no row tells; the numbers before are those of `Walk.after` and `verdicts`."""


def decisions(run: Run, walk: Walk) -> Check:
    """Each part was judged by the answer to its last call, and went where that judgement sends it.

    Where it was judged before, too, it went on from there as that judgement asked.
    """
    items = run.columns.items
    asked = [
        _Asked(run, walk, place) for place in range(len(run.layout.places)) if len(run.columns.calls(place))
    ]
    pieces, stand = [], []
    for piece in items.pieces():
        last = _LastCalls(run, piece, asked)
        pieces.append(_misjudged(run, last))
        stand += [_Stand(piece.item, last.calls.place, last.calls.turn)] if asked else []
    found = by_kind(pieces)
    found += _gone_on(run, asked, _Stand.of(stand)) if asked else ()
    parts = counted(len(items), "parts")
    return verdict(found, f"{parts}, each dealt with as the answer to its last call asks")


def _misjudged(run: Run, last: "_LastCalls") -> list[list[Fault]]:
    """Return what is wrong with what is told of some parts."""
    items, evaluations = last.items, last.judged()
    codes = np.array([*map(run.columns.code, EVALUATIONS), run.columns.code("")])  # at NONE stands ''
    misjudged = items.evaluation != codes[evaluations]
    wrong = {
        "the answer differs from calls.csv": last.differs(items),
        "the evaluation is not what the answer asks for": misjudged,
        **{reason: against & ~misjudged for reason, against in _against(run, last, evaluations).items()},
    }
    return [faults(items, "items.csv", which, what) for what, which in wrong.items()]


class _Answers(NamedTuple):
    """What is told of some calls: where and when they were made, and what they brought.

    `turn`, `rounds` and `after` are what the walk says of the visits that they belong to.
    """

    place: IntArray
    issued: IntArray
    turn: IntArray
    rounds: IntArray
    after: IntArray
    outcome: IntArray
    label: IntArray
    score: FloatArray
    latency: IntArray


class _Asked:
    """The last call of each visit to a place: its part and visit, and what is told of the call.

    A part stands behind the other, the calls about it in the order of time. The visit is that which the call
    decides on: where there is a gate, the one to the gate. `sent` are the parts that the answers send to
    review, by how often they had been repaired.
    """

    def __init__(self, run: Run, walk: Walk, place: int) -> None:
        calls, decider = run.columns.calls(place), run.layout.decider_of(place)
        visit = judged_visits(run, place)
        turn = _of_visits(walk.turn[decider], visit, NONE)
        keys = calls.item, calls.issued, turn, calls.attempt
        order = np.arange(len(calls)) if are_in_order(*keys) else np.lexsort(keys[::-1])
        visit = visit[order]
        ends = _last_of_each(calls.item[order]) | _last_of_each(visit)
        order, visit = order[ends], visit[ends]
        self.place, self.item, self.visit = place, calls.item[order], visit
        self.answers = _Answers(
            place=np.full(len(order), place, dtype=np.int16),
            issued=calls.issued[order],
            turn=turn[order],
            rounds=_of_visits(walk.rounds[decider], visit, NONE),
            after=_of_visits(walk.after[decider], visit, _UNTOLD),
            outcome=calls.outcome[order],
            label=calls.label[order],
            score=calls.score[order],
            latency=calls.latency[order],
        )
        self.last = np.flatnonzero(_last_of_each(self.item))
        self.parts = Known(self.item[self.last])
        self.sent = dict(self._sent(run))

    def evaluations(self, run: Run) -> IntArray | None:
        """Return the evaluation that each answer deserves; None where nobody knows how they were judged."""
        ship_when = run.layout.places[self.place].ship_when
        if ship_when is None:
            return None
        return judged(run, ship_when, self.answers.outcome, self.answers.label, self.answers.score)

    def _sent(self, run: Run) -> Iterator[tuple[int, Known]]:
        evaluations = self.evaluations(run)
        if evaluations is not None:
            to_review = sent(run, self.place, evaluations)[0] == LANES.index(Lane.REVIEW)
            for rounds in np.unique(self.answers.rounds[to_review]).tolist():
                yield rounds, Known(distinct(self.item[to_review & (self.answers.rounds == rounds)]))


def _of_visits(column: IntArray, visits: IntArray, otherwise: int) -> IntArray:
    """Return the column's values in the rows of these visits, the other one where there is no visit."""
    values = np.full(len(visits), otherwise, dtype=column.dtype)
    values[visits != NONE] = column[visits[visits != NONE]]
    return values


def _last_of_each(values: IntArray) -> BoolArray:
    """Return the rows behind which another value follows, or nothing."""
    return np.append(values[1:] != values[:-1], True)[: len(values)]


class _LastCalls:
    """The last call about each of some parts: what it brought, where it was made, where the part went."""

    def __init__(self, run: Run, items: Items, asked: Sequence[_Asked]) -> None:
        self._run = run
        self.items = items
        self.calls = _no_answers(len(items), run.columns.code(""))
        self.sent_to_review = np.zeros(len(items), dtype=np.bool_)
        for each in asked:
            self._take(each)

    def _take(self, asked: _Asked) -> None:
        """Let the calls of a place stand for the parts that none was made about later."""
        answers, mine, items = asked.answers, self.calls, self.items.item
        for rounds, parts in asked.sent.items():  # after they were last repaired
            here = parts.find(items)[1]
            self.sent_to_review |= here & ((self.items.reworked == rounds) | (rounds == NONE))
        where, known = asked.parts.find(items)
        rows = asked.last[where[known]]
        since = answers.issued[rows] - mine.issued[known]
        later = (since > 0) | ((since == 0) & (answers.turn[rows] >= mine.turn[known]))
        rows, told = rows[later], np.flatnonzero(known)[later]
        for column, values in zip(mine, answers, strict=True):
            column[told] = values[rows]

    def differs(self, items: Items) -> BoolArray:
        """Return the parts that are told of with another answer."""
        differs = (items.outcome != self.calls.outcome) | (items.label != self.calls.label)
        score = items.score
        differs |= (score != self.calls.score) & ~(np.isnan(score) & np.isnan(self.calls.score))
        return np.asarray(differs | (items.waited != self.calls.latency))

    def judged(self) -> IntArray:
        """Return the evaluation that each answer deserves; NONE where there was no call."""
        calls = self.calls
        evaluations = np.full(len(calls.place), NONE, dtype=np.int64)
        for place, station in enumerate(self._run.layout.places):
            here = calls.place == place
            if not here.any():
                continue
            if station.ship_when is None:
                evaluations[here] = self._as_recorded()[here]
            else:
                answers = (column[here] for column in (calls.outcome, calls.label, calls.score))
                evaluations[here] = judged(self._run, station.ship_when, *answers)
        return evaluations

    def _as_recorded(self) -> IntArray:
        """Return the evaluation that each part is told of with: it is not known how it was judged."""
        recorded = self.items.evaluation
        evaluations = np.full(len(recorded), EVALUATIONS.index(UNDEFINED), dtype=np.int64)
        for index, evaluation in enumerate(EVALUATIONS):
            evaluations[recorded == self._run.columns.code(evaluation)] = index
        return evaluations

    def sent(self, evaluations: IntArray) -> tuple[IntArray, IntArray]:
        """Return each part's lane and where it leads; without a call a part goes on, wherever that is."""
        lanes = np.full(len(evaluations), LANES.index(Lane.SHIP), dtype=np.int64)
        goals = np.full(len(evaluations), SHIPPED, dtype=np.int64)
        for place in np.unique(self.calls.place[evaluations != NONE]).tolist():
            here = self.calls.place == place
            lanes[here], goals[here] = sent(self._run, place, evaluations[here])
        return lanes, goals


class _Stand(NamedTuple):
    """Where the calls were made that stand for parts, NONE where none does, and at which of their visits."""

    item: IntArray
    place: IntArray
    turn: IntArray

    @classmethod
    def of(cls, pieces: Sequence["_Stand"]) -> "_Stand":
        """Put pieces together."""
        return cls(*(np.concatenate(columns) for columns in zip(*pieces, strict=True)))

    def has(self, asked: _Asked) -> BoolArray:
        """Return which calls are those that stand for their parts here."""
        order = np.argsort(self.item, kind="stable")
        where, known = find(self.item[order], asked.item)
        if not known.any():
            return known
        place, turn = self.place[order[where]], self.turn[order[where]]
        return np.asarray(known & (place == asked.answers.place) & (turn == asked.answers.turn))


def _gone_on(run: Run, asked: Sequence[_Asked], stand: _Stand) -> Iterator[Fault]:
    """Find visits that were judged before their part's last one was, and not left as that asks."""
    if sum(len(each.item) for each in asked) == np.count_nonzero(stand.place != NONE):
        return
    for each in asked:
        evaluations = each.evaluations(run)
        if evaluations is not None:
            goals = sent(run, each.place, evaluations)[1]
            after = each.answers.after
            astray = (after >= 0) & (after != goals) & ~stand.has(each)
            visits = run.columns.visits(run.layout.decider_of(each.place))
            wrong = np.isin(np.arange(len(visits)), each.visit[astray])
            yield from faults(visits, "visits.csv", wrong, _ASTRAY)


def _no_answers(parts: int, nothing: int) -> _Answers:
    return _Answers(
        place=np.full(parts, NONE, dtype=np.int16),
        issued=np.full(parts, NONE, dtype=np.int64),
        turn=np.full(parts, NONE, dtype=np.int16),
        rounds=np.full(parts, NONE, dtype=np.int16),
        after=np.full(parts, _UNTOLD, dtype=np.int16),
        outcome=np.full(parts, nothing, dtype=np.int32),
        label=np.full(parts, nothing, dtype=np.int32),
        score=np.full(parts, np.nan, dtype=np.float64),
        latency=np.full(parts, NONE, dtype=np.int64),
    )


def _against(run: Run, last: _LastCalls, evaluations: IntArray) -> dict[str, BoolArray]:
    """Return what speaks against the parts' stories, and against which."""
    columns, items = run.columns, last.items
    lanes, goals = last.sent(evaluations)
    after = last.calls.after
    shipped, scrapped = items.shipped, items.scrapped
    onward, review = lanes == LANES.index(Lane.SHIP), lanes == LANES.index(Lane.REVIEW)
    # once sent there a part has that lane, whatever is found later; what is repaired is as a new part
    review = (review & (last.calls.rounds == items.reworked)) | last.sent_to_review
    otherwise = np.where(shipped, columns.code("ship"), columns.code(""))
    asked = np.where(review, columns.code("review"), otherwise)
    at_once = (after == NOWHERE) & ((shipped & (goals != SHIPPED)) | (scrapped & (goals != SCRAPPED)))
    astray = at_once | ((after >= 0) & (after != goals)) | (scrapped & (last.calls.place == NONE))
    return {
        "the lane is not what its evaluations ask for": items.lane != asked,
        _ASTRAY: astray & (onward | ~shipped),
        "it was shipped against the evaluation": astray & shipped & ~onward,
    }
