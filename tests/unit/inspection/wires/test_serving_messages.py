"""Our messages of TensorFlow Serving are, byte for byte, those of tensorflow-serving-api."""

from collections.abc import Mapping
from typing import Any

import pytest
from generated import get_model_metadata_pb2, get_model_status_pb2, predict_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from hypothesis import given
from hypothesis import strategies as st

from line_sim.inspection.wires.messages.serving import STATES, TABLE, message, parsed, unpacked

ROOTS = {
    one.DESCRIPTOR.name: one
    for one in (
        predict_pb2.PredictRequest,
        predict_pb2.PredictResponse,
        get_model_metadata_pb2.GetModelMetadataRequest,
        get_model_metadata_pb2.GetModelMetadataResponse,
        get_model_metadata_pb2.SignatureDefMap,
        get_model_status_pb2.GetModelStatusRequest,
        get_model_status_pb2.GetModelStatusResponse,
    )
}
"""The messages that travel; all others lie in them."""

NUMBERS = {
    "int32": (-(2**31), 2**31 - 1),
    "uint32": (0, 2**32 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint64": (0, 2**64 - 1),
}
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "float": st.floats(width=32),
    "double": st.floats(),
    "string": st.text(max_size=8),
    "bytes": st.binary(max_size=8),
    **{kind: st.integers(*limits) for kind, limits in NUMBERS.items()},
}


def mine(name: str) -> Descriptor:
    """Give our descriptor of a message."""
    return message(name).DESCRIPTOR


def is_map(field: FieldDescriptor) -> bool:
    """Whether a field is a map."""
    return bool(field.message_type and field.message_type.GetOptions().map_entry)


def told(field: FieldDescriptor) -> tuple[Any, ...]:
    """Return what the bytes of a field depend on; an enum is its number."""
    kind = FieldDescriptor.TYPE_INT32 if field.enum_type else field.type
    oneof = field.containing_oneof.name if field.containing_oneof else None
    return field.number, kind, field.is_repeated, field.is_packed, is_map(field), oneof


def pairs(ours: Descriptor, theirs: Descriptor) -> dict[str, tuple[Descriptor, Descriptor]]:
    """Give every two messages that stand for each other, from these two on."""
    found = {ours.full_name: (ours, theirs)}
    for field in ours.fields:
        if field.message_type:
            found |= pairs(field.message_type, theirs.fields_by_name[field.name].message_type)
    return found


def all_pairs() -> dict[str, tuple[Descriptor, Descriptor]]:
    """Give every message of the table with the published one."""
    found: dict[str, tuple[Descriptor, Descriptor]] = {}
    for name, theirs in ROOTS.items():
        found |= pairs(mine(name), theirs.DESCRIPTOR)
    return found


def values(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Draw the fields of a message of the table: any of them, one of a oneof."""
    fields = TABLE[name]
    chosen: dict[str, list[str]] = {}
    for field, (_, _, *oneof) in fields.items():
        chosen.setdefault(oneof[0] if oneof else field, []).append(field)
    one_of_each = st.tuples(*(st.sampled_from([None, *names]) for names in chosen.values()))
    return one_of_each.flatmap(
        lambda names: st.fixed_dictionaries({one: value(fields[one][1]) for one in names if one})
    )


def value(kind: str) -> st.SearchStrategy[Any]:
    """Draw what a field of this kind holds."""
    if kind.startswith("map "):
        return st.dictionaries(st.text(max_size=4), value(kind.removeprefix("map ")), max_size=2)
    if kind.endswith("*"):
        return st.lists(value(kind.removesuffix("*")), max_size=2)
    return SCALARS[kind] if kind in SCALARS else st.deferred(lambda: values(kind))


def fill(made: Any, fields: Mapping[str, Any]) -> Any:
    """Put values into a message, ours or theirs."""
    for name, content in fields.items():
        field = made.DESCRIPTOR.fields_by_name[name]
        if is_map(field):
            for key, one in content.items():
                fill(getattr(made, name)[key], one)
        elif field.is_repeated and field.message_type:
            for one in content:
                fill(getattr(made, name).add(), one)
        elif field.is_repeated:
            getattr(made, name).extend(content)
        elif field.message_type:
            getattr(made, name).SetInParent()
            fill(getattr(made, name), content)
        else:
            setattr(made, name, content)
    return made


def written(made: Any) -> bytes:
    """Write a message, maps in the order of their keys: as it is, their order is anybody's."""
    body: bytes = made.SerializeToString(deterministic=True)
    return body


drawn = st.sampled_from(sorted(ROOTS)).flatmap(lambda name: st.tuples(st.just(name), values(name)))


@given(drawn)
def test_both_write_the_same_bytes(case: tuple[str, dict[str, Any]]) -> None:
    """Whatever is in a message."""
    name, fields = case
    assert written(fill(message(name), fields)) == written(fill(ROOTS[name](), fields))


@given(drawn)
def test_each_reads_what_the_other_wrote(case: tuple[str, dict[str, Any]]) -> None:
    """And writes it again as it was."""
    name, fields = case
    body = written(fill(ROOTS[name](), fields))
    assert written(parsed(name, body)) == body
    assert written(ROOTS[name].FromString(written(fill(message(name), fields)))) == body


def test_every_field_has_the_published_number_and_kind() -> None:
    """Every message of the table is one that travels, or lies in one."""
    found = all_pairs()
    assert {ours.name for ours, _ in found.values() if not ours.containing_type} == set(TABLE)
    for ours, theirs in found.values():
        for field in ours.fields:
            assert told(field) == told(theirs.fields_by_name[field.name]), field.full_name


def test_the_states_have_the_published_numbers() -> None:
    """Such as AVAILABLE, 30."""
    published = get_model_status_pb2.ModelVersionStatus.State.items()
    assert {name: number for number, name in STATES.items()} == dict(published)


def test_a_field_that_we_do_not_have_is_left_unread() -> None:
    """A resource handle, the options of text generation, a sparse input."""
    request = predict_pb2.PredictRequest(output_filter=["label"], client_id=b"x")
    request.inputs["image"].resource_handle_val.add(device="cpu")
    request.predict_streamed_options.split_dimensions["image"] = 1
    read = parsed("PredictRequest", request.SerializeToString())
    assert (list(read.inputs), list(read.output_filter)) == (["image"], ["label"])
    assert predict_pb2.PredictRequest.FromString(read.SerializeToString()) == request


def test_of_a_version_and_a_label_the_last_is_meant() -> None:
    """As it is with the published classes: they are one choice."""
    spec = message("PredictRequest").model_spec
    spec.version.value = 3
    spec.version_label = "stable"
    assert not spec.HasField("version")
    assert spec.WhichOneof("version_choice") == "version_label"


def test_an_any_is_read_by_the_name_of_what_lies_in_it() -> None:
    """Another message's name, or none, is told."""
    response = get_model_metadata_pb2.GetModelMetadataResponse()
    response.metadata["signature_def"].Pack(get_model_metadata_pb2.SignatureDefMap())
    response.metadata["other"].Pack(predict_pb2.PredictResponse())
    metadata = parsed("GetModelMetadataResponse", response.SerializeToString()).metadata
    assert not unpacked(metadata["signature_def"], "tensorflow.serving", "SignatureDefMap").signature_def
    for key in ("other", "nothing"):
        with pytest.raises(ValueError, match=r"is no tensorflow\.serving\.SignatureDefMap"):
            unpacked(metadata[key], "tensorflow.serving", "SignatureDefMap")
