"""The body of a Predict request over REST: rows (`instances`) or columns (`inputs`) to named tensors."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from line_sim_serving.inference.refusal import Refusal, invalid
from line_sim_serving.rest.values.base64_values import is_base64
from line_sim_serving.rest.values.json_text import shown
from line_sim_serving.rest.values.rows import fill_rows
from line_sim_serving.rest.values.tensor_values import TooDeep, fill_tensor


class Format(StrEnum):
    """How a request was written, which is how its answer is; the value is the answer's key."""

    ROW = "predictions"
    COLUMNAR = "outputs"


def signature_name(document: Mapping[str, Any]) -> str:
    """Give the signature that a request names; empty: none. Raises Refusal."""
    name = document.get("signature_name", "")
    if not isinstance(name, str):
        raise invalid(
            f"JSON Value: {shown(document)} not formatted correctly. "
            f"'signature_name' key must be a string value."
        )
    return name


def fill_inputs(inputs: Any, document: Mapping[str, Any], types: Mapping[str, int]) -> Format:
    """Write a request's tensors into an empty map of TensorProtos.

    `types` are the signature's inputs: name to number of the DataType. Raises Refusal.
    """
    if not types:
        name = signature_name(document) or "DEFAULT"
        raise invalid(f"Failed to get input map for signature: {name}")
    if "instances" in document:
        fill_rows(inputs, _rows(document), types)
        return Format.ROW
    if "inputs" not in document:
        raise invalid("Missing 'inputs' or 'instances' key")
    for name, value in _columns(document["inputs"], types).items():
        try:
            fill_tensor(inputs[name], value, types[name])
        except TooDeep:
            raise invalid(f"tensor parsing error: {name}") from None
    return Format.COLUMNAR


def _rows(document: Mapping[str, Any]) -> list[Any]:
    rows = document["instances"]
    if "inputs" in document:
        raise _misformed(
            document, "Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist "
        )
    if not isinstance(rows, list):
        raise _misformed(document, "Expecting 'instances' to be an list/array")
    if not rows:
        raise _misformed(document, "No values in 'instances' array")
    return rows


def _misformed(document: Mapping[str, Any], complaint: str) -> Refusal:
    return invalid(f"JSON Value: {shown(document)} {complaint}")


def _columns(value: Any, types: Mapping[str, int]) -> dict[str, Any]:
    """Give each input its value: the whole of it where there is one input, else by name."""
    if isinstance(value, dict) and not is_base64(value):
        for name in sorted(types):
            if name not in value:
                raise invalid(f"Missing named input: {name} in 'inputs' object.")
        return {name: value[name] for name in types}
    if len(types) > 1:
        raise invalid(
            "inputs is a plain value/list, but expecting an object as multiple input tensors required "
            "as per tensorinfo_map"
        )
    return dict.fromkeys(types, value)
