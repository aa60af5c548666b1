"""The URLs of the REST API."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_sim_serving.rest.paths import Call, Question, VersionTooLong, is_api, read_call


@pytest.mark.parametrize(
    ("method", "target", "call"),
    [
        ("POST", b"/v1/models/m:predict", Call(Question.PREDICT, "m")),
        ("POST", b"/V1/Models/M:predict", Call(Question.PREDICT, "M")),
        ("POST", b"/v1/models/m/versions/0:classify", Call(Question.CLASSIFY, "m", 0)),
        ("POST", b"/v1/models/m/versions/007:regress", Call(Question.REGRESS, "m", 7)),
        (
            "POST",
            b"/v1/models/m/labels/stable%20one:predict",
            Call(Question.PREDICT, "m", label="stable one"),
        ),
        ("POST", b"/v1/models/a%2Fb%3a:predict", Call(Question.PREDICT, "a/b:")),
        ("POST", b"/v1/models/m:PREDICT", Call(None, "m")),
        ("GET", b"/v1/models/m", Call(Question.STATUS, "m")),
        ("GET", b"/v1/models", Call(Question.STATUS, "")),
        ("GET", b"/v1/models/metadata", Call(Question.STATUS, "metadata")),
        ("GET", b"/v1/models/versions/1", Call(Question.STATUS, "", 1)),
        ("GET", b"/v1/models/m/metadata", Call(Question.METADATA, "m")),
        ("GET", b"/v1/models/m/METADATA", Call(Question.STATUS, "m")),
        ("GET", b"/v1/models/m/versions/0/metadata", Call(Question.METADATA, "m", 0)),
        ("GET", b"/v1/models/m/labels/l", Call(Question.STATUS, "m", label="l")),
        ("GET", b"/v1/models/m?x=1", Call(Question.STATUS, "m?x=1")),
        ("GET", b"/v1/models/..%2f..%2fetc", Call(Question.STATUS, "../../etc")),
        ("GET", b"/v1/models/%ff", Call(Question.STATUS, "\ufffd")),
        ("POST", b"/v1/models/m:predict?x=1", None),
        ("POST", b"/v1/models/m", None),
        ("POST", b"/v1/models/m/versions/1", None),
        ("POST", b"/v1/models/m/versions/one:predict", None),
        ("POST", b"/v1/models/m/versions/1/labels/l:predict", None),
        ("GET", b"/v1/models/m:predict", None),
        ("GET", b"/v1/models/m/versions/\xd9\xa1", None),
        ("GET", b"/v1/models/", None),
        ("GET", b"/v1/", None),
        ("PUT", b"/v1/models/m", None),
        ("HEAD", b"/v1/models/m", None),
    ],
)
def test_a_url_says_which_model_and_what(method: str, target: bytes, call: Call | None) -> None:
    """Patterns ignore case, words do not; a query string is looked at as if it were path."""
    assert read_call(method, target) == call


@pytest.mark.parametrize("version", [b"9223372036854775808", b"1" * 5000])
def test_a_version_beyond_64_bits_is_none(version: bytes) -> None:
    """TensorFlow Serving cannot count so far, and says nothing."""
    with pytest.raises(VersionTooLong) as caught:
        read_call("POST", b"/v1/models/m/versions/" + version + b":predict")
    assert caught.value.model == "m"


def test_zeros_in_front_do_not_count() -> None:
    """The largest version of all, with 30 zeros before it."""
    call = read_call("GET", b"/v1/models/m/versions/" + b"0" * 30 + b"9223372036854775807")
    assert call == Call(Question.STATUS, "m", 2**63 - 1)


@pytest.mark.parametrize(
    ("target", "belongs"),
    [(b"/v1/", True), (b"/V1/x?y", True), (b"/v1", False), (b"/", False), (b"/v2/", False)],
)
def test_only_v1_is_the_api(target: bytes, belongs: bool) -> None:
    """All else is not found."""
    assert is_api(target) is belongs


@given(st.sampled_from(["GET", "POST", "PUT", "X"]), st.binary(max_size=30))
def test_any_bytes_are_a_call_or_none(method: str, rest: bytes) -> None:
    """No path ends in anything else."""
    try:
        call = read_call(method, b"/v1/models/" + rest)
    except VersionTooLong:
        return
    assert call is None or isinstance(call, Call)
