"""TensorFlow Serving's way: how a model is met there and a question fitted to it, over gRPC and over REST.

The signature decides how a picture is sent by hand. One with a label and a score takes the JPEG's bytes; one
whose only output is `output_0` is the published InceptionV3 example's, which takes base64 text.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from line_sim.errors import GatewayError
from line_sim.inspection.outcome import OUT_OF_RANGE
from line_sim.inspection.servers.proving import LoadingError, asked_of, patiently
from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.classes import OF_LOGITS
from line_sim.inspection.wires.dialect import Met, Patience
from line_sim.inspection.wires.fitting.signatures import (
    AS_A_JPEG,
    PUBLISHED_OUTPUT,
    Fit,
    fit_to,
    fit_untold,
    misfit,
    named,
)
from line_sim.inspection.wires.fitting.tensors import STRING
from line_sim.inspection.wires.question import ModelQuestion, ReadAnswer, Signature
from line_sim.inspection.wires.told import listed, told
from line_sim.inspection.wires.transport import Access, Request, Response, ServingWire, Transport

Told = TypeVar("Told")

ANOTHER_PROTOCOL = "; Triton, MLServer and KServe take the kserve gateway (classify: --protocol kserve)"
"""The way out where a server does not know TensorFlow Serving's questions."""

OF_THE_LABELS = "; a label is one of the version_labels in the server's models.config"


class WireMaker(Protocol):
    """Makes what a model is asked in."""

    def __call__(self, question: ModelQuestion, fit: Fit = AS_A_JPEG, /) -> ServingWire:
        """Make it for a question that is put so."""


@dataclass(frozen=True, slots=True)
class ServingDialect:
    """Servers of TensorFlow Serving's API over one of its two wires; see `wires.dialect.Dialect`."""

    name: str
    wire: WireMaker
    way: Callable[[str, Access], Transport]
    usual_target: str

    def transport(self, target: str, access: Access) -> Transport:
        """Make a way to one target."""
        return self.way(target, access)

    def ping(self, question: ModelQuestion) -> Request:
        """Ask for the states of the model's versions."""
        return self.wire(question).states()

    def version(self, transport: Transport, question: ModelQuestion, patience: Patience) -> str:
        """Return the newest version that is served, or the one that has the label which is asked for."""
        wire = self.wire(question)
        look = _labelled if isinstance(question.version, str) else _newest
        return patiently(lambda: look(transport, wire, question, patience), patience.loading)

    def signatures(
        self, transport: Transport, question: ModelQuestion, patience: Patience
    ) -> dict[str, Signature]:
        """Return the model's signatures; none where the server does not know such questions."""
        wire = self.wire(question)
        response = transport.call(wire.signatures(), patience.answer)
        return _told_of(transport, question, "GetModelMetadata", response, wire.read_signatures) or {}

    def meet(self, transport: Transport, question: ModelQuestion, patience: Patience) -> Met:
        """Find the model; its signature is asked for where the question hangs on it, else after a failure."""
        version = self.version(transport, question, patience)
        if not question.hangs_on_the_model:
            return Met(version, question, self.wire(question))
        signatures = self.signatures(transport, question, patience)
        try:
            fit = fit_to(question, signatures) if signatures else fit_untold(question)
        except ValueError as error:
            raise GatewayError(f"{asked_of(transport, question)}: {error}") from None
        return Met(version, question, self.wire(question, fit), fit.words)

    def fit(self, transport: Transport, question: ModelQuestion, patience: Patience) -> Met:
        """Find the model and the names of its signature."""
        version = self.version(transport, question, patience)
        signatures = self.signatures(transport, question, patience)
        try:
            fitted = _fitted(question, signatures)
            fit = fit_to(fitted, signatures)
        except ValueError as error:
            raise GatewayError(f"{asked_of(transport, question)}: {error}") from None
        wire = self.wire(fitted, fit)
        published = _is_published(question, fitted, signatures[question.signature])
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

    def advice(self, status: str, detail: str) -> str:
        """Name the gateway for servers that have another protocol, and the key for scores that are none."""
        if status == statuses.OK and OUT_OF_RANGE in detail:
            return OF_LOGITS
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
    states = _states(transport, wire, question, patience)
    if states is None:
        return ""
    available = [version for version, state in states.items() if state == "AVAILABLE"]
    if available:
        return str(max(available))
    kind = LoadingError if _BECOMING.intersection(states.values()) else GatewayError
    raise kind(f"{asked} is not available there: {_seen(states) or 'no version'}")


def _labelled(transport: Transport, wire: ServingWire, question: ModelQuestion, patience: Patience) -> str:
    """Return the version that has the label. A server's states know no labels; its metadata do.

    Raises as `_newest`.
    """
    asked = asked_of(transport, question)
    states = _states(transport, wire, question, patience)
    response = transport.call(wire.signatures(), patience.answer)
    if states is None or response.status == statuses.UNIMPLEMENTED:
        return ""
    if response.status != statuses.OK:
        reason = f"{asked} is not available there: {response.detail}; {_seen(states) or 'no version'}"
        if _BECOMING.intersection(states.values()):
            raise LoadingError(reason)
        raise GatewayError(transport.misunderstanding() or f"{reason}{OF_THE_LABELS}")
    return _read(asked, wire.read_version, response.body)


def _states(
    transport: Transport, wire: ServingWire, question: ModelQuestion, patience: Patience
) -> dict[int, str] | None:
    """Return the versions and their states; None where the server cannot be asked for them."""
    response = transport.call(wire.states(), patience.answer)
    return _told_of(transport, question, "GetModelStatus", response, wire.read_states)


_BECOMING = {"START", "LOADING"}


def _told_of(
    transport: Transport,
    question: ModelQuestion,
    what: str,
    response: Response,
    read: Callable[[bytes], Told],
) -> Told | None:
    """Read what a server says of a model; None where it knows no such question. Raises GatewayError."""
    asked = asked_of(transport, question)
    if response.status == statuses.UNIMPLEMENTED:
        return None
    if response.status == statuses.NOT_FOUND:  # a server that does not name the model is of another kind
        otherwise = "" if question.model in response.detail else ANOTHER_PROTOCOL
        raise GatewayError(f"{asked} is not served there: {response.detail}{otherwise}")
    if response.status != statuses.OK:
        reason = f"{asked}: {what} failed with {response.status}: {response.detail}"
        raise GatewayError(transport.misunderstanding() or reason)
    return _read(asked, read, response.body)


def _read(asked: str, read: Callable[[bytes], Told], body: bytes) -> Told:
    """Read an answer. Raises GatewayError where it is none."""
    try:
        return read(body)
    except ValueError as error:
        raise GatewayError(f"{asked}: {error}") from None


def _seen(states: Mapping[int, str]) -> str:
    """List versions and their states, the newest first, as many as anybody reads."""
    newest = sorted(states, reverse=True)
    named = ", ".join(f"version {version} is {told(states[version])}" for version in newest[:_MOST_NAMED])
    return f"{named}, ..." if len(newest) > _MOST_NAMED else named


_MOST_NAMED = 10


def _fitted(question: ModelQuestion, signatures: Mapping[str, Signature]) -> ModelQuestion:
    """Return the question in the names of its signature; those that it leaves open are found out.

    Raises ValueError.
    """
    name = question.signature
    if name not in signatures:
        there, otherwise = listed(signatures), "" if signatures else ANOTHER_PROTOCOL
        raise ValueError(f"there is no signature {name!r}; its signatures are {there}{otherwise}")
    signature, where = signatures[name], f"the signature {name!r}"
    fitted = named(question, signature, where)
    wanted = {fitted.label_output, fitted.score_output} - {""}
    if not wanted <= set(signature.outputs):
        given = question.label_output or question.score_output
        published = "" if given else f", or {PUBLISHED_OUTPUT!r} alone"
        raise ValueError(
            f"{where} must have the outputs {listed(wanted)}{published}; "
            f"its outputs are {listed(signature.outputs)}"
        )
    return fitted


def _is_published(question: ModelQuestion, fitted: ModelQuestion, signature: Signature) -> bool:
    """Whether a signature was found out to be the published example's: a text for a text."""
    return (
        not question.label_output
        and fitted.label_output == PUBLISHED_OUTPUT
        and not fitted.score_output
        and signature.inputs[fitted.input_name].dtype == STRING
    )
