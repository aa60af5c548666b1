"""The input of Classify, Regress and MultiInference: examples, handed to the graph as bytes."""

from typing import Any

import numpy as np

from line_sim_serving.inference.caller import Caller
from line_sim_serving.inference.refusal import invalid
from line_sim_serving.limits.strings import STRING
from line_sim_serving.models.runner import Array


def serialized_examples(written: Any, caller: Caller) -> Array:
    """Give the examples of an Input, one string each; a context goes before every one of them.

    Two messages of one type written one after the other read as one that has been merged. Raises
    Refusal INVALID_ARGUMENT where there is none.
    """
    kind = written.WhichOneof("kind")
    context, examples = b"", []
    if kind == "example_list":
        examples = list(written.example_list.examples)
    elif kind == "example_list_with_context":
        context = written.example_list_with_context.context.SerializeToString()
        examples = list(written.example_list_with_context.examples)
    if not examples:
        raise invalid("Input is empty.")
    caller.take(len(examples) * (len(context) + STRING))  # a context of a megabyte, a thousand times over
    array = np.empty(len(examples), object)
    array[:] = [context + example.SerializeToString() for example in examples]
    caller.take_pictures(array)
    return array
