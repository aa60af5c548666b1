"""The command line: TensorFlow Serving's flags, and a few of our own.

Every flag of TensorFlow Serving is known and stands in one of three ways: it works, it is accepted
without effect (it tunes something this server does not have), or it would change what clients see
and is not built yet: then it is refused, because silence would be a lie.
"""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from line_sim_serving.command_line import CommandLineError, add_bool, at_least_one, channel_arguments
from line_sim_serving.rest_flags import RestOptions, add_rest_flags, read_rest_options
from line_sim_serving.settings import EngineSettings

USAGE_ERROR = 2

DESCRIPTION = "Serve the newest version of a SavedModel over gRPC, with TensorFlow Serving's flags."
EPILOG = (
    "Flags of TensorFlow Serving that are not listed are accepted without effect, or refused where they "
    "would change what clients see. docs/serving.md says which."
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for; times in seconds."""

    port: int
    host: str
    grpc_socket_path: str
    model_name: str
    model_base_path: str
    poll_wait_s: float
    warm_up: bool
    warm_up_iterations: int
    max_load_retries: int
    load_retry_interval_s: float
    max_threads: int
    channel_arguments: tuple[tuple[str, int | str], ...]
    engine: EngineSettings
    rest: RestOptions
    exit_with_parent: bool
    announce_port: bool
    verbose: bool


_IGNORED = (
    "model_config_file_poll_wait_seconds",
    "enable_per_model_batching_parameters",
    "num_load_threads",
    "num_unload_threads",
    "flush_filesystem_caches",
    "tensorflow_session_config_file",
    "per_process_gpu_memory_fraction",
    "remove_unused_fields_from_bundle_metagraph",
    "prefer_tflite_model",
    "num_tflite_pools",
    "num_tflite_interpreters_per_pool",
    "enable_signature_method_name_check",
    "allow_version_labels_for_unavailable_models",
    "xla_cpu_compilation_enabled",
    "xla_gpu_compilation_enabled",
    "enable_profiler",
    "thread_pool_factory_config_file",
    "mixed_precision",
    "skip_initialize_tpu",
    "enable_grpc_healthcheck_service",
)
"""Accepted without effect. (gRPC health is always on here.)"""

_NOT_BUILT = {
    "model_config_file": ("", "several models from a configuration file"),
    "enable_batching": ("false", "request batching"),
    "batching_parameters_file": ("", "request batching"),
    "platform_config_file": ("", "platform configuration"),
    "ssl_config_file": ("", "TLS"),
    "use_alts_credentials": ("false", "ALTS"),
    "enable_serialization_as_tensor_content": ("false", "answers as tensor_content"),
}
"""Refused when set to anything but the default: flag, default, what it would need."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CommandLineError(f"{message}\n{self.format_usage()}")


def read_flags(arguments: Sequence[str]) -> tuple[Options, str]:
    """Read the command line: the options, and a note about unknown arguments (empty: there are none).

    An unknown argument does not stop TensorFlow Serving from starting, so it does not stop this one.
    A repeated flag's last value counts. Raises CommandLineError.
    """
    parser = _parser()
    found, unknown = parser.parse_known_args(arguments)
    _refuse_what_is_not_built(found)
    if not found.model_base_path:
        raise CommandLineError(
            "--model_base_path is empty: name the folder that holds the model's version folders"
        )
    if not 0 <= found.port <= 65535:
        raise CommandLineError(f"--port={found.port} is not a port; it must be in 0..65535")
    if found.port == 0 and not (found.announce_port or found.grpc_socket_path):
        raise CommandLineError("--port=0 leaves nothing to serve on: give a port, or --grpc_socket_path")
    note = "".join(f"unknown argument: {argument}\n" for argument in unknown)
    return _options(found), note + parser.format_usage() if unknown else ""


def _options(found: argparse.Namespace) -> Options:
    shared = found.tensorflow_session_parallelism
    return Options(
        port=found.port,
        host=found.host,
        grpc_socket_path=found.grpc_socket_path,
        model_name=found.model_name,
        model_base_path=found.model_base_path,
        poll_wait_s=found.file_system_poll_wait_seconds,
        warm_up=found.enable_model_warmup,
        warm_up_iterations=max(1, found.num_request_iterations_for_warmup),
        max_load_retries=found.max_num_load_retries,
        load_retry_interval_s=found.load_retry_interval_micros / 1e6,
        max_threads=found.grpc_max_threads,
        channel_arguments=found.grpc_channel_arguments,
        engine=EngineSettings(
            tags=tuple(found.saved_model_tags.split(",")),
            intra_op_threads=found.tensorflow_intra_op_parallelism or shared,
            inter_op_threads=found.tensorflow_inter_op_parallelism or shared,
        ),
        rest=read_rest_options(found),
        exit_with_parent=found.exit_with_parent,
        announce_port=found.announce_port,
        verbose=found.verbose,
    )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="line-sim serve", allow_abbrev=False, description=DESCRIPTION, epilog=EPILOG)
    add = parser.add_argument
    add("--port", type=int, default=8500, help="gRPC port; default 8500")
    add("--grpc_socket_path", default="", help="also listen on this unix socket; alone with --port=0")
    add("--model_name", default="default", help="the name clients ask for; default: default")
    add("--model_base_path", default="", help="folder of numbered version folders; required")
    add(
        "--file_system_poll_wait_seconds",
        type=float,
        default=1,
        help="seconds between two looks for versions; 0: one look only; negative: none; default 1",
    )
    add_bool(
        parser,
        "enable_model_warmup",
        True,
        "replay assets.extra/tf_serving_warmup_requests before serving; default true",
    )
    add(
        "--num_request_iterations_for_warmup",
        type=int,
        default=0,
        help="how often to replay each record; default 0, which is once",
    )
    add(
        "--max_num_load_retries",
        type=int,
        default=5,
        help="how often a failed load is tried again; default 5",
    )
    add(
        "--load_retry_interval_micros",
        type=int,
        default=60_000_000,
        help="time between two tries; default 60000000",
    )
    add(
        "--tensorflow_session_parallelism",
        type=int,
        default=0,
        help="threads, for whichever of the next two is 0",
    )
    add(
        "--tensorflow_intra_op_parallelism",
        type=int,
        default=0,
        help="threads within one operation; default 0: as many as cores",
    )
    add(
        "--tensorflow_inter_op_parallelism",
        type=int,
        default=0,
        help="operations at once; default 0: as many as cores",
    )
    add(
        "--grpc_max_threads",
        type=at_least_one,
        default=4 * (os.cpu_count() or 1),
        help="requests at once; default 4 x CPUs",
    )
    add("--grpc_channel_arguments", type=channel_arguments, default=(), help="key=value,key=value for gRPC")
    add(
        "--saved_model_tags",
        default="serve",
        help="tags of the meta graph, comma between them; default serve",
    )
    add_rest_flags(parser)
    ours = parser.add_argument_group("of line-sim")
    ours.add_argument("--host", default="0.0.0.0", help="address to listen on; default 0.0.0.0")  # noqa: S104 - TensorFlow Serving's
    add_bool(ours, "exit_with_parent", False, "end when stdin is closed, and leave Ctrl-C to the parent")
    add_bool(
        ours, "announce_port", False, "write the port to stdout once it serves; --port=0 picks a free one"
    )
    add_bool(ours, "verbose", False, "show TensorFlow's own log; default false")
    for name in _IGNORED:
        add(f"--{name}", nargs="?", const="true", default=None, help=argparse.SUPPRESS)
    for name, (default, _) in _NOT_BUILT.items():
        add(f"--{name}", nargs="?", const="true", default=default, help=argparse.SUPPRESS)
    return parser


def _refuse_what_is_not_built(found: argparse.Namespace) -> None:
    for name, (default, need) in _NOT_BUILT.items():
        value = getattr(found, name)
        if value.lower() not in _same_as(default):
            raise CommandLineError(
                f"--{name}={value} needs {need}, which this server does not have yet; "
                f"leave the flag out, or use TensorFlow Serving itself"
            )


def _same_as(default: str) -> set[str]:
    """Give the ways to write a default."""
    return {"false", "0", "no"} if default == "false" else {default}
