"""What the command line asked for, as data."""

from dataclasses import dataclass

from line_sim_serving.command.rest_flags import RestOptions
from line_sim_serving.models.settings import EngineSettings


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Which models are served, and how they are looked after; times in seconds."""

    name: str
    base_path: str
    config_file: str
    config_poll_s: float
    poll_wait_s: float
    allow_unavailable_labels: bool
    warm_up: bool
    warm_up_iterations: int
    max_load_retries: int
    load_retry_interval_s: float


@dataclass(frozen=True, slots=True)
class GrpcOptions:
    """Where and how gRPC is served; port 0: only a unix socket, or any free port if it is announced."""

    port: int
    host: str
    socket_path: str
    max_threads: int
    channel_arguments: tuple[tuple[str, int | str], ...]
    ssl_config_file: str
    health: bool


@dataclass(frozen=True, slots=True)
class BatchingOptions:
    """Whether requests are batched, and by whose parameters (no file: the defaults)."""

    enabled: bool
    parameters_file: str
    per_model: bool


@dataclass(frozen=True, slots=True)
class LimitOptions:
    """What requests may cost, in bytes (`request_memory` 0: what fits), and what they may do."""

    max_request: int
    request_memory: int
    allow_reload: bool


@dataclass(frozen=True, slots=True)
class Options:
    """The whole command line."""

    grpc: GrpcOptions
    rest: RestOptions
    models: ModelOptions
    batching: BatchingOptions
    engine: EngineSettings
    limits: LimitOptions
    tensor_content: bool
    exit_with_parent: bool
    announce_port: bool
    verbose: bool
