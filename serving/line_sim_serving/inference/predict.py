"""Predict as TensorFlow Serving does it: the same checks, in the same order, with the same texts."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import grpc

from line_sim_serving.inference.caller import Caller
from line_sim_serving.inference.refusal import Refusal, invalid
from line_sim_serving.inference.tensors import TensorError, array_cost, to_array
from line_sim_serving.limits.shapes import LimitError
from line_sim_serving.models.runner import Array, Runner, SignatureDef

DEFAULT_SIGNATURE = "serving_default"


def predict(
    engine: Runner,
    request: Any,
    response: Any,
    caller: Caller,
    write: Callable[[Array, int, Any], None],
) -> None:
    """Run the signature that a PredictRequest names and write its outputs into the response.

    `write` puts an array into a TensorProto. Leaves the response's name and version to the caller.
    Raises Refusal.
    """
    name = request.model_spec.signature_name or DEFAULT_SIGNATURE
    signature = find_signature(engine, name)
    feeds = choose_feeds(signature, request.inputs, caller)
    aliases = choose_outputs(signature, request.output_filter)
    fetches = [signature.outputs[alias].name for alias in aliases]
    for alias, array in zip(aliases, engine.run(feeds, fetches, caller.patience), strict=True):
        try:
            write(array, signature.outputs[alias].dtype, response.outputs[alias])
        except TensorError as error:
            raise Refusal(grpc.StatusCode.UNIMPLEMENTED, f"output {alias}: {error}") from None
    response.model_spec.signature_name = name


def find_signature(engine: Runner, name: str) -> SignatureDef:
    """Give the signature, or refuse with FAILED_PRECONDITION (not INVALID_ARGUMENT: it is Predict)."""
    if name not in engine.signatures:
        raise Refusal(grpc.StatusCode.FAILED_PRECONDITION, f'Serving signature key "{name}" not found.')
    return engine.signatures[name]


def choose_feeds(signature: SignatureDef, inputs: Mapping[str, Any], caller: Caller) -> dict[str, Array]:
    """Match the request's inputs to the signature's and read them: tensor name to array."""
    _check_number(signature, inputs)
    _check_names(signature, inputs)
    feeds = {}
    for alias, info in signature.inputs.items():
        array = _read(alias, inputs[alias] if alias in inputs else signature.defaults[alias], caller)
        _check_rank(alias, info, array)
        feeds[info.name] = array
    for array in feeds.values():
        if array.dtype == object:
            caller.take_pictures(array.flat)
    return feeds


def choose_outputs(signature: SignatureDef, wanted: Iterable[str]) -> list[str]:
    """Give the aliases to fetch: those of the filter, or all when it is empty."""
    chosen: list[str] = []
    for alias in wanted:
        if alias not in signature.outputs:
            known = _names(signature.outputs)
            raise invalid(
                f"output tensor alias not found in signature: {alias} "
                f"Outputs expected to be in the set {known}."
            )
        if alias in chosen:
            raise invalid(f"duplicate output tensor alias: {alias}")
        chosen.append(alias)
    return chosen or list(signature.outputs)


def _check_number(signature: SignatureDef, inputs: Mapping[str, Any]) -> None:
    sent, needed = set(inputs), set(signature.inputs)
    if len(sent) == len(needed) or (len(sent) < len(needed) and signature.defaults):
        return
    raise invalid(
        f"input size does not match signature: {len(sent)}!={len(needed)} "
        f"len({_names(sent)}) != len({_names(needed)}). "
        f"Sent extra: {_names(sent - needed)}. "
        f"Missing but required: {_names(needed - sent - set(signature.defaults))}."
    )


def _check_names(signature: SignatureDef, inputs: Mapping[str, Any]) -> None:
    for alias in sorted(signature.inputs):
        if alias not in inputs and alias not in signature.defaults:
            raise invalid(
                f"Signature input alias: {alias}(feed name: {signature.inputs[alias].name}) "
                f"not found in request "
                f"and no default value provided. Inputs expected to be in the request {_names(inputs)}, "
                f"or default input alias set: {','.join(sorted(signature.defaults))}"
            )
    unused = set(inputs) - set(signature.inputs)
    if unused:
        used = ",".join(sorted(set(inputs) - unused))
        raise invalid(
            f"Inputs contains invalid name. Used request inputs: {used}, "
            f"request input: {','.join(sorted(inputs))}"
        )


def _read(alias: str, proto: Any, caller: Caller) -> Array:
    """Read one tensor, its cost taken from the caller's share before anything is made of it."""
    caller.take(array_cost(proto))
    try:
        array = to_array(proto)
    except LimitError as error:  # TensorFlow Serving has no such limit, so it has no text for it
        raise invalid(f"tensor parsing error: {alias}: {error}") from None
    except (TensorError, ValueError, OverflowError):
        raise invalid(f"tensor parsing error: {alias}") from None
    return array


def _check_rank(alias: str, info: Any, array: Array) -> None:
    """Refuse a wrong rank where the signature has three dimensions or more.

    TensorFlow 2.21 aborts the whole process when a convolution of oneDNN's is fed another rank
    (tensorflow#111453). Doing without oneDNN (TF_ENABLE_ONEDNN_OPTS=0) cures that too, but made one
    InceptionV3 picture take 163 ms instead of 86 here. Lower ranks stay unchecked, as in TensorFlow
    Serving: its clients may feed shape [1] to a signature of [-1,1].
    """
    rank = len(info.tensor_shape.dim)
    if not info.tensor_shape.unknown_rank and rank >= 3 and array.ndim != rank:
        shape = ",".join(map(str, array.shape))
        raise invalid(f"input {alias} must be {rank}-dimensional: [{shape}]")


def _names(names: Iterable[str]) -> str:
    """Write a set of names as TensorFlow Serving does: sorted, no spaces."""
    return "{" + ",".join(sorted(names)) + "}"
