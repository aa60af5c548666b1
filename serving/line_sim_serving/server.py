"""The server's life: load what is asked for, open the ports, look after it all."""

import logging
import sys
import time
from pathlib import Path

from line_sim_serving.command.options import ModelOptions, Options
from line_sim_serving.command.parent import Announcement
from line_sim_serving.command.tls import read_credentials
from line_sim_serving.grpc.ports import PortError, open_ports, refuse_used_port
from line_sim_serving.grpc.service import handlers_of
from line_sim_serving.inference.refusal import Refusal
from line_sim_serving.inference.service import Services
from line_sim_serving.limits.budget import Budgets, Limits
from line_sim_serving.models.caretaker import Caretakers
from line_sim_serving.models.loading import loader_of
from line_sim_serving.models.model_config import ModelServerConfig, read_config, single_model
from line_sim_serving.models.registry import Registry, refuse_failures
from line_sim_serving.models.servables import Loading, Model, ModelPlan
from line_sim_serving.rest.serving import RestServer

log = logging.getLogger(__name__)

FAILED_START = 255
FAILED_PORT = 1
FOR_EVER = 3600.0


def serve(options: Options, announcement: Announcement | None, limits: Limits) -> int:
    """Serve until the process is ended; gives an exit code only when serving cannot begin.

    What requests cost is bounded by the limits.
    """
    try:
        ssl_file = options.grpc.ssl_config_file
        credentials = read_credentials(Path(ssl_file)) if ssl_file else None
        refuse_used_port(options.grpc)
        rest = RestServer(options.rest, options.grpc.host)
        registry = _registry(options, limits.budgets)
        new = registry.apply(_first_config(options.models))
        for model in new:
            model.wait_until_settled(None)
        refuse_failures(new, "servable(s)")
        budgets, max_request = limits.budgets, limits.max_request
        services = Services(
            registry,
            rest.observer,
            tensor_content=options.tensor_content,
            reloads=options.limits.allow_reload,
        )
        handlers = handlers_of(services, budgets)
        running, port = open_ports(
            options.grpc, handlers, max_request, credentials, any_port=options.announce_port
        )
        rest.open(registry, budgets, max_request)
    except Refusal as refusal:
        return _fail(str(refusal), refusal.detail, FAILED_START)
    except PortError as error:
        return _fail(str(error), "", FAILED_PORT)
    if announcement is not None:
        announcement.tell(port)
    complaint = ""
    while running:  # it serves for as long as somebody holds it
        complaint = _follow_config(registry, options.models, complaint)
    return 0


def _fail(text: str, detail: str, code: int) -> int:
    """Say why there is no server where TensorFlow Serving says it: on stdout, the details on stderr."""
    if detail:
        log.error(detail)
    sys.stdout.write(f"Failed to start server. Error: {text}\n")
    return code


def _registry(options: Options, budgets: Budgets) -> Registry:
    models = options.models
    loading = Loading(
        loader_of(options, budgets), models.max_load_retries, models.load_retry_interval_s, time.monotonic
    )

    def make(name: str, plan: ModelPlan) -> Model:
        return Model(name, plan, loading)

    caretakers = Caretakers(models.poll_wait_s)
    return Registry(make, caretakers.look_after, allow_unavailable_labels=models.allow_unavailable_labels)


def _first_config(models: ModelOptions) -> ModelServerConfig:
    if models.config_file:
        return read_config(Path(models.config_file))
    return single_model(models.name, Path(models.base_path))


def _follow_config(registry: Registry, models: ModelOptions, known: str) -> str:
    """Wait, and read the configuration file again, if that was asked for; a broken one changes nothing.

    Gives the complaint about it; the known one is not logged again.
    """
    if not (models.config_file and models.config_poll_s > 0):
        time.sleep(FOR_EVER)
        return ""
    time.sleep(models.config_poll_s)
    try:
        registry.apply(read_config(Path(models.config_file)))
    except Refusal as refusal:
        complaint = f"Could not follow {models.config_file}: {refusal} {refusal.detail}".rstrip()
        if complaint != known:
            log.warning(complaint)
        return complaint
    return ""
