"""What a kind of server is spoken to in: how a model is met there, and how it is asked from then on."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from line_sim.inspection.wires.question import ModelQuestion, Signature
from line_sim.inspection.wires.transport import Access, Request, Transport, Wire
from line_sim.units import Nanoseconds


class Patience(NamedTuple):
    """How long to wait: for each answer about the model, and for a model that is still being loaded."""

    answer: Nanoseconds
    loading: Nanoseconds


@dataclass(frozen=True, slots=True)
class Met:
    """A model that was found: the version that will answer, what it is asked, and in what.

    `version` is empty where the server does not tell, and so is `software`, its own name and version.
    `question` has the names of the model. `form` says how it takes a picture, where that differs from model
    to model; two targets of one gateway must agree in it.
    """

    version: str
    question: ModelQuestion
    wire: Wire
    form: str = ""
    software: str = ""


class Dialect(Protocol):
    """Everything in which one kind of server differs from the next, for whoever asks it.

    What is asked over a transport raises GatewayError where the model cannot be asked there.
    """

    @property
    def name(self) -> str:
        """The scenario's word for it."""

    @property
    def usual_target(self) -> str:
        """Where such a server is when nobody says."""

    def transport(self, target: str, access: Access) -> Transport:
        """Make a way to one target, not connected yet. Raises GatewayError for unusable TLS files."""

    def ping(self, question: ModelQuestion) -> Request:
        """Ask something that costs the server nothing."""

    def version(self, transport: Transport, question: ModelQuestion, patience: Patience) -> str:
        """Return the version that will answer, empty where the server does not tell.

        A model that is still being loaded or warmed up is waited for.
        """

    def signatures(
        self, transport: Transport, question: ModelQuestion, patience: Patience
    ) -> dict[str, Signature]:
        """Return what the model takes and gives, by the name of each signature."""

    def meet(self, transport: Transport, question: ModelQuestion, patience: Patience) -> Met:
        """Find the model of a question that names all that it needs; wait for one that is being loaded."""

    def fit(self, transport: Transport, question: ModelQuestion, patience: Patience) -> Met:
        """Find the model of a question that may leave names open: they are found out."""

    def misfit(self, transport: Transport, question: ModelQuestion, patience: Patience) -> str:
        """Say what of the question the model does not have; empty where that is not known."""

    def advice(self, status: str, detail: str) -> str:
        """Return the way out of an answer that is none, to go behind the server's words; empty if unknown."""

    def sets_aside(self, status: str, detail: str) -> bool:
        """Whether a target of several whose call ended so is passed over until it is proved again."""
