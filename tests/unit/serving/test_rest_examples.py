"""Classify and Regress over REST: JSON objects become tf.Examples."""

import json
from typing import Any

import pytest
from generated import classification_pb2
from hypothesis import given
from hypothesis import strategies as st
from line_sim_serving.inference.refusal import Refusal
from line_sim_serving.rest.examples import fill_examples


def features_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Read a body's examples, the context first where there is one: name to kind and values."""
    request = classification_pb2.ClassificationRequest()
    fill_examples(request.input, document)
    if request.input.HasField("example_list"):
        examples = list(request.input.example_list.examples)
    else:
        with_context = request.input.example_list_with_context
        examples = [with_context.context, *with_context.examples]
    return [
        {name: _read(feature) for name, feature in example.features.feature.items()} for example in examples
    ]


def _read(feature: Any) -> tuple[str, list[Any]]:
    kind = feature.WhichOneof("kind")
    return (kind, list(getattr(feature, kind).value)) if kind else ("", [])


def refusal_of(document: dict[str, Any]) -> str:
    """Give the text with which a body is refused."""
    with pytest.raises(Refusal) as caught:
        features_of(document)
    assert caught.value.code.name == "INVALID_ARGUMENT"
    return caught.value.text


@pytest.mark.parametrize(
    ("content", "feature"),
    [
        (1.0, ("float_list", [1.0])),
        ([1.5, 1e39], ("float_list", [1.5, float("inf")])),
        (1, ("int64_list", [1])),
        ([True, 7, False], ("int64_list", [1, 7, 0])),
        ("s", ("bytes_list", [b"s"])),
        (["s", {"b64": "aGk="}], ("bytes_list", [b"s", b"hi"])),
        ([], ("", [])),
        (2**64, ("float_list", [float(2**64)])),
    ],
)
def test_a_feature_is_of_the_kind_of_its_elements(content: Any, feature: tuple[str, list[Any]]) -> None:
    """1 is an integer and 1.0 a float, whatever the model would like."""
    assert features_of({"examples": [{"f": content}]}) == [{"f": feature}]


def test_a_context_comes_with_every_example() -> None:
    """It is an example of its own, sent once."""
    context = {"c": "all"}
    assert features_of({"context": context, "examples": [{"f": 1}, {}]}) == [
        {"c": ("bytes_list", [b"all"])},
        {"f": ("int64_list", [1])},
        {},
    ]


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({}, "JSON Value: {} When method is classify, key 'examples' is expected and was not found"),
        (
            {"examples": 1},
            "JSON Value: {\n    \"examples\": 1\n} Expecting 'examples' value to be an list/array",
        ),
        ({"examples": []}, "JSON Value: {\n    \"examples\": []\n} 'examples' value is an empty array"),
        ({"examples": [1]}, "Example must be JSON object but got JSON Number"),
        ({"examples": [{}], "context": []}, "Example must be JSON object but got JSON Array"),
        ({"examples": [{"f": [1, 2.0]}]}, "Unexpected element type in feature: f expecting type: int64"),
        ({"examples": [{"f": ["s", 2]}]}, "Unexpected element type in feature: f expecting type: bytes"),
        ({"examples": [{"f": [2.0, True]}]}, "Unexpected element type in feature: f expecting type: float"),
        ({"examples": [{"f": None}]}, "Feature: f has element with unexpected JSON type: Null"),
        ({"examples": [{"f": [[1]]}]}, "Feature: f has element with unexpected JSON type: Array"),
        ({"examples": [{"f": {"a": 1}}]}, "Feature: f has element with unexpected JSON type: Object"),
        ({"examples": [{"f": {"b64": "!"}}]}, "Unable to base64 decode"),
        (
            {"examples": [{"f": 2**63}]},
            "Feature: f has uint64_t element. Only int64_t is supported.",
        ),
    ],
)
def test_what_is_no_example_is_refused_in_the_known_words(document: dict[str, Any], text: str) -> None:
    """Clients and their tests know these texts."""
    assert refusal_of(document) == text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("a\u00e9\udc80", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["f", "b64"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["examples", "context"]), json_values))
def test_anything_is_read_or_refused(document: dict[str, Any]) -> None:
    """No value in any place ends in anything but examples or a refusal."""
    try:
        examples = features_of(document)
    except Refusal:
        return
    assert len(examples) == len(document["examples"]) + ("context" in document)


def test_the_widest_numbers_fit() -> None:
    """The bounds of int64 belong to it."""
    bounds = [2**63 - 1, -(2**63)]
    assert features_of(json.loads(json.dumps({"examples": [{"f": bounds}]}))) == [
        {"f": ("int64_list", bounds)}
    ]
