"""From the tensors of an answer to one label and its score, the same over every wire.

One picture was asked about, so an answer has one row: every dimension but the last is 1. The last one holds
the classes, and there may be none. Where there are several, labels and scores go together by their place, and
the best score decides, wherever it stands.
"""

import math
import struct
from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

from line_sim.inspection.outcome import Answered, checked_score
from line_sim.units import counted

MOST_CLASSES = 100_000
"""Values of one output that are looked at; no network tells so many classes apart."""

MOST_DIMENSIONS = 254
"""Of a tensor in TensorFlow; no other server has as many."""

Value = TypeVar("Value")


class Tensor(NamedTuple, Generic[Value]):
    """An output's values, flat, and its shape; no shape: it was not told."""

    shape: tuple[int, ...] | None
    values: Sequence[Value]


def best_class(labels: Sequence[str], scores: Sequence[float]) -> Answered:
    """Return the best of the classes. Raises ValueError where there is none."""
    if len(labels) != len(scores):
        raise ValueError(
            f"the answer has {counted(len(labels), 'labels')} and {counted(len(scores), 'scores')}"
        )
    checked = [checked_score(score) for score in scores]
    best = max(checked)
    names = sorted({label for label, score in zip(labels, checked, strict=True) if score == best})
    if len(names) > 1:
        raise ValueError(f"{len(names):,} labels share the best score, {best:g}")
    return Answered(names[0], best)


def only_label(labels: Sequence[str]) -> Answered:
    """Return the one label of a signature without scores; it counts as certain. Raises ValueError."""
    if len(labels) != 1:
        raise ValueError(f"the answer has {len(labels):,} labels and no scores")
    return Answered(labels[0], 1.0)


def one_row(what: str, tensor: Tensor[Value]) -> Sequence[Value]:
    """Return the classes of the only row. Raises ValueError for none, for several, and for far too many."""
    shape, values = tensor
    if shape is not None and any(size != 1 for size in shape[:-1]) and 0 not in shape:
        raise ValueError(f"the {what} is of the shape {shape_text(shape)}; one picture has one row")
    if not len(values):
        raise ValueError(f"the {what} is empty")
    if len(values) > MOST_CLASSES:
        raise ValueError(f"the {what} has {len(values):,} values; at most {MOST_CLASSES:,} are read")
    return values


def refuse_rank(what: str, dimensions: int) -> None:
    """Raise ValueError where there are more dimensions than any tensor has."""
    if dimensions > MOST_DIMENSIONS:
        raise ValueError(f"the {what} has {dimensions:,} dimensions")


def size_of(shape: Sequence[int]) -> int:
    """Return how many values a shape is for, -1 where it can be none."""
    return math.prod(shape) if min(shape, default=0) >= 0 else -1


def whole(what: str, shape: Sequence[int], values: Sequence[Value]) -> Tensor[Value]:
    """Hold the values against the shape; without dimensions they are taken as they are. Raises ValueError."""
    if not shape:
        return Tensor(None, values)
    refuse_rank(what, len(shape))
    if len(values) != size_of(shape):
        raise ValueError(f"the {what} is of the shape {shape_text(shape)} and has {len(values):,} values")
    return Tensor(tuple(shape), values)


def raw_scores(content: bytes, layout: str) -> Sequence[float]:
    """Read raw numbers of this layout of `struct`. Raises ValueError for half of one, or far too many."""
    size = struct.calcsize(layout)
    if len(content) % size:
        raise ValueError(f"the score has {len(content):,} bytes, no multiple of {size}")
    if len(content) > size * MOST_CLASSES:
        raise ValueError(f"the score has {len(content):,} bytes; at most {MOST_CLASSES:,} numbers are read")
    return [number for (number,) in struct.iter_unpack(layout, content)]


def shape_text(shape: Sequence[int]) -> str:
    """Write a shape, as far as anybody reads on."""
    sizes = ", ".join(map(str, shape[:8]))
    return f"[{sizes}, ...]" if len(shape) > 8 else f"[{sizes}]"
