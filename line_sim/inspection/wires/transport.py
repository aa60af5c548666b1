"""What a way to a server must offer, whatever it speaks: the seam between a gateway and a wire."""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from line_sim.inspection.wires.question import ReadAnswer, Signature
from line_sim.inspection.wires.tls import Tls
from line_sim.units import Nanoseconds

LONGEST_ANSWER = 4 * 1024 * 1024
"""Bytes of an answer, over every wire; gRPC's own default. A longer one is refused before it is read."""


class Request(NamedTuple):
    """One request, written before the clock runs.

    `method` is a gRPC method, or an HTTP verb and path: `POST /v1/models/m:predict`. `headers` are HTTP's,
    for a body that is not JSON alone.
    """

    method: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class Response(NamedTuple):
    """What came back: a gRPC status name, the body where it is OK, a reason where it is not."""

    status: str
    body: bytes = b""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """What lets a client in: TLS (None: plain text) and metadata that goes with every request."""

    tls: Tls | None = None
    metadata: tuple[tuple[str, str], ...] = field(default=(), repr=False)


class Wire(Protocol):
    """How a question about a part is written and its answer read."""

    def predict(self, picture: bytes) -> Request:
        """Ask about one JPEG. Raises PictureError where it is sent decoded, and cannot be."""

    def read_answer(self, body: bytes) -> ReadAnswer:
        """Read label and score; never raises."""


class ServingWire(Wire, Protocol):
    """What TensorFlow Serving is asked besides; readers of states and signatures raise ValueError."""

    def predict_text(self, text: str) -> Request:
        """Ask about one JPEG in URL-safe base64, as the published example's signature takes it."""

    def states(self) -> Request:
        """Ask for the states of the model's versions."""

    def signatures(self) -> Request:
        """Ask for the model's signatures."""

    def read_states(self, body: bytes) -> dict[int, str]:
        """Read version to state, such as `AVAILABLE`."""

    def read_signatures(self, body: bytes) -> dict[str, Signature]:
        """Read signature name to its inputs and outputs."""

    def read_version(self, body: bytes) -> str:
        """Read which version it was that told its signatures."""


class Transport(Protocol):
    """A connection to one server that several threads may use at once."""

    @property
    def target(self) -> str:
        """HOST:PORT or unix:PATH."""

    def connect(self, timeout: Nanoseconds) -> None:
        """Reach the server. Raises GatewayError when that does not succeed in time."""

    def call(self, request: Request, timeout: Nanoseconds, *, wait: bool = False) -> Response:
        """Make one call that ends by the timeout, whatever the server does; never raises.

        `wait` lets a call whose server is not there wait for it instead of failing at once.
        """

    def misunderstanding(self) -> str:
        """Look what speaks at the target; tell it where it is not what we speak, empty where it may be."""

    def unasked(self) -> int:
        """How many answers came that nobody had asked for, as far as that can be seen."""

    def close(self) -> None:
        """Let go of the connection; calls that hang in it end."""
