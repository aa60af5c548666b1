"""One picture to one server: what `line-sim classify` asks, over any wire.

The signature decides how the picture is sent. One with a label and a score takes the JPEG's bytes; one
whose only output is `output_0` is the published InceptionV3 example's, which takes base64 text.
"""

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar, assert_never

from line_sim.errors import AnswerError, GatewayError
from line_sim.inspection.outcome import Answered
from line_sim.inspection.servers.proving import served_version
from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.dialect import Dialect
from line_sim.inspection.wires.discreet import transport_to
from line_sim.inspection.wires.question import ModelQuestion, Signature
from line_sim.inspection.wires.told import listed
from line_sim.inspection.wires.transport import Access, Request
from line_sim.scenario.gateways.kind import Form
from line_sim.units import MINUTE, Nanoseconds, duration_text

PUBLISHED_OUTPUT = "output_0"
LABEL, SCORE = "label", "score"

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Classified:
    """What the server made of the picture; no score where the signature has none."""

    label: str
    score: float | None
    latency: Nanoseconds
    version: str


def dialect_of(form: Form) -> Dialect:
    """Return what TensorFlow Serving is spoken to in over this form."""
    match form:
        case "grpc":
            from line_sim.inspection.servers.grpc import GRPC  # noqa: PLC0415 - only what is spoken is loaded

            return GRPC
        case "rest":
            from line_sim.inspection.servers.rest import REST  # noqa: PLC0415 - as above

            return REST
        case _:
            assert_never(form)


class Asker:
    """One server's model over one wire, for as long as a with-block lasts.

    `patience` is for reaching the server and for each question about the model, `loading` for a model that
    the server is still loading or warming up. Names of the signature's input and outputs that the question
    leaves empty are found out.
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
        self._patience = patience
        self._loading = loading
        self._transport = transport_to(dialect, target, access)

    def __enter__(self) -> "Asker":
        """Reach the server. Raises GatewayError."""
        try:
            self._transport.connect(self._patience)
        except BaseException:
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
        wire = self._dialect.wire(self._question)
        return served_version(self._transport, wire, self._asked, self._patience, self._loading)

    def signatures(self) -> dict[str, Signature]:
        """Return the model's signatures. Raises GatewayError."""
        wire = self._dialect.wire(self._question)
        return self._told(wire.signatures(), wire.read_signatures) or {}

    def classify(self, picture: bytes, timeout: Nanoseconds) -> Classified:
        """Ask about a JPEG.

        Raises GatewayError where the signature cannot be used, AnswerError where no answer came in time
        or it holds no label.
        """
        version = self.version()
        signature = self._signature(self.signatures())
        question = self._fitted(signature)
        published = not self._question.label_output and question.label_output == PUBLISHED_OUTPUT
        request = self._request(question, picture, published=published)
        started = time.perf_counter_ns()
        response = self._transport.call(request, timeout)
        latency = time.perf_counter_ns() - started
        if response.status == statuses.DEADLINE_EXCEEDED:
            raise AnswerError(f"{self._asked} gave no answer within {duration_text(timeout)} (--timeout)")
        if response.status != statuses.OK:
            raise AnswerError(f"{self._asked} gave {response.status}: {response.detail}")
        return self._read(question, response.body, latency, version)

    def _request(self, question: ModelQuestion, picture: bytes, *, published: bool) -> Request:
        wire = self._dialect.wire(question)
        if not published:
            return wire.predict(picture)
        return wire.predict_text(base64.urlsafe_b64encode(picture).decode("ascii"))

    def _read(self, question: ModelQuestion, body: bytes, latency: Nanoseconds, version: str) -> Classified:
        answer = self._dialect.wire(question).read_answer(body)
        if not isinstance(answer.outcome, Answered):
            raise AnswerError(f"{self._asked}: {answer.outcome.detail}")
        score = answer.outcome.score if question.score_output else None
        return Classified(answer.outcome.label, score, latency, answer.version or version)

    def _signature(self, signatures: Mapping[str, Signature]) -> Signature:
        name = self._question.signature
        if name not in signatures:
            raise GatewayError(
                f"{self._asked}: there is no signature {name!r}; its signatures are {listed(signatures)}"
            )
        return signatures[name]

    def _fitted(self, signature: Signature) -> ModelQuestion:
        """Return the question in the names of a signature; those that it leaves open are found out."""
        question, where = self._question, f"{self._asked}: the signature {self._question.signature!r}"
        if len(signature.inputs) != 1 or signature.inputs != signature.string_inputs:
            held = listed(signature.inputs)
            raise GatewayError(f"{where} must have one input, a string; its inputs are {held}")
        if question.input_name not in {"", *signature.inputs}:
            raise GatewayError(
                f"{where} has no input {question.input_name!r}; it has {listed(signature.inputs)}"
            )
        label, score = _outputs(question, signature)
        wanted = {label, score} - {""}
        if not wanted <= set(signature.outputs):
            named = question.label_output or question.score_output
            published = "" if named else f", or {PUBLISHED_OUTPUT!r} alone"
            raise GatewayError(
                f"{where} must have the outputs {listed(wanted)}{published}; "
                f"its outputs are {listed(signature.outputs)}"
            )
        return replace(question, input_name=signature.inputs[0], label_output=label, score_output=score)

    def _told(self, request: Request, read: Callable[[bytes], Told]) -> Told | None:
        """Ask something about the model; None where the server does not know such questions."""
        response = self._transport.call(request, self._patience)
        if response.status == statuses.UNIMPLEMENTED:
            return None
        if response.status == statuses.NOT_FOUND:
            raise GatewayError(f"{self._asked} is not served there: {response.detail}")
        if response.status != statuses.OK:
            reason = f"{self._asked}: {response.status}: {response.detail}"
            raise GatewayError(self._transport.misunderstanding() or reason)
        try:
            return read(response.body)
        except ValueError as error:
            raise GatewayError(f"{self._asked}: {error}") from None

    @property
    def _asked(self) -> str:
        return f"{self._transport.target}: {self._question}"


def _outputs(question: ModelQuestion, signature: Signature) -> tuple[str, str]:
    """Return the outputs with the label and the score; the score's is empty where the label comes alone."""
    label, score = question.label_output, question.score_output
    if not label and not score and signature.outputs == (PUBLISHED_OUTPUT,):
        return PUBLISHED_OUTPUT, ""
    if label and not score and SCORE not in signature.outputs:
        return label, ""
    return label or LABEL, score or SCORE
