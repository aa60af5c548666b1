"""Reading configuration files in protobuf's text format."""

import re
from pathlib import Path
from typing import Any, TypeVar

import grpc
from google.protobuf import text_format

from line_sim_serving.inference.refusal import Refusal, invalid

MessageT = TypeVar("MessageT", bound=Any)


def read_text_proto(path: Path, message: MessageT) -> MessageT:
    """Read a text file into an empty message, and give it.

    Raises Refusal: NOT_FOUND (or PERMISSION_DENIED) for a file that cannot be read, and INVALID_ARGUMENT
    for one that cannot be understood; its `detail` then says where, in TensorFlow Serving's words.
    """
    try:
        text = path.read_text("utf-8")
        text_format.Parse(text, message)
    except FileNotFoundError as error:
        raise Refusal(grpc.StatusCode.NOT_FOUND, f"{path}; {error.strerror}") from None
    except OSError as error:
        raise Refusal(grpc.StatusCode.PERMISSION_DENIED, f"{path}; {error.strerror}") from None
    except (text_format.ParseError, UnicodeDecodeError) as error:
        place = re.sub(r"^(\d+:\d+) : ", r"\1: ", str(error))
        refusal = invalid(f"Invalid protobuf file: '{path}'")
        refusal.detail = f"Error parsing text-format {message.DESCRIPTOR.full_name}: {place}"
        raise refusal from None
    return message
