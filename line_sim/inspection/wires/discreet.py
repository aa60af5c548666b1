"""A transport that passes on what others say as it may be told: without our secrets, and not at length.

Servers like to say which key it was that they did not know.
"""

from line_sim.errors import GatewayError
from line_sim.inspection.wires.dialect import Dialect
from line_sim.inspection.wires.told import told
from line_sim.inspection.wires.transport import Access, Request, Response, Transport
from line_sim.scenario.secrets import censored, secret_words
from line_sim.units import Nanoseconds


class DiscreetTransport:
    """See `transport.Transport`: another one, whose words are told without the values of the metadata."""

    def __init__(self, transport: Transport, words: list[str]) -> None:
        self._transport = transport
        self._words = words

    @property
    def target(self) -> str:
        """HOST:PORT or unix:PATH."""
        return self._transport.target

    def connect(self, timeout: Nanoseconds) -> None:
        """Reach the server. Raises GatewayError."""
        try:
            self._transport.connect(timeout)
        except GatewayError as error:
            raise GatewayError(self._told(str(error))) from None

    def call(self, request: Request, timeout: Nanoseconds, *, wait: bool = False) -> Response:
        """Make one call."""
        response = self._transport.call(request, timeout, wait=wait)
        return response._replace(detail=self._told(response.detail)) if response.detail else response

    def misunderstanding(self) -> str:
        """Tell what speaks at the target where it is not what we speak."""
        return self._told(self._transport.misunderstanding())

    def unasked(self) -> int:
        """How many answers came that nobody had asked for."""
        return self._transport.unasked()

    def close(self) -> None:
        """Let go of the connection."""
        self._transport.close()

    def _told(self, text: str) -> str:
        return told(censored(text, self._words))  # first whole: half a secret is one, too


def transport_to(dialect: Dialect, target: str, access: Access) -> Transport:
    """Make a way to a target, not connected yet, that keeps to itself what lets us in."""
    words = secret_words([value for _, value in access.metadata])
    return DiscreetTransport(dialect.transport(target, access), words)
