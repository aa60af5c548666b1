"""Inspections as rows of tables: who answers, and what each answer makes of a part."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from line_sim.chance import needs
from line_sim.chance.need import Need
from line_sim.compiled.answers import Answers
from line_sim.compiled.columns import Columns
from line_sim.compiled.kernel import codes
from line_sim.compiled.kernel.tables.numbers import NONE
from line_sim.compiled.kernel.tables.places import SERVER, VERDICT
from line_sim.compiled.words import Words
from line_sim.inspection.offline.modelled import LATE
from line_sim.inspection.outcome import Answered, Outcome, TimedOut
from line_sim.inspection.routing import choose_lane, evaluate
from line_sim.layout import Lane, Layout, server_name
from line_sim.scenario.model import Inspection
from line_sim.truth import DEFECTIVE

_LANES = {
    Lane.SHIP: codes.SHIP_LANE,
    Lane.REVIEW: codes.REVIEW_LANE,
    Lane.SCRAP: codes.SCRAP_LANE,
    Lane.STOP: codes.STOP_LANE,
}


class Inspections:
    """The inspections of a line in the making: their servers and verdicts grow place by place."""

    def __init__(
        self, layout: Layout, answers: Mapping[str, Answers], columns: Columns, words: Words
    ) -> None:
        self._layout, self._answers, self._columns, self._code = layout, answers, columns, words.code
        self._verdicts: list[tuple[Any, ...]] = []
        self._servers: dict[str, tuple[int, ...]] = {}
        self._workers = 0

    def tables(self) -> dict[str, Any]:
        """Return the tables of servers, of their workers and of verdicts."""
        return {
            "servers": np.array(list(self._servers.values()), SERVER),
            "free_at": np.zeros(self._workers, np.int64),
            "verdicts": np.array(self._verdicts, VERDICT),
        }

    def place(self, index: int, spec: Inspection) -> dict[str, int]:
        """Return the fields of an inspection's place."""
        gate, answers = self._layout.gate_of(index), self._answers.get(spec.name)
        found = {
            "task": codes.INSPECT if gate is None else codes.PICTURE,
            "time": self._column(needs.acquisition(spec)),
            "gate": NONE if gate is None else gate,
            "deadline": NONE if spec.deadline is None else spec.deadline,
            "mends": answers is not None and answers.mends,
            "verdicts": self._verdicts_of(spec, answers),
        }
        if answers is not None and answers.foreknown is not None:
            latency, verdict = self._columns.add_known(answers.foreknown)
            return found | {"known_latency": latency, "known_verdict": verdict}
        options = spec.gateway.model
        if options is None:
            raise TypeError(f"{spec.name}: no modelled server answers there")
        return found | {
            "service": self._column(needs.inference(spec.name, options)),
            "misses": self._column(needs.network_misses(spec.name, options)),
            "alarms": self._column(needs.network_false_alarms(spec.name, options)),
            "server": self._server(spec),
        }

    def _verdicts_of(self, spec: Inspection, answers: Answers | None) -> int:
        """Return where an inspection's verdicts begin: a model's, then right ones, then known ones."""
        first, good = len(self._verdicts), Answered(spec.ship_when.labels[0], 1.0)
        words: list[tuple[Outcome, str]] = [
            (good, "OK"),
            (Answered(DEFECTIVE, 1.0), "OK"),
            (TimedOut(), LATE),
        ]
        words += [(outcome, "OK") for outcome in (answers.rightly if answers else (good, good))]
        words += [
            (outcome, "OK")
            for outcome in (answers.foreknown.outcomes if answers and answers.foreknown else ())
        ]
        self._verdicts += [self._verdict(spec, outcome, status) for outcome, status in words]
        return first

    def _verdict(self, spec: Inspection, outcome: Outcome, status: str) -> tuple[Any, ...]:
        answered = outcome if isinstance(outcome, Answered) else None
        evaluation = evaluate(outcome, spec.ship_when)
        return (
            self._code(outcome.name),
            self._code(status),
            self._code(answered.label if answered else ""),
            answered.score if answered else np.nan,
            self._code(evaluation.value),
            _LANES[choose_lane(evaluation, spec.on_no_result)],
            answered is None,
        )

    def _server(self, spec: Inspection) -> int:
        name, options = server_name(spec), spec.gateway.model
        if name not in self._servers and options is not None:
            keeps = options.after_deadline == "keeps_computing"
            self._servers[name] = self._workers, options.servers, keeps, options.overhead
            self._workers += options.servers
        return list(self._servers).index(name)

    def _column(self, need: Need[Any] | None) -> int:
        return NONE if need is None else self._columns.add(need)
