"""A request that cannot be answered, as the status that the client gets."""

from dataclasses import dataclass

import grpc

LONGEST_TEXT = 1024


@dataclass(eq=False)
class Refusal(Exception):  # noqa: N818 - it is an answer to the client, not an error of the server
    """Ends a request with one gRPC status and a text; `detail` is for the server's own log only."""

    code: grpc.StatusCode
    text: str
    detail: str = ""

    def __str__(self) -> str:
        """Write it as TensorFlow does: `INVALID_ARGUMENT: the text`."""
        return f"{self.code.name}: {self.text}"

    @property
    def shown_text(self) -> str:
        """The text as it goes over the wire; TensorFlow Serving cuts it at 1024 characters."""
        return self.text if len(self.text) <= LONGEST_TEXT else self.text[:LONGEST_TEXT] + "...TRUNCATED"


def code_of(number: int) -> grpc.StatusCode:
    """Translate a TensorFlow error number, which is the gRPC one; unknown numbers are UNKNOWN."""
    for code in grpc.StatusCode:
        if code.value[0] == number:
            return code
    return grpc.StatusCode.UNKNOWN


def invalid(text: str) -> Refusal:
    """Make the commonest refusal: the request itself is wrong."""
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, text)


def exhausted() -> Refusal:
    """Make the refusal of a request for which the system has no memory left."""
    return Refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, "there is not enough memory for this request")


def not_found(name: str, version: int | None) -> Refusal:
    """Make the refusal for a version (None: the latest) that is not loaded."""
    asked = f"Latest({name})" if version is None else f"Specific({name}, {version})"
    return Refusal(grpc.StatusCode.NOT_FOUND, f"Servable not found for request: {asked}")
