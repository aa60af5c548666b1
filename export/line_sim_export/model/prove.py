"""The proof: the folder on disk keeps its promises and says what the network in memory says."""

import base64
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from PIL import Image

from line_sim.errors import LineSimError
from line_sim.truth import GOOD
from line_sim_export.heads.detectors import Array
from line_sim_export.heads.head import SURE, Head
from line_sim_export.model.signature import (
    CLASSIFY,
    CLASSIFY_METHOD,
    DEFAULT,
    PREDICT_METHOD,
    PROMISES,
    SIGNATURE,
)
from line_sim_export.model.store import example
from line_sim_export.pictures.features import Reading

TOLERANCE = 1e-4
"""Allowed difference of two scores: summation order differs between a batch and a single picture."""

Ask = Callable[[str, list[bytes], tuple[str, ...]], list[Any]]
"""From a signature, what its input is fed and the outputs wanted, to those outputs."""

Prove = Callable[[Mapping[str, Any]], None]
"""Looks at the signatures of a model; raises ProofError."""

Answers = list[tuple[str, float]]
"""Label and score of each picture."""


class ProofError(LineSimError):
    """The model does not do what it promises; it is not kept."""


@dataclass(frozen=True)
class Verdict:
    """How the ship policy fares on pictures whose truth is known: counts by true label.

    `parts` counts pictures, `shipped` those that are labelled good with a score of at least 0.8,
    `named` those given their true label.
    """

    parts: dict[str, int]
    shipped: dict[str, int]
    named: dict[str, int]

    @property
    def defective(self) -> int:
        """Pictures of defective parts."""
        return sum(count for label, count in self.parts.items() if label != GOOD)

    @property
    def flagged(self) -> int:
        """Defective parts that are not shipped."""
        return self.defective - sum(count for label, count in self.shipped.items() if label != GOOD)

    @property
    def false_alarms(self) -> int:
        """Good parts that are not shipped."""
        return self.parts[GOOD] - self.shipped[GOOD]


def judge(probabilities: Array, names: tuple[str, ...], labels: tuple[str, ...]) -> Verdict:
    """Count what the ship policy does with pictures of known truth."""
    best = probabilities.argmax(axis=1)
    shipped = (best == 0) & (probabilities[:, 0] >= SURE)
    truth = np.array([labels.index(name) for name in names])

    def counts(chosen: npt.NDArray[np.bool_]) -> dict[str, int]:
        return {label: int((chosen & (truth == index)).sum()) for index, label in enumerate(labels)}

    return Verdict(counts(truth >= 0), counts(shipped), counts(best == truth))


def odd_jpegs(jpeg: bytes) -> list[bytes]:
    """Return a picture once in grey and once in CMYK."""
    copies = []
    for mode in ("L", "CMYK"):
        buffer = io.BytesIO()
        with Image.open(io.BytesIO(jpeg)) as picture:
            picture.convert(mode).save(buffer, format="JPEG", quality=90)
        copies.append(buffer.getvalue())
    return copies


def expected_answers(head: Head, reading: Reading) -> Answers:
    """Return the label and score of each picture by the head in double precision."""
    return answers_of(head.probabilities(reading), head.labels)


def answers_of(probabilities: Array, labels: tuple[str, ...]) -> Answers:
    """Return the likeliest label of each row, and its probability."""
    return [(labels[int(row.argmax())], float(row.max())) for row in probabilities]


def judge_answers(answers: Answers, names: tuple[str, ...], labels: tuple[str, ...]) -> Verdict:
    """Count what the ship policy does with pictures of known truth, by what a model said of them."""
    rows = np.zeros((len(answers), len(labels)))
    for row, (label, score) in zip(rows, answers, strict=True):
        row[labels.index(label)] = score
    return judge(rows, names, labels)


def prove_saved(folder: Path, expected: Answers, jpegs: list[bytes]) -> None:
    """Load the model from disk and compare its answers with those expected of the network in memory.

    Raises ProofError for the first promise that is not kept.
    """
    with served(folder) as ask:
        prove_answers(ask, expected, jpegs)


def prove_answers(ask: Ask, expected: Answers, jpegs: list[bytes]) -> None:
    """Raise ProofError where labels, or scores beyond the tolerance, are not those expected."""
    for (label, score), (wanted, sure) in zip(answered(ask, jpegs), expected, strict=True):
        if label != wanted or not abs(score - sure) <= TOLERANCE:
            raise ProofError(
                f"the saved model says {label} {score:.6f} "
                f"where the network in memory says {wanted} {sure:.6f}"
            )


def answered(ask: Ask, jpegs: Iterable[bytes], advance: Callable[[int], None] = lambda _: None) -> Answers:
    """Return label and score of each picture, asked one by one."""
    answers = []
    for jpeg in jpegs:
        label, score = ask(SIGNATURE, [jpeg], ("label", "score"))
        answers.append((label[0].decode(), float(score[0])))
        advance(1)
    return answers


def prove_same_labels(ask: Ask, jpegs: list[bytes]) -> None:
    """Raise ProofError where another signature names another label than `inspect` does."""
    labels = [label for label, _ in answered(ask, jpegs)]
    (named,) = ask(DEFAULT, [base64.urlsafe_b64encode(jpeg) for jpeg in jpegs], ("output_0",))
    (classes,) = ask(CLASSIFY, [example(jpeg).SerializeToString() for jpeg in jpegs], ("classes",))
    for signature, found in ((DEFAULT, named), (CLASSIFY, classes[:, 0])):
        told = [label.decode() for label in found]
        if told != labels:
            raise ProofError(f"the signature {signature} says {told} where {SIGNATURE} says {labels}")


def prove_empty_batch(ask: Ask) -> None:
    """Raise ProofError where a signature does not answer an empty batch, or gives it any rows."""
    for signature, (_, outputs) in PROMISES.items():
        try:
            answers = ask(signature, [], tuple(outputs))
        except tf.errors.OpError as error:
            raise ProofError(
                f"the signature {signature} fails for an empty batch: {error.message}"
            ) from error
        for output, rows in zip(outputs, answers, strict=True):
            if len(rows) != 0:
                raise ProofError(
                    f"the signature {signature} gives {len(rows)} rows of {output} for an empty batch"
                )


@contextmanager
def served(folder: Path, prove: Prove | None = None) -> Iterator[Ask]:
    """Load the model, prove its promises (all of them by default) and give what asks it. Raises ProofError.

    It is loaded into a session, as TensorFlow Serving does: what TensorFlow 2 loads may lack something there.
    """
    graph = tf.Graph()
    session = tf.compat.v1.Session(graph=graph)
    try:
        with graph.as_default():  # for the loading only: who asks may also call TensorFlow 2
            signatures = tf.compat.v1.saved_model.load(session, ["serve"], str(folder)).signature_def
        (prove or prove_promises)(signatures)

        def ask(signature: str, values: list[bytes], outputs: tuple[str, ...]) -> list[Any]:
            (fed,) = signatures[signature].inputs.values()
            wanted = [signatures[signature].outputs[name].name for name in outputs]
            return list(session.run(wanted, {fed.name: values}))

        yield ask
    except tf.errors.OpError as error:
        raise ProofError(f"a server could not run the saved model: {error.message}") from error
    finally:
        session.close()


def prove_promises(signatures: Mapping[str, Any]) -> None:
    """Raise ProofError where inputs, outputs or the call's name are not those that clients rely on."""
    for name, (inputs, outputs) in PROMISES.items():
        if name not in signatures:
            raise ProofError(f"the signature {name} is missing")
        method = CLASSIFY_METHOD if name == CLASSIFY else PREDICT_METHOD
        if signatures[name].method_name != method:
            raise ProofError(f"the signature {name} is for {signatures[name].method_name}, not for {method}")
        if (found := types(signatures[name].inputs)) != inputs:
            raise ProofError(f"the signature {name} takes {found}; it must take {inputs}")
        if (found := types(signatures[name].outputs)) != outputs:
            raise ProofError(f"the signature {name} returns {found}; it must return {outputs}")


def types(tensors: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of the types of a signature's inputs or outputs."""
    return {name: tf.as_dtype(tensor.dtype).name for name, tensor in tensors.items()}
