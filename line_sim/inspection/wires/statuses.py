"""The statuses of a call, by gRPC's names: what each means to the line, and how REST says it.

Both ways to a server use the same names, so that `calls.csv` reads the same whichever was taken.
"""

from typing import cast

from line_sim.inspection.outcome import Outcome, TimedOut, Unavailable, Unreadable

OK = "OK"
NO_PICTURE = "NO_PICTURE"
"""No server's: there was nothing to send, since the part's picture could not be read."""
DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
UNAVAILABLE = "UNAVAILABLE"
CANCELLED = "CANCELLED"
UNKNOWN = "UNKNOWN"
NOT_FOUND = "NOT_FOUND"
INVALID_ARGUMENT = "INVALID_ARGUMENT"
INTERNAL = "INTERNAL"
UNIMPLEMENTED = "UNIMPLEMENTED"
RESOURCE_EXHAUSTED = "RESOURCE_EXHAUSTED"

OUTCOME_OF_STATUS: dict[str, type[TimedOut | Unavailable | Unreadable]] = {
    "DEADLINE_EXCEEDED": TimedOut,  # the only status that says "too late"
    "INVALID_ARGUMENT": Unreadable,  # the server is well; it could not read this picture
    "DATA_LOSS": Unreadable,  # the same, of a picture damaged on its way
    "OUT_OF_RANGE": Unreadable,  # a value that the graph cannot digest
    "CANCELLED": Unavailable,
    "UNKNOWN": Unavailable,
    "NOT_FOUND": Unavailable,  # the model was unloaded in mid-run
    "ALREADY_EXISTS": Unavailable,
    "PERMISSION_DENIED": Unavailable,
    "UNAUTHENTICATED": Unavailable,
    "RESOURCE_EXHAUSTED": Unavailable,  # overload, or an answer beyond a size limit
    "FAILED_PRECONDITION": Unavailable,  # the signature went with the version that had it
    "ABORTED": Unavailable,
    "UNIMPLEMENTED": Unavailable,
    "INTERNAL": Unavailable,
    "UNAVAILABLE": Unavailable,  # no connection: the server is down or gone
}
"""What each gRPC status but OK means to the line. OK is answered, or unreadable without a label and score."""

STATUS_OF_HTTP = {
    200: "OK",
    400: "INVALID_ARGUMENT",  # also FAILED_PRECONDITION and OUT_OF_RANGE: HTTP does not tell them apart
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "UNAVAILABLE",  # it has waited long enough for a question; ours was not read
    409: "ABORTED",  # also ALREADY_EXISTS
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",  # also UNKNOWN and DATA_LOSS
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",  # a proxy's: it found no server
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
"""TensorFlow Serving's HTTP codes back to the statuses they stand for (`model_servers/http_server.cc`)."""


def outcome_of(status: str, detail: str) -> Outcome:
    """Translate a status that is not OK; a status that gRPC may add one day is `Unavailable`."""
    kind = OUTCOME_OF_STATUS.get(status, Unavailable)
    return TimedOut() if kind is TimedOut else cast("type[Unavailable | Unreadable]", kind)(detail)


def status_of_http(code: int) -> str:
    """Give the status that an HTTP code stands for; `UNKNOWN` where TensorFlow Serving has no such code."""
    return STATUS_OF_HTTP.get(code, UNKNOWN)
