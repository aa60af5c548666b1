"""What is proved before the first part: the model is there, its signature fits, and it answers."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from line_sim.errors import GatewayError
from line_sim.inspection.outcome import Answered
from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.question import ModelQuestion, misfit
from line_sim.inspection.wires.told import told
from line_sim.inspection.wires.transport import Request, Response, Transport, Wire
from line_sim.units import Nanoseconds, duration_text


@dataclass(frozen=True, slots=True)
class Proof:
    """What a model must do to be trusted with parts: answer `calls` questions about a good part.

    `patience` is for the questions about the model, `warm_up_timeout` for each answer, and for a model that
    is still being loaded: a network's first run takes seconds.
    """

    calls: int
    warm_up_timeout: Nanoseconds
    patience: Nanoseconds


def prove(transport: Transport, wire: Wire, question: ModelQuestion, picture: bytes, proof: Proof) -> str:
    """Prove that model, signature, input and outputs fit, and warm the model up.

    Returns the version that will answer, empty where the server does not tell. Raises GatewayError.
    """
    asked = f"{transport.target}: {question}"
    version = served_version(transport, wire, asked, proof.patience, proof.warm_up_timeout)
    request = wire.predict(picture)
    for _ in range(max(1, proof.calls)):
        response = transport.call(request, proof.warm_up_timeout)
        version = _version_in(response, transport, wire, question, proof) or version
    return version


def served_version(
    transport: Transport, wire: Wire, asked: str, patience: Nanoseconds, loading: Nanoseconds
) -> str:
    """Return the newest version that is served, empty where the server cannot be asked for that.

    A model that is still being loaded or warmed up is waited for, as long as `loading`. Raises GatewayError
    for one that the server does not have, and for a server that does not speak what it is asked in.
    """
    until = time.monotonic_ns() + loading
    while True:
        response = transport.call(wire.states(), patience)
        if response.status == statuses.UNIMPLEMENTED:
            return ""
        if response.status == statuses.NOT_FOUND:
            raise GatewayError(f"{asked} is not served there: {response.detail}")
        if response.status != statuses.OK:
            raise GatewayError(transport.misunderstanding() or _no_status(asked, response))
        try:
            states = wire.read_states(response.body)
        except ValueError as error:
            raise GatewayError(f"{asked}: {error}") from None
        available = [version for version, state in states.items() if state == "AVAILABLE"]
        if available:
            return str(max(available))
        if time.monotonic_ns() >= until or not _BECOMING.intersection(states.values()):
            raise GatewayError(f"{asked} is not available there: {_seen(states) or 'no version'}")
        time.sleep(LOOK_AGAIN_S)


_BECOMING = {"START", "LOADING"}
LOOK_AGAIN_S = 0.2
"""Seconds between two looks at a model that is being loaded."""


def _no_status(asked: str, response: Response) -> str:
    return f"{asked}: GetModelStatus failed with {response.status}: {response.detail}"


def _seen(states: Mapping[int, str]) -> str:
    """List versions and their states, the newest first, as many as anybody reads."""
    newest = sorted(states, reverse=True)
    named = ", ".join(f"version {version} is {told(states[version])}" for version in newest[:_MOST_NAMED])
    return f"{named}, ..." if len(newest) > _MOST_NAMED else named


_MOST_NAMED = 10


def _version_in(
    response: Response, transport: Transport, wire: Wire, question: ModelQuestion, proof: Proof
) -> str:
    """Return the version that answered; anything but a label and a score means no part could be inspected."""
    asked = f"{transport.target}: {question}"
    detail = response.detail
    if response.status == statuses.OK:
        answer = wire.read_answer(response.body)
        if isinstance(answer.outcome, Answered):
            return answer.version
        detail = answer.outcome.detail
    complaint = _misfit(transport, wire.signatures(), wire, question, proof)
    if complaint:
        raise GatewayError(f"{asked}: {complaint}")
    if response.status == statuses.DEADLINE_EXCEEDED:
        raise GatewayError(f"{asked} gave no answer within {duration_text(proof.warm_up_timeout)}")
    raise GatewayError(f"{asked} gave {response.status}: {detail}")


def _misfit(transport: Transport, request: Request, wire: Wire, question: ModelQuestion, proof: Proof) -> str:
    """Say what of the question the model does not have; empty where the server does not tell."""
    response = transport.call(request, proof.patience)
    if response.status != statuses.OK:
        return ""
    try:
        return misfit(question, wire.read_signatures(response.body))
    except ValueError:
        return ""
