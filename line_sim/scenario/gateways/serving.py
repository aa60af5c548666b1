"""What a gateway to servers of TensorFlow Serving's API needs to know, over gRPC and over REST."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag, ValidationInfo, model_validator

from line_sim.scenario.fields import Key, LocalPath, Text
from line_sim.scenario.gateways.asking.constants import Constants, Inputs
from line_sim.scenario.gateways.asking.labels import LabelsFile, Scores
from line_sim.scenario.gateways.asking.pixels import PixelsOptions
from line_sim.scenario.gateways.servers import EMBEDDED, Placed, ServerOptions, find_model

NO_OUTPUT = "none"
"""The name of an output that a signature does not have."""


def output_named(written: str) -> str:
    """Return the output of this name, empty for one that a signature does not have."""
    return "" if written == NO_OUTPUT else written


Number = Annotated[int, Field(strict=True, ge=0, lt=2**63)]


def _no_number(value: str) -> str:
    if value.isdigit():
        raise ValueError("it must be a number, without quotes, or a label such as stable")
    return value


def _form_of_version(value: object) -> str:
    return "<label>" if isinstance(value, str) else "<number>"


Version = Annotated[
    Annotated[Number, Tag("<number>")] | Annotated[Text, AfterValidator(_no_number), Tag("<label>")],
    Discriminator(_form_of_version),
]
"""A version's number, or one of the labels that the server's models.config gives to versions."""


class ServedModel(Placed):
    """A model of TensorFlow Serving's, and the signature that is called."""

    signature: Text = Field("inspect", description="The signature that is called.")
    model_version: Version | None = Field(
        None,
        description="The version that is called: its number, or a label such as stable. Default: the newest "
        "one served.",
    )
    model_base_path: LocalPath | None = Field(
        None,
        description="Where the embedded server finds the model's versions; relative to the scenario's "
        "folder. Default: models/MODEL in the working directory or the nearest folder above it that has "
        "one, else in the scenario's folder or above that.",
    )
    input: Text = Field(
        "image", description="The signature's input that takes the picture: its JPEG's bytes, or its pixels."
    )
    label_output: Text = Field(
        "label",
        description="The signature's output with the label, a text or the number of a class. none: it has "
        "none, the class with the best score is the answer.",
    )
    score_output: Text = Field(
        "score",
        description="The signature's output with the score. none: it has none, a label counts as certain.",
    )
    labels: LabelsFile | None = Field(
        None,
        description="A file with what the classes are called, one a line, class 0 first; relative to the "
        "scenario's folder. Default: a class is called by its number.",
    )
    scores: Scores = Field(
        "probabilities",
        description="What the scores are: probabilities, or logits, of which a softmax makes them.",
    )
    pixels: PixelsOptions | None = Field(
        None, description="The picture is decoded and sent as numbers. Default: its JPEG's bytes are sent."
    )
    inputs: Inputs = Field(
        default_factory=Constants,
        description="Further inputs of the signature, by name, the same for every part.",
    )


class ServingOptions(ServerOptions, ServedModel):
    """A server of TensorFlow Serving's API; the embedded one is of that kind."""

    @property
    def base_path(self) -> str | None:
        """Where the embedded server finds the model's versions."""
        return self.model_base_path

    @model_validator(mode="before")
    @classmethod
    def _find_the_model(cls, written: Any, info: ValidationInfo) -> Any:
        """Note where the embedded server's model is, unless it is where everybody looks first."""
        context = info.context or {}
        if not (context.get("folder") and context.get("read_files") and isinstance(written, Mapping)):
            return written
        elsewhere = written.get("targets") or written.get("target", EMBEDDED) != EMBEDDED
        model = written.get("model", cls.model_fields["model"].default)
        if elsewhere or written.get("model_base_path") or not isinstance(model, str) or "\0" in model:
            return written
        found = find_model(model, Path.cwd(), Path(context["folder"]))
        return written if found.parent.parent == Path.cwd() else {**written, "model_base_path": str(found)}

    def misfits(self) -> list[tuple[Key, str, object]]:
        """Return what does not fit the target, too."""
        mistakes = super().misfits()
        if self.model_base_path is not None and not self.embedded:
            where = ", ".join(self.addresses)
            message = f"only the embedded server loads a model from a path; the target is {where}"
            mistakes.append((("model_base_path",), message, self.model_base_path))
        if self.tls is not None and self.embedded:
            message = "the embedded server speaks plain text, on this machine alone; leave tls out"
            mistakes.append((("tls",), message, self.tls))
        return [*mistakes, *self._unreadable()]

    def _unreadable(self) -> Iterator[tuple[Key, str, object]]:
        """Yield what of the signature's names cannot be."""
        if self.label_output == self.score_output == NO_OUTPUT:
            yield ("score_output",), "label_output is none, too; one of them holds the answer", NO_OUTPUT
        if self.scores == "logits" and self.score_output == NO_OUTPUT:
            yield ("scores",), "there are none: score_output is none", self.scores
        if self.input in self.inputs:
            yield ("inputs", self.input), "that input takes the picture (input)", self.inputs[self.input]
