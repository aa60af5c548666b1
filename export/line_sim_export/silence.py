"""TensorFlow's start, without the pages it writes to stderr about the processor it runs on."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def import_tensorflow() -> None:
    """Import TensorFlow for the first time, quietly; a failing import still raises.

    Must be called before anything else imports it. The environment's own settings win.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    with muted_stderr():
        import tensorflow as tf  # noqa: PLC0415 - only now
    tf.get_logger().setLevel("ERROR")  # the session of the proof is deprecated, and what servers run


@contextmanager
def muted_stderr() -> Iterator[None]:
    """Send the process's stderr nowhere: TensorFlow's C++ part writes past `sys.stderr`."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)
