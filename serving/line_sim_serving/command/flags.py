"""The command line: TensorFlow Serving's flags, and a few of our own.

Every flag of TensorFlow Serving is known and stands in one of three ways: it works, it is accepted
without effect (it tunes something this server does not have), or it would change what clients see
and is not built: then it is refused, because silence would be a lie.
"""

import argparse
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

from line_sim_serving.command.command_line import CommandLineError, FatalFlagsError
from line_sim_serving.command.flag_groups import (
    add_engine_flags,
    add_grpc_flags,
    add_limit_flags,
    add_model_flags,
    add_our_flags,
)
from line_sim_serving.command.options import (
    BatchingOptions,
    GrpcOptions,
    LimitOptions,
    ModelOptions,
    Options,
)
from line_sim_serving.command.rest_flags import add_rest_flags, read_rest_options
from line_sim_serving.models.settings import EngineSettings

USAGE_ERROR = 2
MIB = 1 << 20

DESCRIPTION = "Serve SavedModels over gRPC, with TensorFlow Serving's flags."
EPILOG = (
    "Flags of TensorFlow Serving that are not listed are accepted without effect, or refused where they "
    "would change what clients see. docs/serving.md says which."
)

IGNORED = (
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
    "xla_cpu_compilation_enabled",
    "xla_gpu_compilation_enabled",
    "enable_profiler",
    "thread_pool_factory_config_file",
    "mixed_precision",
    "skip_initialize_tpu",
)
"""Accepted without effect."""

NOT_BUILT = {
    "platform_config_file": ("", "platform configuration"),
    "use_alts_credentials": ("false", "ALTS"),
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
    parser = make_parser()
    found, unknown = parser.parse_known_args(arguments)
    _refuse_what_is_not_built(found)
    _refuse_what_does_not_go_together(found)
    for name in ("port", "rest_api_port"):
        if not 0 <= getattr(found, name) <= 65535:
            raise CommandLineError(f"--{name}={getattr(found, name)} is not a port; it must be in 0..65535")
    note = "".join(f"unknown argument: {argument}\n" for argument in unknown)
    return _options(found), note + parser.format_usage() if unknown else ""


def _options(found: argparse.Namespace) -> Options:
    return Options(
        grpc=_grpc_options(found),
        rest=read_rest_options(found),
        models=_model_options(found),
        batching=BatchingOptions(
            enabled=found.enable_batching,
            parameters_file=found.batching_parameters_file,
            per_model=found.enable_per_model_batching_parameters,
        ),
        engine=_engine_settings(found),
        limits=LimitOptions(
            max_request=found.max_request_mb * MIB,
            request_memory=found.request_memory_mb * MIB,
            allow_reload=found.allow_reload_config,
        ),
        tensor_content=found.enable_serialization_as_tensor_content,
        exit_with_parent=found.exit_with_parent,
        announce_port=found.announce_port,
        verbose=found.verbose,
    )


def _grpc_options(found: argparse.Namespace) -> GrpcOptions:
    return GrpcOptions(
        port=found.port,
        host=found.host,
        socket_path=found.grpc_socket_path,
        max_threads=found.grpc_max_threads,
        channel_arguments=found.grpc_channel_arguments,
        ssl_config_file=found.ssl_config_file,
        health=found.enable_grpc_healthcheck_service,
    )


def _model_options(found: argparse.Namespace) -> ModelOptions:
    return ModelOptions(
        name=found.model_name,
        base_path=found.model_base_path,
        config_file=found.model_config_file,
        config_poll_s=found.model_config_file_poll_wait_seconds,
        poll_wait_s=found.file_system_poll_wait_seconds,
        allow_unavailable_labels=found.allow_version_labels_for_unavailable_models,
        warm_up=found.enable_model_warmup,
        warm_up_iterations=max(1, found.num_request_iterations_for_warmup),
        max_load_retries=found.max_num_load_retries,
        load_retry_interval_s=found.load_retry_interval_micros / 1e6,
    )


def _engine_settings(found: argparse.Namespace) -> EngineSettings:
    """Read the numbers of threads: either one number for both, or each its own (0: TensorFlow's choice)."""
    shared = found.tensorflow_session_parallelism
    intra, inter = found.tensorflow_intra_op_parallelism, found.tensorflow_inter_op_parallelism
    separately = intra > 0 or inter > 0
    return EngineSettings(
        tags=tuple(found.saved_model_tags.split(",")),
        intra_op_threads=intra if separately else shared,
        inter_op_threads=inter if separately else shared,
    )


def make_parser() -> argparse.ArgumentParser:
    """Make the parser of all flags, in the order of `--help`."""
    parser = _Parser(prog="line-sim serve", allow_abbrev=False, description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument(
        "--version", action="version", version=_versions(), help="print the versions and exit"
    )
    add_grpc_flags(parser)
    add_model_flags(parser)
    add_engine_flags(parser)
    add_rest_flags(parser)
    own = parser.add_argument_group("of line-sim")
    add_limit_flags(own)
    add_our_flags(own)
    for name in IGNORED:
        parser.add_argument(f"--{name}", nargs="?", const="true", default=None, help=argparse.SUPPRESS)
    for name, (default, _) in NOT_BUILT.items():
        parser.add_argument(f"--{name}", nargs="?", const="true", default=default, help=argparse.SUPPRESS)
    return parser


def _refuse_what_is_not_built(found: argparse.Namespace) -> None:
    for name, (default, need) in NOT_BUILT.items():
        value = getattr(found, name)
        if value.lower() not in _same_as(default):
            raise CommandLineError(
                f"--{name}={value} needs {need}, which this server does not have; "
                f"leave the flag out, or use TensorFlow Serving itself"
            )


def _refuse_what_does_not_go_together(found: argparse.Namespace) -> None:
    """Refuse what TensorFlow Serving refuses, in its words."""
    if found.port == 0 and not (found.announce_port or found.grpc_socket_path):
        raise FatalFlagsError(
            "At least one of server_options.grpc_port or server_options.grpc_socket_path must be set."
        )
    if not (found.model_base_path or found.model_config_file):
        raise FatalFlagsError(
            "Both server_options.model_base_path and server_options.model_config_file are empty!"
        )
    if found.batching_parameters_file and not found.enable_batching:
        raise FatalFlagsError(
            "server_options.batching_parameters_file is set without setting "
            "server_options.enable_batching to true."
        )
    parallel = ("session", "intra_op", "inter_op")
    if all(getattr(found, f"tensorflow_{kind}_parallelism") > 0 for kind in parallel):
        raise FatalFlagsError(
            "Either configure server_options.tensorflow_session_parallelism or "
            "(server_options.tensorflow_intra_op_parallelism, "
            "server_options.tensorflow_inter_op_parallelism) separately. You cannot configure all."
        )


def _same_as(default: str) -> set[str]:
    """Give the ways to write a default."""
    return {"false", "0", "no"} if default == "false" else {default}


def _versions() -> str:
    """Give the lines that TensorFlow Serving prints; the first names this server."""
    return f"line-sim ModelServer: {version('line-sim')}, TensorFlow Library: {_tensorflow()}"


def _tensorflow() -> str:
    """Give its version; the flags are shown where it is not installed, too."""
    try:
        return version("tensorflow")
    except PackageNotFoundError:
        return "not installed"
