"""The audit of the decisions: every part was dealt with as the answers about it ask."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from line_sim.analysis.audit.answers import judged_visits
from line_sim.analysis.audit.check import Check, Fault, Run, faults, verdict
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
from line_sim.recording.run_columns import NONE, BoolArray, FloatArray, IntArray, Items, find
from line_sim.units import counted

_ASTRAY = "it did not go where the evaluation sends it"
_UNTOLD = -7
"""What follows a visit of which no row tells; the numbers before are those of `Walk.after` and `verdicts`."""


def decisions(run: Run, walk: Walk) -> Check:
    """Each part was judged by the answer to its last call, and went where that judgement sends it.

    Where it was judged before, too, it went on from there as that judgement asked.
    """
    items = run.columns.items
    last = _LastCalls(run, walk)
    evaluations = last.judged()
    codes = np.array([*map(run.columns.code, EVALUATIONS), run.columns.code("")])  # at NONE stands ''
    misjudged = items.evaluation != codes[evaluations]
    found = faults(items, "items.csv", last.differs(items), "the answer differs from calls.csv")
    found += faults(items, "items.csv", misjudged, "the evaluation is not what the answer asks for")
    for reason, wrong in _against(run, last, evaluations).items():
        found += faults(items, "items.csv", wrong & ~misjudged, reason)
    found += last.gone_on()
    told = counted(len(items), "parts")
    return verdict(found, f"{told}, each dealt with as the answer to its last call asks")


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


def _asked(run: Run, walk: Walk, place: int) -> tuple[IntArray, IntArray, _Answers]:
    """Return part and visit of the last call of each visit to a place, and what is told of the call.

    A part stands behind the other, the calls about it in the order of time. The visit is that which the call
    decides on: where there is a gate, the one to the gate.
    """
    calls, decider = run.columns.calls(place), run.layout.decider_of(place)
    visit = judged_visits(run, place)
    turn = _of_visits(walk.turn[decider], visit, NONE)
    order = np.lexsort((calls.attempt, turn, calls.issued, calls.item))
    visit = visit[order]
    ends = _last_of_each(calls.item[order]) | _last_of_each(visit)
    order, visit = order[ends], visit[ends]
    answers = _Answers(
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
    return calls.item[order], visit, answers


def _of_visits(column: IntArray, visits: IntArray, otherwise: int) -> IntArray:
    """Return the column's values in the rows of these visits, the other one where there is no visit."""
    values = np.full(len(visits), otherwise, dtype=column.dtype)
    values[visits != NONE] = column[visits[visits != NONE]]
    return values


def _last_of_each(values: IntArray) -> BoolArray:
    """Return the rows behind which another value follows, or nothing."""
    return np.append(values[1:] != values[:-1], True)[: len(values)]


class _LastCalls:
    """The last call about each part of items.csv: what it brought, where it was made, where the part went."""

    def __init__(self, run: Run, walk: Walk) -> None:
        self._run = run
        self._walk = walk
        self._items = run.columns.items.item
        self._reworked = run.columns.items.reworked
        self.calls = _no_answers(len(self._items), run.columns.code(""))
        self.sent_to_review = np.zeros(len(self._items), dtype=np.bool_)
        self._visits_judged = 0
        for place in range(len(run.layout.places)):
            self._take(place)

    def _take(self, place: int) -> None:
        """Let the calls of a place stand for the parts that none was made about later."""
        item, _, answers = _asked(self._run, self._walk, place)
        self._visits_judged += len(item)
        last = np.flatnonzero(_last_of_each(item))
        self._note_sent(place, item, answers)
        where, known = find(item[last], self._items)
        rows, mine = last[where[known]], self.calls
        since = answers.issued[rows] - mine.issued[known]
        later = (since > 0) | ((since == 0) & (answers.turn[rows] >= mine.turn[known]))
        rows, parts = rows[later], np.flatnonzero(known)[later]
        for column, values in zip(mine, answers, strict=True):
            column[parts] = values[rows]

    def _note_sent(self, place: int, item: IntArray, answers: _Answers) -> None:
        """Note the parts that a place's answers send to review, after they were last repaired."""
        ship_when = self._run.layout.places[place].ship_when
        if ship_when is not None:
            evaluations = judged(self._run, ship_when, answers.outcome, answers.label, answers.score)
            to_review = sent(self._run, place, evaluations)[0] == LANES.index(Lane.REVIEW)
            for rounds in np.unique(answers.rounds[to_review]).tolist():
                here = np.isin(self._items, item[to_review & (answers.rounds == rounds)])
                self.sent_to_review |= here & ((self._reworked == rounds) | (rounds == NONE))

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
            if station.ship_when is None:
                evaluations[here] = self._as_recorded()[here]
            else:
                answers = (column[here] for column in (calls.outcome, calls.label, calls.score))
                evaluations[here] = judged(self._run, station.ship_when, *answers)
        return evaluations

    def _as_recorded(self) -> IntArray:
        """Return the evaluation that each part is told of with: it is not known how it was judged."""
        recorded = self._run.columns.items.evaluation
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

    def gone_on(self) -> Iterator[Fault]:
        """Find visits that were judged before their part's last one was, and not left as that asks."""
        if self._visits_judged == np.count_nonzero(self.calls.place != NONE):
            return
        for place, station in enumerate(self._run.layout.places):
            if station.ship_when is not None:
                item, visit, answers = _asked(self._run, self._walk, place)
                earlier = judged(self._run, station.ship_when, answers.outcome, answers.label, answers.score)
                goals = sent(self._run, place, earlier)[1]
                astray = (answers.after >= 0) & (answers.after != goals) & ~self._is_last(item, answers)
                visits = self._run.columns.visits(self._run.layout.decider_of(place))
                wrong = np.isin(np.arange(len(visits)), visit[astray])
                yield from faults(visits, "visits.csv", wrong, _ASTRAY)

    def _is_last(self, item: IntArray, answers: _Answers) -> BoolArray:
        """Return which calls are those that stand for their parts here."""
        order = np.argsort(self._items, kind="stable")
        where, known = find(self._items[order], item)
        if not known.any():
            return known
        place, turn = self.calls.place[order[where]], self.calls.turn[order[where]]
        return np.asarray(known & (place == answers.place) & (turn == answers.turn))


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
    columns, items = run.columns, run.columns.items
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
