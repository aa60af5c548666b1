"""Networks of other people's kind, small, and the ways that they come by; the command in this process.

And what an exported model says to a batch of no pictures.
"""

import functools
import http.server
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

SIDE = 64


def line_sim_export(*options: str | Path) -> Result:
    """Run the command in this process, where TensorFlow starts once for all tests; in float32 unless told."""
    from line_sim_export.cli import command

    return CliRunner().invoke(command, ["--precision", "float32", *(str(option) for option in options)])


def write_hub_module(folder: Path, classes: int = 1001) -> Path:
    """Write a SavedModel as TensorFlow Hub's classifiers are: images of 64 x 64 in 0..1 to logits.

    Which class is likeliest depends on what black and white are taken for.
    """
    from line_sim_export.silence import import_tensorflow

    import_tensorflow()
    import tensorflow as tf

    class Module(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            draw = tf.random.Generator.from_seed(7)
            self.kernel = tf.Variable(draw.normal([3, 3, 3, 8], stddev=0.3))
            self.top = tf.Variable(draw.normal([8, classes], stddev=3.0))

        @tf.function(input_signature=[tf.TensorSpec([None, SIDE, SIDE, 3], tf.float32, name="inputs")])
        def __call__(self, inputs: tf.Tensor) -> tf.Tensor:
            seen = tf.nn.relu(tf.nn.conv2d(inputs, self.kernel, 2, "VALID"))
            return tf.reduce_mean(seen, axis=(1, 2)) @ self.top

    module = Module()
    logits = module.__call__.get_concrete_function()
    tf.saved_model.save(module, str(folder), {"serving_default": logits})
    return folder


def empty_answers(version: Path) -> dict[str, dict[str, Any]]:
    """Return type and shape of what each signature's outputs are for an empty batch.

    They are asked in a session, as a server does, and in TensorFlow 2, which must agree.
    """
    import tensorflow as tf
    from line_sim_export.model.prove import served
    from line_sim_export.model.signature import PROMISES

    loaded = tf.saved_model.load(str(version)).signatures
    found = {}
    with served(version) as ask:
        for name, (inputs, outputs) in PROMISES.items():
            eager = loaded[name](**dict.fromkeys(inputs, tf.constant([], tf.string)))
            session = dict(zip(outputs, ask(name, [], tuple(outputs)), strict=True))
            found[name] = {key: (value.dtype.name, tuple(value.shape)) for key, value in eager.items()}
            assert found[name] == {
                key: (tf.as_dtype(value.dtype).name, value.shape) for key, value in session.items()
            }
    return found


def no_rows(labels: int) -> dict[str, dict[str, Any]]:
    """Return what `empty_answers` must be of a model that knows so many labels."""
    all_of_them, likeliest = (0, labels), (0, min(3, labels))
    return {
        "inspect": {
            "label": ("string", (0,)),
            "score": ("float32", (0,)),
            "top_k_labels": ("string", likeliest),
            "top_k_scores": ("float32", likeliest),
        },
        "serving_default": {"output_0": ("string", (0,))},
        "classify": {"classes": ("string", all_of_them), "scores": ("float32", all_of_them)},
    }


def pack(folder: Path, archive: Path) -> Path:
    """Pack a module as TensorFlow Hub hands it out."""
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(folder, arcname=".")
    return archive


@contextmanager
def shared(folder: Path) -> Iterator[str]:
    """Serve a folder over HTTP on the loopback; give its address."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def write_judge(folder: Path, name: str = "inspect") -> Path:
    """Write a SavedModel that has the one signature that Triton asks: bright pictures are good."""
    from line_sim_export.silence import import_tensorflow

    import_tensorflow()
    import tensorflow as tf

    class Judge(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="image")])
        def inspect(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
            def light(jpeg: tf.Tensor) -> tf.Tensor:
                return tf.reduce_mean(tf.cast(tf.io.decode_jpeg(jpeg, channels=3), tf.float32)) / 255

            lights = tf.map_fn(light, image, fn_output_signature=tf.float32)
            return {"label": tf.where(lights > 0.5, "good", "dark"), "score": lights}

    judge = Judge()
    tf.saved_model.save(judge, str(folder), {name: judge.inspect.get_concrete_function()})
    return folder
