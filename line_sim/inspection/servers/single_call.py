"""One picture to one server: what `line-sim classify` asks, over any wire."""

import time
from dataclasses import dataclass

from line_sim.errors import AnswerError
from line_sim.inspection.outcome import Answered
from line_sim.inspection.servers.proving import asked_of, said
from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.dialect import Dialect, Met, Patience
from line_sim.inspection.wires.discreet import transport_to
from line_sim.inspection.wires.question import ModelQuestion, Signature
from line_sim.inspection.wires.transport import Access
from line_sim.units import MINUTE, Nanoseconds, duration_text


@dataclass(frozen=True, slots=True)
class Classified:
    """What the server made of the picture; no score where the signature has none."""

    label: str
    score: float | None
    latency: Nanoseconds
    version: str


class Asker:
    """One server's model over one wire, for as long as a with-block lasts.

    `patience` is for reaching the server and for each question about the model, `loading` for a model that
    the server is still loading or warming up. Names of the input and outputs that the question leaves empty
    are found out.
    """

    def __init__(
        self,
        dialect: Dialect,
        target: str,
        question: ModelQuestion,
        access: Access,
        patience: Nanoseconds,
        *,
        loading: Nanoseconds = MINUTE,
    ) -> None:
        self._dialect = dialect
        self._question = question
        self._patience = Patience(patience, loading)
        self._transport = transport_to(dialect, target, access)

    def __enter__(self) -> "Asker":
        """Reach the server. Raises GatewayError."""
        try:
            self._transport.connect(self._patience.answer)
        except BaseException:  # Ctrl-C, too: what is open is closed, and it goes on
            self._transport.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of it."""
        self._transport.close()

    def version(self) -> str:
        """Return the version that will answer, empty where the server does not tell.

        Raises GatewayError where none is available.
        """
        return self._dialect.version(self._transport, self._question, self._patience)

    def signatures(self) -> dict[str, Signature]:
        """Return the model's signatures. Raises GatewayError."""
        return self._dialect.signatures(self._transport, self._question, self._patience)

    def classify(self, picture: bytes, timeout: Nanoseconds) -> Classified:
        """Ask about a JPEG.

        Raises GatewayError where the model cannot be asked, AnswerError where no answer came in time or it
        holds no label.
        """
        met = self._dialect.fit(self._transport, self._question, self._patience)
        request = met.wire.predict(picture)
        started = time.perf_counter_ns()
        response = self._transport.call(request, timeout)
        latency = time.perf_counter_ns() - started
        if response.status == statuses.DEADLINE_EXCEEDED:
            raise AnswerError(f"{self._asked} gave no answer within {duration_text(timeout)} (--timeout)")
        if response.status != statuses.OK:
            advice = self._dialect.advice(response.status, response.detail)
            raise AnswerError(f"{self._asked} gave {said(response.status, response.detail)}{advice}")
        return self._read(met, response.body, latency)

    def _read(self, met: Met, body: bytes, latency: Nanoseconds) -> Classified:
        answer = met.wire.read_answer(body)
        if not isinstance(answer.outcome, Answered):
            advice = self._dialect.advice(statuses.OK, answer.outcome.detail)
            raise AnswerError(f"{self._asked}: {answer.outcome.detail}{advice}")
        score = answer.outcome.score if met.question.score_output else None
        return Classified(answer.outcome.label, score, latency, answer.version or met.version)

    @property
    def _asked(self) -> str:
        return asked_of(self._transport, self._question)
