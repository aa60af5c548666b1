"""TensorFlow Serving's way: how a model is met there and a question fitted to it, over gRPC and over REST.

The signature decides how a picture is sent by hand. One with a label and a score takes the JPEG's bytes; one
whose only output is `output_0` is the published InceptionV3 example's, which takes base64 text.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from line_sim.errors import GatewayError
from line_sim.inspection.servers.proving import LoadingError, asked_of, patiently
from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.dialect import Met, Patience
from line_sim.inspection.wires.question import ModelQuestion, ReadAnswer, Signature, misfit
from line_sim.inspection.wires.told import listed, told
from line_sim.inspection.wires.transport import Access, Request, Response, ServingWire, Transport

PUBLISHED_OUTPUT = "output_0"
LABEL, SCORE = "label", "score"

ANOTHER_PROTOCOL = "; Triton, MLServer and KServe take the kserve gateway (classify: --protocol kserve)"
"""The way out where a server does not know TensorFlow Serving's questions."""


@dataclass(frozen=True, slots=True)
class ServingDialect:
    """Servers of TensorFlow Serving's API over one of its two wires; see `wires.dialect.Dialect`."""

    name: str
    wire: Callable[[ModelQuestion], ServingWire]
    way: Callable[[str, Access], Transport]
    usual_target: str

    def transport(self, target: str, access: Access) -> Transport:
        """Make a way to one target."""
        return self.way(target, access)

    def ping(self, question: ModelQuestion) -> Request:
        """Ask for the states of the model's versions."""
        return self.wire(question).states()

    def version(self, transport: Transport, question: ModelQuestion, patience: Patience) -> str:
        """Return the newest version that is served."""
        wire = self.wire(question)
        return patiently(lambda: _newest(transport, wire, question, patience), patience.loading)

    def signatures(
        self, transport: Transport, question: ModelQuestion, patience: Patience
    ) -> dict[str, Signature]:
        """Return the model's signatures; none where the server does not know such questions."""
        wire, asked = self.wire(question), asked_of(transport, question)
        response = transport.call(wire.signatures(), patience.answer)
        if response.status == statuses.UNIMPLEMENTED:
            return {}
        _refuse_not_served(asked, response)
        if response.status != statuses.OK:
            reason = f"{asked}: {response.status}: {response.detail}"
            raise GatewayError(transport.misunderstanding() or reason)
        try:
            return wire.read_signatures(response.body)
        except ValueError as error:
            raise GatewayError(f"{asked}: {error}") from None

    def meet(self, transport: Transport, question: ModelQuestion, patience: Patience) -> Met:
        """Find the model; whether its signature fits is asked only where its first answer is none."""
        return Met(self.version(transport, question, patience), question, self.wire(question))

    def fit(self, transport: Transport, question: ModelQuestion, patience: Patience) -> Met:
        """Find the model and the names of its signature."""
        version = self.version(transport, question, patience)
        signatures = self.signatures(transport, question, patience)
        fitted = _fitted(asked_of(transport, question), question, signatures)
        wire = self.wire(fitted)
        published = not question.label_output and fitted.label_output == PUBLISHED_OUTPUT
        return Met(version, fitted, _PublishedWire(wire) if published else wire)

    def misfit(self, transport: Transport, question: ModelQuestion, patience: Patience) -> str:
        """Compare the question with the model's signatures."""
        wire = self.wire(question)
        response = transport.call(wire.signatures(), patience.answer)
        if response.status != statuses.OK:
            return ""
        try:
            return misfit(question, wire.read_signatures(response.body))
        except ValueError:
            return ""

    def advice(self, status: str, detail: str) -> str:  # noqa: ARG002 - the protocol's form
        """Name the gateway for servers that have another protocol."""
        return ANOTHER_PROTOCOL if status == statuses.UNIMPLEMENTED else ""

    def sets_aside(self, status: str, detail: str) -> bool:  # noqa: ARG002 - the protocol's form
        """Only one that is not there, or says so."""
        return status == statuses.UNAVAILABLE


class _PublishedWire:
    """Sends a picture as the published example's signature takes it: URL-safe base64 text."""

    def __init__(self, wire: ServingWire) -> None:
        self._wire = wire

    def predict(self, picture: bytes) -> Request:
        """Ask about one JPEG."""
        return self._wire.predict_text(base64.urlsafe_b64encode(picture).decode("ascii"))

    def read_answer(self, body: bytes) -> ReadAnswer:
        """Read the label."""
        return self._wire.read_answer(body)


def _newest(transport: Transport, wire: ServingWire, question: ModelQuestion, patience: Patience) -> str:
    """Return the newest version that is served, empty where the server cannot be asked for that.

    Raises LoadingError for a model that may still come, GatewayError for one that the server does not have,
    and for a server that does not speak what it is asked in.
    """
    asked = asked_of(transport, question)
    response = transport.call(wire.states(), patience.answer)
    if response.status == statuses.UNIMPLEMENTED:
        return ""
    _refuse_not_served(asked, response)
    if response.status != statuses.OK:
        reason = f"{asked}: GetModelStatus failed with {response.status}: {response.detail}"
        raise GatewayError(transport.misunderstanding() or reason)
    try:
        states = wire.read_states(response.body)
    except ValueError as error:
        raise GatewayError(f"{asked}: {error}") from None
    available = [version for version, state in states.items() if state == "AVAILABLE"]
    if available:
        return str(max(available))
    kind = LoadingError if _BECOMING.intersection(states.values()) else GatewayError
    raise kind(f"{asked} is not available there: {_seen(states) or 'no version'}")


_BECOMING = {"START", "LOADING"}


def _refuse_not_served(asked: str, response: Response) -> None:
    if response.status == statuses.NOT_FOUND:
        raise GatewayError(f"{asked} is not served there: {response.detail}")


def _seen(states: Mapping[int, str]) -> str:
    """List versions and their states, the newest first, as many as anybody reads."""
    newest = sorted(states, reverse=True)
    named = ", ".join(f"version {version} is {told(states[version])}" for version in newest[:_MOST_NAMED])
    return f"{named}, ..." if len(newest) > _MOST_NAMED else named


_MOST_NAMED = 10


def _fitted(asked: str, question: ModelQuestion, signatures: Mapping[str, Signature]) -> ModelQuestion:
    """Return the question in the names of its signature; those that it leaves open are found out."""
    name = question.signature
    if name not in signatures:
        there, otherwise = listed(signatures), "" if signatures else ANOTHER_PROTOCOL
        raise GatewayError(f"{asked}: there is no signature {name!r}; its signatures are {there}{otherwise}")
    signature, where = signatures[name], f"{asked}: the signature {name!r}"
    if len(signature.inputs) != 1 or signature.inputs != signature.string_inputs:
        held = listed(signature.inputs)
        raise GatewayError(f"{where} must have one input, a string; its inputs are {held}")
    if question.input_name not in {"", *signature.inputs}:
        raise GatewayError(f"{where} has no input {question.input_name!r}; it has {listed(signature.inputs)}")
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


def _outputs(question: ModelQuestion, signature: Signature) -> tuple[str, str]:
    """Return the outputs with the label and the score; the score's is empty where the label comes alone."""
    label, score = question.label_output, question.score_output
    if not label and not score and signature.outputs == (PUBLISHED_OUTPUT,):
        return PUBLISHED_OUTPUT, ""
    if label and not score and SCORE not in signature.outputs:
        return label, ""
    return label or LABEL, score or SCORE
