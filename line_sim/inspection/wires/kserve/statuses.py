"""What the statuses of servers of KServe's v2 protocol mean beyond what every gRPC server's do.

The outcome of a part follows from the status alone (`wires.statuses`). Here stands what it says of the
server. Seen of Triton 2.51 and MLServer 1.7:

- UNAVAILABLE is a connection that is gone, and also a queue that is full or was waited in for too long. The
  latter is overload: the server is there, and a target set aside for it would leave the others with more.
- NOT_FOUND in mid-run is a model that was unloaded, or a server that drains.
- INTERNAL on every call is a model whose process has died, while ModelReady stays true. (A model that fails
  on one picture says the same; its target is back as soon as it answers about a good part.)
"""

from line_sim.inspection.outcome import OUT_OF_RANGE
from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.classes import OF_LOGITS

_OVERLOAD = ("exceeds maximum queue size", "request timeout expired")
"""How Triton says that it has too much to do, in lower case."""

_NO_MODEL = (statuses.NOT_FOUND, statuses.INTERNAL)

_EMPTY = "the score is empty"


def is_overload(status: str, detail: str) -> bool:
    """Whether a status says that a server has too much to do, rather than that it is not there."""
    return status == statuses.UNAVAILABLE and any(words in detail.lower() for words in _OVERLOAD)


def sets_aside(status: str, detail: str) -> bool:
    """Whether a target of several is passed over until it has proved its model again."""
    return status in _NO_MODEL or (status == statuses.UNAVAILABLE and not is_overload(status, detail))


def advice(status: str, detail: str) -> str:
    """Return the way out of a first answer that is none, to go behind the server's words; may be empty."""
    if status == statuses.OK and _EMPTY in detail:
        return (
            "; Triton's python backend was seen to give numbers back empty under numpy 2: give it numpy 1.26"
        )
    if status == statuses.OK and OUT_OF_RANGE in detail:
        return OF_LOGITS
    if is_overload(status, detail):
        return "; the server has too much to do already"
    return _ADVICE.get(status, "")


_ADVICE = {
    statuses.INTERNAL: "; readiness says nothing of it: see the server's log, and whether the model's "
    "process lives",
    statuses.RESOURCE_EXHAUSTED: "; a message is too large for one side: send smaller pictures, or let the "
    "server take larger messages",
}
