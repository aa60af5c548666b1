"""MultiInference: several classifications and regressions of the same examples in one run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import grpc

from line_sim_serving.inference.caller import Caller
from line_sim_serving.inference.classify import (
    Fetching,
    Result,
    after_classify,
    after_regress,
    before_classify,
    before_regress,
)
from line_sim_serving.inference.examples import serialized_examples
from line_sim_serving.inference.predict import DEFAULT_SIGNATURE
from line_sim_serving.inference.refusal import Refusal, invalid
from line_sim_serving.models.runner import Array, Runner, SignatureDef


@dataclass(frozen=True, slots=True)
class _Method:
    """What is done before and after the run, and where in an InferenceResult its result goes."""

    before: Callable[[SignatureDef], Fetching]
    after: Callable[[dict[str, Array], int, Result], None]
    field: str


_METHODS = {
    "tensorflow/serving/classify": _Method(before_classify, after_classify, "classification_result"),
    "tensorflow/serving/regress": _Method(before_regress, after_regress, "regression_result"),
}


def multi_inference(engine: Runner, request: Any, response: Any, caller: Caller) -> None:
    """Answer all tasks of a MultiInferenceRequest from one run.

    The model's name and version are left to the caller. Raises Refusal.
    """
    names = _check_tasks(engine, request.tasks)
    methods = [_METHODS[task.method_name] for task in request.tasks]
    wanted = [method.before(engine.signatures[name]) for method, name in zip(methods, names, strict=True)]
    examples = serialized_examples(request.input, caller)
    fetches = sorted({tensor for one in wanted for tensor in one.fetched.values()})
    arrays = engine.run({one.fed: examples for one in wanted}, fetches, caller.patience)
    found = dict(zip(fetches, arrays, strict=True))
    for name, method, one in zip(names, methods, wanted, strict=True):
        result = response.results.add()
        result.model_spec.signature_name = name
        of_task = {alias: found[tensor] for alias, tensor in one.fetched.items()}
        method.after(of_task, len(examples), getattr(result, method.field))


def _check_tasks(engine: Runner, tasks: Sequence[Any]) -> list[str]:
    """Give the tasks' signatures by name, or refuse the first task that cannot be done."""
    names: list[str] = []
    for task in tasks:
        if not task.model_spec.name:
            raise invalid("Found ModelSpec with an empty model name.")
        if task.model_spec.name != tasks[0].model_spec.name:
            raise invalid("All ModelSpecs in a MultiInferenceRequest must access the same model name.")
        name = task.model_spec.signature_name or DEFAULT_SIGNATURE
        if name in names:
            raise invalid(f"Duplicate evaluation of signature: {name}")
        if name not in engine.signatures:
            raise invalid(f"Requested signature not found in model graph: {name}")
        if task.method_name not in _METHODS:
            text = f"Unsupported signature method_name: {task.method_name}"
            raise Refusal(grpc.StatusCode.UNIMPLEMENTED, text)
        names.append(name)
    return names
