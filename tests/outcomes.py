"""What an outcome must be, whatever a server said: a value that the line routes, a row that reads back."""

import csv
import io
from typing import Any

from line_sim.errors import GatewayError
from line_sim.inspection.outcome import LONGEST_LABEL, Answered, TimedOut, Unavailable, Unreadable
from line_sim.inspection.servers.live import ServerGateway
from line_sim.line.records import Call
from line_sim.recording.tables import CALLS

LONGEST_REASON = 3_000
"""Characters of the longest reason that anybody is given."""


def check(outcome: Any) -> None:
    """Hold an outcome to what the line may be given, and its row to being read back."""
    assert isinstance(outcome, Answered | TimedOut | Unavailable | Unreadable)
    label = score = None
    if isinstance(outcome, Answered):
        label, score = outcome.label, outcome.score
        assert 0 < len(label) <= LONGEST_LABEL
        assert 0.0 <= score <= 1.0
    elif not isinstance(outcome, TimedOut):
        outcome.detail.encode()
        assert len(outcome.detail) <= LONGEST_REASON
    call = Call(1, "camera", 1, 1, 0, 5, outcome.name, "OK", label or "", score, 0, 7)
    written = CALLS.row(call).encode()
    (row,) = csv.reader(io.StringIO(written.decode(), newline=""), strict=True)
    assert CALLS.parse(row) == call


def refusal(gateway: ServerGateway) -> GatewayError | None:
    """Enter a gateway; give the error that it refuses with."""
    try:
        with gateway:
            return None
    except GatewayError as error:
        return error
