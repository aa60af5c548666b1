"""What every kind of gateway to real servers needs to know, and how long a call waits where nobody says."""

import ipaddress
import json
import os
import re
from collections.abc import Container
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
    model_validator,
)

from line_sim.scenario.access import Metadata, MetadataMap, RetryOptions, Tls
from line_sim.scenario.fields import Key, PositiveDuration, Record, Text, refuse
from line_sim.units import HOUR, SECOND, Nanoseconds, duration_text

EMBEDDED = "embedded"
"""The target that means: start a server of our own for the run."""

LONGEST_CALL = 5 * SECOND
"""The deadline of a live call where none is stated: a server that never answers must not stop the line."""

LONGEST_WAIT = 24 * HOUR
"""No wait for the world outside is longer: beyond 24.8 days a socket takes no timeout."""

CONNECT_TIMEOUT = 5 * SECOND
"""How long a server is tried to be reached where nothing is stated."""

UNIX = "unix:"
"""How the target of a socket file begins, in gRPC's words."""

LONGEST_SOCKET_PATH = 107
"""Bytes of a socket file's path, on every system that has them."""

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_ADDRESS = re.compile(
    rf"(?:\[(?P<v6>[^\[\]]+)\]|(?P<host>(?=.{{1,253}}:){_LABEL}(?:\.{_LABEL})*\.?)):(?P<port>[0-9]{{1,5}})"
)


def checked_target(value: str) -> str:
    """Return a target that can be one. Raises ValueError with what is allowed."""
    if value == EMBEDDED:
        return value
    if value.startswith(UNIX):
        path = value.removeprefix(UNIX)
        if not path or len(os.fsencode(path)) > LONGEST_SOCKET_PATH or "\0" in path:
            raise ValueError(f"it must be unix:PATH with a path of 1 to {LONGEST_SOCKET_PATH} bytes")
        return value
    match = _ADDRESS.fullmatch(value)
    if match is None or not 1 <= int(match["port"]) <= 65535 or not _is_v6(match["v6"]):
        raise ValueError(
            "it must be embedded or HOST:PORT, such as localhost:8500 or [::1]:8500, or unix:PATH of a socket"
        )
    return value


def placed_target(target: str, folder: Path) -> str:
    """Return a target whose socket's path is absolute; a relative one is meant from a folder."""
    if not target.startswith(UNIX):
        return target
    return checked_target(f"{UNIX}{folder / target.removeprefix(UNIX)}")


def retargeted(target: str, keys: Container[str]) -> tuple[str, ...]:
    """Return the overrides that have this target take the place of all others in options with these keys."""
    unfit = "tls" if target == EMBEDDED else "model_base_path"  # fits the other kind of target alone
    moved = (f"target={json.dumps(target)}", "targets=null")
    return (*moved, f"{unfit}=null") if unfit in keys else moved


def find_model(model: str, *starts: Path) -> Path:
    """Return `models/MODEL` of the nearest folder at or above the first of these that has it above it.

    Where none has, the one that would be made in the first of them.
    """
    for start in starts:
        for folder in (start, *start.parents):
            if (folder / "models" / model).is_dir():
                return folder / "models" / model
    return starts[0] / "models" / model


def _placed(target: str, info: ValidationInfo) -> str:
    folder = (info.context or {}).get("folder")
    return target if folder is None else placed_target(target, Path(folder))


Target = Annotated[Text, AfterValidator(checked_target), AfterValidator(_placed)]


def _is_v6(text: str | None) -> bool:
    try:
        return text is None or ipaddress.ip_address(text.partition("%")[0]).version == 6
    except ValueError:
        return False


def _address(value: str) -> str:
    if value == EMBEDDED:
        raise ValueError("it must be HOST:PORT; a server of our own is the target, and the only one")
    return value


def not_too_long(value: Nanoseconds) -> Nanoseconds:
    """Return a wait that can be waited. Raises ValueError."""
    if value > LONGEST_WAIT:
        raise ValueError(f"it must be at most {duration_text(LONGEST_WAIT)}")
    return value


class Placed(Record):
    """Where a model is served, and under which name."""

    target: Target = Field(
        EMBEDDED,
        description="embedded (a server is started for the run), HOST:PORT, or unix:PATH of a socket, "
        "relative to the scenario's folder.",
    )
    targets: tuple[Annotated[Target, AfterValidator(_address)], ...] | None = Field(
        None,
        min_length=1,
        max_length=100,
        description="Several servers in place of target, each HOST:PORT: the calls take turns, and one that "
        "is not there is passed over until it is back.",
    )
    model: Text = Field("inception_v3", description="The name under which the server serves the model.")


class Reached(Record):
    """How a server is got to, and what is done when that fails."""

    connect_timeout: Annotated[PositiveDuration, AfterValidator(not_too_long)] = Field(
        CONNECT_TIMEOUT, description="How long to try to reach the server before the first part."
    )
    tls: Tls = Field(None, description="TLS to the server: true, or a mapping. Default: plain text.")
    metadata: Metadata = Field(
        default_factory=MetadataMap,
        description="Metadata (gRPC) or headers (REST) of every request, such as an API key.",
    )
    wait_for_ready: Annotated[bool, Field(strict=True)] = Field(
        False,
        description="true: a call whose server is not there waits for it until the deadline, in place of "
        "failing at once.",
    )
    retries: RetryOptions | None = Field(
        None, description="Failed calls that are made again. Default: none is."
    )


class ServerOptions(Reached, Placed):
    """What every call to a real server needs to know, whatever its protocol.

    The keys stand in the order of the bases, the last one first; a protocol's own come between them.
    """

    @property
    def embedded(self) -> bool:
        """Whether the run starts a server of its own."""
        return self.targets is None and self.target == EMBEDDED

    @property
    def base_path(self) -> str | None:
        """Where a server of the run's own finds the model; None: where such models usually are."""
        return None

    @property
    def addresses(self) -> tuple[str, ...]:
        """The servers that take turns; one where there is a target."""
        return self.targets or (self.target,)

    def misfits(self) -> list[tuple[Key, str, object]]:
        """Return what does not go together, as (key path, message, value)."""
        if self.targets is None or self.target == type(self).model_fields["target"].default:
            return []
        return [(("targets",), "it must have either target or targets, and not both", self.targets)]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        mistakes = self.misfits()
        if mistakes:
            refuse(type(self).__name__, mistakes)
        return self

    @model_serializer(mode="wrap")
    def _write(self, inner: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out the target that the targets stand in for."""
        written: dict[str, Any] = inner(self)
        if self.targets is not None:
            del written["target"]
        return written
