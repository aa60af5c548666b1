"""The shape of a calibration file: what was measured of a server, and the model of it that a run uses.

Times in `model` are written as in a scenario. All other figures are numbers in seconds, bytes and shares.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from line_sim.scenario.fields import Record, Text
from line_sim.scenario.gateways.modelled import ModelledOptions

VERSION: Literal[1] = 1
"""The version of this format; the value of its first key."""

Seconds = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Bytes = Annotated[int, Field(strict=True, ge=0)]
Count = Annotated[int, Field(strict=True, ge=1)]


class Measured(Record):
    """How, where and when a server was measured; whoever measures may say more than the keys here."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    at: Text = Field(description="When, as in 2026-03-01T12:00:00Z.")
    how: Text = Field(description="By what: the command, or a sentence.")
    target: Text | None = Field(None, description="HOST:PORT; absent of an embedded one.")
    server: Mapping[str, Any] = Field({}, description="What the server says of itself.")
    model: Text | None = Field(None, description="The model that answered.")
    machine: Mapping[str, Any] = Field({}, description="The machine that it ran on.")
    payload_bytes: Bytes | None = Field(None, description="The size of a request.")
    foreign_load: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] | None = Field(
        None, description="The share of the machine's processors that others took meanwhile."
    )
    calls: Count | None = Field(None, description="How many calls were put.")


class Payload(Record):
    """What the size of a request costs; more keys may tell how that was found."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    seconds_per_byte: Share = Field(description="What a byte more takes, in seconds.")


class Blocks(Record):
    """The measurements themselves, in the stretches in which they were taken, to be drawn again."""

    alone: tuple[tuple[Seconds, ...], ...] = Field(
        (), description="What consecutive calls took that were alone, in seconds: a list for each stretch."
    )
    together: Mapping[int, tuple[Share, ...]] = Field(
        {}, description="What the whole server did with so many calls out, as total speeds: a list for each."
    )


class Calibration(Record):
    """A calibration file, `server.yaml`."""

    line_sim_server: Literal[1] = Field(VERSION, description="The version of this format.")
    name: Text = Field(description="What the server is called.")
    measured: Measured = Field(description="How it was measured.")
    model: ModelledOptions = Field(description="What a run uses: the keys of modelled.")
    payload: Payload | None = Field(None, description="What the size of a request costs.")
    cold: tuple[Seconds, ...] = Field((), description="What the first calls took, in seconds.")
    blocks: Blocks = Field(Blocks(), description="The measurements themselves.")
    held_out: Mapping[str, Any] = Field(
        {}, description="How far the model was off on measurements it was not fitted to, as shares."
    )

    @property
    def identity(self) -> str:
        """Which calibration it is, in a few words: its name and when it was measured."""
        return identity_text(self.name, self.measured.at)


def identity_text(name: str, at: str) -> str:
    """Say which calibration it is: its name and when it was measured."""
    return f"{name}, measured {at}"
