"""The pages on serving list the flags that there are."""

import argparse
import os
import re
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from line_sim_serving.command import flags
from line_sim_serving.command.flags import IGNORED, NOT_BUILT, make_parser

THEIRS = """
port grpc_socket_path rest_api_port rest_api_num_threads rest_api_timeout_in_ms
rest_api_enable_cors_support enable_batching allow_version_labels_for_unavailable_models
batching_parameters_file enable_per_model_batching_parameters model_config_file
model_config_file_poll_wait_seconds model_name model_base_path num_load_threads num_unload_threads
max_num_load_retries load_retry_interval_micros file_system_poll_wait_seconds flush_filesystem_caches
tensorflow_session_parallelism tensorflow_session_config_file tensorflow_intra_op_parallelism
tensorflow_inter_op_parallelism use_alts_credentials ssl_config_file platform_config_file
per_process_gpu_memory_fraction saved_model_tags grpc_channel_arguments grpc_max_threads
enable_model_warmup num_request_iterations_for_warmup version monitoring_config_file
remove_unused_fields_from_bundle_metagraph prefer_tflite_model num_tflite_pools
num_tflite_interpreters_per_pool enable_signature_method_name_check xla_cpu_compilation_enabled
xla_gpu_compilation_enabled enable_profiler thread_pool_factory_config_file mixed_precision
skip_initialize_tpu enable_grpc_healthcheck_service enable_serialization_as_tensor_content
"""
"""The flags of TensorFlow Serving's `main.cc`, of July 2026."""

PAGES = sorted((Path(__file__).parents[3] / "docs").glob("serving*.md"))


def told_flags() -> dict[str, str]:
    """Read the tables: flag to default."""
    text = "\n".join(page.read_text() for page in PAGES)
    return dict(re.findall(r"^\| `--(\w+)` \| *(.*?) *\|", text, re.MULTILINE))


def default_of(action: argparse.Action) -> str:
    """Write a default as the table does."""
    if action.dest in ("grpc_max_threads", "rest_api_num_threads"):
        assert action.default == 4 * (os.cpu_count() or 1)
        return "4 x CPUs"
    if action.default in ("", ()):
        return ""
    return str(action.default).lower() if isinstance(action.default, bool) else str(action.default)


def test_every_flag_is_told_with_its_default() -> None:
    """Neither a flag without a row nor a row without a flag."""
    shown = {
        action.dest: default_of(action)
        for action in make_parser()._actions
        if action.help is not argparse.SUPPRESS and action.dest not in ("help", "version")
    }
    assert told_flags() == shown


def test_every_flag_of_tensorflow_serving_is_known() -> None:
    """What stands in its main.cc is read here, works or not."""
    known = {action.dest for action in make_parser()._actions}
    assert set(THEIRS.split()) <= known
    assert {*IGNORED, *NOT_BUILT} <= set(THEIRS.split())


def test_help_is_given_where_tensorflow_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is how somebody with the small installation finds out what the command is for."""

    def version_of(package: str) -> str:
        if package == "tensorflow":
            raise PackageNotFoundError(package)
        return "0.1.0"

    monkeypatch.setattr(flags, "version", version_of)
    assert "--model_base_path" in make_parser().format_help()
