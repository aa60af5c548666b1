"""What a gateway to servers of TensorFlow Serving's API needs to know, over gRPC and over REST."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, model_validator

from line_sim.scenario.fields import Key, LocalPath, Text
from line_sim.scenario.gateways.servers import EMBEDDED, Placed, ServerOptions, find_model


class ServedModel(Placed):
    """A model of TensorFlow Serving's, and the signature that is called."""

    signature: Text = Field("inspect", description="The signature that is called.")
    model_version: Annotated[int, Field(strict=True, ge=0, lt=2**63)] | None = Field(
        None, description="The version that is called. Default: the newest one served."
    )
    model_base_path: LocalPath | None = Field(
        None,
        description="Where the embedded server finds the model's versions; relative to the scenario's "
        "folder. Default: models/MODEL in the working directory or the nearest folder above it that has "
        "one, else in the scenario's folder or above that.",
    )
    input: Text = Field("image", description="The signature's input that takes the JPEG bytes.")
    label_output: Text = Field("label", description="The signature's output with the label.")
    score_output: Text = Field("score", description="The signature's output with the score.")


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
        return mistakes
