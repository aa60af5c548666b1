"""What is asked of a served model, and what its answer must hold, whatever it is sent over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from line_sim.inspection.outcome import Answered, Unreadable
from line_sim.inspection.wires.classes import UNNAMED, Classes
from line_sim.inspection.wires.fitting.constants import Given
from line_sim.inspection.wires.fitting.pixels import Pixels
from line_sim.inspection.wires.fitting.tensors import TensorKind
from line_sim.units import Nanoseconds


@dataclass(frozen=True, slots=True)
class ModelQuestion:
    """What to ask: the model, its version (None: the latest), its signature, its input and outputs.

    For TensorFlow Serving a version that is text is a label of one. Where `score_output` is empty the label
    comes alone, and counts as certain; where `label_output` is, there is a score for each class. `classes`
    says what these are called. A picture is sent as its JPEG, or as `pixels`; `constants` are further inputs,
    the same for every part.

    KServe's v2 protocol has no signatures, text for versions, and two things more: with an empty
    `label_output`, and nothing said of the classes, the server is asked for the best class of the score, and
    a question may wait in its queue for `queued_at_most` (None: as long as the server likes).
    """

    model: str
    signature: str = ""
    version: int | str | None = None
    input_name: str = "image"
    label_output: str = "label"
    score_output: str = "score"
    queued_at_most: Nanoseconds | None = None
    classes: Classes = UNNAMED
    pixels: Pixels | None = None
    constants: Mapping[str, Given] = field(default_factory=dict)

    @property
    def hangs_on_the_model(self) -> bool:
        """Whether it can be put only when the model has said what its tensors are."""
        return self.pixels is not None or bool(self.constants or self.classes.told) or not self.label_output

    @property
    def asks_for_the_best(self) -> bool:
        """Whether the server itself is to name the best class; only KServe's protocol knows that question."""
        return not self.label_output and not self.classes.told

    def __str__(self) -> str:
        """Name the model as an error's text does."""
        version = "" if self.version is None else f", version {self.version}"
        return f"model {self.model!r}{version}"


class Names(TypedDict, total=False):
    """The fields of a question beside the model and its signature, as they are handed on."""

    version: int | str | None
    input_name: str
    label_output: str
    score_output: str
    queued_at_most: Nanoseconds | None
    classes: Classes
    pixels: Pixels | None
    constants: Mapping[str, Given]


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """What an answer says, and which version of the model said it (empty: it did not tell)."""

    outcome: Answered | Unreadable
    version: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature takes and gives, by name, sorted."""

    inputs: Mapping[str, TensorKind]
    outputs: Mapping[str, TensorKind]
