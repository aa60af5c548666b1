"""The body of Classify and Regress over REST: JSON objects to tf.Examples."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from line_sim_serving.inference.refusal import Refusal, invalid
from line_sim_serving.rest.values.base64_values import decode_base64, is_base64
from line_sim_serving.rest.values.json_text import shown, text_bytes, type_name

INT64_MAX, INT64_MIN = 2**63 - 1, -(2**63)

_LISTS = {"bytes": "bytes_list", "float": "float_list", "int64": "int64_list"}


def fill_examples(request_input: Any, document: Mapping[str, Any]) -> None:
    """Write `examples`, and `context` where there is one, into an empty Input. Raises Refusal."""
    examples = request_input.example_list
    if "context" in document:
        examples = request_input.example_list_with_context
        _fill_example(examples.context, document["context"])
    if "examples" not in document:
        raise _misformed(document, "When method is classify, key 'examples' is expected and was not found")
    values = document["examples"]
    if not isinstance(values, list):
        raise _misformed(document, "Expecting 'examples' value to be an list/array")
    if not values:
        raise _misformed(document, "'examples' value is an empty array")
    for value in values:
        _fill_example(examples.examples.add(), value)


def _misformed(document: Mapping[str, Any], complaint: str) -> Refusal:
    return invalid(f"JSON Value: {shown(document)} {complaint}")


def _fill_example(example: Any, value: Any) -> None:
    if not isinstance(value, dict):
        raise invalid(f"Example must be JSON object but got JSON {type_name(value)}")
    for name, content in value.items():
        feature = example.features.feature[text_bytes(name).decode("utf-8", "replace")]
        _fill_feature(feature, name, content if isinstance(content, list) else [content])


def _fill_feature(feature: Any, name: str, elements: list[Any]) -> None:
    """Write a feature's elements, which the first one gives its kind. Raises Refusal."""
    kind = ""
    for element in elements:
        own = _kind(element)
        if own == "":
            raise invalid(f"Feature: {name} has element with unexpected JSON type: {type_name(element)}")
        kind = kind or own
        if own != kind:
            raise invalid(f"Unexpected element type in feature: {name} expecting type: {kind}")
        getattr(feature, _LISTS[kind]).value.append(_as(kind, name, element))


def _kind(element: Any) -> str:
    """Give the kind of feature that an element belongs to; empty for none."""
    if isinstance(element, str) or is_base64(element):
        return "bytes"
    if isinstance(element, int) and INT64_MIN <= element < 2**64:
        return "int64"
    return "float" if isinstance(element, int | float) else ""


def _as(kind: str, name: str, element: Any) -> Any:
    if kind == "bytes":
        return text_bytes(element) if isinstance(element, str) else decode_base64(element)
    if kind == "float":
        with np.errstate(over="ignore"):
            return float(np.float32(element))
    if element > INT64_MAX:
        raise invalid(f"Feature: {name} has uint64_t element. Only int64_t is supported.")
    return int(element)
