"""Servers of KServe's v2 protocol: Triton, MLServer, KServe.

A model is believed when it says that it is ready, its metadata fit the question, and it has answered about a
good part. Readiness alone proves nothing: Triton says that a model is ready whose process has died. Nor is
the server's own readiness asked first, since one other model that failed to load keeps it from being ready.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from line_sim.errors import GatewayError
from line_sim.inspection.servers.proving import LoadingError, asked_of, patiently
from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.dialect import Met, Patience
from line_sim.inspection.wires.grpc_transport import GrpcTransport
from line_sim.inspection.wires.kserve import grpc_wire as wire
from line_sim.inspection.wires.kserve.form import Model, fitted
from line_sim.inspection.wires.kserve.statuses import advice, sets_aside
from line_sim.inspection.wires.question import ModelQuestion, Signature
from line_sim.inspection.wires.reaching import KSERVE_GRPC
from line_sim.inspection.wires.told import listed
from line_sim.inspection.wires.transport import Access, Request, Response, Transport

Told = TypeVar("Told")

COMING = "no available versions"
"""How Triton says that it knows a model of which no version is ready yet."""

STRANGER = (
    "it does not speak KServe's v2 protocol; a server of TensorFlow Serving's API takes the grpc gateway "
    "(classify: --protocol serving)"
)


@dataclass(frozen=True, slots=True)
class KserveDialect:
    """KServe's v2 protocol over gRPC; see `wires.dialect.Dialect`."""

    name: str = "kserve"
    usual_target: str = "localhost:8001"

    def transport(self, target: str, access: Access) -> Transport:
        """Make a channel to one target."""
        return GrpcTransport(target, access, KSERVE_GRPC)

    def ping(self, question: ModelQuestion) -> Request:  # noqa: ARG002 - the protocol's form
        """Ask whether the server is ready."""
        return wire.server_ready()

    def version(self, transport: Transport, question: ModelQuestion, patience: Patience) -> str:
        """Return the version asked for, or the only one there is; which of several answers is not told."""
        return _version(question, _ready_model(transport, question, patience))

    def signatures(
        self, transport: Transport, question: ModelQuestion, patience: Patience
    ) -> dict[str, Signature]:
        """Return what the model takes and gives, under its own name."""
        return {question.model: _ready_model(transport, question, patience).signature}

    def meet(self, transport: Transport, question: ModelQuestion, patience: Patience) -> Met:
        """Find the model, see that it fits, and in which form it takes pictures."""
        model = _ready_model(transport, question, patience)
        try:
            found, form = fitted(question, model)
        except ValueError as error:
            raise GatewayError(f"{asked_of(transport, question)}: {error}") from None
        return Met(_version(question, model), found, wire.KserveGrpcWire(found, form), form.words)

    def fit(self, transport: Transport, question: ModelQuestion, patience: Patience) -> Met:
        """Find the model and its names."""
        return self.meet(transport, question, patience)

    def misfit(
        self,
        transport: Transport,  # noqa: ARG002 - the protocol's form
        question: ModelQuestion,  # noqa: ARG002
        patience: Patience,  # noqa: ARG002
    ) -> str:
        """Say nothing: what does not fit was seen when the model was met."""
        return ""

    def advice(self, status: str, detail: str) -> str:
        """Return the way out."""
        return advice(status, detail)

    def sets_aside(self, status: str, detail: str) -> bool:
        """See `wires.kserve.statuses`."""
        return sets_aside(status, detail)


KSERVE = KserveDialect()
"""A channel is kept for the whole run; the deadline goes with every call."""


def _version(question: ModelQuestion, model: Model) -> str:
    if question.version is not None:
        return str(question.version)
    return model.versions[0] if len(model.versions) == 1 else ""


def _ready_model(transport: Transport, question: ModelQuestion, patience: Patience) -> Model:
    """Wait until the model is ready, and return what it says of itself. Raises GatewayError."""
    talk = _Talk(transport, question, patience)
    return patiently(talk.ready_model, patience.loading)


@dataclass(frozen=True, slots=True)
class _Talk:
    """Questions to one server about one model."""

    transport: Transport
    question: ModelQuestion
    patience: Patience

    def ready_model(self) -> Model:
        """Return what a model that is ready says of itself.

        Raises LoadingError where it is not ready and may become so, GatewayError where it never will.
        """
        response = self._call(wire.model_ready(self.question))
        if response.status == statuses.UNIMPLEMENTED:
            raise GatewayError(f"{self._asked}: {self.transport.misunderstanding() or STRANGER}")
        if response.status in _UNKNOWN_MODEL:
            raise self._not_served(response.detail)
        if not self._read(wire.read_model_ready, response, "ModelReady"):
            raise self._unready()
        return self._model(self._call(wire.model_metadata(self.question)))

    def _unready(self) -> GatewayError:
        """Return why a model is not ready: it is loaded, or its server starts, or there is no such model."""
        server = self._call(wire.server_ready())
        if server.status == statuses.OK and not self._read(wire.read_server_ready, server, "ServerReady"):
            return LoadingError(f"{self._asked} is not ready there, and nor is the server itself")
        known = self._call(wire.model_metadata(self.question))
        if known.status in _UNKNOWN_MODEL and COMING not in known.detail:
            return self._not_served(known.detail)
        return LoadingError(f"{self._asked} is not ready there{known.detail and ': '}{known.detail}")

    def _not_served(self, detail: str) -> GatewayError:
        """Return that there is no such model; where its version is missing, with those there are."""
        there = ""
        if self.question.version is not None:
            response = self._call(wire.model_metadata(replace(self.question, version=None)))
            if response.status == statuses.OK:
                there = f"; its versions are {listed(self._model(response).versions)}"
        return GatewayError(f"{self._asked} is not served there: {detail}{there}")

    def _model(self, response: Response) -> Model:
        """Read metadata; a server that knows no such question tells nothing."""
        if response.status == statuses.UNIMPLEMENTED:
            return Model((), (), ())
        return self._read(wire.read_model, response, "ModelMetadata")

    def _read(self, read: Callable[[bytes], Told], response: Response, method: str) -> Told:
        """Read an answer. Raises GatewayError where it is none."""
        if response.status != statuses.OK:
            reason = f"{self._asked}: {method} failed with {response.status}: {response.detail}"
            raise GatewayError(self.transport.misunderstanding() or reason)
        try:
            return read(response.body)
        except ValueError as error:
            raise GatewayError(f"{self._asked}: {error}") from None

    def _call(self, request: Request) -> Response:
        return self.transport.call(request, self.patience.answer)

    @property
    def _asked(self) -> str:
        return asked_of(self.transport, self.question)


_UNKNOWN_MODEL = (statuses.NOT_FOUND, statuses.UNKNOWN, "INVALID_ARGUMENT")
"""How servers say that they have no such model: KServe and Triton, MLServer, and either for its version."""
