"""How a client gets to its servers and what it does when one fails: TLS, metadata, retries."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from line_sim.scenario.fields import LocalFile, PositiveDuration, Rate, Record, Text
from line_sim.scenario.secrets import shown_name
from line_sim.units import MILLISECOND

_HEADER = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")
_TAKEN = frozenset(
    (
        "accept",
        "connection",
        "content-length",
        "content-type",
        "host",
        "te",
        "transfer-encoding",
        "user-agent",
    )
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class TlsOptions(Record):
    """TLS: whom we trust, and who we say we are; `true` stands for all defaults."""

    ca: LocalFile | None = Field(
        None,
        description="The authorities that are trusted, PEM; relative to the scenario's folder. "
        "Default: the system's.",
    )
    cert: LocalFile | None = Field(
        None, description="Our own certificate for a server that asks for one (mutual TLS), PEM."
    )
    key: LocalFile | None = Field(None, description="The private key of cert, PEM, without a password.")
    server_name: Text | None = Field(
        None, description="The name that the server's certificate must have. Default: the target's host."
    )

    @model_validator(mode="after")
    def _a_pair(self) -> Self:
        if (self.cert is None) != (self.key is None):
            raise ValueError("it must have both cert and key, or neither")
        return self


def _tls(written: object) -> object:
    if isinstance(written, bool):
        return {} if written else None
    return written


class _OrBool:
    """Adds true and false to what a JSON Schema allows."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        return {"anyOf": [*schema.get("anyOf", [schema]), {"type": "boolean"}]}


Tls = Annotated[TlsOptions | None, BeforeValidator(_tls), _OrBool]


class Value(Record):
    """A value of metadata: the text itself, or the environment variable that holds it."""

    text: Annotated[str, Field(strict=True, max_length=4000)] | None = Field(
        None, repr=False, description="The value; told nowhere but in the scenario's own file."
    )
    env: Text | None = Field(
        None, description="The environment variable that holds the value; only its name is written anywhere."
    )

    @model_validator(mode="before")
    @classmethod
    def _read(cls, written: Any) -> Any:
        return {"text": written} if isinstance(written, str) else written

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.text is None) == (self.env is None):
            raise ValueError("it must be text, or {env: NAME}")
        if self.text is not None and not (self.text.isascii() and self.text.isprintable()):
            raise ValueError("it must be printable ASCII")
        if self.env is not None and not _VARIABLE.fullmatch(self.env):
            raise ValueError("env must be the name of an environment variable")
        return self

    @model_serializer(mode="plain")
    def _write(self) -> Any:
        return {"env": self.env} if self.env is not None else self.text

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the two forms as they are written."""
        reference = handler(core)
        schema = handler.resolve_ref_schema(reference)
        env = schema["properties"]["env"]
        described = {"type": "string", "minLength": 1, "description": env["description"]}
        mapping = {"type": "object", "properties": {"env": described}, "required": ["env"]}
        description = schema["description"]
        schema.clear()
        schema.update(
            description=description, anyOf=[{"type": "string"}, {**mapping, "additionalProperties": False}]
        )
        return reference


class MetadataMap(dict[str, Value]):
    """Metadata by name; nobody changes it, so that it can be hashed like every part of a scenario."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash the names and values, whatever their order."""
        return hash(frozenset(self.items()))


def named(written: object) -> object:
    """Refuse names that cannot be sent; YAML's other kinds of keys are left to the model."""
    if isinstance(written, Mapping):
        for name in written:
            if not (isinstance(name, str) and _HEADER.fullmatch(name)):
                raise ValueError(f"the name {shown_name(name)} must be of lower-case letters, digits and _.-")
            if name in _TAKEN or name.endswith("-bin") or name.startswith("grpc-"):
                raise ValueError(f"the name {name} is gRPC's or HTTP's own")
    return written


Metadata = Annotated[dict[str, Value], BeforeValidator(named), AfterValidator(MetadataMap)]

RetryStatus = Literal["UNAVAILABLE", "RESOURCE_EXHAUSTED", "ABORTED", "INTERNAL", "UNKNOWN", "NOT_FOUND"]


class RetryOptions(Record):
    """Failed calls that are made again, within the deadline and a budget."""

    attempts: Annotated[int, Field(strict=True, ge=2, le=10)] = Field(
        2, description="The most calls for one part, the first included; 2 to 10."
    )
    budget: Rate = Field(
        0.2,
        description="The share of parts that may be asked about again in the long run, 0 to 1; up to ten "
        "retries are saved up for an outage.",
    )
    on: tuple[RetryStatus, ...] = Field(
        ("UNAVAILABLE",), min_length=1, description="The statuses after which a call is made again."
    )
    backoff: PositiveDuration = Field(
        10 * MILLISECOND,
        description="The pause before the first retry; it doubles with each, up to 1 s, and is spread.",
    )
