"""A batch of no pictures: every signature answers it with no rows, and no network ever sees it.

TensorFlow's convolutions by oneDNN fail on it, which only some processors use; the network here fails on all.
"""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_networks import empty_answers, line_sim_export, no_rows, write_hub_module

from line_sim.pictures.rendered.flange import RenderedFlanges

pytestmark = [pytest.mark.slow, pytest.mark.server]

LABELS = ("good", "chip", "pits", "stain")
SIDE = 32
JPEGS = [RenderedFlanges(seed=11).picture(item, "good", "") for item in range(3)]


def convolving(image: Any) -> Any:
    """Return the probabilities of JPEGs by a convolution of random weights."""
    import tensorflow as tf
    from line_sim_export.pictures.preparation import prepare

    kernel = tf.random.stateless_normal([3, 3, 3, len(LABELS)], [1, 2])
    seen = tf.nn.relu(tf.nn.conv2d(prepare(image, side=SIDE), kernel, 2, "VALID"))
    return tf.nn.softmax(tf.reduce_max(seen, [1, 2]))


@pytest.fixture(scope="module", params=["float32", "bfloat16"])
def judge(request: pytest.FixtureRequest) -> Any:
    """A frozen network that refuses an empty batch, whatever the processor."""
    from line_sim_export.silence import import_tensorflow

    import_tensorflow()
    import tensorflow as tf
    from line_sim_export.model.freezing import freeze
    from line_sim_export.model.signature import INPUT, strings

    @tf.function(input_signature=[strings(INPUT)], autograph=False)
    def refusing(image: Any) -> Any:
        with tf.control_dependencies([tf.debugging.assert_positive(tf.size(image), "nothing to see")]):
            return convolving(tf.identity(image))

    return freeze(refusing.get_concrete_function(), request.param)


@pytest.fixture(scope="module")
def saved(judge: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The network behind the signatures, on disk."""
    from line_sim_export.model.signature import Inspector
    from line_sim_export.model.store import write_model

    folder = tmp_path_factory.mktemp("refusing")
    write_model(Inspector(judge, LABELS), folder)
    return folder


def test_a_network_that_refuses_an_empty_batch_is_not_given_one(judge: Any, saved: Path) -> None:
    """Asked itself it fails; behind each signature nobody notices, in a session or in TensorFlow 2."""
    import tensorflow as tf

    with pytest.raises(tf.errors.InvalidArgumentError, match="nothing to see"):
        judge(tf.constant([], tf.string))
    assert empty_answers(saved) == no_rows(len(LABELS))


@pytest.mark.parametrize("count", [1, 3])
def test_pictures_are_judged_as_without_the_guard(judge: Any, saved: Path, count: int) -> None:
    """Every signature gives a row for each picture and no other, with the network's own scores."""
    import tensorflow as tf
    from line_sim_export.model.prove import served
    from line_sim_export.model.store import example

    jpegs = JPEGS[:count]
    rows = judge(tf.constant(jpegs)).numpy()
    labels = [LABELS[row.argmax()].encode() for row in rows]
    with served(saved) as ask:
        label, score = ask("inspect", jpegs, ("label", "score"))
        (named,) = ask("serving_default", [base64.urlsafe_b64encode(jpeg) for jpeg in jpegs], ("output_0",))
        examples = [example(jpeg).SerializeToString() for jpeg in jpegs]
        (scores,) = ask("classify", examples, ("scores",))
    assert label.tolist() == named.tolist() == labels
    assert score == pytest.approx(rows.max(axis=1), abs=1e-6)
    assert scores == pytest.approx(-np.sort(-rows, axis=1), abs=1e-6)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_network_with_its_own_classes_answers_an_empty_batch(tmp_path: Path, precision: str) -> None:
    """The export keeps a module of TensorFlow Hub behind the same guard."""
    module = write_hub_module(tmp_path / "module", classes=5)
    (tmp_path / "names.txt").write_text("\n".join("abcde"))
    export(tmp_path, precision, "--handle", module, "--labels", tmp_path / "names.txt")
    assert empty_answers(tmp_path / "m" / "0") == no_rows(5)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_linear_head_answers_an_empty_batch(tmp_path: Path, precision: str) -> None:
    """So does one that was fitted on pictures of one's own."""
    module = write_hub_module(tmp_path / "module", classes=5)
    for item in range(24):
        state = "good" if item % 2 else "defective"
        (tmp_path / "pictures" / state).mkdir(parents=True, exist_ok=True)
        picture = RenderedFlanges(seed=5).picture(item, state, "" if state == "good" else "stain")
        (tmp_path / "pictures" / state / f"{item:02}.jpg").write_bytes(picture)
    own = ("--pictures", tmp_path / "pictures", "--cache", tmp_path / "cache")
    export(tmp_path, precision, "--handle", module, *own)
    assert empty_answers(tmp_path / "m" / "0") == no_rows(2)


def export(folder: Path, precision: str, *options: str | Path) -> None:
    """Export a model into `m`."""
    done = line_sim_export("--out", folder / "m", "--precision", precision, "--quiet", *options)
    assert done.exit_code == 0, done.stderr


def failing(signature: str, _: list[bytes], outputs: tuple[str, ...]) -> list[Any]:
    """Answer as a server does where a network fails on an empty batch."""
    import tensorflow as tf

    if signature == "serving_default":
        raise tf.errors.InvalidArgumentError(None, None, "input depth is wrong")
    return [[] for _ in outputs]


def filling(_: str, __: list[bytes], outputs: tuple[str, ...]) -> list[Any]:
    """Answer what was not asked."""
    return [["good"] for _ in outputs]


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (failing, "signature serving_default fails for an empty batch: input depth is wrong"),
        (filling, "signature inspect gives 1 rows of label for an empty batch"),
    ],
)
def test_the_proof_refuses_a_model_that_minds_an_empty_batch(ask: Callable[..., Any], told: str) -> None:
    """It names the signature, and no model is kept."""
    from line_sim_export.model.prove import ProofError, prove_empty_batch

    with pytest.raises(ProofError, match=told):
        prove_empty_batch(ask)
