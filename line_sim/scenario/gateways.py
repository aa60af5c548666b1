"""What answers an inspection's question: a server over gRPC, a model of one, and more to come."""

import ipaddress
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, Tag, model_validator

from line_sim.scenario.fields import LocalPath, PositiveDuration, Rate, Record, Text, Units, one_of, refuse
from line_sim.scenario.times import Time
from line_sim.units import SECOND

EMBEDDED = "embedded"
"""The target that means: start a server of our own for the run."""

_ADDRESS = re.compile(
    r"(?:\[(?P<v6>[^\[\]]+)\]|(?P<host>[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?)):(?P<port>[0-9]{1,5})"
)


def _target(value: str) -> str:
    match = _ADDRESS.fullmatch(value)
    if value != EMBEDDED and (
        match is None or not 1 <= int(match["port"]) <= 65535 or not _is_v6(match["v6"])
    ):
        raise ValueError("it must be embedded or HOST:PORT, such as localhost:8500 or [::1]:8500")
    return value


def _is_v6(text: str | None) -> bool:
    try:
        return text is None or ipaddress.ip_address(text.partition("%")[0]).version == 6
    except ValueError:
        return False


class ServerOptions(Record):
    """What every call to a real server needs to know."""

    target: Annotated[Text, AfterValidator(_target)] = Field(
        EMBEDDED, description="embedded (a server is started for the run) or HOST:PORT."
    )
    model: Text = Field("inception_v3", description="The name under which the server serves the model.")
    signature: Text = Field("inspect", description="The signature that is called.")
    model_version: Annotated[int, Field(strict=True, ge=0)] | None = Field(
        None, description="The version that is called. Default: the newest one served."
    )
    model_base_path: LocalPath | None = Field(
        None,
        description="Where the embedded server finds the model's versions; relative to the scenario's "
        "folder. Default: models/MODEL in the working directory.",
    )
    input: Text = Field("image", description="The signature's input that takes the JPEG bytes.")
    label_output: Text = Field("label", description="The signature's output with the label.")
    score_output: Text = Field("score", description="The signature's output with the score.")
    connect_timeout: PositiveDuration = Field(
        5 * SECOND, description="How long to try to reach the server before the first part."
    )

    @property
    def embedded(self) -> bool:
        """Whether the run starts a server of its own."""
        return self.target == EMBEDDED

    @model_validator(mode="after")
    def _path_is_for_embedded(self) -> Self:
        if self.model_base_path is not None and not self.embedded:
            message = f"only the embedded server loads a model from a path; the target is {self.target}"
            refuse(type(self).__name__, [(("model_base_path",), message, self.model_base_path)])
        return self


class GrpcOptions(ServerOptions):
    """A server that speaks TensorFlow Serving's gRPC interface."""


class RestOptions(ServerOptions):
    """A server that speaks TensorFlow Serving's REST interface."""


class ModelledOptions(Record):
    """An inference server as a queue with a service time and rates of error."""

    service: Time = Field(description="What one answer takes when nothing is before it.")
    servers: Units = Field(1, description="Answers that are worked on at the same time.")
    after_deadline: Literal["stops", "keeps_computing"] = Field(
        "stops", description="Whether the server drops a call past its deadline or finishes it all the same."
    )
    miss_rate: Rate = Field(0.0, description="The share of defective parts it calls good, 0 to 1.")
    false_alarm_rate: Rate = Field(0.0, description="The share of good parts it calls defective, 0 to 1.")


class ReplayOptions(Record):
    """The recorded calls of an earlier run."""

    calls: LocalPath = Field(description="The calls.csv of a run; relative to the scenario's folder.")


class GrpcGateway(Record):
    """A real server over gRPC."""

    grpc: GrpcOptions = Field(description="A real server over gRPC.")

    @property
    def live(self) -> bool:
        """Whether wall-clock time passes while it answers."""
        return True


class RestGateway(Record):
    """A real server over REST; this version cannot run it yet."""

    rest: RestOptions = Field(description="A real server over REST; this version cannot run it yet.")

    @property
    def live(self) -> bool:
        """Whether wall-clock time passes while it answers."""
        return True


class ModelledGateway(Record):
    """A modelled server; no real one is needed."""

    modelled: ModelledOptions = Field(description="A modelled server; no real one is needed.")

    @property
    def live(self) -> bool:
        """Whether wall-clock time passes while it answers."""
        return False


class ReplayGateway(Record):
    """The answers of an earlier run, each after the time that it took then."""

    replay: ReplayOptions = Field(
        description="The answers of an earlier run, each after the time that it took then."
    )

    @property
    def live(self) -> bool:
        """Whether wall-clock time passes while it answers."""
        return False


Gateway = Annotated[
    Annotated[GrpcGateway, Tag("<grpc>")]
    | Annotated[RestGateway, Tag("<rest>")]
    | Annotated[ModelledGateway, Tag("<modelled>")]
    | Annotated[ReplayGateway, Tag("<replay>")],
    one_of(
        "grpc",
        "rest",
        "modelled",
        "replay",
        wanted="it must be a mapping with one of grpc, rest, modelled, replay",
    ),
]
"""What answers, written as a mapping with its kind as the only key."""
