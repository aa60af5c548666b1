"""Pictures that are decoded before they are sent, as a scenario says it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from line_sim.scenario.fields import Record

Range: TypeAlias = Literal["0..1", "-1..1", "0..255"]
Resize: TypeAlias = Literal["bilinear", "nearest", "bicubic"]
Channels: TypeAlias = Literal["rgb", "bgr", "grey"]

RANGES: dict[Range, tuple[float, float]] = {"0..1": (0, 1), "-1..1": (-1, 1), "0..255": (0, 255)}
"""What black and white become."""

LARGEST_SIDE = 4_096

Side = Annotated[int, Field(strict=True, ge=1, le=LARGEST_SIDE)]
Level = Annotated[float, Field(strict=True, ge=-1_000_000, le=1_000_000, allow_inf_nan=False)]
Step = Annotated[float, Field(strict=True, ge=0.000_001, le=1_000_000, allow_inf_nan=False)]


class PixelsOptions(Record):
    """How a picture becomes a tensor; a range alone stands for all other defaults."""

    range: Range = Field(description="What black and white become: 0..1, -1..1 or 0..255.")
    size: tuple[Side, Side] | None = Field(
        None, description="[height, width] to which it is stretched. Default: what the signature says."
    )
    resize: Resize = Field("bilinear", description="How it is brought to that size, in Pillow's words.")
    channels: Channels | None = Field(
        None, description="rgb, bgr or grey. Default: grey where the signature has one channel, else rgb."
    )
    mean: tuple[Level, ...] | None = Field(
        None,
        min_length=1,
        max_length=3,
        description="What is taken off then: a number, or one for each channel as sent.",
    )
    std: tuple[Step, ...] | None = Field(
        None, min_length=1, max_length=3, description="What it is divided by then, likewise."
    )

    @model_validator(mode="before")
    @classmethod
    def _read_a_range(cls, written: Any) -> Any:
        if isinstance(written, cls):
            return written
        if not isinstance(written, Mapping):
            if written not in list(RANGES):
                raise ValueError(
                    f"it must be 0..1, -1..1 or 0..255, or a mapping with {', '.join(cls.model_fields)}"
                )
            return {"range": written}
        numbers = {key: written[key] for key in ("mean", "std") if isinstance(written.get(key), int | float)}
        return {**written, **{key: [number] for key, number in numbers.items()}}

    @model_validator(mode="after")
    def _for_every_channel(self) -> Self:
        grey = self.channels == "grey"
        for key, numbers in (("mean", self.mean), ("std", self.std)):
            if numbers is not None and (len(numbers) == 2 or (grey and len(numbers) > 1)):
                raise ValueError(f"{key} must have one number, or one for each channel")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the range by itself, too, and one number for all channels."""
        return {"anyOf": [{"enum": list(RANGES)}, handler(core)]}
