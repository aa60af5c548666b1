"""Audits of the answers: every inspected part has its call, and was dealt with as the answer asks."""

from typing import NamedTuple

import numpy as np

from line_sim.analysis.check import Check, Fault, Run, faults, verdict
from line_sim.analysis.columns import NONE, BoolArray, Calls, Items, Visits
from line_sim.analysis.facts import StationFacts
from line_sim.inspection.outcome import Answered, Outcome, Unavailable
from line_sim.line.routing import Evaluation, Lane, choose_lane, evaluate


def calls_within_visits(run: Run) -> Check:
    """Each call lies within its part's time on the machine that made it; the last one's return ends that."""
    calls, visits = run.columns.calls, _inspecting(run)
    spans = {key: span for key, *span in _spans(visits)}
    wrong = [
        not _lies_within(issued, issued + latency, spans.get(key), run)
        for key, issued, latency in zip(
            _machines(calls), calls.issued.tolist(), calls.latency.tolist(), strict=True
        )
    ]
    found = faults(calls, "calls.csv", np.array(wrong, dtype=np.bool_), "a call outside its visit")
    found += faults(calls, "calls.csv", _attempted_twice(calls), "a call is told of twice")
    found += _ends(visits, calls)
    return verdict(found, f"{len(calls)} calls, each between the start and the end of its visit")


def _inspecting(run: Run) -> Visits:
    places = [place for place, station in enumerate(run.facts.line) if station.inspects]
    return run.columns.visits.where(np.isin(run.columns.visits.station, places))


def _machines(table: Calls | Visits) -> list[tuple[int, int, int]]:
    """Return each row's part, station and unit."""
    return list(zip(table.item.tolist(), table.station.tolist(), table.unit.tolist(), strict=True))


def _spans(visits: Visits) -> list[tuple[tuple[int, int, int], int, int]]:
    return list(zip(_machines(visits), visits.started.tolist(), visits.finished.tolist(), strict=True))


def _lies_within(issued: int, returned: int, span: list[int] | None, run: Run) -> bool:
    if span is None:
        return run.ended is None  # killed: the visit was not over, so it was never told
    started, finished = span
    return started <= issued and (finished == NONE or returned <= finished)


def _attempted_twice(calls: Calls) -> BoolArray:
    """Return the calls that repeat one before them: the same part, station and attempt."""
    ranked = np.lexsort((calls.attempt, calls.station, calls.item))
    keys = np.stack((calls.item, calls.station, calls.attempt), axis=1)[ranked]
    again = np.zeros(len(calls), dtype=np.bool_)
    again[ranked[1:]] = (keys[1:] == keys[:-1]).all(axis=1)
    return again


def _ends(visits: Visits, calls: Calls) -> list[Fault]:
    """An inspection is finished at the moment its last call returned."""
    returned = dict(
        sorted(zip(_machines(calls), (calls.issued + calls.latency).tolist(), strict=True))
    )  # of several attempts the last stays
    told = [(finished, returned.get(key)) for key, _, finished in _spans(visits)]
    uncalled = np.array([last is None and finished != NONE for finished, last in told], dtype=np.bool_)
    apart = np.array([last is not None and finished not in {NONE, last} for finished, last in told], np.bool_)
    return [
        *faults(visits, "visits.csv", uncalled, "an inspection without a call"),
        *faults(visits, "visits.csv", apart, "finished at another moment than its call returned"),
    ]


class _Answer(NamedTuple):
    """What a part's last call brought, and how long it waited for it."""

    outcome: str
    label: str
    score: float | None
    waited: int


_NO_ANSWER = _Answer("", "", None, NONE)


def decisions(run: Run) -> Check:
    """Each part was judged by the answer to its last call, and went where that judgement sends it."""
    items, stations = run.columns.items, run.facts.line
    last = _last_calls(run.columns.calls)
    seen = set(run.columns.visits.item[run.columns.visits.station == len(stations)].tolist())
    reasons: dict[str, BoolArray] = {}
    for row, part in enumerate(_parts(items)):
        place, answer = last.get(part.item, (NONE, _NO_ANSWER))
        station = stations[place] if place != NONE else None
        for reason in _against(part, answer, station, part.item in seen):
            reasons.setdefault(reason, np.zeros(len(items), dtype=np.bool_))[row] = True
    found = [
        fault for reason, wrong in reasons.items() for fault in faults(items, "items.csv", wrong, reason)
    ]
    return verdict(found, f"{len(items)} parts, each dealt with as the answer to its last call asks")


def _last_calls(calls: Calls) -> dict[int, tuple[int, _Answer]]:
    """Return each part's last call: the place of its station, and what it brought."""
    ranked = calls.sorted_by(calls.issued, calls.station, calls.attempt)
    answers = zip(
        ranked.outcome.tolist(),
        ranked.label.tolist(),
        ranked.score.tolist(),
        ranked.latency.tolist(),
        strict=True,
    )
    return {
        item: (place, _Answer(*answer))
        for item, place, answer in zip(ranked.item.tolist(), ranked.station.tolist(), answers, strict=True)
    }


class _Story(NamedTuple):
    """What items.csv tells of a part's inspection and of where it went."""

    item: int
    answer: _Answer
    evaluation: str
    lane: str
    shipped: bool
    scrapped: bool


def _parts(items: Items) -> list[_Story]:
    answers = zip(
        items.outcome.tolist(), items.label.tolist(), items.score.tolist(), items.waited.tolist(), strict=True
    )
    return [
        _Story(item, _Answer(*answer), *rest)
        for item, answer, *rest in zip(
            items.item.tolist(),
            answers,
            items.evaluation.tolist(),
            items.lane.tolist(),
            items.shipped.tolist(),
            items.scrapped.tolist(),
            strict=True,
        )
    ]


def _against(part: _Story, answer: _Answer, station: StationFacts | None, seen: bool) -> list[str]:
    """Return what speaks against a part's story; `seen` says whether a reviewer's bench tells of it."""
    against = []
    if part.answer != answer:
        against.append("the answer differs from calls.csv")
    if part.evaluation != _judged(part, answer, station):
        against.append("the evaluation is not what the answer asks for")
        return against
    sent = _sent(part, station)
    if part.lane != ("review" if sent is Lane.REVIEW else "ship" if part.shipped else ""):
        against.append("the lane is not what the evaluation asks for")
    if (seen and sent is not Lane.REVIEW) or (part.scrapped and sent not in {Lane.REVIEW, Lane.SCRAP}):
        against.append("it did not go where the evaluation sends it")
    if part.shipped and (sent is Lane.SCRAP or (sent is Lane.REVIEW and not seen)):
        against.append("it was shipped against the evaluation")
    return against


def _judged(part: _Story, answer: _Answer, station: StationFacts | None) -> str:
    """Return the evaluation that the answer deserves; without the rule of the station, what is told."""
    if station is None:
        return ""
    if station.ship_when is None:
        return part.evaluation or Evaluation.UNDEFINED
    return evaluate(_outcome(answer), station.ship_when)


def _outcome(answer: _Answer) -> Outcome:
    if answer.outcome == Answered.name and answer.score is not None:
        return Answered(answer.label, answer.score)
    return Unavailable()  # whatever it was, it is of no use


def _sent(part: _Story, station: StationFacts | None) -> Lane:
    if station is None:
        return Lane.SHIP
    return choose_lane(Evaluation(part.evaluation), station.on_no_result)
