"""The synchronous call to a real inference server, over TensorFlow Serving's REST API.

The deadline is the client's alone: HTTP does not carry it, so a server goes on with an answer that
nobody waits for any more. The version is the one that was served when the run began.
"""

from line_sim.inspection.servers.live import LiveGateway
from line_sim.inspection.wires.question import ModelQuestion
from line_sim.inspection.wires.rest_transport import RestTransport
from line_sim.inspection.wires.rest_wire import RestWire
from line_sim.inspection.wires.transport import Access


class RestGateway(LiveGateway):
    """Connections are kept for the whole run, one for each call that is out at the same time."""

    kind = "rest"

    def _make_wire(self, question: ModelQuestion) -> RestWire:
        return RestWire(question)

    def _make_transport(self, target: str, access: Access) -> RestTransport:
        return RestTransport(target, access)
