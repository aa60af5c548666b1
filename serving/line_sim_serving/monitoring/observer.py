"""What happens to requests, told to whoever counts it."""

from enum import StrEnum
from typing import Protocol

import grpc


class Entrypoint(StrEnum):
    """The transport that a request came by."""

    GRPC = "GRPC"
    REST = "REST"


class Observer(Protocol):
    """Told of every request, by many threads at once; must not raise, and should not take long."""

    def answered(
        self, model: str, api: str, entrypoint: Entrypoint, code: grpc.StatusCode, seconds: float
    ) -> None:
        """Take note of a finished request, refused ones too.

        `model` is the name as it was asked for, `api` the method as that transport writes it
        (`Predict` over gRPC, `predict` over REST), `seconds` from the request's arrival to its answer.
        """

    def ran(self, model: str, api: str, seconds: float) -> None:
        """Take note of one run of the graph, from its start to its end; `api` is `Predict` and so on."""


class Nobody:
    """Counts nothing."""

    def answered(
        self, model: str, api: str, entrypoint: Entrypoint, code: grpc.StatusCode, seconds: float
    ) -> None:
        """Forget it."""

    def ran(self, model: str, api: str, seconds: float) -> None:
        """Forget it."""
