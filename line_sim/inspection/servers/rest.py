"""Servers that speak TensorFlow Serving's REST API: JSON over kept connections.

The deadline is the client's alone: HTTP does not carry it, so a server goes on with an answer that
nobody waits for any more. The version is the one that was served when the run began.
"""

from line_sim.inspection.servers.serving import ServingDialect
from line_sim.inspection.wires.rest.rest_transport import RestTransport
from line_sim.inspection.wires.rest.rest_wire import RestWire

REST = ServingDialect("rest", RestWire, RestTransport, "localhost:8501")
"""Connections are kept for the whole run, one for each call that is out at the same time."""
