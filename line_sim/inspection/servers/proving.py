"""What is proved before the first part: the model is there, the question fits, and it is answered."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from line_sim.errors import GatewayError
from line_sim.inspection.outcome import Answered
from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.dialect import Dialect, Met, Patience
from line_sim.inspection.wires.question import ModelQuestion
from line_sim.inspection.wires.transport import Response, Transport
from line_sim.units import Nanoseconds, duration_text

Found = TypeVar("Found")

LOOK_AGAIN_S = 0.2
"""Seconds between two looks at a model that is being loaded."""


class LoadingError(GatewayError):
    """The model cannot be asked yet; it is still being loaded or warmed up."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a model must do to be trusted with parts: answer `calls` questions about a good part.

    `patience` is for the questions about the model, `warm_up_timeout` for each answer, and for a model that
    is still being loaded: a network's first run takes seconds.
    """

    calls: int
    warm_up_timeout: Nanoseconds
    patience: Nanoseconds


def prove(
    dialect: Dialect,
    transport: Transport,
    question: ModelQuestion,
    picture: bytes,
    proof: Proof,
    known: Met | None = None,
) -> Met:
    """Prove that model, input and outputs fit, and warm the model up.

    Returns the model with the version that will answer, empty where the server does not tell. Raises
    GatewayError, also where it takes pictures in another form than a model that is `known` already.
    """
    asked, patience = asked_of(transport, question), Patience(proof.patience, proof.warm_up_timeout)
    met = dialect.meet(transport, question, patience)
    if known is not None and met.form != known.form:
        raise GatewayError(
            f"{asked} takes {met.form}, and the targets before it take {known.form}: "
            "all targets must serve the same model"
        )
    request, version = met.wire.predict(picture), met.version
    for _ in range(max(1, proof.calls)):
        response = transport.call(request, proof.warm_up_timeout)
        version = _version_in(response, dialect, transport, met, patience) or version
    return replace(met, version=version)


def asked_of(transport: Transport, question: ModelQuestion) -> str:
    """Name a model and where it is, as an error's text does."""
    return f"{transport.target}: {question}"


def said(status: str, detail: str) -> str:
    """Write a status and the server's words, where it has any."""
    return f"{status}: {detail}" if detail else status


def patiently(look: Callable[[], Found], loading: Nanoseconds) -> Found:
    """Look until the model is there, as long as it may take to load. Raises what the last look does."""
    until = time.monotonic_ns() + loading
    while True:
        try:
            return look()
        except LoadingError:
            if time.monotonic_ns() >= until:
                raise
        time.sleep(LOOK_AGAIN_S)


def _version_in(
    response: Response, dialect: Dialect, transport: Transport, met: Met, patience: Patience
) -> str:
    """Return the version that answered; anything but a label and a score means no part could be inspected."""
    asked, detail = asked_of(transport, met.question), response.detail
    if response.status == statuses.OK:
        answer = met.wire.read_answer(response.body)
        if isinstance(answer.outcome, Answered):
            return answer.version
        detail = answer.outcome.detail
    misfit = dialect.misfit(transport, met.question, patience)
    if misfit:
        raise GatewayError(f"{asked}: {misfit}")
    if response.status == statuses.DEADLINE_EXCEEDED:
        raise GatewayError(f"{asked} gave no answer within {duration_text(patience.loading)}")
    advice = dialect.advice(response.status, detail)
    raise GatewayError(f"{asked} gave {said(response.status, detail)}{advice}")
