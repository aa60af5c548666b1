"""Freezing: the same function, without variables, folded, and in bfloat16 if asked."""

from typing import Any

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def function() -> Any:
    """A convolution with a batch normalisation, a loop, and a mean over places, as networks have them."""
    from line_sim_export.silence import import_tensorflow

    import_tensorflow()
    import tensorflow as tf

    kernel = tf.Variable(tf.random.stateless_normal([3, 3, 3, 8], [1, 2]))
    mean = tf.Variable(tf.linspace(-1.0, 1.0, 8))
    variance = tf.Variable(tf.linspace(0.5, 2.0, 8))

    @tf.function(input_signature=[tf.TensorSpec([None, 16, 16, 3], tf.float32, name="x")], autograph=False)
    def network(x: Any) -> Any:
        scaled = tf.map_fn(lambda picture: picture * 2, x)
        convolved = tf.nn.conv2d(scaled, kernel, 1, "SAME")
        normal = tf.nn.relu(tf.nn.batch_normalization(convolved, mean, variance, None, None, 1e-3))
        again = tf.nn.relu(tf.nn.conv2d(normal, tf.ones([1, 1, 8, 4]), 1, "SAME"))
        return {"mean": tf.reduce_mean(again, [1, 2]), "peak": tf.reduce_max(again, [1, 2, 3])}

    concrete = network.get_concrete_function()
    concrete.kept = (kernel, mean, variance)  # a concrete function holds its variables weakly
    return concrete


@pytest.mark.parametrize(("precision", "tolerance"), [("float32", 1e-5), ("bfloat16", 0.02)])
def test_a_frozen_function_computes_the_same(function: Any, precision: Any, tolerance: float) -> None:
    """Inputs and outputs keep names and types; no variable is left, the batch normalisation is a bias."""
    import tensorflow as tf
    from line_sim_export.model.freezing import freeze

    frozen = freeze(function, precision)
    x = tf.random.stateless_uniform([2, 16, 16, 3], [3, 4])
    for name, wanted in function(x).items():
        found = frozen(x)[name]
        assert found.dtype == tf.float32
        assert found.numpy() == pytest.approx(wanted.numpy(), rel=tolerance)
    assert frozen.structured_input_signature[0][0].name == "x"
    assert not frozen.variables
    nodes = frozen.graph.as_graph_def().node
    operations = [node.op for node in nodes]
    assert "BiasAdd" in operations
    assert not {"Rsqrt", "ReadVariableOp"} & set(operations)
    kinds = {tf.as_dtype(node.attr["T"].type).name for node in nodes if node.op == "Conv2D"}
    assert kinds == {precision}


def test_a_model_that_agrees_too_seldom_is_refused() -> None:
    """One label in a hundred may differ, two may not; the message says what to do."""
    from line_sim_export.heads.agreement import Agreement, prove_agreement
    from line_sim_export.model.prove import ProofError

    expected = [("good", 0.9)] * 100
    assert prove_agreement([("chip", 0.5), *expected[1:]], expected) == Agreement(100, 99, pytest.approx(0.4))
    with pytest.raises(ProofError, match="98 of 100 pictures; at least 99% are wanted: use"):
        prove_agreement([("chip", 0.5)] * 2 + expected[2:], expected)
