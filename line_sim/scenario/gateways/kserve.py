"""A real server of KServe's v2 protocol (Triton, MLServer, KServe), as a scenario says it."""

from typing import Annotated, Self, final

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from line_sim.scenario.fields import DURATION_PATTERN, Key, Record, Text
from line_sim.scenario.gateways.asking.labels import LabelsFile, Scores
from line_sim.scenario.gateways.kind import Form, LiveKind
from line_sim.scenario.gateways.servers import EMBEDDED, Placed, ServerOptions, Target, not_too_long
from line_sim.units import MICROSECOND, Nanoseconds, duration_text, parse_duration

NOWHERE = ""
"""The target of options that have several, or that forgot it: there is none that could be guessed."""

NO_TIMEOUT = "none"


def _of_others(value: str) -> str:
    if value == EMBEDDED:
        raise ValueError(
            "it must be HOST:PORT of a server that runs: none of this protocol is brought along; the "
            "embedded server is asked by grpc and rest"
        )
    return value


def _version(value: object) -> object:
    """Read a bare number as the text that it is for these servers."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _timeout(value: object) -> Nanoseconds | None:
    if value is None or value == NO_TIMEOUT:
        return None
    try:
        found = parse_duration(value)
    except ValueError as error:
        raise ValueError(f"it must be none or a duration such as 100 ms: {error}") from error
    if found < MICROSECOND:
        raise ValueError("it must be none, or at least 1 us")
    return not_too_long(found)


def _timeout_text(value: Nanoseconds | None) -> str | None:
    return None if value is None else duration_text(value)


Version = Annotated[
    Text,
    BeforeValidator(_version),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, {"type": "integer", "minimum": 0}]}),
]
"""A version's name; for Triton a number, for others any text."""

Timeout = Annotated[
    Nanoseconds | None,
    PlainValidator(_timeout),
    PlainSerializer(_timeout_text, return_type=str | None),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": NO_TIMEOUT},
                {"type": "string", "pattern": DURATION_PATTERN},
                {"type": "number", "exclusiveMinimum": 0, "description": "seconds"},
            ]
        }
    ),
]
"""Nanoseconds; None, written `none`: as long as the server likes."""


class KserveOutputs(Record):
    """The model's outputs that hold the answer: a label and its score, or one of them alone."""

    label: Text | None = Field(
        None,
        description="The output with the label, BYTES, or with the number of a class, INT32 or INT64. Alone "
        "it counts as certain: its score is 1.",
    )
    score: Text | None = Field(
        None,
        description="The output with the score, FP16, FP32 or FP64. Alone it holds that of every class where "
        "there are labels; else the server is asked to name its best class (Triton's classification).",
    )

    @model_validator(mode="after")
    def _at_least_one(self) -> Self:
        if self.label is None and self.score is None:
            raise ValueError("it must name a label, a score, or both")
        return self


class AskedModel(Placed):
    """A model of KServe's v2 protocol, and what it is asked."""

    version: Version | None = Field(
        None, description="The version that is called. Default: the one that the server chooses."
    )
    input: Text | None = Field(
        None,
        description="The model's input that takes the picture, BYTES or UINT8. Default: the only one it has; "
        "image where the server does not tell.",
    )
    outputs: KserveOutputs = Field(
        KserveOutputs(label="label", score="score"), description="Where the answer is."
    )
    labels: LabelsFile | None = Field(
        None,
        description="A file with what the classes are called, one a line, class 0 first; relative to the "
        "scenario's folder.",
    )
    scores: Scores = Field(
        "probabilities",
        description="What the scores are: probabilities, or logits, of which a softmax makes them.",
    )
    form: Form = Field("grpc", description="What carries the calls: grpc or rest.")
    timeout: Timeout = Field(
        None,
        description="How long a question may wait in the server's own queue, in steps of 1 us; Triton keeps "
        "to it where the model's queue policy allows it. none: as long as the server likes.",
    )


class KserveOptions(ServerOptions, AskedModel):
    """A server that speaks KServe's v2 protocol."""

    target: Annotated[Target, AfterValidator(_of_others)] = Field(
        NOWHERE,
        description="HOST:PORT, or unix:PATH of a socket, relative to the scenario's folder. Triton's gRPC "
        "port is usually 8001 and its REST port 8000, MLServer's are 8081 and 8080.",
    )

    def misfits(self) -> list[tuple[Key, str, object]]:
        """Return what is missing, and scores of no output, too."""
        if self.targets is None and self.target == NOWHERE:
            message = "it must have a target, or targets: HOST:PORT of the server, such as localhost:8001"
            return [((), message, {})]
        mistakes = super().misfits()
        if self.scores == "logits" and self.outputs.score is None:
            mistakes.append((("scores",), "there are none: outputs names no score", self.scores))
        return mistakes


@final
class KserveGateway(LiveKind):
    """A real server of KServe's v2 protocol: Triton, MLServer, KServe."""

    kserve: KserveOptions = Field(description="A real server of KServe's v2 protocol.")
    protocol = "kserve"

    @property
    def form(self) -> Form:
        """What carries its calls."""
        return self.kserve.form

    @property
    def server(self) -> KserveOptions:
        """What its calls need to know."""
        return self.kserve
