"""What is asked of a served model, and what its answer must hold, whatever it is sent over."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from line_sim.inspection.outcome import Answered, Unreadable
from line_sim.inspection.wires.told import listed
from line_sim.units import Nanoseconds


@dataclass(frozen=True, slots=True)
class ModelQuestion:
    """What to ask: the model, its version (None: the latest), its signature, its input and outputs.

    Where `score_output` is empty the label comes alone, and counts as certain. KServe's v2 protocol has no
    signatures, text for versions, and two things more: with an empty `label_output` the server is asked for
    the best class of the score, and a question may wait in its queue for `queued_at_most` (None: as long as
    the server likes).
    """

    model: str
    signature: str = ""
    version: int | str | None = None
    input_name: str = "image"
    label_output: str = "label"
    score_output: str = "score"
    queued_at_most: Nanoseconds | None = None

    def __str__(self) -> str:
        """Name the model as an error's text does."""
        version = "" if self.version is None else f", version {self.version}"
        return f"model {self.model!r}{version}"


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """What an answer says, and which version of the model said it (empty: it did not tell)."""

    outcome: Answered | Unreadable
    version: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """The names that a signature has; inputs only as far as they are strings.

    `shapes` are those of inputs that are declared otherwise than as a batch of one dimension.
    """

    inputs: tuple[str, ...]
    string_inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def misfit(question: ModelQuestion, signatures: Mapping[str, Signature]) -> str:
    """Compare the question with what the model has; empty where they fit."""
    if question.signature not in signatures:
        return f"there is no signature {question.signature!r}; its signatures are {listed(signatures)}"
    signature = signatures[question.signature]
    where = f"the signature {question.signature!r}"
    if signature.inputs != (question.input_name,):
        return (
            f"{where} must have the one input {question.input_name!r}; "
            f"its inputs are {listed(signature.inputs)}"
        )
    if question.input_name not in signature.string_inputs:
        return f"{where} must take JPEG bytes, but its input {question.input_name!r} is not a string"
    if question.input_name in signature.shapes:
        shape = list(signature.shapes[question.input_name])
        return (
            f"{where} takes {question.input_name!r} of shape {shape}; pictures are sent as a batch of one, "
            f"of shape [1]: export it with the shape [None]"
        )
    for name in (question.label_output, question.score_output):
        if name not in signature.outputs:
            return f"{where} has no output {name!r}; its outputs are {listed(signature.outputs)}"
    return ""
