"""The flags that work, group by group, in the order of `--help`; REST's are in a module of their own."""

import argparse
import os

from line_sim_serving.command.command_line import add_bool, at_least_one, channel_arguments


def add_grpc_flags(parser: argparse.ArgumentParser) -> None:
    """Add how gRPC is served."""
    add = parser.add_argument
    add("--port", type=int, default=8500, help="gRPC port; 0: none; default 8500")
    add("--grpc_socket_path", default="", help="also listen on this unix socket; alone with --port=0")
    add(
        "--grpc_max_threads",
        type=at_least_one,
        default=4 * (os.cpu_count() or 1),
        help="requests worked on at once; default 4 x CPUs",
    )
    add("--grpc_channel_arguments", type=channel_arguments, default=(), help="key=value,key=value for gRPC")
    add(
        "--ssl_config_file",
        default="",
        help="text file {server_key, server_cert, custom_ca, client_verify}: serve gRPC over TLS",
    )
    add_bool(
        parser, "enable_grpc_healthcheck_service", True, "serve grpc.health.v1; default true (theirs: false)"
    )


def add_model_flags(parser: argparse.ArgumentParser) -> None:
    """Add which models are served, and how they are looked after."""
    add = parser.add_argument
    add("--model_name", default="default", help="the name clients ask for; default: default")
    add("--model_base_path", default="", help="folder of numbered version folders")
    add(
        "--model_config_file",
        default="",
        help="text file with a model_config_list; --model_name and --model_base_path then count no more",
    )
    add(
        "--model_config_file_poll_wait_seconds",
        type=float,
        default=0,
        help="seconds between two readings of that file; default 0: read once",
    )
    add(
        "--file_system_poll_wait_seconds",
        type=float,
        default=1,
        help="seconds between two looks for versions; 0: one look only; negative: none; default 1",
    )
    add_bool(
        parser,
        "allow_version_labels_for_unavailable_models",
        False,
        "let new labels point to versions that are not available yet; default false",
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
        "--saved_model_tags",
        default="serve",
        help="tags of the meta graph, comma between them; default serve",
    )


def add_engine_flags(parser: argparse.ArgumentParser) -> None:
    """Add how requests are computed and answered."""
    add = parser.add_argument
    add_bool(parser, "enable_batching", False, "run requests together in batches; default false")
    add("--batching_parameters_file", default="", help="text file with BatchingParameters")
    add_bool(
        parser,
        "enable_per_model_batching_parameters",
        False,
        "read batching_params.pbtxt in each version's folder instead; without one there is no batching",
    )
    add(
        "--tensorflow_session_parallelism",
        type=int,
        default=0,
        help="threads for both of the next two; default 0: as many as cores",
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
    add_bool(
        parser,
        "enable_serialization_as_tensor_content",
        False,
        "answer Predict with tensor_content instead of typed fields; default false",
    )


def add_limit_flags(group: argparse._ArgumentGroup) -> None:
    """Add who may ask, and what a request may cost."""
    add = group.add_argument
    add(
        "--host",
        default="127.0.0.1",
        help="address to listen on; default 127.0.0.1, this machine only "
        "(TensorFlow Serving listens on 0.0.0.0, every address: say so to be reached from elsewhere)",
    )
    add_bool(
        group,
        "allow_reload_config",
        False,
        "let HandleReloadConfigRequest replace the list of models; default false (theirs: always)",
    )
    add(
        "--max_request_mb",
        type=int,
        default=0,
        help="MiB of the largest request; default 0: as the next flag allows, at most 100 (theirs: 2048)",
    )
    add(
        "--request_memory_mb",
        type=int,
        default=0,
        help="MiB that all requests together may take, decoded pictures too; "
        "default 0: what the machine, container or ulimit leaves, at most 2048",
    )


def add_our_flags(group: argparse._ArgumentGroup) -> None:
    """Add what TensorFlow Serving does not have."""
    add_bool(
        group,
        "exit_with_parent",
        False,
        "end when stdin is closed, and leave Ctrl-C to the parent; default false",
    )
    add_bool(
        group,
        "announce_port",
        False,
        "write the port to stdout once it serves; --port=0 then picks a free one; default false",
    )
    add_bool(group, "verbose", False, "show TensorFlow's own log; default false")
