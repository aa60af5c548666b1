"""Reading `--batching_parameters_file`."""

import itertools
import os
from pathlib import Path

from line_sim_serving.batching.rules import BatchRules
from line_sim_serving.command.schemas import BatchingParameters
from line_sim_serving.command.text_proto import read_text_proto
from line_sim_serving.inference.refusal import invalid


def default_rules() -> BatchRules:
    """Give TensorFlow Serving's defaults."""
    return BatchRules(threads=os.cpu_count() or 1)


def read_rules(path: Path) -> BatchRules:
    """Read a BatchingParameters file. Raises Refusal."""
    written = read_text_proto(path, BatchingParameters())
    defaults = default_rules()

    def value(field: str, default: int) -> int:
        return int(getattr(written, field).value) if written.HasField(field) else default

    max_size = value("max_batch_size", defaults.max_size)
    splits = written.enable_large_batch_splitting.value
    rules = BatchRules(
        max_size=max_size,
        timeout_s=value("batch_timeout_micros", 0) / 1e6,
        max_enqueued=value("max_enqueued_batches", defaults.max_enqueued),
        threads=value("num_batch_threads", defaults.threads),
        allowed_sizes=tuple(written.allowed_batch_sizes),
        pad_lengths=written.pad_variable_length_inputs,
        split_large=splits,
        max_execution_size=value("max_execution_batch_size", max_size) or max_size,
    )
    _check(rules)
    return rules


def _check(rules: BatchRules) -> None:
    """Refuse rules that no batch could follow."""
    for name, value, least in (
        ("max_batch_size", rules.max_size, 1),
        ("batch_timeout_micros", rules.timeout_s, 0),
        ("max_enqueued_batches", rules.max_enqueued, 1),
        ("num_batch_threads", rules.threads, 1),
    ):
        if value < least:
            raise invalid(f"{name} must be {'positive' if least else 'non-negative'}; was {value}")
    sizes = rules.allowed_sizes
    if sizes and sizes[-1] != rules.max_size:
        raise invalid(
            f"Last entry in allowed_batch_sizes must match max_batch_size; "
            f"last entry was {sizes[-1]}; expected {rules.max_size}"
        )
    if any(later <= earlier for earlier, later in itertools.pairwise(sizes)):
        raise invalid("allowed_batch_sizes entries must be monotonically increasing")
    if rules.split_large and not 0 < rules.max_execution_size <= rules.max_size:
        raise invalid(
            f"When enable_large_batch_splitting is true, max_execution_batch_size must be positive and at "
            f"most max_batch_size; was {rules.max_execution_size}, max_batch_size {rules.max_size}"
        )
