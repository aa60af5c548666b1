"""HTTP's statuses for refusals, and the error body."""

from typing import Final

import grpc

from line_sim_serving.inference.refusal import Refusal
from line_sim_serving.rest.values.json_text import quoted, text_bytes

Code = grpc.StatusCode

OK: Final = 200
SERVER_ERROR: Final = 500

_HTTP = {
    Code.OK: OK,
    Code.INVALID_ARGUMENT: 400,
    Code.FAILED_PRECONDITION: 400,
    Code.OUT_OF_RANGE: 400,
    Code.UNAUTHENTICATED: 401,
    Code.PERMISSION_DENIED: 403,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.ABORTED: 409,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.CANCELLED: 499,
    Code.UNIMPLEMENTED: 501,
    Code.UNAVAILABLE: 503,
    Code.DEADLINE_EXCEEDED: 504,
}


def http_status(code: grpc.StatusCode) -> int:
    """Give the HTTP status; what is not listed is the server's fault."""
    return _HTTP.get(code, SERVER_ERROR)


def error_body(refusal: Refusal) -> bytes:
    """Write the one-key object; a text is not cut, as it is over gRPC."""
    return text_bytes(f'{{\n    "error": {quoted(text_bytes(refusal.text))}\n}}')
