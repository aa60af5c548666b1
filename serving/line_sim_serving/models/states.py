"""Where a version is in its life, as GetModelStatus tells it."""

from dataclasses import dataclass
from enum import IntEnum

import grpc

from line_sim_serving.inference.refusal import Refusal, code_of


class State(IntEnum):
    """Where a version is in its life; the numbers of TensorFlow Serving's ModelVersionStatus."""

    START = 10
    LOADING = 20
    AVAILABLE = 30
    UNLOADING = 40
    END = 50


@dataclass(frozen=True, slots=True)
class VersionStatus:
    """One version's state; `code` is a gRPC status number, not 0 where its load failed."""

    version: int
    state: State
    code: int = 0
    text: str = ""

    @property
    def error(self) -> str:
        """The load's error as TensorFlow writes it: `NOT_FOUND: the text`."""
        return f"{code_of(self.code).name}: {self.text}"


def explain(error: Exception) -> tuple[int, str]:
    """Give a load error its gRPC status number (never 0) and text."""
    if isinstance(error, Refusal):
        return int(error.code.value[0]), error.text
    code = getattr(error, "error_code", None)
    return int(code or grpc.StatusCode.UNKNOWN.value[0]), str(getattr(error, "message", error))
