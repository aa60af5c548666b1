"""The audit of the decisions: every part was dealt with as the answer to its last call asks."""

import numpy as np

from line_sim.analysis.audit.check import Check, Run, faults, verdict
from line_sim.inspection.outcome import Answered
from line_sim.layout import Lane, Place
from line_sim.line.routing import Evaluation, choose_lane
from line_sim.recording.run_columns import NONE, BoolArray, FloatArray, IntArray, Items, find


def decisions(run: Run) -> Check:
    """Each part was judged by the answer to its last call, and went where that judgement sends it."""
    items = run.columns.items
    last = _LastCalls(run)
    differs = last.differs(items)
    judged = last.judged()
    found = faults(items, "items.csv", differs, "the answer differs from calls.csv")
    misjudged = items.evaluation != judged
    what = "the evaluation is not what the answer asks for"
    found += faults(items, "items.csv", misjudged, what)
    for reason, wrong in _against(run, last, judged).items():
        found += faults(items, "items.csv", wrong & ~misjudged, reason)
    return verdict(found, f"{len(items)} parts, each dealt with as the answer to its last call asks")


class _LastCalls:
    """What the last call about each part of items.csv brought, and at which inspection."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._line = run.layout.line
        parts = len(run.columns.items)
        self._nothing = run.columns.code("")
        self.place: IntArray = np.full(parts, NONE, dtype=np.int64)
        self._outcome: IntArray = np.full(parts, self._nothing, dtype=np.int64)
        self._label: IntArray = np.full(parts, self._nothing, dtype=np.int64)
        self._score: FloatArray = np.full(parts, np.nan, dtype=np.float64)
        self._latency: IntArray = np.full(parts, NONE, dtype=np.int64)
        issued: IntArray = np.full(parts, NONE, dtype=np.int64)
        for place in range(len(self._line)):
            self._take(place, issued)

    def _take(self, place: int, issued: IntArray) -> None:
        """Let the calls of a station stand for the parts that none was made about later."""
        calls = self._run.columns.calls(place)
        calls = calls.sorted_by(calls.item, calls.issued, calls.attempt)
        numbers = calls.item
        calls = calls.where(np.append(numbers[1:] != numbers[:-1], True)[: len(calls)])
        where, known = find(calls.item, self._run.columns.items.item)
        later = known.copy()
        later[known] = calls.issued[where[known]] >= issued[known]
        rows = where[later]
        issued[later] = calls.issued[rows]
        self.place[later] = place
        self._outcome[later] = calls.outcome[rows]
        self._label[later] = calls.label[rows]
        self._score[later] = calls.score[rows]
        self._latency[later] = calls.latency[rows]

    def differs(self, items: Items) -> BoolArray:
        """Return the parts that are told of with another answer."""
        differs = (items.outcome != self._outcome) | (items.label != self._label)
        score = items.score
        differs |= (score != self._score) & ~(np.isnan(score) & np.isnan(self._score))
        return np.asarray(differs | (items.waited != self._latency))

    def judged(self) -> IntArray:
        """Return the code of the evaluation that each answer deserves; '' where there was no call."""
        code = self._run.columns.code
        judged = np.full(len(self.place), self._nothing, dtype=np.int64)
        usable = (self._outcome == code(Answered.name)) & ~np.isnan(self._score)
        told = self._run.columns.items.evaluation
        for place, station in enumerate(self._line):
            here = self.place == place
            if station.ship_when is None:  # how it judges is not known
                judged[here] = np.where(told[here] == self._nothing, code(Evaluation.UNDEFINED), told[here])
                continue
            labels = [code(label) for label in station.ship_when.labels]
            high = self._score >= station.ship_when.score_at_least
            judged[here & ~usable] = code(Evaluation.UNDEFINED)
            judged[here & usable & ~high] = code(Evaluation.NOT_DECIDABLE)
            right = np.isin(self._label, [label for label in labels if label != NONE])
            judged[here & usable & high & right] = code(Evaluation.OK)
            judged[here & usable & high & ~right] = code(Evaluation.NOT_OK)
        return judged

    def sent(self, judged: IntArray, lane: Lane) -> BoolArray:
        """Return the parts that their evaluation sends to a lane; without a call a part goes on."""
        sent = (self.place == NONE) & (lane is Lane.SHIP)
        for evaluation in Evaluation:
            mine = judged == self._run.columns.code(evaluation)
            for place, station in enumerate(self._line):
                if _lane(evaluation, station) is lane:
                    sent = sent | (mine & (self.place == place))
        return np.asarray(sent)


def _lane(evaluation: Evaluation, station: Place) -> Lane:
    return choose_lane(evaluation, station.on_no_result)


def _against(run: Run, last: _LastCalls, judged: IntArray) -> dict[str, BoolArray]:
    """Return what speaks against the parts' stories, and against which."""
    columns, items = run.columns, run.columns.items
    to_review, to_scrap = last.sent(judged, Lane.REVIEW), last.sent(judged, Lane.SCRAP)
    shipped, scrapped = items.shipped, items.scrapped
    bench = np.unique(columns.visits(len(run.layout.line)).item) if run.layout.review else items.item[:0]
    seen = find(bench, items.item)[1]
    otherwise = np.where(shipped, columns.code("ship"), columns.code(""))
    asked = np.where(to_review, columns.code("review"), otherwise)
    return {
        "the lane is not what the evaluation asks for": items.lane != asked,
        "it did not go where the evaluation sends it": (seen & ~to_review)
        | (scrapped & ~(to_review | to_scrap)),
        "it was shipped against the evaluation": shipped & (to_scrap | (to_review & ~seen)),
    }
