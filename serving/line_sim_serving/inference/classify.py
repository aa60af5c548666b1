"""Classify and Regress as TensorFlow Serving does them: the same checks, with the same texts.

Each has a part before the run, which says what to feed and fetch, and one after it, which turns the
outputs into a result; MultiInference puts several of them around one run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from google.protobuf import text_format

from line_sim_serving.inference.caller import Caller
from line_sim_serving.inference.examples import serialized_examples
from line_sim_serving.inference.patience import Patience
from line_sim_serving.inference.predict import DEFAULT_SIGNATURE
from line_sim_serving.inference.refusal import invalid
from line_sim_serving.models.runner import Array, Runner, SignatureDef

Result: TypeAlias = Any  # a ClassificationResult or RegressionResult

INPUTS, CLASSES, SCORES, OUTPUTS = "inputs", "classes", "scores", "outputs"
_NAMES = {"float32": "DT_FLOAT", "float64": "DT_DOUBLE", "object": "DT_STRING", "bool": "DT_BOOL"}


@dataclass(frozen=True, slots=True)
class Fetching:
    """What a signature is fed, and the tensors that it gives, by the output's alias."""

    fed: str
    fetched: Mapping[str, str]


def classify(engine: Runner, request: Any, response: Any, caller: Caller) -> None:
    """Answer a ClassificationRequest; name and version are left to the caller. Raises Refusal."""
    signature = _signature(engine, response, request)
    wanted = before_classify(signature)
    examples = serialized_examples(request.input, caller)
    found = _run(engine, wanted, examples, caller.patience)
    after_classify(found, len(examples), response.result)


def regress(engine: Runner, request: Any, response: Any, caller: Caller) -> None:
    """Answer a RegressionRequest; name and version are left to the caller. Raises Refusal."""
    signature = _signature(engine, response, request)
    wanted = before_regress(signature)
    examples = serialized_examples(request.input, caller)
    found = _run(engine, wanted, examples, caller.patience)
    after_regress(found, len(examples), response.result)


def before_classify(signature: SignatureDef) -> Fetching:
    """Find input and outputs of a classification; which method a signature names is not looked at."""
    _one_input(signature)
    if len(signature.outputs) not in (1, 2):
        raise invalid(f"Expected one or two output Tensors, found {len(signature.outputs)}")
    if INPUTS not in signature.inputs:
        raise invalid(f"No classification inputs found in SignatureDef: {_shown(signature)}")
    found = {
        alias: signature.outputs[alias].name for alias in (CLASSES, SCORES) if alias in signature.outputs
    }
    if not found:
        raise invalid(
            f'Expected classification signature outputs to contain at least one of "{CLASSES}" or '
            f'"{SCORES}". Signature was: {_shown(signature)}'
        )
    return Fetching(signature.inputs[INPUTS].name, found)


def after_classify(found: Mapping[str, Array], number: int, result: Result) -> None:
    """Write a label (empty where there are no classes) and a score for each class of each example."""
    for alias, dtype, kind in ((CLASSES, "DT_STRING", "O"), (SCORES, "DT_FLOAT", "f4")):
        if alias in found:
            _check_matrix(alias, found[alias], dtype, kind, number)
    classes, scores = found.get(CLASSES), found.get(SCORES)
    if classes is not None and scores is not None and classes.shape[1] != scores.shape[1]:
        raise invalid(
            f"Tensors class and score should match in dim_size(1). "
            f"Got {classes.shape[1]} vs. {scores.shape[1]}"
        )
    width = next(iter(found.values())).shape[1]
    for row in range(number):
        one = result.classifications.add()
        for column in range(width):
            entry = one.classes.add()
            if classes is not None:
                entry.label = classes[row, column].decode(errors="replace")  # a string holds UTF-8 only
            if scores is not None:
                entry.score = scores[row, column]


def before_regress(signature: SignatureDef) -> Fetching:
    """Find input and output of a regression."""
    _one_input(signature)
    if len(signature.outputs) != 1:
        raise invalid("Expected one output Tensor.")
    for alias, there in ((INPUTS, signature.inputs), (OUTPUTS, signature.outputs)):
        if alias not in there:
            raise invalid(f"No regression {alias} found in SignatureDef: {_shown(signature)}")
    return Fetching(signature.inputs[INPUTS].name, {OUTPUTS: signature.outputs[OUTPUTS].name})


def after_regress(found: Mapping[str, Array], number: int, result: Result) -> None:
    """Write one value for each example."""
    values = found[OUTPUTS]
    if not (values.ndim == 1 or (values.ndim == 2 and values.shape[1] == 1)):
        raise invalid(
            f"Expected output Tensor shape to be either [batch_size] or [batch_size, 1] "
            f"but got {_shape(values)}"
        )
    if len(values) != number:
        raise invalid(f"Input batch size did not match output batch size: {number} vs. {len(values)}")
    if values.dtype != np.float32:
        raise invalid(f"Expected output Tensor of DT_FLOAT.  Got: {_dtype(values)}")
    for value in values.reshape(-1):
        result.regressions.add(value=value)


def _signature(engine: Runner, response: Any, request: Any) -> SignatureDef:
    """Find the signature and name it in the response; a missing one is INVALID_ARGUMENT, unlike Predict's."""
    name = request.model_spec.signature_name or DEFAULT_SIGNATURE
    if name not in engine.signatures:
        raise invalid(f"No signature was found with the name: {name}")
    response.model_spec.signature_name = name
    return engine.signatures[name]


def _run(engine: Runner, wanted: Fetching, examples: Array, patience: Patience) -> dict[str, Array]:
    arrays = engine.run({wanted.fed: examples}, list(wanted.fetched.values()), patience)
    return dict(zip(wanted.fetched, arrays, strict=True))


def _one_input(signature: SignatureDef) -> None:
    if len(signature.inputs) != 1:
        raise invalid("Expected one input Tensor.")


def _check_matrix(alias: str, array: Array, dtype: str, kind: str, number: int) -> None:
    if array.ndim != 2:
        raise invalid(f"Expected Tensor shape: [batch_size num_classes] but got {_shape(array)}")
    if array.dtype != np.dtype(kind):
        raise invalid(f"Expected {alias} Tensor of {dtype}. Got: {_dtype(array)}")
    if len(array) != number:
        raise invalid(f"Expected {alias} output batch size of {number}. Got: {len(array)}")


def _dtype(array: Array) -> str:
    return _NAMES.get(array.dtype.name, f"DT_{array.dtype.name.upper()}")


def _shape(array: Array) -> str:
    return f"[{','.join(map(str, array.shape))}]"


def _shown(signature: SignatureDef) -> str:
    return text_format.MessageToString(signature)
