"""The decisions of batching, without threads, clocks or TensorFlow.

Requests of the same tensors are put together along their first axis, padded to a size that is allowed,
run at once, and taken apart again by rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import grpc
import numpy as np

from line_sim_serving.inference.refusal import Refusal, invalid
from line_sim_serving.models.runner import Array

Feeds: TypeAlias = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class BatchRules:
    """How large batches are, how long one waits to be filled, and how many may wait.

    `allowed_sizes` (empty: any) are increasing and end with the largest size that is run. With
    `split_large`, a request larger than `max_execution_size` is run in parts.
    """

    max_size: int = 1000
    timeout_s: float = 0.0
    max_enqueued: int = 10
    threads: int = 1
    allowed_sizes: tuple[int, ...] = ()
    pad_lengths: bool = False
    split_large: bool = False
    max_execution_size: int = 1000

    @property
    def full_size(self) -> int:
        """The rows that a batch can hold."""
        return self.max_execution_size if self.split_large else self.max_size


def rows_of(feeds: Feeds) -> int:
    """Give the number of rows of a request. Raises Refusal where its tensors do not agree on one."""
    sizes = set()
    for array in feeds.values():
        if array.ndim == 0:
            raise invalid("Batching Run() input tensors must have at least one dimension")
        sizes.add(len(array))
    if not sizes:
        raise invalid("Batching session Run() must have at least one input tensor")
    if len(sizes) > 1:
        raise invalid("Batching Run() input tensors must have equal 0th-dimension size")
    return int(sizes.pop())


def refuse_too_large(rows: int, rules: BatchRules) -> None:
    """Raise Refusal for a request that could never be run."""
    if rows > rules.max_size:
        raise invalid(f"Task size {rows} is larger than maximum input batch size {rules.max_size}")


def parts_of(rows: int, free: int, rules: BatchRules) -> list[int]:
    """Say in which parts a request is run, where an open batch has so many free rows.

    One part unless large requests are split: then the first fills the open batch.
    """
    if not rules.split_large or rows <= free:
        return [rows]
    parts = [free] if free else []
    left = rows - free
    while left > 0:
        parts.append(min(left, rules.full_size))
        left -= parts[-1]
    return parts


def padded_size(rows: int, allowed: Sequence[int]) -> int:
    """Give the smallest allowed size that holds so many rows; their own number where none does."""
    return next((size for size in allowed if size >= rows), rows)


def join(requests: Sequence[Feeds], rules: BatchRules) -> dict[str, Array]:
    """Put requests of the same names and types together, and pad them by repeating the last one's first row.

    Every request has at least one row.
    Raises Refusal where their rows have different shapes, and padding of lengths is off or cannot be done.
    """
    rows = sum(rows_of(feeds) for feeds in requests)
    padding = padded_size(rows, rules.allowed_sizes) - rows
    joined = {}
    for name in requests[0]:
        arrays = _of_one_shape(name, [feeds[name] for feeds in requests], rules)
        if padding:
            arrays.append(np.repeat(arrays[-1][:1], padding, axis=0))
        joined[name] = arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
    return joined


def split(outputs: Sequence[Array], sizes: Sequence[int], padded: int) -> list[list[Array]]:
    """Give every request its own rows of every output; the padding's rows belong to nobody.

    `padded` is the number of rows that were run. Raises Refusal where an output has another number.
    """
    for output in outputs:
        if output.ndim == 0:
            raise _failed("Batched output tensor has 0 dimensions")
        if len(output) != padded:
            raise _failed(
                "Batched output tensor's 0th dimension does not equal the sum of the "
                "0th dimension sizes of the input tensors"
            )
    ends = np.cumsum(sizes)
    return [[output[end - size : end] for output in outputs] for size, end in zip(sizes, ends, strict=True)]


def _of_one_shape(name: str, arrays: Sequence[Array], rules: BatchRules) -> list[Array]:
    """Give the arrays with rows of one shape, padded with each one's own first value if need be."""
    shapes = {array.shape[1:] for array in arrays}
    if len(shapes) == 1:
        return list(arrays)
    if not rules.pad_lengths:
        raise _failed(
            f"Tensors with name '{name}' from different tasks have different shapes and padding is turned "
            f"off. Set pad_variable_length_inputs to true, or ensure that all tensors with the same name "
            f"have equal dimensions starting with the first dim."
        )
    if len({len(shape) for shape in shapes}) > 1:
        raise invalid("Tensors' ranks must be equal")
    widest = tuple(max(sizes) for sizes in zip(*shapes, strict=True))
    return [_widen(array, widest) for array in arrays]


def _widen(array: Array, widest: tuple[int, ...]) -> Array:
    if array.shape[1:] == widest:
        return array
    if array.size == 0:
        raise invalid("Got empty tensor in batch of non-empty tensors.")
    wide = np.full((len(array), *widest), array.flat[0], array.dtype)
    wide[(slice(None), *(slice(size) for size in array.shape[1:]))] = array
    return wide


def _failed(text: str) -> Refusal:
    return Refusal(grpc.StatusCode.FAILED_PRECONDITION, text)
