"""What is proved before the first part: the model is there, its signature fits, and it answers."""

from dataclasses import dataclass

from line_sim.errors import GatewayError
from line_sim.inspection.outcome import Answered
from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.question import ModelQuestion, misfit
from line_sim.inspection.wires.transport import Request, Response, Transport, Wire
from line_sim.units import Nanoseconds, duration_text


@dataclass(frozen=True, slots=True)
class Proof:
    """What a model must do to be trusted with parts: answer `calls` questions about a good part.

    `patience` is for the questions about the model, `warm_up_timeout` for each answer: a network's
    first run takes seconds.
    """

    calls: int
    warm_up_timeout: Nanoseconds
    patience: Nanoseconds


def prove(transport: Transport, wire: Wire, question: ModelQuestion, picture: bytes, proof: Proof) -> str:
    """Prove that model, signature, input and outputs fit, and warm the model up.

    Returns the version that will answer, empty where the server does not tell. Raises GatewayError.
    """
    asked = f"{transport.target}: {question}"
    version = _served_version(transport, wire, proof, asked)
    request = wire.predict(picture)
    for _ in range(max(1, proof.calls)):
        response = transport.call(request, proof.warm_up_timeout)
        version = _version_in(response, transport, wire, question, proof) or version
    return version


def _served_version(transport: Transport, wire: Wire, proof: Proof, asked: str) -> str:
    """Refuse a model that the server does not have; where it cannot be asked for that, the warm-up tells."""
    response = transport.call(wire.states(), proof.patience)
    if response.status == statuses.UNIMPLEMENTED:
        return ""
    if response.status == statuses.NOT_FOUND:
        raise GatewayError(f"{asked} is not served there: {response.detail}")
    if response.status != statuses.OK:
        raise GatewayError(f"{asked}: GetModelStatus failed with {response.status}: {response.detail}")
    try:
        states = wire.read_states(response.body)
    except ValueError as error:
        raise GatewayError(f"{asked}: {error}") from None
    available = [version for version, state in states.items() if state == "AVAILABLE"]
    if not available:
        seen = ", ".join(f"version {version} is {state}" for version, state in states.items())
        raise GatewayError(f"{asked} is not available there: {seen or 'no version'}")
    return str(max(available))


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
