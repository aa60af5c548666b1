"""The two manners in which KServe's v2 protocol is spoken, and what both have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, TypeAlias

from line_sim.inspection.wires import statuses
from line_sim.inspection.wires.kserve.form import InputForm, Model
from line_sim.inspection.wires.question import ModelQuestion
from line_sim.inspection.wires.told import told_in_line
from line_sim.inspection.wires.transport import Access, Request, Response, Transport, Wire

BEST_CLASS = "classification"
"""The parameter of an output that asks Triton for so many of its best classes in place of all scores."""

TIMEOUT = "timeout"
"""The parameter of a question that says how many us it may wait in the server's queue."""

LONGEST_VERSION = 100
"""Characters of a version's name that are kept."""

MOST_OUTPUTS = 1_000
"""Outputs of an answer that are looked at, and tensors and versions of a model; none has as many."""

UNKNOWN_MODEL = (statuses.NOT_FOUND, statuses.UNKNOWN, statuses.INVALID_ARGUMENT)
"""How servers say that they have no such model: KServe and Triton, MLServer, and each of its version."""

State: TypeAlias = Literal["ready", "unready", "unknown", "stranger", "failed"]
"""What an answer to a question about readiness says: of no such model, of no such protocol, or nothing."""


class About(NamedTuple):
    """What a server says of itself: name and version, and whether it takes a picture's bytes as they are."""

    software: str
    takes_bytes: bool


class WireMaker(Protocol):
    """Makes what a model is asked in."""

    def __call__(self, question: ModelQuestion, form: InputForm, *, binary: bool) -> Wire:
        """Make it; `binary` says whether the server takes raw bytes behind a JSON document."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the protocol's questions are put in one of its two ways, and what their answers say.

    The readers raise ValueError. `unsaid` is what is believed of a server that says nothing of itself.
    """

    way: Callable[[str, Access], Transport]
    usual_target: str
    server_ready: Callable[[], Request]
    server_state: Callable[[Response], State]
    model_ready: Callable[[ModelQuestion], Request]
    model_state: Callable[[Response], State]
    model_metadata: Callable[[ModelQuestion], Request]
    read_model: Callable[[bytes], Model]
    wire: WireMaker
    server_metadata: Callable[[], Request]
    read_server: Callable[[bytes], About]
    unsaid: About


def wanted_outputs(question: ModelQuestion) -> list[str]:
    """Return the outputs that a question is about."""
    return [name for name in (question.label_output, question.score_output) if name]


def longest_in_queue(question: ModelQuestion) -> int | None:
    """Return how many us a question may wait in the server's queue; None: as long as the server likes."""
    return None if question.queued_at_most is None else max(1, question.queued_at_most // 1000)


def version_text(question: ModelQuestion) -> str:
    """Return the version that is asked for; empty: the server chooses."""
    return "" if question.version is None else str(question.version)


def software(name: str, version: str) -> str:
    """Return a server's name and version as `run.json` has them: `triton 2.51.0`."""
    return " ".join(told_in_line(one, LONGEST_VERSION) for one in (name, version) if one)


def refuse_many(model_has: int) -> None:
    """Raise ValueError where a model has more tensors or versions than any."""
    if model_has > MOST_OUTPUTS:
        raise ValueError(f"the model has {model_has:,} inputs, outputs or versions")
