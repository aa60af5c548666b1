"""The answers to Classify and Regress over REST."""

from typing import Any

import numpy as np

from line_sim_serving.inference.refusal import invalid
from line_sim_serving.rest.values.decimals import decimal_texts
from line_sim_serving.rest.values.json_text import quoted


def classification_answer(result: Any) -> str:
    """Write a ClassificationResult: for each example a list of [label, score]. Raises Refusal."""
    if not result.classifications:
        raise invalid("Cannot convert empty ClassificationResults to JSON")
    return _results([_classes(example.classes) for example in result.classifications])


def _classes(classes: Any) -> str:
    scores = decimal_texts(np.array([one.score for one in classes], np.float32))
    pairs = zip(classes, scores, strict=True)
    return f"[{', '.join(f'[{quoted(one.label.encode())}, {score}]' for one, score in pairs)}]"


def regression_answer(result: Any) -> str:
    """Write a RegressionResult: a value for each example. Raises Refusal."""
    if not result.regressions:
        raise invalid("Cannot convert empty RegressionResults to JSON")
    return _results(decimal_texts(np.array([one.value for one in result.regressions], np.float32)))


def _results(values: list[str]) -> str:
    return f'{{\n    "results": [{", ".join(values)}]\n}}'
