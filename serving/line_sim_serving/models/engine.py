"""One loaded SavedModel, run the way TensorFlow Serving runs it.

A TF1 session is fed and fetched by the tensor names of a signature, through the same C entry point
as TensorFlow Serving's, so that the errors of dtype and shape are the runtime's own, in its words.
(`Session.run` would refuse feeds whose shape differs from the placeholder's, which TensorFlow
Serving accepts; calling `loaded.signatures[...]` has other texts and cannot be stopped.)
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from line_sim_serving.inference.patience import Patience
from line_sim_serving.inference.refusal import Refusal, code_of, invalid
from line_sim_serving.models.runner import Array, SignatureDef
from line_sim_serving.models.runtime import config_pb2, errors_impl, loader_impl, ops, pywrap_tf_session, session
from line_sim_serving.models.settings import EngineSettings


class Engine:
    """A SavedModel in memory; `run` may be called from many threads at once."""

    def __init__(self, live_session: Any, signatures: Mapping[str, SignatureDef]) -> None:
        self.signatures = signatures
        self._session = live_session
        self._c_session = live_session._session  # noqa: SLF001 - the C entry point wants it
        self._handles: dict[str, Any] = {}

    def run(self, feeds: Mapping[str, Array], fetches: Sequence[str], patience: Patience) -> list[Array]:
        """Feed and fetch tensors by name; strings are object arrays of bytes.

        The work stops at the deadline, and is not begun when nobody waits for it. Raises Refusal with
        the runtime's code and text. The interpreter lock is free while the network computes.
        """
        fed = {self._handle(name): array for name, array in feeds.items()}
        fetched = [self._handle(name) for name in fetches]
        options = config_pb2.RunOptions(timeout_in_ms=patience.left_ms()).SerializeToString()
        buffer = pywrap_tf_session.TF_NewBufferFromString(options)
        try:
            found = pywrap_tf_session.TF_SessionRun_wrapper(
                self._c_session,
                buffer,
                fed,
                fetched,
                [],
                None,
            )
        except errors_impl.OpError as error:
            raise Refusal(code_of(error.error_code), str(error.message)) from None
        except UnicodeDecodeError as error:  # a text that quotes a request's bytes is lost with its code
            raise invalid(bytes(error.object).decode("utf-8", "replace")) from None
        finally:
            pywrap_tf_session.TF_DeleteBuffer(buffer)
        return [_as_array(value) for value in found]

    def close(self) -> None:
        """Free the session; nobody may be in `run` any more."""
        self._session.close()

    def _handle(self, name: str) -> Any:
        """Find a tensor once by its name and keep the handle: looking it up is slow."""
        if name not in self._handles:
            try:
                tensor = self._session.graph.get_tensor_by_name(name)
            except (KeyError, ValueError) as error:
                raise invalid(f"Tensor {name} was not found in the graph: {error}") from None
            self._handles[name] = tensor._as_tf_output()  # noqa: SLF001 - there is no public way to it
        return self._handles[name]


def _as_array(value: Any) -> Array:
    """Wrap what the runtime gives bare, a scalar; numpy's own type for bytes would cut zeros off."""
    if isinstance(value, np.ndarray):
        return value
    return np.array(value, object if isinstance(value, bytes) else None)


def load_engine(folder: Path, settings: EngineSettings) -> Engine:
    """Load one version's folder, restore its variables and run its initialiser.

    Raises whatever the loader raises: OSError, ValueError, RuntimeError or an error of the runtime.
    """
    graph = ops.Graph()
    live = session.Session(graph=graph, config=_configuration(settings))
    try:
        with graph.as_default():
            meta_graph = loader_impl.SavedModelLoader(str(folder)).load(live, list(settings.tags))
        live._extend_graph()  # noqa: SLF001 - hands the graph to the session before the first request
    except BaseException:  # an interrupt too must not leave the session and its memory behind
        live.close()
        raise
    return Engine(live, meta_graph.signature_def)


def _configuration(settings: EngineSettings) -> Any:
    configuration = config_pb2.ConfigProto(
        intra_op_parallelism_threads=settings.intra_op_threads,
        inter_op_parallelism_threads=settings.inter_op_threads,
    )
    # A copy of the graph for every set of outputs, which only debuggers read: 85 MB each of an InceptionV3.
    configuration.experimental.disable_output_partition_graphs = True
    return configuration
