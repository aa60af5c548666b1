"""The proof: the folder on disk keeps its promises and says what the network in memory says."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from PIL import Image

from line_sim.errors import LineSimError
from line_sim_export.detectors import Array
from line_sim_export.features import Reading
from line_sim_export.head import SURE, Head
from line_sim_export.signature import INPUT, OUTPUTS, SIGNATURE

TOLERANCE = 1e-4
"""Allowed difference of two scores: summation order differs between a batch and a single picture."""


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
        return sum(count for label, count in self.parts.items() if label != "good")

    @property
    def flagged(self) -> int:
        """Defective parts that are not shipped."""
        return self.defective - sum(count for label, count in self.shipped.items() if label != "good")

    @property
    def false_alarms(self) -> int:
        """Good parts that are not shipped."""
        return self.parts["good"] - self.shipped["good"]


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


def expected_answers(head: Head, reading: Reading) -> list[tuple[str, float]]:
    """Return the label and score of each picture by the head in double precision."""
    rows = head.probabilities(reading)
    return [(head.labels[int(row.argmax())], float(row.max())) for row in rows]


def prove_saved(folder: Path, expected: list[tuple[str, float]], jpegs: list[bytes]) -> None:
    """Load the model from disk and compare its answers with those expected of the network in memory.

    It is asked as TensorFlow Serving does, in a session: what TensorFlow 2 loads may find its variables
    missing there. Raises ProofError for the first promise that is not kept.
    """
    prove_promises(tf.saved_model.load(str(folder)).signatures[SIGNATURE])
    for (label, score), (wanted, sure) in zip(served_answers(folder, jpegs), expected, strict=True):
        if label != wanted or not abs(score - sure) <= TOLERANCE:
            raise ProofError(
                f"the saved model says {label} {score:.6f} "
                f"where the network in memory says {wanted} {sure:.6f}"
            )


def served_answers(folder: Path, jpegs: list[bytes]) -> list[tuple[str, float]]:
    """Return label and score of each picture, asked one by one in a session. Raises ProofError."""
    graph = tf.Graph()
    with graph.as_default(), tf.compat.v1.Session(graph=graph) as session:
        try:
            loaded = tf.compat.v1.saved_model.load(session, ["serve"], str(folder))
            signature = loaded.signature_def[SIGNATURE]
            wanted = [signature.outputs[name].name for name in ("label", "score")]
            feed = signature.inputs[INPUT].name
            answers = [session.run(wanted, {feed: [jpeg]}) for jpeg in jpegs]
        except tf.errors.OpError as error:
            raise ProofError(f"a server could not run the saved model: {error.message}") from error
    return [(label[0].decode(), float(score[0])) for label, score in answers]


def prove_promises(signature: tf.types.experimental.ConcreteFunction) -> None:
    """Raise ProofError where the inputs and outputs are not those that clients rely on."""
    _, inputs = signature.structured_input_signature
    found = {name: spec.dtype.name for name, spec in inputs.items()}
    if found != {INPUT: "string"}:
        raise ProofError(f"the signature {SIGNATURE} takes {found}; it must take one string input {INPUT!r}")
    returned = {name: spec.dtype.name for name, spec in signature.structured_outputs.items()}
    if returned != OUTPUTS:
        raise ProofError(f"the signature {SIGNATURE} returns {returned}; it must return {OUTPUTS}")
