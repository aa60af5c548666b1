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
from line_sim.inspection.wires.kserve.form import Model, fitted
from line_sim.inspection.wires.kserve.manner import UNKNOWN_MODEL, About, Manner
from line_sim.inspection.wires.kserve.statuses import advice, sets_aside
from line_sim.inspection.wires.question import ModelQuestion, Signature
from line_sim.inspection.wires.told import listed
from line_sim.inspection.wires.transport import Access, Request, Response, Transport

Said = TypeVar("Said")
Told = TypeVar("Told")

COMING = "no available versions"
"""How Triton says that it knows a model of which no version is ready yet."""

STRANGER = (
    "it does not speak KServe's v2 protocol; a server of TensorFlow Serving's API takes the gateways grpc "
    "and rest (classify: --protocol serving)"
)


@dataclass(frozen=True, slots=True)
class KserveDialect:
    """KServe's v2 protocol, spoken in one of its two manners; see `wires.dialect.Dialect`."""

    manner: Manner
    name: str = "kserve"

    @property
    def usual_target(self) -> str:
        """Where Triton is when nobody says."""
        return self.manner.usual_target

    def transport(self, target: str, access: Access) -> Transport:
        """Make a way to one target."""
        return self.manner.way(target, access)

    def ping(self, question: ModelQuestion) -> Request:  # noqa: ARG002 - the protocol's form
        """Ask whether the server is ready."""
        return self.manner.server_ready()

    def version(self, transport: Transport, question: ModelQuestion, patience: Patience) -> str:
        """Return the version asked for, or the only one there is; which of several answers is not told."""
        return _version(question, self._talk(transport, question, patience).model_when_ready())

    def signatures(
        self, transport: Transport, question: ModelQuestion, patience: Patience
    ) -> dict[str, Signature]:
        """Return what the model takes and gives, under its own name."""
        return {question.model: self._talk(transport, question, patience).model_when_ready().signature}

    def meet(self, transport: Transport, question: ModelQuestion, patience: Patience) -> Met:
        """Find the model, see that it fits, and in which form it takes pictures."""
        talk = self._talk(transport, question, patience)
        model = talk.model_when_ready()
        try:
            found, form = fitted(question, model)
        except ValueError as error:
            raise GatewayError(f"{asked_of(transport, question)}: {error}") from None
        about = talk.about()
        wire = self.manner.wire(found, form, binary=about.takes_bytes)
        words = f"{form.words}{'' if about.takes_bytes else ', as text'}"
        return Met(_version(question, model), found, wire, words, about.software)

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

    def _talk(self, transport: Transport, question: ModelQuestion, patience: Patience) -> "_Talk":
        return _Talk(self.manner, transport, question, patience)


def _version(question: ModelQuestion, model: Model) -> str:
    if question.version is not None:
        return str(question.version)
    return model.versions[0] if len(model.versions) == 1 else ""


@dataclass(frozen=True, slots=True)
class _Talk:
    """Questions to one server about one model; what cannot be asked there raises GatewayError."""

    manner: Manner
    transport: Transport
    question: ModelQuestion
    patience: Patience

    def model_when_ready(self) -> Model:
        """Wait until the model is ready, and return what it says of itself."""
        return patiently(self._ready_model, self.patience.loading)

    def about(self) -> About:
        """Return what the server says of itself."""
        response = self._call(self.manner.server_metadata())
        if response.status != statuses.OK:
            return self.manner.unsaid
        return self._read(self.manner.read_server, response.body)

    def _ready_model(self) -> Model:
        """Return what a model that is ready says of itself.

        Raises LoadingError where it is not ready and may become so.
        """
        response = self._call(self.manner.model_ready(self.question))
        state = self._read(self.manner.model_state, response)
        match state:
            case "ready":
                return self._model(self._call(self.manner.model_metadata(self.question)))
            case "unready":
                raise self._unready()
            case "unknown":
                raise self._not_served(response.detail)
            case "stranger":
                raise self._stranger()
            case "failed":
                raise self._failed("ModelReady", response)

    def _unready(self) -> GatewayError:
        """Return why a model is not ready: it is loaded, or its server starts, or there is no such model."""
        server = self._call(self.manner.server_ready())
        state = self._read(self.manner.server_state, server)
        if state == "stranger":
            return self._stranger()
        if state == "unready":
            return self._server_unready(server)
        known = self._call(self.manner.model_metadata(self.question))
        if known.status in UNKNOWN_MODEL and COMING not in known.detail:
            return self._not_served(known.detail)
        return LoadingError(f"{self._asked} is not ready there{known.detail and ': '}{known.detail}")

    def _server_unready(self, server: Response) -> GatewayError:
        """Return that it may become ready, unless what speaks there is something else."""
        reason = f"{self._asked} is not ready there, and nor is the server itself"
        if server.status != statuses.UNAVAILABLE:
            return LoadingError(reason)
        if misunderstanding := self.transport.misunderstanding():
            return GatewayError(misunderstanding)
        return LoadingError(f"{reason}: {server.detail}")

    def _not_served(self, detail: str) -> GatewayError:
        """Return that there is no such model; where its version is missing, with those there are."""
        there = ""
        if self.question.version is not None:
            response = self._call(self.manner.model_metadata(replace(self.question, version=None)))
            versions = self._model(response).versions if response.status == statuses.OK else ()
            there = f"; its versions are {listed(versions)}" if versions else ""
        return GatewayError(f"{self._asked} is not served there: {detail}{there}")

    def _model(self, response: Response) -> Model:
        """Read metadata; a server that knows no such question tells nothing."""
        if response.status == statuses.UNIMPLEMENTED:
            return Model((), (), ())
        if response.status != statuses.OK:
            raise self._failed("ModelMetadata", response)
        return self._read(self.manner.read_model, response.body)

    def _stranger(self) -> GatewayError:
        return GatewayError(f"{self._asked}: {self.transport.misunderstanding() or STRANGER}")

    def _failed(self, what: str, response: Response) -> GatewayError:
        reason = f"{self._asked}: {what} failed with {response.status}: {response.detail}"
        return GatewayError(self.transport.misunderstanding() or reason)

    def _read(self, read: Callable[[Said], Told], said: Said) -> Told:
        """Read an answer. Raises GatewayError where it is none."""
        try:
            return read(said)
        except ValueError as error:
            raise GatewayError(f"{self._asked}: {error}") from None

    def _call(self, request: Request) -> Response:
        return self.transport.call(request, self.patience.answer)

    @property
    def _asked(self) -> str:
        return asked_of(self.transport, self.question)
