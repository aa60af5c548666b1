"""What a kind of server is spoken to in: a wire to write questions with, a transport to carry them."""

from collections.abc import Callable
from dataclasses import dataclass

from line_sim.inspection.wires.question import ModelQuestion
from line_sim.inspection.wires.transport import Access, Transport, Wire


@dataclass(frozen=True, slots=True)
class Dialect:
    """Everything in which one kind of server differs from the next, for whoever asks it.

    `name` is the scenario's word for it. `transport` makes a way to one target, not connected yet; it raises
    GatewayError for TLS files that cannot be used. `usual_target` is where such a server is when nobody says.
    """

    name: str
    wire: Callable[[ModelQuestion], Wire]
    transport: Callable[[str, Access], Transport]
    usual_target: str
