"""The row form of a Predict request: each instance a value, or an object of named values."""

from collections.abc import Mapping, Sequence
from typing import Any

from line_sim_serving.inference.refusal import Refusal, invalid
from line_sim_serving.rest.values.base64_values import is_base64
from line_sim_serving.rest.values.json_text import shown
from line_sim_serving.rest.values.tensor_values import (
    Shape,
    TooDeep,
    first_mistake,
    fits,
    flatten,
    shape_of,
    write_tensor,
)


def fill_rows(inputs: Any, rows: Sequence[Any], types: Mapping[str, int]) -> None:
    """Stack rows along a new first axis into an empty map of TensorProtos. Raises Refusal."""
    if not isinstance(rows[0], dict) and len(types) > 1:
        raise invalid(
            "instances is a plain list, but expecting list of objects as multiple input tensors required "
            "as per tensorinfo_map"
        )
    try:
        regular = _fill_columns(inputs, rows, types)
    except TooDeep:
        raise invalid(f"tensor parsing error: {','.join(sorted(types))}") from None
    except Refusal:  # of one element: which one is found below
        regular = False
    if not regular:
        _find_mistake(rows, types)


def _fill_columns(inputs: Any, rows: Sequence[Any], types: Mapping[str, int]) -> bool:
    """Write all rows at once, if they are alike and of the right types; else tell that they are not."""
    for name, column in _columns(rows, types).items():
        shape = shape_of(column)
        flat = flatten(column, shape)
        if flat is None or not fits(flat, types[name]):
            return False
        write_tensor(inputs[name], shape, flat, types[name])
    return bool(inputs)


def _columns(rows: Sequence[Any], types: Mapping[str, int]) -> dict[str, list[Any]]:
    """Give each input its value of every row; nothing where some row has other names."""
    if not _is_object(rows[0]):
        return {min(types): list(rows)} if not any(map(_is_object, rows)) else {}
    if any(not _is_object(row) or row.keys() != types.keys() for row in rows):
        return {}
    return {name: [row[name] for row in rows] for name in types}


def _is_object(row: Any) -> bool:
    """Tell whether a row holds named values; a binary string looks alike, but is a value."""
    return isinstance(row, dict) and not is_base64(row)


def _find_mistake(rows: Sequence[Any], types: Mapping[str, int]) -> None:
    """Go through the rows in order and refuse the first that is wrong."""
    shapes: dict[str, Shape] = {}
    named = _is_object(rows[0])
    for place, row in enumerate(rows):
        if named and not _is_object(row):
            raise invalid(f"Expecting object but got list at item {place} of input list")
        if not named and _is_object(row):
            raise invalid(f"Expecting value/list but got object at item {place} of input list")
        members = row if named else {min(types): row}
        for name, value in members.items():
            mistake = _mistake(name, value, types, shapes)
            if mistake:
                key = f" key: {name}" if named else ""
                inner = f"{mistake.code.name}: {mistake.text}"
                raise invalid(f"Failed to process element: {place}{key} of 'instances' list. Error: {inner}")
        if named and members.keys() != types.keys():
            raise invalid(
                f"Failed to process element: {place} of 'instances' list. JSON object: {shown(row)} "
                f"keys must be equal to: {','.join(sorted(types))}"
            )


def _mistake(name: str, value: Any, types: Mapping[str, int], shapes: dict[str, Shape]) -> Refusal | None:
    """Give what is wrong with one value of one row; the first row says which shape is right."""
    if name not in types:
        return invalid(f"JSON object: does not have named input: {name}")
    shape = shape_of(value)
    mistake = first_mistake(value, shape, types[name])
    expected = shapes.setdefault(name, shape)
    if mistake or shape == expected:
        return mistake
    size, expected_size = _size(shape), _size(expected)
    if size != expected_size:
        return invalid(f"Expecting tensor size: {expected_size} but got: {size}")
    return invalid(f"Expecting shape {_shown_shape(expected)} but got: {_shown_shape(shape)}")


def _size(shape: Shape) -> int:
    size = 1
    for length in shape:
        size *= length
    return size


def _shown_shape(shape: Shape) -> str:
    return f"[{','.join(map(str, shape))}]"
