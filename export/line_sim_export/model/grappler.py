"""TensorFlow's graph optimiser, on a graph that stays in our hands.

`python -m line_sim_export.model.grappler BEFORE AFTER` lowers a MetaGraphDef's graph to bfloat16 and writes
the GraphDef: whether grappler may do that is settled once in a process, by its environment.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tensorflow.core.protobuf import config_pb2, meta_graph_pb2
from tensorflow.python.grappler import tf_optimizer

LOWERING = ("auto_mixed_precision_onednn_bfloat16",)


def optimized(work: Any, passes: Sequence[str]) -> Any:
    """Return the GraphDef of a MetaGraphDef after these passes and no others."""
    config = config_pb2.ConfigProto()
    options = config.graph_options.rewrite_options
    options.optimizers.extend(passes)
    options.min_graph_nodes = -1  # small graphs too
    options.meta_optimizer_iterations = options.TWO  # what one pass leaves, the next one folds
    options.fail_on_optimizer_errors = True
    return tf_optimizer.OptimizeGraph(config, work)


if __name__ == "__main__":
    before, after = (Path(argument) for argument in sys.argv[1:3])
    graph = optimized(meta_graph_pb2.MetaGraphDef.FromString(before.read_bytes()), LOWERING)
    after.write_bytes(graph.SerializeToString())
