"""A model's status and metadata over REST: protobuf's own JSON, every empty field printed."""

from typing import Any

from google.protobuf.json_format import MessageToJson


def status_report(response: Any) -> str:
    """Write a GetModelStatusResponse."""
    return MessageToJson(response, always_print_fields_with_no_presence=True)


def metadata_report(response: Any, signatures: Any) -> str:
    """Write a GetModelMetadataResponse; `signatures` is an empty SignatureDefMap to unpack into.

    The parts are written one by one, as TensorFlow Serving does: its readers know the map unpacked,
    without the `@type` that protobuf would put beside it.
    """
    response.metadata["signature_def"].Unpack(signatures)
    return (
        f'{{\n"model_spec":{_json(response.model_spec)},\n'
        f'"metadata": {{"signature_def": {_json(signatures)}}}\n}}\n'
    )


def _json(message: Any) -> str:
    return MessageToJson(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
