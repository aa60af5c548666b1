"""An InceptionV3 as it is exported, in float32 and bfloat16, beside Keras' own graph and OpenVINO, in turns.

    python benchmarks/bench_precision.py [--rounds 20]

OpenVINO is measured where it is installed (`pip install openvino`); the project does not use it. One picture
at a time, as a camera asks. Told are medians, and ratios of medians to OpenVINO's in the same precision.
"""

import argparse
import importlib.util
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from line_sim_export.silence import import_tensorflow
from line_sim_export.timing import seconds

UNTIMED = 3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds: int = parser.parse_args().rounds
    ways = network_ways()
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(UNTIMED + rounds):
        for name, way in ways.items():
            taken[name].append(1e3 * seconds(way))
    medians = {name: statistics.median(times[UNTIMED:]) for name, times in taken.items()}
    for name, median in medians.items():
        print(f"{name:20} {median:7.1f} ms")
    for precision in ("float32", "bfloat16"):
        if other := medians.get(f"OpenVINO {precision}"):
            print(f"{precision}: {medians[f'exported {precision}'] / other:.2f} of OpenVINO's time")


def network_ways() -> dict[str, Callable[[], object]]:
    """Return the ways to ask one network about one picture, by name."""
    import_tensorflow()
    import tensorflow as tf  # noqa: PLC0415 - TensorFlow must start quietly
    from line_sim_export.fastest import timed_network  # noqa: PLC0415 - as above
    from line_sim_export.model.freezing import freeze  # noqa: PLC0415 - as above

    network = timed_network()
    shape = tf.TensorSpec((1, 299, 299, 3), tf.float32)
    plain = tf.function(lambda picture: network(picture, training=False)).get_concrete_function(shape)
    single, half = freeze(plain, "float32"), freeze(plain, "bfloat16")
    picture = tf.random.stateless_uniform(shape.shape, seed=(1, 1))
    return {
        "Keras' graph": lambda: network is not None and plain(picture),
        "exported float32": lambda: single(picture),
        "exported bfloat16": lambda: half(picture),
        **openvino_ways(single.graph.as_graph_def().SerializeToString(), picture.numpy()),
    }


def openvino_ways(graph: bytes, picture: Any) -> dict[str, Callable[[], object]]:
    """Return OpenVINO's ways with the frozen graph; none where it is not installed."""
    if importlib.util.find_spec("openvino") is None:
        return {}
    import openvino  # noqa: PLC0415 - where it is installed

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "network.pb")
        path.write_bytes(graph)
        model = openvino.convert_model(str(path))

    def way(precision: str) -> Callable[[], object]:
        hints = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
        request = openvino.Core().compile_model(model, "CPU", hints).create_infer_request()
        return lambda: request.infer([picture])

    return {"OpenVINO float32": way("f32"), "OpenVINO bfloat16": way("bf16")}


if __name__ == "__main__":
    main()
