"""From a function with variables to one whose weights are constants, folded, and lower in precision if asked.

What is done here is in the SavedModel, so any server has the gain without a flag of its own.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2
from tensorflow.python.eager import context
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from line_sim.errors import LineSimError
from line_sim_export.model import grappler
from line_sim_export.model.tensorrt import with_engines

Precision = Literal["float32", "bfloat16", "tensorrt-fp16"]
Graph = Any  # tf.compat.v1.GraphDef
Function = Any  # tf.types.experimental.ConcreteFunction

FOLDING = ("constfold", "dependency")
"""Grappler's passes that are right on every machine. Those that suit one device, the server runs itself."""

ONE_DNN = {"TF_ENABLE_ONEDNN_OPTS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
"""Grappler lowers to bfloat16 only in a process that began with oneDNN; on old processors it is off."""

SUMS = "Maximum,Mean,Sqrt,Square,Sub"
"""Kept in single precision: a variance is a small difference of large sums, and 8 bits are too few for it."""

LOOPS = (
    "TensorListConcat,TensorListConcatLists,TensorListConcatV2,TensorListFromTensor,TensorListGather,"
    "TensorListGetItem,TensorListPopBack,TensorListPushBack,TensorListPushBackBatch,TensorListScatter,"
    "TensorListScatterIntoExistingList,TensorListScatterV2,TensorListSetItem,TensorListSplit,TensorListStack"
)
"""Kept, too: grappler lowers the list that a loop fills, but not the loop's body, which then fails."""

KEPT = f"{SUMS},{LOOPS}"

LISTS = {
    "TF_AUTO_MIXED_PRECISION_GRAPH_REWRITE_ALLOWLIST_REMOVE": "MatMul",  # the head's, which take no time
    "TF_AUTO_MIXED_PRECISION_GRAPH_REWRITE_INFERLIST_REMOVE": KEPT,
    "TF_AUTO_MIXED_PRECISION_GRAPH_REWRITE_CLEARLIST_REMOVE": KEPT,
    "TF_AUTO_MIXED_PRECISION_GRAPH_REWRITE_DENYLIST_ADD": KEPT,
}
"""What grappler's mixed precision reads from the environment."""


class LoweringError(LineSimError):
    """This TensorFlow cannot lower the graph's precision."""


def freeze(function: Function, precision: Precision) -> Function:
    """Return the same function with constants for variables, batch normalisations folded into convolutions.

    With `bfloat16` the convolutions and what stands between them compute in bfloat16; with `tensorrt-fp16`
    TensorRT does what it can in half precision (one output, and a GPU, are needed). Inputs and outputs keep
    their types. Raises LoweringError where TensorFlow's build cannot lower to bfloat16.
    """
    frozen = convert_variables_to_constants_v2(function, lower_control_flow=False)
    graph = grappler.optimized(item(frozen, frozen.graph.as_graph_def()), FOLDING)
    graph = with_biases(graph)
    if precision == "bfloat16":
        graph = grappler.optimized(item(frozen, lowered(item(frozen, graph))), FOLDING)
    folded = rebuilt(function, frozen, graph)
    return with_engines(folded) if precision == "tensorrt-fp16" else folded


def item(frozen: Function, graph: Graph) -> Any:
    """Return what grappler works on: a graph with what goes in and what must stay."""
    found = meta_graph_pb2.MetaGraphDef(graph_def=graph)
    for tensor in frozen.inputs:
        fed = found.signature_def["frozen"].inputs[tensor.name]
        fed.name, fed.dtype = tensor.name, tensor.dtype.as_datatype_enum
        fed.tensor_shape.CopyFrom(tensor.shape.as_proto())
    found.collection_def["train_op"].node_list.value.extend(tensor.op.name for tensor in frozen.outputs)
    return found


def with_biases(graph: Graph) -> Graph:
    """Make a BiasAdd of every constant that is added to a convolution's channels.

    A folded batch normalisation leaves an addition; only a BiasAdd is fused with its convolution everywhere.
    """
    nodes = {node.name: node for node in graph.node}
    for node, convolution, constant in additions(nodes):
        values = tf.make_ndarray(constant.attr["value"].tensor)
        bias = graph.node.add(name=f"{node.name}/bias", op="Const")
        bias.attr["dtype"].type = constant.attr["dtype"].type
        bias.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(values.reshape(-1)))
        node.op = "BiasAdd"
        node.attr["data_format"].CopyFrom(convolution.attr["data_format"])
        kept = [name for name in node.input if name.startswith("^")]
        del node.input[:]
        node.input.extend([convolution.name, bias.name, *kept])
    return graph


def additions(nodes: dict[str, Any]) -> Iterator[tuple[Any, Any, Any]]:
    """Find the nodes that add a constant for each channel to a convolution: sum, convolution, constant."""
    for node in nodes.values():
        if node.op not in ("Add", "AddV2"):
            continue
        terms = {nodes[name].op: nodes[name] for name in node.input[:2] if name in nodes}
        if set(terms) != {"Conv2D", "Const"} or terms["Conv2D"].attr["data_format"].s not in (b"NHWC", b""):
            continue
        shape = [axis.size for axis in terms["Const"].attr["value"].tensor.tensor_shape.dim]
        if shape and int(np.prod(shape)) == shape[-1]:
            yield node, terms["Conv2D"], terms["Const"]


def lowered(work: Any) -> Graph:
    """Let grappler lower a graph to bfloat16 in a process that has oneDNN on. Raises LoweringError."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, "before.pb"), Path(folder, "after.pb")
        before.write_bytes(work.SerializeToString())
        command = [sys.executable, "-m", grappler.__name__, str(before), str(after)]
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, env=os.environ | ONE_DNN | LISTS, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise LoweringError(f"grappler could not lower the graph: {done.stderr.strip()[-500:]}")
        graph = tf.compat.v1.GraphDef.FromString(after.read_bytes())
    if not any(is_lowered(node) for node in graph.node):
        raise LoweringError(
            "this TensorFlow lowers nothing to bfloat16: its build has no oneDNN; "
            "use --precision float32, or TensorFlow for x86-64 Linux"
        )
    return graph


def is_lowered(node: Any) -> bool:
    """Tell whether a node is a convolution in bfloat16."""
    return bool(node.op == "Conv2D" and node.attr["T"].type == tf.bfloat16.as_datatype_enum)


def rename_functions(graph: Graph) -> None:
    """Name the graph's functions (loop bodies) by their content: grappler changes them and keeps the names.

    TensorFlow refuses two functions of one name in a process.
    """
    mark = hashlib.sha256(graph.library.SerializeToString(deterministic=True)).hexdigest()[:16]
    names = {function.signature.name for function in graph.library.function}
    for function in graph.library.function:
        function.signature.name = f"{function.signature.name}_{mark}"
    for node in chain(graph.node, *(function.node_def for function in graph.library.function)):
        for value in node.attr.values():
            for called in (value.func, *value.list.func):
                if called.name in names:
                    called.name = f"{called.name}_{mark}"


def register_functions(graph: Graph) -> None:
    """Make the graph's functions known outside graphs, too: importing a graph does not."""
    runtime = context.context()
    for function in graph.library.function:
        if not runtime.has_function(function.signature.name):
            runtime.add_function_def(function)


def rebuilt(function: Function, frozen: Function, graph: Graph) -> Function:
    """Return a function of the given one's inputs and outputs that computes the graph."""
    rename_functions(graph)
    register_functions(graph)
    fed = {tensor.op.name for tensor in frozen.inputs}
    body = tf.compat.v1.GraphDef(versions=graph.versions, library=graph.library)
    body.node.extend(node for node in graph.node if node.name not in fed)
    names = [tensor.name for tensor in frozen.outputs]

    def computed(*arguments: tf.Tensor) -> Any:
        given = {tensor.name: argument for tensor, argument in zip(frozen.inputs, arguments, strict=True)}
        outputs = tf.graph_util.import_graph_def(body, given, names, name="")
        return tf.nest.pack_sequence_as(function.structured_outputs, outputs)

    specs = [
        tf.TensorSpec(tensor.shape, tensor.dtype, tensor.op.name.split("/")[-1]) for tensor in frozen.inputs
    ]
    return tf.function(computed, input_signature=specs, autograph=False).get_concrete_function()
