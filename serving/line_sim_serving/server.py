"""The server's one loop: load what is wanted, open the port, look again."""

import gc
import logging
import time
from pathlib import Path

import grpc

from line_sim_serving.engine import Engine, load_engine
from line_sim_serving.flags import Options
from line_sim_serving.parent import Announcement
from line_sim_serving.ports import PortError, open_ports, refuse_used_port
from line_sim_serving.registry import Registry
from line_sim_serving.servables import Model, RetryPolicy, VersionStatus
from line_sim_serving.service import Services
from line_sim_serving.warmup import replay_warm_up

log = logging.getLogger(__name__)

FAILED_LOAD = 255
FAILED_PORT = 1
FOR_EVER = 3600.0


def serve(options: Options, announcement: Announcement | None) -> int:
    """Serve until the process is ended; gives an exit code only when serving cannot begin."""
    model = _model(options)
    try:
        refuse_used_port(options)
        failure = _wait_until_available(model, options)
        if failure is not None:
            log.critical("Failed to start server. Error: %s", _not_available(model, failure))
            return FAILED_LOAD
        running = _open(options, model, announcement)
    except PortError as error:
        log.critical("Failed to start server. Error: %s", error)
        return FAILED_PORT
    while running:
        time.sleep(_pause(model, options))
        if options.poll_wait_s > 0:
            model.scan()
        if model.step():
            _settle_memory()
    return 0


def _model(options: Options) -> Model:
    def load(folder: Path) -> Engine:
        engine = load_engine(folder, options.engine)
        if options.warm_up:
            replay_warm_up(engine, folder, options.warm_up_iterations)
        return engine

    base = Path(options.model_base_path)
    retry = RetryPolicy(options.max_load_retries, options.load_retry_interval_s)
    return Model(options.model_name, base, load, retry, time.monotonic)


def _wait_until_available(model: Model, options: Options) -> VersionStatus | None:
    """Load the first version, however long it takes to appear; gives the error if it is given up."""
    if options.poll_wait_s >= 0:
        model.scan()
    while True:
        model.step()
        if model.available or model.failure:
            _settle_memory()
            return model.failure
        time.sleep(_pause(model, options))
        if options.poll_wait_s > 0:
            model.scan()


def _settle_memory() -> None:
    """Free what an unloaded version left, and keep the collector from walking the loaded ones.

    A graph is a great many objects: going through them in the middle of a request would cost 100 ms.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _open(options: Options, model: Model, announcement: Announcement | None) -> grpc.Server:
    server, port = open_ports(options, Services(Registry({model.name: model})))
    if announcement is not None:
        announcement.tell(port)
    return server


def _pause(model: Model, options: Options) -> float:
    """Give the seconds until there may be something to do."""
    poll = options.poll_wait_s if options.poll_wait_s > 0 else FOR_EVER
    due = model.next_try_at
    return poll if due is None else max(0.0, min(poll, due - time.monotonic()))


def _not_available(model: Model, failure: VersionStatus) -> str:
    return (
        f"UNKNOWN: 1 servable(s) did not become available: "
        f"{{{{name: {model.name} version: {failure.version}}} due to error: {failure.text}}}, }}"
    )
