"""Requests that a modelled server works on together, and what a batch of each size takes."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, GetJsonSchemaHandler, Tag
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from line_sim.scenario.fields import Duration, Record
from line_sim.scenario.times import Time

LARGEST_BATCH = 10_000
_SIZE = re.compile(r"[1-9][0-9]{0,4}")


class BatchTimes(dict[int, Time]):
    """What a batch takes, by its size, the smallest first; nobody changes it, so that it can be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash the sizes and their times."""
        return hash(tuple(self.items()))


def _sizes(written: Any) -> Any:
    """Refuse what is no size; a key is text where it comes from a file."""
    if isinstance(written, Mapping):
        for size in written:
            if not _SIZE.fullmatch(str(size)) or isinstance(size, bool) or int(size) > LARGEST_BATCH:
                raise ValueError(f"the size {size!s:.40} must be a whole number from 1 to {LARGEST_BATCH:,}")
    return written


def _in_order(times: dict[int, Time]) -> BatchTimes:
    if 1 not in times:
        raise ValueError("it must have the size 1: what a request takes that is alone in its batch")
    ordered = BatchTimes(sorted(times.items()))
    for (size, time), (larger, longer) in pairwise(_means(ordered)):
        if longer < time:
            raise ValueError(f"a batch of {larger} must not take less than one of {size}")
    return ordered


def _means(times: BatchTimes) -> Iterator[tuple[int, float]]:
    """Yield the mean in ns of each size whose measured times are at hand."""
    for size, time in times.items():
        try:
            yield size, float(time.mean_ns)
        except ValueError:
            continue


class _BySize:
    """Describes in a JSON Schema the sizes that are its keys."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        written = handler(core)
        told = {"description": "What a batch takes, by its size: {1: 30 ms, 8: 90 ms}.", "required": ["1"]}
        return {**written, "propertyNames": {"pattern": f"^{_SIZE.pattern}$"}, **told}


def _form_of_service(value: object) -> str:
    sizes = isinstance(value, BatchTimes) or (
        isinstance(value, Mapping) and bool(value) and all(str(key)[:1].isdecimal() for key in value)
    )
    return "<sizes>" if sizes else "<time>"


Service: TypeAlias = Annotated[
    Annotated[Time, Tag("<time>")]
    | Annotated[dict[int, Time], BeforeValidator(_sizes), AfterValidator(_in_order), _BySize, Tag("<sizes>")],
    Discriminator(_form_of_service),
]
"""What a batch takes: the same whatever its size, or by its size."""

Size = Annotated[int, Field(strict=True, ge=1, le=LARGEST_BATCH)]


class Batching(Record):
    """How a modelled server puts requests together, as TensorFlow Serving and Triton do."""

    max: Size = Field(description="The most requests in a batch. 1 is no batching.")
    wait: Duration = Field(
        0, description="The longest that a free server waits for more of them, counted from the oldest."
    )
    pads: Annotated[bool, Field(strict=True)] = Field(
        False,
        description="true: a batch is filled up to the next size whose time is given, as with TensorFlow "
        "Serving's allowed_batch_sizes. false: its time lies in between, in proportion.",
    )
